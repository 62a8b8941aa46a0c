#include <catch2/catch.hpp>
#include <cstring>

#include "analysis/picture/live.hpp"
#include "picture.hpp"

using namespace caukham::analysis::picture;
using namespace picture_tests;

namespace {
Verdict verdict(const Quality& q, const char* key) { return q.find(key)->verdict; }
double value(const Quality& q, const char* key) {
  REQUIRE(q.find(key)->value);
  return *q.find(key)->value;
}
Quality of(const Image& i) { return measure(view_of(i)); }
}  // namespace

TEST_CASE("a sharp well lit picture is good in every question one picture can answer") {
  const auto q = of(spots());
  for (const char* key : {"in_view", "underexposed", "overexposed", "sharpness", "glare"}) {
    INFO(key);
    CHECK(verdict(q, key) == Verdict::good);
  }
  CHECK(verdict(q, "motion") == Verdict::cannot_tell);
  CHECK(!q.find("motion")->value);
  CHECK(verdict(q, "colour_cast") == Verdict::cannot_tell);
  CHECK(q.verdict == Verdict::good);
  CHECK(std::string(q.sentence) == "Sharp and well lit.");
}

TEST_CASE("more blur is a wider edge, and its size is about the blur's") {
  double before = 0;
  for (double sigma : {0.0, 1.0, 1.5, 2.0, 3.0, 4.0}) {
    const double width = value(of(blurred(spots(), sigma)), "sharpness");
    INFO("blur " << sigma << " is seen as " << width);
    CHECK(width > before);
    if (sigma >= 1) {
      CHECK(width > 0.7 * sigma);
      CHECK(width < 1.5 * sigma + 0.6);
    }
    before = width;
  }
  CHECK(verdict(of(blurred(spots(), 4)), "sharpness") == Verdict::poor);
}

// Steeper at its ends than a Gaussian of the same spread, a disk is seen as up to 1.7 times as wide: on the strict side.
TEST_CASE("more defocus, a disk for every point, is a wider edge, never narrower than the disk's spread") {
  double before = 0;
  for (double radius : {0.0, 2.0, 3.0, 4.0, 6.0, 8.0}) {
    const double width = value(of(defocused(spots(), radius)), "sharpness"), spread = radius / 2;
    INFO("a disk of " << radius << " px is seen as " << width);
    CHECK(width > before);
    if (radius >= 2) {
      CHECK(width > spread);
      CHECK(width < 1.8 * spread + 0.6);
    }
    before = width;
  }
  CHECK(verdict(of(defocused(spots(), 8)), "sharpness") == Verdict::poor);
}

TEST_CASE("a picture twice the size has edges twice as wide and the same verdict") {
  const auto small = of(blurred(spots(480, 360), 2)), large = of(blurred(spots(960, 720), 4));
  CHECK(value(large, "sharpness") / value(small, "sharpness") == Approx(2).epsilon(0.3));
  CHECK(verdict(large, "sharpness") == verdict(small, "sharpness"));
}

TEST_CASE("a picture turned by 90 degrees is as sharp, as bright and as white") {
  const auto picture = blurred(spots(400, 400), 1.2);
  const auto upright = of(picture), side = of(turned(picture));
  CHECK(value(side, "sharpness") == Approx(value(upright, "sharpness")).epsilon(0.25));
  CHECK(side.brightness_percent == Approx(upright.brightness_percent).margin(1));
  CHECK(value(side, "in_view") == Approx(value(upright, "in_view")).epsilon(0.05));
}

TEST_CASE("more noise is more noise, and no sharper verdict for a blurred picture") {
  double before = 0;
  for (double sigma : {1.0, 3.0, 6.0, 12.0}) {
    const auto q = of(noisy(blurred(spots(), 4), sigma));
    CHECK(q.noise_percent > before);
    CHECK(verdict(q, "sharpness") != Verdict::good);
    before = q.noise_percent;
  }
  CHECK(of(noisy(Image(480, 360, 128, 128, 128), 5)).noise_percent == Approx(5 / 2.55 * 0.67).epsilon(0.15));  // luma of three channels
}

TEST_CASE("noise alone is nothing in view, not a sharp picture") {
  const auto q = of(noisy(Image(480, 360, 120, 90, 80), 6));
  CHECK(verdict(q, "in_view") == Verdict::poor);
  CHECK(verdict(q, "sharpness") == Verdict::cannot_tell);
}

TEST_CASE("less light is darker, and too little and too much are said") {
  double before = 100;
  for (double light : {1.2, 1.0, 0.6, 0.3, 0.15}) {
    const double bright = of(spots(480, 360, 0, 0, light)).brightness_percent;
    CHECK(bright < before);
    before = bright;
  }
  CHECK(verdict(of(spots(480, 360, 0, 0, 0.2)), "underexposed") == Verdict::poor);
  CHECK(verdict(of(spots(480, 360, 0, 0, 3)), "overexposed") == Verdict::poor);
  CHECK(verdict(of(spots(480, 360, 0, 0, 0.8)), "underexposed") == Verdict::good);
}

