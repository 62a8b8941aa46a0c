#include "record/identity.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/i18n.hpp"

namespace caukham::record {
namespace {

// One character from the front of `s`; 0xFFFFFFFF for bytes that are not UTF-8 (one byte is taken then).
char32_t take(std::string_view& s) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  const unsigned char first = byte(0);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xc2 ? 0
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                             : first < 0xf5 ? 4
                                            : 0;
  char32_t c = first & (length == 1 ? 0x7f : length == 2 ? 0x1f : length == 3 ? 0x0f : 0x07);
  bool good = length > 0 && length <= s.size();
  for (std::size_t i = 1; good && i < length; ++i) {
    good = (byte(i) & 0xc0) == 0x80;
    c = c << 6 | (byte(i) & 0x3f);
  }
  good = good && !(length == 3 && (c < 0x800 || (c >= 0xd800 && c < 0xe000))) &&
         !(length == 4 && (c < 0x10000 || c > 0x10ffff));
  s.remove_prefix(good ? length : 1);
  return good ? c : char32_t{0xffffffff};
}

// Base letters, one character a code point, '*' = none. Unicode charts "Latin-1 Supplement", "Latin
// Extended-A" and "Latin Extended Additional" (U+1EA0 to U+1EF9 are the Vietnamese letters, capital and small
// in turn).
constexpr std::string_view from_00c0 =
    "AAAAAAACEEEEIIIIDNOOOOO*OUUUUYTsaaaaaaaceeeeiiiidnooooo*ouuuuyty"
    "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlLlLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTt"
    "UuUuUuUuUuUuWwYyYZzZzZzs";
constexpr std::string_view from_1ea0 =
    "AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEeEeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy";
static_assert(from_00c0.size() == 0x180 - 0xc0 && from_1ea0.size() == 0x1efa - 0x1ea0);

char base_of(char32_t c) {
  if (c < 0x80) return static_cast<char>(c);
  if (c >= 0xc0 && c < 0x180) return from_00c0[c - 0xc0];
  if (c >= 0x1ea0 && c < 0x1efa) return from_1ea0[c - 0x1ea0];
  if (c == 0x1a0 || c == 0x1a1) return c & 1 ? 'o' : 'O';
  if (c == 0x1af || c == 0x1b0) return c & 1 ? 'U' : 'u';
  if (c == 0xa0) return ' ';
  return '?';
}

bool all_digits(std::string_view s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
}
bool letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

int to_int(std::string_view s) {
  int n = 0;
  for (const char c : s) n = n * 10 + (c - '0');
  return n;
}

bool real_date(int y, int m, int d) {
  static constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (y < 1850 || y > 2199 || m < 1 || m > 12 || d < 1) return false;
  const bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
  return d <= days[m - 1] + (m == 2 && leap ? 1 : 0);
}

std::string iso(std::string_view y, std::string_view m, std::string_view d) {
  const auto two = [](std::string_view s) { return s.size() < 2 ? "0" + std::string(s) : std::string(s); };
  return std::string(y) + '-' + two(m) + '-' + two(d);
}

}  // namespace

bool valid_utf8(std::string_view s) {
  while (!s.empty()) {
    if (take(s) == 0xffffffff) return false;
  }
  return true;
}

std::string without_accents(std::string_view s) {
  std::string out;
  while (!s.empty()) {
    const char32_t c = take(s);
    if (c >= 0x300 && c < 0x370) continue;  // combining marks of decomposed text
    const char base = base_of(c);
    out += base == '*' ? '?' : base;
  }
  return out;
}

