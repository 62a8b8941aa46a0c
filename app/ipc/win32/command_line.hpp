// Words into one line as CommandLineToArgvW takes it apart again, and an environment block. No system calls: tested
// everywhere.
#pragma once
#include <string>
#include <vector>

namespace caukham::ipc {

// Backslashes count only before a quotation mark; a word with blanks or nothing in it is quoted.
inline std::string quoted(const std::string& word) {
  if (!word.empty() && word.find_first_of(" \t\n\v\"") == std::string::npos) return word;
  std::string out = "\"";
  std::size_t slashes = 0;
  for (const char c : word) {
    if (c == '\\') {
      ++slashes;
      continue;
    }
    out.append(c == '"' ? slashes * 2 + 1 : slashes, '\\');
    out += c;
    slashes = 0;
  }
  out.append(slashes * 2, '\\');
  return out + '"';
}

inline std::string command_line(const std::vector<std::string>& words) {
  std::string line;
  for (const auto& word : words) line += (line.empty() ? "" : " ") + quoted(word);
  return line;
}

}  // namespace caukham::ipc