TEST_CASE("black, white and grey pictures show nothing, and no sharpness is invented") {
  for (int level : {0, 5, 128, 255}) {
    const auto q = of(Image(320, 240, level, level, level));
    INFO(level);
    CHECK(verdict(q, "in_view") == Verdict::poor);
    CHECK(verdict(q, "sharpness") == Verdict::cannot_tell);
    CHECK(!q.find("sharpness")->value);
    CHECK(q.verdict == Verdict::poor);
  }
  CHECK(std::strstr(of(Image(320, 240)).sentence, "black"));
}

TEST_CASE("a lamp's reflection is glare and grows with its size") {
  double before = -1;
  for (int radius : {0, 12, 30, 45}) {
    auto picture = spots();
    for (int y = 0; y < picture.height; ++y)
      for (int x = 0; x < picture.width; ++x)
        if (radius && std::hypot(x - 240, y - 150) < radius) picture.set(x, y, 255, 255, 255);
    const auto q = of(picture);
    CHECK(value(q, "glare") > before);
    before = value(q, "glare");
    CHECK(verdict(q, "glare") == (radius >= 30 ? Verdict::poor : Verdict::good));
  }
}

TEST_CASE("the black surround of a round picture counts neither as dark nor as sharp") {
  auto picture = blurred(spots(), 4);
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < picture.width; ++x)
      if (std::hypot(x - 240, y - 180) > 170) picture.set(x, y, 0, 0, 0);
  const auto q = of(picture);
  CHECK(q.field_percent == Approx(100 * 3.14159 * 170 * 170 / (480 * 360)).margin(4));
  CHECK(verdict(q, "underexposed") == Verdict::good);
  CHECK(verdict(q, "sharpness") == Verdict::poor);
}

