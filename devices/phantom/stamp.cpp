#include <cstring>

#include "devices/phantom/scenes.hpp"

namespace caukham::devices::scene {
namespace {

// Drawn for this project: seven rows of five dots, the leftmost dot is bit 4.
struct Letter {
  char c;
  std::uint8_t rows[7];
};
constexpr Letter letters[] = {
    {'0', {14, 17, 19, 21, 25, 17, 14}}, {'1', {4, 12, 4, 4, 4, 4, 14}},      {'2', {14, 17, 1, 6, 8, 16, 31}},
    {'3', {30, 1, 1, 14, 1, 1, 30}},     {'4', {2, 6, 10, 18, 31, 2, 2}},     {'5', {31, 16, 30, 1, 1, 17, 14}},
    {'6', {6, 8, 16, 30, 17, 17, 14}},   {'7', {31, 1, 2, 4, 8, 8, 8}},       {'8', {14, 17, 17, 14, 17, 17, 14}},
    {'9', {14, 17, 17, 15, 1, 2, 12}},   {'A', {14, 17, 17, 31, 17, 17, 17}}, {'B', {30, 17, 17, 30, 17, 17, 30}},
    {'C', {14, 17, 16, 16, 16, 17, 14}}, {'D', {30, 17, 17, 17, 17, 17, 30}}, {'E', {31, 16, 16, 30, 16, 16, 31}},
    {'F', {31, 16, 16, 30, 16, 16, 16}}, {'G', {14, 17, 16, 23, 17, 17, 15}}, {'H', {17, 17, 17, 31, 17, 17, 17}},
    {'I', {14, 4, 4, 4, 4, 4, 14}},      {'J', {7, 2, 2, 2, 2, 18, 12}},      {'K', {17, 18, 20, 24, 20, 18, 17}},
    {'L', {16, 16, 16, 16, 16, 16, 31}}, {'M', {17, 27, 21, 21, 17, 17, 17}}, {'N', {17, 25, 21, 19, 17, 17, 17}},
    {'O', {14, 17, 17, 17, 17, 17, 14}}, {'P', {30, 17, 17, 30, 16, 16, 16}}, {'Q', {14, 17, 17, 17, 21, 18, 13}},
    {'R', {30, 17, 17, 30, 20, 18, 17}}, {'S', {15, 16, 16, 14, 1, 1, 30}},   {'T', {31, 4, 4, 4, 4, 4, 4}},
    {'U', {17, 17, 17, 17, 17, 17, 14}}, {'V', {17, 17, 17, 17, 17, 10, 4}},  {'W', {17, 17, 17, 21, 21, 27, 17}},
    {'X', {17, 17, 10, 4, 10, 17, 17}},  {'Y', {17, 17, 10, 4, 4, 4, 4}},     {'Z', {31, 1, 2, 4, 8, 16, 31}},
    {'-', {0, 0, 0, 31, 0, 0, 0}},       {'.', {0, 0, 0, 0, 0, 12, 12}},
};

void grey(Canvas& c, int x, int y, int w, int h, std::uint8_t luma) {
  for (int j = std::max(0, y); j < std::min(c.height, y + h); ++j) {
    for (int i = std::max(0, x); i < std::min(c.width, x + w); ++i) {
      c.y[static_cast<std::size_t>(j * c.width + i)] = luma;
      const auto chroma = static_cast<std::size_t>(j / 2 * (c.width / 2) + i / 2);
      c.u[chroma] = c.v[chroma] = 128;
    }
  }
}

}  // namespace

int text_width(int scale, const char* text) { return (6 * static_cast<int>(std::strlen(text)) + 1) * scale; }

void write_bare(Canvas& canvas, int x, int y, int scale, const char* text, std::uint8_t luma) {
  for (; *text != 0; ++text, x += 6 * scale)
    for (const Letter& l : letters)
      if (l.c == *text)
        for (int row = 0; row < 7; ++row)
          for (int dot = 0; dot < 5; ++dot)
            if ((l.rows[row] >> (4 - dot) & 1) != 0) grey(canvas, x + dot * scale, y + row * scale, scale, scale, luma);
}

void write_text(Canvas& canvas, int x, int y, int scale, const char* text) {
  grey(canvas, x, y, text_width(scale, text), 9 * scale, 16);
  write_bare(canvas, x + scale, y + scale, scale, text, 240);
}

}  // namespace caukham::devices::scene
