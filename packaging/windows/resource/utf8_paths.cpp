// Part of every program: a std::filesystem::path made of UTF-8 names that file, "Trạm y tế" too. libstdc++ converts by the C
// library's mbrtowc, and msvcrt's "C" locale makes one character of each byte and has no UTF-8 to be set to; so here is
// another mbrtowc. The three stand in one object of the library, and are replaced together.
#include <cerrno>
#include <cstdint>
#include <cwchar>

namespace {

constexpr std::size_t broken = static_cast<std::size_t>(-1), more = static_cast<std::size_t>(-2);
constexpr int low_waits = 1 << 16;  // in the state: the second half of a pair comes with the character's last byte

// Length of the character that begins with this byte; 0: none does.
std::size_t length_of(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

std::size_t fail() {
  errno = EILSEQ;
  return broken;
}

}  // namespace

extern "C" {

std::size_t mbrtowc(wchar_t* __restrict out, const char* __restrict in, std::size_t n, std::mbstate_t* __restrict state) {
  static thread_local std::mbstate_t own;
  if (!state) state = &own;
  if (!in) return *state = 0, 0;
  if (n == 0) return more;
  if (*state & low_waits) {
    if (out) *out = static_cast<wchar_t>(*state & 0xffff);
    *state = 0;
    return 1;
  }
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(in[i]); };
  const std::size_t length = length_of(byte(0));
  if (length == 0) return fail();
  std::uint32_t code = length == 1 ? byte(0) : byte(0) & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if (i == n) return more;
    if ((byte(i) & 0xc0) != 0x80) return fail();
    code = code << 6 | (byte(i) & 0x3f);
  }
  constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return fail();
  if (length < 4) {
    if (out) *out = static_cast<wchar_t>(code);
    return code == 0 ? 0 : length;
  }
  code -= 0x10000;
  if (out) *out = static_cast<wchar_t>(0xd800 + (code >> 10));
  *state = low_waits | static_cast<int>(0xdc00 + (code & 0x3ff));
  return 3;
}

std::size_t mbrlen(const char* __restrict in, std::size_t n, std::mbstate_t* __restrict state) {
  static thread_local std::mbstate_t own;
  return mbrtowc(nullptr, in, n, state ? state : &own);
}

std::size_t mbsrtowcs(wchar_t* __restrict out, const char** __restrict in, std::size_t n, std::mbstate_t* __restrict state) {
  static thread_local std::mbstate_t own;
  const char* at = *in;
  for (std::size_t count = 0;; ++count) {
    if (out && count == n) return *in = at, count;
    wchar_t one = 0;
    const std::size_t used = mbrtowc(&one, at, 4, state ? state : &own);  // stops at the text's end: no character goes on in it
    if (used == broken || used == more) return fail();
    if (out) out[count] = one;
    if (used == 0) return out ? (*in = nullptr, count) : count;
    at += used;
  }
}
}