TEST_CASE("movement is measured, and a jump is a jump") {
  Before first;
  measure(view_of(spots()), 0, nullptr, &first);
  for (double shift : {0.0, 2.0, 5.0, 12.0}) {
    const auto q = measure(view_of(spots(480, 360, shift, shift / 2)), 100'000'000, &first);
    INFO(shift);
    CHECK(value(q, "motion") == Approx(100 * std::hypot(shift, shift / 2) / 360 / 0.1).margin(3).epsilon(0.2));
  }
  CHECK(verdict(measure(view_of(spots(480, 360, 1, 0)), 100'000'000, &first), "motion") == Verdict::good);
  CHECK(verdict(measure(view_of(spots(480, 360, 12, 0)), 50'000'000, &first), "motion") == Verdict::poor);
  CHECK(verdict(measure(view_of(spots(480, 360, 0, 0, 0.8)), 100'000'000, &first), "motion") == Verdict::good);  // light only
  CHECK(verdict(measure(view_of(spots()), 3'000'000'000, &first), "motion") == Verdict::cannot_tell);          // too long ago
  CHECK(verdict(measure(view_of(spots(320, 240)), 100'000'000, &first), "motion") == Verdict::cannot_tell);    // another size
}

TEST_CASE("a blue cast on tissue is seen, a red picture is not judged, a colourful one by its mean") {
  auto blue = spots();
  for (std::size_t i = 0; i < blue.rgb.size(); i += 3) std::swap(blue.rgb[i], blue.rgb[i + 2]);
  CHECK(verdict(of(blue), "colour_cast") == Verdict::poor);
  CHECK(verdict(of(spots()), "colour_cast") == Verdict::cannot_tell);
  const auto mosaic = [](double r, double b) {
    Image out(480, 360);
    static constexpr int hues[6][3] = {{200, 80, 80}, {200, 200, 80}, {80, 200, 80}, {80, 200, 200}, {80, 80, 200}, {200, 80, 200}};
    for (int y = 0; y < 360; ++y)
      for (int x = 0; x < 480; ++x) {
        const auto* h = hues[(x / 40 + y / 40 * 5) % 6];
        out.set(x, y, h[0] * r, h[1], h[2] * b);
      }
    return out;
  };
  CHECK(verdict(of(mosaic(1, 1)), "colour_cast") == Verdict::good);
  CHECK(verdict(of(mosaic(1.2, 0.6)), "colour_cast") == Verdict::poor);
  CHECK(value(of(mosaic(1.2, 0.6)), "colour_cast") > value(of(mosaic(1.1, 0.8)), "colour_cast"));
}

TEST_CASE("I420 of both ranges gives the numbers of RGB") {
  const auto picture = spots();
  for (bool limited : {false, true}) {
    std::vector<std::uint8_t> y, u, v;
    for (int r = 0; r < picture.height; ++r)
      for (int x = 0; x < picture.width; ++x) {
        const auto* p = picture.at(x, r);
        const double l = 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];
        y.push_back(static_cast<std::uint8_t>((limited ? 16 + l * 219 / 255 : l) + 0.5));
        if (r % 2 || x % 2) continue;
        const double gain = limited ? 224.0 / 255 : 1;
        u.push_back(static_cast<std::uint8_t>(128.5 + gain * (p[2] - l) / 1.772));
        v.push_back(static_cast<std::uint8_t>(128.5 + gain * (p[0] - l) / 1.402));
      }
    View view;
    view.layout = limited ? Layout::i420_limited : Layout::i420_full;
    view.width = picture.width;
    view.height = picture.height;
    view.plane[0] = y, view.plane[1] = u, view.plane[2] = v;
    view.stride[0] = 480, view.stride[1] = view.stride[2] = 240;
    const auto a = measure(view), b = of(picture);
    CHECK(a.brightness_percent == Approx(b.brightness_percent).margin(1));
    CHECK(value(a, "sharpness") == Approx(value(b, "sharpness")).margin(0.1));
    CHECK(value(a, "in_view") == Approx(value(b, "in_view")).margin(0.5));
    CHECK(pixel(view, 18, 100).r == Approx(picture.at(18, 100)[0]).margin(6));
  }
}

TEST_CASE("live: the same place less sharp than a moment ago is said, and between looks nothing is measured") {
  LiveQuality live;
  CHECK(live.look(view_of(spots()), 0).verdict == Verdict::good);
  const double best = value(live.last(), "sharpness");
  CHECK(value(live.look(view_of(blurred(spots(), 3)), 100'000'000), "sharpness") == best);  // not due yet
  const auto& later = live.look(view_of(blurred(spots(), 1.2)), 300'000'000);
  CHECK(verdict(later, "sharpness") == Verdict::poor);
  CHECK(std::strstr(later.sentence, "a moment ago"));
  CHECK(verdict(live.look(view_of(blurred(spots(), 1.2)), 20'000'000'000), "sharpness") == Verdict::good);  // forgotten
}

TEST_CASE("live: what is plainly sharp is not found fault with for having been sharper still") {
  LiveQuality live;
  const auto picture = spots(1280, 960);  // in which an edge may be 4.8 px wide
  live.look(view_of(picture), 0);
  const double best = value(live.last(), "sharpness");
  const auto& later = live.look(view_of(blurred(picture, 1.2)), 300'000'000);
  INFO(best << " px, then " << value(later, "sharpness") << " px, limit " << later.find("sharpness")->limit << " px");
  CHECK(value(later, "sharpness") > 1.6 * best);
  CHECK(verdict(later, "sharpness") == Verdict::good);
}

TEST_CASE("bad pictures are refused in words, and no number is given") {
  const auto refused = [](const View& v) {
    const auto q = measure(v);
    return !q.error.empty() && q.findings.empty() && q.verdict == Verdict::cannot_tell;
  };
  CHECK(refused(View{}));
  CHECK(refused(view_of(Image(1, 1, 9, 9, 9))));
  const Image picture = spots(64, 64);
  for (const std::size_t stride : {std::size_t{0}, std::size_t{191}, std::size_t{193}, std::size_t{1} << 40, ~std::size_t{0}}) {
    auto v = view_of(picture);
    v.stride[0] = stride;
    CHECK(refused(v));
  }
  auto v = view_of(picture);
  v.plane[0] = v.plane[0].first(v.plane[0].size() - 1);
  CHECK(refused(v));
  v = view_of(picture);
  v.width = -5;
  CHECK(refused(v));
  v = view_of(picture);
  v.height = 2'000'000'000;
  CHECK(refused(v));
  v = view_of(picture);
  v.layout = Layout::i420_full;
  CHECK(refused(v));
  LiveQuality live;
  CHECK(!live.look(View{}, 5).error.empty());
  CHECK(live.look(view_of(spots()), 300'000'000).verdict == Verdict::good);
}

TEST_CASE("random bytes in pictures of any size give an answer and touch nothing outside") {
  std::mt19937 random(11);
  for (int i = 0; i < 60; ++i) {
    const int w = 32 + static_cast<int>(random() % 90), h = 32 + static_cast<int>(random() % 90);
    Image picture(w, h);
    for (auto& b : picture.rgb) b = static_cast<std::uint8_t>(random() >> 13);
    const auto q = of(picture);
    CHECK(q.findings.size() == 7);
    CHECK(std::isfinite(q.noise_percent));
  }
}
