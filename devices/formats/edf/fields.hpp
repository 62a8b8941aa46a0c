// The fixed ASCII fields EDF, BDF and their + kinds are made of.
#pragma once
#include <charconv>
#include <stdexcept>
#include <string>
#include <string_view>

namespace caukham::formats::edf {

// what() is half a sentence without a subject: "its header is cut off".
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};
[[noreturn]] inline void corrupt(const std::string& why) { throw Error(why); }

inline std::string_view trim(std::string_view s) {
  while (!s.empty() && (s.back() == ' ' || s.back() == '\0')) s.remove_suffix(1);
  while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
  return s;
}

template <class Number>
Number number(std::string_view text, const char* what, Number low, Number high) {
  text = trim(text);
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= low && value <= high))
    corrupt(std::string("its ") + what + " is unreadable or out of range");
  return value;
}

}  // namespace caukham::formats::edf
