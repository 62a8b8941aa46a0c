// The console's files, read once. What is not in this table cannot be asked for, so no path is ever built
// from a request.
#pragma once
#include <map>
#include <memory>
#include <string>

namespace caukham::session {

struct ConsoleFile { std::string type, bytes; };
using ConsoleFiles = std::map<std::string, ConsoleFile>;  // by URL path: "/", "/console/main.js"

// index.html is "/"; every other file with a known ending is "/console/<path below the folder>". At most 300
// files of 4 MiB each. Throws std::runtime_error with a sentence when the folder or its index.html is
// missing.
ConsoleFiles read_console_files(const std::string& folder);

}  // namespace caukham::session
