#include <algorithm>

#include <catch2/catch.hpp>

#include "help.hpp"
#include "media/still.hpp"

using namespace caukham;
using media::MjpegDecoder;
using test::Bytes;

TEST_CASE("a camera's JPEG must decode to I420 and RGB with its colours") {
  MjpegDecoder decoder;
  const auto picture = decoder.to_i420(test::jpeg(42), 1000, 7);
  REQUIRE(picture);
  CHECK(picture->width == 640);
  CHECK(picture->height == 480);
  CHECK(picture->time_ns == 1000);
  CHECK(picture->number == 7);
  CHECK(picture->stride_y % 32 == 0);
  CHECK(devices::read_counter(picture->y(), picture->stride_y, 640, 480) == 42);

  Bytes rgb(640 * 480 * 3);
  REQUIRE(decoder.to_rgb(test::jpeg(0), {rgb.data(), 640, 480, 640 * 3}));
  // Find the chart's white patch (243, 243, 242): the brightest run of 12 pixels right of the middle.
  int best = 0, at_x = 0, at_y = 0;
  for (int y = 250; y < 360; ++y)
    for (int x = 430; x < 580; ++x) {
      int sum = 0;
      for (int i = 0; i < 12; ++i) sum += rgb[static_cast<std::size_t>((y * 640 + x + i) * 3 + 1)];
      if (sum > best) best = sum, at_x = x, at_y = y;
    }
  const auto pixel = [&](int x, int y, int c) { return int{rgb[static_cast<std::size_t>((y * 640 + x) * 3 + c)]}; };
  for (int c = 0; c < 3; ++c) CHECK(pixel(at_x + 6, at_y, c) == Approx(243).margin(6));
  // Two rows up, in the same column as white, is the orange patch of the second row (214, 126, 44).
  const int patch = 24;
  CHECK(pixel(at_x + 6, at_y - 2 * patch, 0) == Approx(214).margin(12));
  CHECK(pixel(at_x + 6, at_y - 2 * patch, 1) == Approx(126).margin(12));
  CHECK(pixel(at_x + 6, at_y - 2 * patch, 2) == Approx(44).margin(16));
  // and the I420 of the same white is in video's limited range: 16 + 219 × 243 / 255 = 225
  const auto still = decoder.to_i420(test::jpeg(0), 0, 0);
  REQUIRE(still);
  CHECK(int{still->y()[at_y * still->stride_y + at_x + 6]} == Approx(225).margin(5));
}

TEST_CASE("a picture without Huffman tables must decode like one with them") {
  MjpegDecoder decoder;
  const auto with = decoder.to_i420(test::jpeg(3, devices::Scene::ear, true), 0, 0);
  const auto without = decoder.to_i420(test::jpeg(3, devices::Scene::ear, false), 0, 0);
  REQUIRE((with && without));
  CHECK(with->bytes == without->bytes);
}

TEST_CASE("a decoded picture must be the same whether it goes to RGB straight or by I420") {
  MjpegDecoder decoder;
  media::PictureScaler scaler;
  const Bytes jpeg = test::jpeg(9);
  Bytes a(320 * 240 * 3), b(320 * 240 * 3);
  REQUIRE(decoder.to_rgb(jpeg, {a.data(), 320, 240, 960}));
  const auto picture = decoder.to_i420(jpeg, 0, 0);
  REQUIRE(picture);
  REQUIRE(scaler.to_rgb(*picture, {b.data(), 320, 240, 960}));
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(int{a[i]} - int{b[i]});
  CHECK(sum / static_cast<double>(a.size()) < 3);
  const auto half = scaler.scale(*picture, 320, 240);
  REQUIRE(half);
  CHECK(half->width == 320);
  CHECK_FALSE(scaler.scale(*picture, 0, 240));
  CHECK_FALSE(scaler.to_rgb(*picture, {b.data(), 320, 240, 900}));
}

TEST_CASE("a damaged picture must be refused in words, and the next one must decode") {
  MjpegDecoder decoder;
  const Bytes good = test::jpeg(5);
  const auto refused = [&](Bytes bytes, const char* words) {
    CHECK_FALSE(decoder.to_i420(bytes, 0, 0));
    CAPTURE(decoder.error());
    CHECK(decoder.error().find(words) != std::string::npos);
    CHECK(decoder.to_i420(good, 0, 0));
    CHECK(decoder.error().empty());
  };
  refused({}, "no picture");
  refused({'n', 'o', 'p', 'e', '!'}, "not a JPEG");
  refused(Bytes(good.begin(), good.begin() + 200), "ends inside its header");
  refused(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(good.size() / 2)), "end of the picture is missing");
  Bytes cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(good.size() / 2));
  cut.insert(cut.end(), {0xFF, 0xD9});
  refused(cut, "damaged");
  Bytes huge = good;
  for (std::size_t i = 2; i + 9 < huge.size(); ++i)
    if (huge[i] == 0xFF && huge[i + 1] == 0xC0) {
      huge[i + 5] = huge[i + 7] = 0xFF;
      break;
    }
  refused(huge, "too large");
}