std::string fold_name(std::string_view s) {
  std::string out;
  for (char c : without_accents(s)) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    if (static_cast<unsigned char>(c) <= 32) c = ' ';
    if (c != ' ' || (!out.empty() && out.back() != ' ')) out += c;
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string digits_only(std::string_view s) {
  std::string out;
  for (const char c : s) {
    if (c != ' ' && c != '.' && c != '-') out += c;
  }
  return out;
}

std::string why_not_cccd(std::string_view s) {
  if (s.empty() || (all_digits(s) && (s.size() == 12 || s.size() == 9))) return {};
  if (s.size() == 8 && letter(s[0]) && all_digits(s.substr(1))) return {};
  return core::tr(
      "A citizen card number has 12 digits (an older identity card 9, a passport one letter and 7 "
      "digits).");
}

std::string why_not_bhyt(std::string_view s) {
  if (s.empty() || (s.size() == 15 && letter(s[0]) && letter(s[1]) && all_digits(s.substr(2)))) return {};
  return core::tr("A health insurance number has 2 letters and 13 digits.");
}

std::string why_not_phone(std::string_view s) {
  if (s.empty()) return {};
  const std::string_view digits = s[0] == '+' ? s.substr(1) : s;
  if (all_digits(digits) && digits.size() >= 8 && digits.size() <= 15) return {};
  return core::tr("A telephone number has 8 to 15 digits.");
}

std::string why_not_birth_date(std::string_view s) {
  if (s.empty()) return {};
  const bool shape =
      (s.size() == 4 && all_digits(s)) ||
      (s.size() == 7 && all_digits(s.substr(0, 4)) && s[4] == '-' && all_digits(s.substr(5))) ||
      (s.size() == 10 && all_digits(s.substr(0, 4)) && s[4] == '-' && all_digits(s.substr(5, 2)) &&
       s[7] == '-' && all_digits(s.substr(8)));
  if (shape && real_date(to_int(s.substr(0, 4)), s.size() > 4 ? to_int(s.substr(5, 2)) : 1,
                         s.size() > 7 ? to_int(s.substr(8)) : 1))
    return {};
  return core::tr("This date of birth does not exist.");
}

std::optional<std::string> parse_date(std::string_view s) {
  while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
  while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
  if (s.size() > 10) return {};
  std::vector<std::string_view> parts;
  for (std::string_view left = s;;) {
    const std::size_t n = left.find_first_of("/-. ");
    parts.push_back(left.substr(0, n));
    if (n == std::string_view::npos) break;
    left.remove_prefix(n + 1);
  }
  if (!std::all_of(parts.begin(), parts.end(), all_digits)) return {};
  std::string found;
  if (parts.size() == 1 && s.size() == 8) {
    found = iso(s.substr(4), s.substr(2, 2), s.substr(0, 2));
  } else if (parts.size() == 1 && s.size() == 4) {
    found = s;
  } else if (parts.size() == 3 && parts[0].size() == 4 && parts[1].size() <= 2 && parts[2].size() <= 2) {
    found = iso(parts[0], parts[1], parts[2]);
  } else if (parts.size() == 3 && parts[2].size() == 4 && parts[0].size() <= 2 && parts[1].size() <= 2) {
    found = iso(parts[2], parts[1], parts[0]);
  } else {
    return {};
  }
  if (!why_not_birth_date(found).empty()) return {};
  return found;
}

std::optional<CitizenCard> parse_citizen_qr(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
    text.remove_suffix(1);
  if (text.size() > 1024 || !valid_utf8(text)) return {};
  std::vector<std::string> f;
  for (std::string_view left = text;;) {
    const std::size_t n = left.find('|');
    f.emplace_back(left.substr(0, n));
    if (n == std::string_view::npos) break;
    left.remove_prefix(n + 1);
  }
  if (f.size() < 7 || f[0].size() != 12 || !all_digits(f[0]) || f[2].empty() || f[3].size() != 8) return {};
  if (!f[1].empty() && !(all_digits(f[1]) && (f[1].size() == 9 || f[1].size() == 12))) return {};
  const auto born = parse_date(f[3]);
  if (!born) return {};
  const std::string sex = fold_name(f[4]);
  return CitizenCard{f[0], f[1], f[2], *born, sex == "nam" ? "M" : sex == "nu" ? "F" : "X", f[5],
                     parse_date(f[6]).value_or("")};
}

}  // namespace caukham::record
