// The colour chart, drawn with known colours at a known place: turned, in perspective, noisy, under wrong light.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "analysis/picture/json.hpp"
#include "json/json_text.hpp"
#include "picture.hpp"

using namespace caukham;
using namespace caukham::analysis::picture;
using namespace picture_tests;

namespace {

// BabelColor's published 8-bit sRGB of the chart: not where chart_colours() comes from.
constexpr int published[24][3] = {
    {115, 82, 68}, {194, 150, 130}, {98, 122, 157}, {87, 108, 67}, {133, 128, 177}, {103, 189, 170},
    {214, 126, 44}, {80, 91, 166}, {193, 90, 99}, {94, 60, 108}, {157, 188, 64}, {224, 163, 46},
    {56, 61, 150}, {70, 148, 73}, {175, 54, 60}, {231, 199, 31}, {187, 86, 149}, {8, 133, 161},
    {243, 243, 242}, {200, 200, 200}, {160, 160, 160}, {122, 122, 121}, {85, 85, 85}, {52, 52, 52}};

struct Scene {
  double turn_deg = 0, patch_px = 40, keystone = 0;  // keystone: how much the far side is smaller, 0 … 0.3
  double noise = 0;
  Rgb light{1, 1, 1};  // factors in linear light
  double mixed = 0;    // part of each channel that leaks into the next
  bool shuffled = false;
};

// Centre of the picture is centre of the chart; patches of 1, gaps of 1/8, on a dark board that lies on skin.
Image draw(const Scene& s, int w = 640, int h = 480) {
  Image out(w, h);
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  const double cosine = std::cos(s.turn_deg * 3.14159265358979 / 180), sine = std::sin(s.turn_deg * 3.14159265358979 / 180);
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x) {
      const double px = (x - w / 2.0) / s.patch_px, py = (y - h / 2.0) / s.patch_px;
      const double far = 1 + s.keystone * px / 4;  // the plane is nearer on one side
      const double u = (cosine * px + sine * py) * far, v = (-sine * px + cosine * py) * far;
      const double column = u / 1.125 + 3, row = v / 1.125 + 2;
      Rgb c{190 + 12 * std::sin(x / 5.0 + y / 9.0), 150 + 9 * std::sin(x / 7.0), 130.0 + 8 * std::sin(y / 4.0)};
      if (column > -0.2 && column < 6.2 && row > -0.2 && row < 4.2) c = {24, 24, 24};
      if (column > 0 && column < 6 && row > 0 && row < 4) {
        const double inside_c = std::abs(column - std::floor(column) - 0.5), inside_r = std::abs(row - std::floor(row) - 0.5);
        int k = static_cast<int>(row) * 6 + static_cast<int>(column);
        if (s.shuffled) k = (k * 7 + 3) % 24;
        if (inside_c < 0.5 / 1.125 && inside_r < 0.5 / 1.125) c = to_coded(to_linear({double(published[k][0]), double(published[k][1]), double(published[k][2])}));
      }
      Rgb l = to_linear(c);
      l = {s.light.r * (l.r + s.mixed * l.g), s.light.g * (l.g + s.mixed * l.b), s.light.b * (l.b + s.mixed * l.r)};
      c = to_coded(l);
      out.set(x, y, c.r + s.noise * normal(random), c.g + s.noise * normal(random), c.b + s.noise * normal(random));
    }
  return out;
}

void check_corner(const Chart& c, const Scene& s, int w, int h) {  // dark skin's corner
  const double t = s.turn_deg * 3.14159265358979 / 180, u = -3 * 1.125, v = -2 * 1.125;
  // u = (turned x) · far: solve for the pixel by walking, far depends on it.
  double px = 0, py = 0;
  for (int i = 0; i < 60; ++i) {
    const double far = 1 + s.keystone * px / 4;
    px = (std::cos(t) * u - std::sin(t) * v) / far, py = (std::sin(t) * u + std::cos(t) * v) / far;
  }
  CHECK(std::abs(c.corners_px[0] - (px * s.patch_px + w / 2.0)) < 0.15 * s.patch_px);
  CHECK(std::abs(c.corners_px[1] - (py * s.patch_px + h / 2.0)) < 0.15 * s.patch_px);
}

}  // namespace

TEST_CASE("the chart's reference colours must be those published by others, where sRGB can show them") {
  for (std::size_t p = 0; p < 24; ++p) {
    if (std::string(chart_colours()[p].name) == "cyan") continue;  // outside sRGB
    const Rgb coded{double(published[p][0]), double(published[p][1]), double(published[p][2])};
    CAPTURE(chart_colours()[p].name);
    CHECK(delta_e2000(to_lab(to_linear(coded)), chart_colours()[p].lab) < (std::string(chart_colours()[p].name) == "blue" ? 4.2 : 3.1));
  }
}

