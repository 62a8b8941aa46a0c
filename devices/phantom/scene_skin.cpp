// A pigmented lesion under the dermatoscope: uneven border, pigment network, globules, a blue-grey area; beside it
// what a good dermoscopy record carries: a 24-patch colour chart and a millimetre ruler.
#include <array>
#include <cstdio>

#include "devices/phantom/scenes.hpp"

namespace caukham::devices::scene {
namespace {

constexpr float heights_per_mm = 1.0F / 15.0F;  // the picture's height is 15 mm: 32 pixels a millimetre at 480 rows

// The 24 patches of the classic colour chart, sRGB, published by BabelColor (C. Pascale, 2003, 8-bit averages).
constexpr std::array<Rgb, 24> chart = {{
    {115, 82, 68}, {194, 150, 130}, {98, 122, 157}, {87, 108, 67}, {133, 128, 177}, {103, 189, 170},
    {214, 126, 44}, {80, 91, 166}, {193, 90, 99}, {94, 60, 108}, {157, 188, 64}, {224, 163, 46},
    {56, 61, 150}, {70, 148, 73}, {175, 54, 60}, {231, 199, 31}, {187, 86, 149}, {8, 133, 161},
    {243, 243, 242}, {200, 200, 200}, {160, 160, 160}, {122, 122, 121}, {85, 85, 85}, {52, 52, 52}}};

// 0 in the holes of a mesh of irregular cells, 1 on its lines.
float mesh(float x, float y, float size) {
  const float gx = x / size, gy = y / size;
  const int ix = static_cast<int>(std::floor(gx)), iy = static_cast<int>(std::floor(gy));
  float first = 9, second = 9;
  for (int j = -1; j <= 1; ++j) {
    for (int i = -1; i <= 1; ++i) {
      const float cx = static_cast<float>(ix + i) + 0.5F + 0.38F * lattice(ix + i, iy + j);
      const float cy = static_cast<float>(iy + j) + 0.5F + 0.38F * lattice(ix + i + 71, iy + j + 13);
      const float d = std::hypot(gx - cx, gy - cy);
      if (d < first) { second = first; first = d; }
      else second = std::min(second, d);
    }
  }
  return step(0.30F, 0.02F, second - first);
}

Rgb skin(float x, float y) {
  Rgb c = mix({226, 178, 150}, {236, 194, 168}, 0.5F + 0.9F * cloud(x * 3, y * 3, 3));
  const float furrows = mesh(x + 0.012F * noise(x * 15, y * 15), y + 0.012F * noise(x * 15 + 9, y * 15), 0.045F);
  c = c * (1 - 0.030F * furrows + 0.040F * cloud(x * 55, y * 55, 2));
  c = mix(c, {206, 120, 108}, 0.22F * step(0.05F, 0.30F, cloud(x * 7 + 31, y * 7, 3)));
  return c;
}

Rgb lesion(Rgb under, float x, float y) {
  const float a = std::atan2(y * 1.25F, x);
  const float border = 0.245F + 0.030F * std::sin(2 * a + 0.5F) + 0.022F * std::sin(3 * a + 2.1F) +
                       0.030F * cloud(std::cos(a) * 2.2F + 4, std::sin(a) * 2.2F, 3);
  const float q = std::hypot(x, y * 1.25F) / border;
  if (q > 1.25F) return under;
  const float body = step(1.10F, 0.74F, q + 0.11F * cloud(x * 18, y * 18, 3));
  const float net = mesh(x + 0.009F * noise(x * 30, y * 30), y + 0.009F * noise(x * 30 + 5, y * 30), 0.0165F);
  Rgb pigment = mix({164, 104, 66}, {112, 64, 40}, 0.5F + 1.1F * cloud(x * 6 + 7, y * 6 + 2, 3));
  pigment = mix(pigment, {58, 32, 24}, net * (0.34F + 0.5F * cloud(x * 8 + 1, y * 8, 2)) * step(0.25F, 0.8F, q));            // network, outer zone
  pigment = mix(pigment, {66, 36, 26}, 0.8F * step(0.10F, 0.34F, cloud(x * 9 + 3, y * 9 + 8, 3)) * step(0.95F, 0.5F, q));
  const float veil = step(0.13F, 0.03F, std::hypot(x - 0.065F, y + 0.035F) + 0.05F * cloud(x * 14, y * 14, 2));
  pigment = mix(pigment, {104, 108, 126}, 0.72F * veil);                                  // blue-grey area
  const float dots = noise(x * 85, y * 85) * 0.5F + noise(x * 60 + 4, y * 60) * 0.5F;
  pigment = mix(pigment, {42, 24, 22}, 0.8F * step(0.48F, 0.62F, dots) * step(0.98F, 0.6F, q) * step(-0.02F, -0.14F, x));
  return mix(under, pigment, 0.93F * body);
}

// One hair: a shallow arc from (x0, y0), `span` heights long.
float hair(float x, float y, float x0, float y0, float slope, float bend, float span) {
  const float t = x - x0;
  if (t < 0 || t > span) return 1;
  return std::abs(y - (y0 + slope * t + bend * t * t)) / std::sqrt(1 + slope * slope);
}

void rectangle(Canvas& c, int x, int y, int w, int h, Rgb colour) {
  for (int j = y; j < y + h; ++j)
    for (int i = x; i < x + w; ++i) c.set_rgb(i, j, colour.r, colour.g, colour.b);
}

void draw_chart(Canvas& c, int x, int y, int patch) {
  const int gap = std::max(2, patch / 8) & ~1;
  rectangle(c, x, y, 6 * (patch + gap) + gap, 4 * (patch + gap) + gap, {24, 24, 24});
  for (int i = 0; i < 24; ++i)
    rectangle(c, x + gap + (i % 6) * (patch + gap), y + gap + (i / 6) * (patch + gap), patch, patch, chart[static_cast<std::size_t>(i)]);
}

void draw_ruler(Canvas& c, int x, int y, int length_mm, float mm, int scale) {
  const int tall = 26 * scale;
  rectangle(c, x - 4 * scale, y, static_cast<int>(static_cast<float>(length_mm) * mm) + 22 * scale, tall, {238, 238, 232});
  for (int half = 0; half <= 2 * length_mm; ++half) {
    const int at = x + 2 * scale + static_cast<int>(std::lround(static_cast<float>(half) * mm / 2));
    const int tick = (half % 10 == 0 ? 13 : half % 2 == 0 ? 9 : 5) * scale;
    rectangle(c, at, y, std::max(1, scale), tick, {16, 16, 16});
    if (half % 10 == 0) {
      char figure[8];
      std::snprintf(figure, sizeof figure, "%d", half / 2);
      write_bare(c, at + 3 * scale, y + 13 * scale, scale, figure, 16);
    }
  }
  write_bare(c, x + static_cast<int>(static_cast<float>(length_mm) * mm) - 16 * scale, y + 16 * scale, scale, "MM", 16);
}

}  // namespace

void draw_skin(Canvas& canvas, int margin) {
  const int rows = canvas.height - 2 * margin;
  const float unit = 1.0F / static_cast<float>(rows);
  for (int py = 0; py < canvas.height; ++py) {
    for (int px = 0; px < canvas.width; ++px) {
      const float x = (static_cast<float>(px) - static_cast<float>(canvas.width) / 2) * unit;
      const float y = (static_cast<float>(py) - static_cast<float>(canvas.height) / 2) * unit;
      Rgb c = lesion(skin(x, y), x + 0.14F, y + 0.06F);
      const float hairs = std::min({hair(x, y, -0.62F, -0.36F, 0.55F, -0.22F, 0.66F), hair(x, y, -0.30F, 0.36F, -0.75F, 0.5F, 0.42F),
                                    hair(x, y, 0.12F, -0.42F, 0.9F, -0.6F, 0.50F)});
      c = mix(c, {52, 36, 30}, 0.75F * step(0.0042F, 0.0012F, hairs));
      c = c * (1.03F - 0.30F * step(0.40F, 0.85F, std::hypot(x * 0.9F, y)));
      c = c + Rgb{1, 1, 1} * (3.0F * lattice(px, py));
      canvas.set_rgb(px, py, c.r, c.g, c.b);
    }
  }
  const int scale = std::max(1, rows / 480);
  const int patch = (rows * 22 / 480) & ~1;
  draw_chart(canvas, (canvas.width - margin - 7 * patch - 28 * scale) & ~1, (margin + rows * 250 / 480) & ~1, patch);
  draw_ruler(canvas, margin + 24 * scale, (margin + rows * 408 / 480) & ~1, 10,
             static_cast<float>(rows) * heights_per_mm, scale);
}

}  // namespace caukham::devices::scene
