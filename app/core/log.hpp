// The technician's log. English, without patient data: no names, no numbers of patients, no samples, no file names made
// of them. What the person at the bedside should know is a DeviceStatus or an Event, not a log line.
#pragma once
#include <string>
#include <string_view>

namespace caukham::core {

enum class LogLevel { debug, info, warning, error, off };

struct LogSettings {
  std::string folder;                         // caukham.log and its 4 predecessors of 2 MB each; "": no file
  LogLevel file_level = LogLevel::info;
  LogLevel stderr_level = LogLevel::warning;
};

// Opens the file and sets the levels; false when the folder cannot be written (stderr still works, and gets a line
// that says so). Before that call, warnings and errors go to stderr. [main thread]
bool open_log(const LogSettings& settings);

// One line; `room` is who speaks ("supervisor", "plugin vn.caukham.hackeeg"). Line breaks and other control characters
// become spaces and overlong text (2000 bytes) is cut, since much of it comes from plugins. [any thread]
void log(LogLevel level, std::string_view room, std::string_view text);

inline void log_debug(std::string_view room, std::string_view text) { log(LogLevel::debug, room, text); }
inline void log_info(std::string_view room, std::string_view text) { log(LogLevel::info, room, text); }
inline void log_warning(std::string_view room, std::string_view text) { log(LogLevel::warning, room, text); }
inline void log_error(std::string_view room, std::string_view text) { log(LogLevel::error, room, text); }

}  // namespace caukham::core
