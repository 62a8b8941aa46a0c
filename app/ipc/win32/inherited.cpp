#include <algorithm>
#include <cstdlib>

#include "ipc/process.hpp"
#include "ipc/win32/windows.hpp"

namespace caukham::ipc {

// "3=1a4;4=1b0": the numbers of the arguments and the handles behind them, hexadecimal (process.cpp).
Handle inherited(std::string_view number) {
  const char* list = std::getenv("CAUKHAM_HANDLES");
  std::string_view rest = list ? list : "";
  while (!rest.empty()) {
    const auto entry = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(rest.size(), entry.size() + 1));
    const auto equals = entry.find('=');
    if (equals == std::string_view::npos || entry.substr(0, equals) != number) continue;
    const auto value = std::strtoull(std::string(entry.substr(equals + 1)).c_str(), nullptr, 16);
    const auto handle = reinterpret_cast<HANDLE>(static_cast<std::uintptr_t>(value));
    DWORD flags = 0;
    if (value == 0 || !::GetHandleInformation(handle, &flags)) return {};
    ::SetHandleInformation(handle, HANDLE_FLAG_INHERIT, 0);
    return Handle(handle);
  }
  return {};
}

}  // namespace caukham::ipc