TEST_CASE("the chart must be found at any turn, size and slant, and its corners be where they are") {
  for (const Scene& s : {Scene{}, Scene{.turn_deg = 17}, Scene{.turn_deg = 45}, Scene{.turn_deg = 90}, Scene{.turn_deg = 163}, Scene{.turn_deg = 181},
                         Scene{.turn_deg = 270, .patch_px = 24}, Scene{.patch_px = 18}, Scene{.patch_px = 80}, Scene{.turn_deg = 10, .keystone = 0.2},
                         Scene{.turn_deg = 200, .patch_px = 34, .keystone = 0.3}}) {
    const auto picture = draw(s);
    const auto c = find_chart(view_of(picture));
    CAPTURE(s.turn_deg, s.patch_px, s.keystone, c.sentence);
    REQUIRE(c.found);
    check_corner(c, s, 640, 480);
    CHECK(c.mean_before < 2.5);
    CHECK(c.mean_after <= c.mean_before);
    CHECK(c.patches.size() == 24);
  }
}

TEST_CASE("wrong light and a camera's own primaries must be turned back, on patches the fit has not seen too") {
  for (const Scene& s : {Scene{.light = {0.7, 0.55, 0.35}}, Scene{.light = {0.4, 0.6, 0.9}}, Scene{.turn_deg = 30, .light = {0.9, 0.8, 0.6}, .mixed = 0.15},
                         Scene{.noise = 6, .light = {0.5, 0.5, 0.5}}, Scene{.turn_deg = 75, .noise = 10, .light = {0.8, 0.6, 0.5}}}) {
    const auto picture = draw(s);
    const auto c = find_chart(view_of(picture));
    CAPTURE(s.turn_deg, s.noise, s.light.r, s.light.b, c.sentence, c.mean_before, c.mean_after, c.mean_unseen);
    REQUIRE(c.found);
    CHECK(c.mean_before > 5);
    CHECK(c.mean_after < 2.5);
    CHECK(c.mean_unseen < 3);
    const auto skin = corrected(c, c.patches[1].measured);  // "light skin"
    CHECK(std::abs(skin.r - 194) < 12);
    CHECK(std::abs(skin.g - 150) < 12);
    CHECK(std::abs(skin.b - 130) < 12);
  }
}

TEST_CASE("a picture too bright for the white patch must leave that patch out of the fit") {
  const auto picture = draw({.light = {1.5, 1.4, 1.3}});
  const auto c = find_chart(view_of(picture));
  REQUIRE(c.found);
  CHECK(c.patches[18].clipped);
  CHECK(c.patches_used < 24);
  CHECK(c.mean_after < c.mean_before);
}

TEST_CASE("a picture without the chart must say so: skin, other colours in a grid, nothing at all") {
  for (const auto& picture : {spots(), Image(320, 240, 120, 90, 80), Image(320, 240), draw({.shuffled = true}), draw({.patch_px = 4})}) {
    const auto c = find_chart(view_of(picture));
    CHECK_FALSE(c.found);
    CHECK(c.patches.empty());
    CHECK(std::string(c.sentence).size() > 20);
  }
  CHECK(std::string(find_chart(view_of(draw({.shuffled = true}))).sentence).find("not those of") != std::string::npos);
  CHECK_FALSE(find_chart(View{}).found);
  std::mt19937 random(3);
  Image noise(320, 240);
  for (auto& v : noise.rgb) v = static_cast<std::uint8_t>(random());
  CHECK_FALSE(find_chart(view_of(noise)).found);
}

TEST_CASE("reports for the schema, with charts: found with its correction, or the sentence alone") {
  const auto picture = draw({.light = {0.7, 0.6, 0.5}});
  const auto with = to_json(measure(view_of(picture)), find_chart(view_of(picture)));
  const auto without = to_json(measure(view_of(spots())), find_chart(view_of(spots())));
  CHECK(with["chart"]["found"] == true);
  CHECK(with["chart"]["patches"].size() == 24);
  CHECK(with["chart"]["correction"]["matrix"].size() == 3);
  CHECK(without["chart"].size() == 2);
  if (const char* folder = std::getenv("CAUKHAM_REPORTS")) {
    std::ofstream(std::string(folder) + "/chart.json") << json_text(with, 1);
    std::ofstream(std::string(folder) + "/no_chart.json") << json_text(without, 1);
  }
}
