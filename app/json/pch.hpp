// Precompiled for rooms of many files: reading the standard library is half of what the compiler does with most of them.
// What a file needs it still includes itself.
#ifndef CAUKHAM_PCH  // no #pragma once: a header that is itself compiled may not have it
#define CAUKHAM_PCH
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

#include "json/json_text.hpp"
#endif
