#include <algorithm>
#include <cstring>

#include "ipc/messages.hpp"

namespace caukham::ipc {
namespace {

// Length of the valid UTF-8 character at the start of `s`, or 0 (RFC 3629: no overlong forms, no surrogates).
std::size_t character(std::string_view s) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  const unsigned char c = at(0);
  if (c < 0x80) return c >= 0x20 && c != 0x7F ? 1 : (c == '\n' || c == '\t' ? 1 : 0);
  const std::size_t n = c >= 0xC2 && c <= 0xDF ? 2 : (c & 0xF0) == 0xE0 ? 3 : c >= 0xF0 && c <= 0xF4 ? 4 : 0;
  if (n == 0 || s.size() < n) return 0;
  for (std::size_t i = 1; i < n; ++i)
    if ((at(i) & 0xC0) != 0x80) return 0;
  if ((c == 0xE0 && at(1) < 0xA0) || (c == 0xED && at(1) > 0x9F) || (c == 0xF0 && at(1) < 0x90) ||
      (c == 0xF4 && at(1) > 0x8F))
    return 0;
  return n;
}

}  // namespace

std::string clean_text(std::string_view field) {
  field = field.substr(0, field.find('\0'));
  std::string out;
  while (!field.empty()) {
    const std::size_t n = character(field);
    if (n == 0)
      out += '?';
    else
      out += field.substr(0, n);
    field.remove_prefix(std::max<std::size_t>(n, 1));
  }
  return out;
}

void put_text(std::span<char> field, std::string_view text) {
  std::size_t n = std::min(text.size(), field.size() - 1);
  if (n < text.size())
    while (n > 0 && (static_cast<unsigned char>(text[n]) & 0xC0) == 0x80) --n;
  std::memcpy(field.data(), text.data(), n);
  std::memset(field.data() + n, 0, field.size() - n);
}

}  // namespace caukham::ipc