TEST_CASE("mutated and random pictures must never crash the decoder or the header check") {
  const std::uint32_t seed = test::seed();
  INFO("seed " << seed << " (CAUKHAM_SEED)");
  std::mt19937 random(seed);
  const Bytes good = test::jpeg(5);
  MjpegDecoder decoder;
  for (int round = 0; round < 300; ++round) {
    Bytes b = good;
    if (round % 5 == 0) {
      b.resize(random() % 4000);
      for (auto& x : b) x = static_cast<std::uint8_t>(random());
      if (b.size() > 4) b[0] = 0xFF, b[1] = 0xD8, b[2] = 0xFF;
    } else {
      const std::size_t reach = round % 2 == 0 ? 700 : b.size();
      for (unsigned i = 0; i < 1 + random() % 8; ++i) b[random() % reach] = static_cast<std::uint8_t>(random());
    }
    const auto picture = decoder.to_i420(b, 0, 0);
    if (picture) {
      CHECK(picture->width <= media::max_edge_px);
      CHECK(picture->height <= media::max_edge_px);
    } else {
      CHECK_FALSE(decoder.error().empty());
    }
  }
  CHECK(decoder.to_i420(good, 0, 0));
}

TEST_CASE("a still's header must be read and its thumbnail keep the aspect") {
  media::JpegInfo info;
  std::string why;
  REQUIRE(media::inspect_jpeg(test::jpeg(1), info, why));
  CHECK(info.width == 640);
  CHECK(info.height == 480);
  CHECK(info.components == 3);
  CHECK(info.has_huffman_tables);
  CHECK_FALSE(info.progressive);
  REQUIRE(media::inspect_jpeg(test::jpeg(1, devices::Scene::ear, false), info, why));
  CHECK_FALSE(info.has_huffman_tables);
  const auto small = media::thumbnail(test::jpeg(1), 160, why);
  CHECK(small.width == 160);
  CHECK(small.height == 120);
  REQUIRE(small.rgb.size() == 160 * 120 * 3);
  const std::size_t lesion = (60 * 160 + 45) * 3, skin = (20 * 160 + 120) * 3;
  CHECK(small.rgb[lesion] + 40 < small.rgb[skin]);
  CHECK(media::thumbnail(test::jpeg(1), 5000, why).width == 640);
  CHECK(media::thumbnail(Bytes{1, 2, 3, 4, 5}, 100, why).rgb.empty());
  CHECK(why == "this is not a JPEG picture");
}

// libswscale draws in blocks of pixels and does not stop at a row's end: it has torn the memory behind a small picture.
TEST_CASE("a picture of any width must be drawn inside the room it was given") {
  constexpr std::size_t behind = 256;
  static constexpr std::uint8_t mark = 0xA5;
  MjpegDecoder decoder;
  media::PictureScaler scaler;
  const Bytes jpeg = test::jpeg(1);
  const auto stays_inside = [&](int w, int h, const auto& draw) {
    CAPTURE(w, h);
    const auto room = static_cast<std::size_t>(w) * static_cast<std::size_t>(h) * 3;
    Bytes rgb(room + behind, mark);
    REQUIRE(draw(media::RgbTarget{rgb.data(), w, h, w * 3}));
    CHECK(std::all_of(rgb.begin() + static_cast<std::ptrdiff_t>(room), rgb.end(), [](std::uint8_t b) { return b == mark; }));
    CHECK_FALSE(std::all_of(rgb.begin(), rgb.begin() + static_cast<std::ptrdiff_t>(room), [](std::uint8_t b) { return b == mark; }));
  };
  for (int w = 2; w <= 70; ++w)
    for (const int h : {2, 3, 16}) {
      stays_inside(w, h, [&](const media::RgbTarget& t) { return decoder.to_rgb(jpeg, t); });
      const auto small = media::Picture::make(w, h);
      REQUIRE(small);
      stays_inside(w, h, [&](const media::RgbTarget& t) { return scaler.to_rgb(*small, t); });
    }
  for (const int w : {360, 640, 853, 1000, 1283})
    for (const int h : {40, 41}) {
      stays_inside(w, h, [&](const media::RgbTarget& t) { return decoder.to_rgb(jpeg, t); });
      const auto wide = media::Picture::make(w, h);
      REQUIRE(wide);
      stays_inside(w, h, [&](const media::RgbTarget& t) { return scaler.to_rgb(*wide, t); });
    }
}
