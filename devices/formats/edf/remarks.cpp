#include "devices/formats/edf/remarks.hpp"

#include <charconv>

#include "devices/formats/edf/fields.hpp"

namespace caukham::formats::edf {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

// Seconds with a fraction to nanoseconds; digits beyond the ninth are dropped.
bool parse_seconds(std::string_view text, std::int64_t& ns) {
  const std::size_t dot = std::min(text.find('.'), text.size());
  std::int64_t whole = 0, fraction = 0, unit = second_ns;
  if (dot == 0 || dot > 9) return false;
  for (const char c : text.substr(0, dot)) {
    if (c < '0' || c > '9') return false;
    whole = whole * 10 + (c - '0');
  }
  for (const char c : text.substr(std::min(dot + 1, text.size()))) {
    if (c < '0' || c > '9') return false;
    unit /= 10;
    fraction += unit * (c - '0');
  }
  ns = whole * second_ns + fraction;
  return true;
}

}  // namespace

std::vector<Remark> parse_tals(std::string_view bytes, bool timekeeping) {
  std::vector<Remark> out;
  while (!bytes.empty()) {
    if (bytes.front() == '\0') {  // filling after the last list
      bytes.remove_prefix(1);
      continue;
    }
    const std::size_t end = bytes.find('\0');
    if (end == std::string_view::npos) corrupt("an annotation has no end");
    std::string_view list = bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
    const std::size_t head_end = list.find('\x14');
    if (head_end == std::string_view::npos || list.back() != '\x14') corrupt("an annotation is cut off");
    std::string_view head = list.substr(0, head_end);
    list.remove_prefix(head_end + 1);
    Remark a;
    const std::size_t split = head.find('\x15');
    const std::string_view onset = head.substr(0, split);
    if (onset.empty() || (onset[0] != '+' && onset[0] != '-') ||
        !parse_seconds(onset.substr(1), a.onset_ns) ||
        (split != std::string_view::npos && !parse_seconds(head.substr(split + 1), a.duration_ns)))
      corrupt("an annotation has an unreadable time");
    if (onset[0] == '-') a.onset_ns = -a.onset_ns;
    while (!list.empty()) {
      const std::size_t n = list.find('\x14');
      a.text = list.substr(0, n);
      out.push_back(a);
      list.remove_prefix(n + 1);
    }
    if (timekeeping && out.empty()) corrupt("a record has no start time");
  }
  if (timekeeping && (out.empty() || !out.front().text.empty())) corrupt("a record has no start time");
  return out;
}

// The remark our own writer leaves.
std::uint64_t padding_of(std::string_view text) {
  if (!text.starts_with("padding ") || !text.ends_with(" samples")) return 0;
  std::uint64_t n = 0;
  std::from_chars(text.data() + 8, text.data() + text.size(), n);
  return n;
}

}  // namespace caukham::formats::edf
