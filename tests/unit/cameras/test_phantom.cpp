#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "devices/phantom/phantom.hpp"
#include "help.hpp"
#include "tests/lib/test_folder.hpp"

using namespace caukham::devices;

namespace {
bool has_marker(const Bytes& jpeg, std::uint8_t marker) {
  for (std::size_t at = 2; at + 4 <= jpeg.size() && jpeg[at] == 0xFF && jpeg[at + 1] != 0xDA;
       at += 2 + static_cast<std::size_t>(jpeg[at + 2] << 8 | jpeg[at + 3]))
    if (jpeg[at + 1] == marker) return true;
  return false;
}
}  // namespace

TEST_CASE("a phantom picture must tell machines its number and differ from its neighbours") {
  for (const Scene scene : {Scene::ear, Scene::skin}) {
    PhantomOptions o;
    o.scene = scene;
    Phantom phantom(o);
    for (const std::uint32_t n : {0U, 1U, 0xA5A5U, 0xFFFFU, 0x10003U}) {
      const Bytes jpeg = phantom.jpeg(n);
      REQUIRE(jpeg.size() > 8'000);
      REQUIRE(jpeg.size() < 80'000);
      CHECK(test::counter_of(jpeg) == static_cast<std::uint16_t>(n));
    }
    CHECK(phantom.jpeg(7) != phantom.jpeg(8));
    CHECK(phantom.jpeg(7) == Phantom(o).jpeg(7));
  }
}

TEST_CASE("a phantom picture must carry the word SIMULATED") {
  PhantomOptions o;
  Phantom phantom(o);
  const auto luma = test::decode_luma(phantom.jpeg(3));
  REQUIRE(luma);
  // The box at the top left: white dots on black, nothing between. The S of 5×7 dots at scale 2 opens with four dots.
  const auto at = [&](int x, int y) { return int{luma->y[static_cast<std::size_t>(y * luma->width + x)]}; };
  int bright = 0, dark = 0;
  for (int y = 8; y < 26; ++y)
    for (int x = 8; x < 8 + 2 * (9 * 6 + 1); ++x) (at(x, y) > 128 ? bright : dark)++;
  CHECK(bright > 400);
  CHECK(dark > 800);
  CHECK(at(13, 11) > 160);
  CHECK(at(11, 21) < 96);
}

TEST_CASE("a phantom of 1280 by 720 without tables must leave out what MJPEG cameras leave out") {
  PhantomOptions o;
  o.width = 1280;
  o.height = 720;
  o.scene = Scene::skin;
  o.jfif_header = false;
  o.huffman_tables = false;
  Phantom phantom(o);
  const Bytes bare = phantom.jpeg(1);
  CHECK_FALSE(has_marker(bare, 0xE0));
  CHECK_FALSE(has_marker(bare, 0xC4));
  CHECK(has_marker(bare, 0xDB));
  const auto luma = test::decode_luma(bare);  // libjpeg-turbo knows the standard tables
  REQUIRE(luma);
  CHECK(luma->width == 1280);
  CHECK(luma->height == 720);
}

TEST_CASE("a folder of pictures must be played in order, marked and counted, and an empty one refused in words") {
  const caukham::tests::TestFolder folder("phantom");
  PhantomOptions o;
  o.hold = 2;
  std::string why;
  CHECK_FALSE(Phantom::from_folder(folder.path.string(), o, why));
  CHECK(why.find("no readable") != std::string::npos);
  const auto save = [&](const char* name, const Bytes& b) {
    std::ofstream(folder / name, std::ios::binary).write(reinterpret_cast<const char*>(b.data()), static_cast<std::streamsize>(b.size()));
  };
  PhantomOptions skin = o;
  skin.scene = Scene::skin;
  skin.width = 1280;
  skin.height = 720;
  save("a.jpg", Phantom(o).jpeg(1));
  save("b.JPG", Phantom(skin).jpeg(1));
  save("c.jpg", {0xFF, 0xD8, 0xFF, 0x00});
  save("d.txt", {1, 2, 3});
  const auto played = Phantom::from_folder(folder.path.string(), o, why);
  REQUIRE(played);
  CHECK(test::counter_of(played->jpeg(0)) == 0);
  CHECK(test::counter_of(played->jpeg(3)) == 3);
  const auto a = test::decode_luma(played->jpeg(1)), b = test::decode_luma(played->jpeg(2)), c = test::decode_luma(played->jpeg(4));
  REQUIRE((a && b && c));
  const std::size_t centre = 240 * 640 + 200, bar = 40 * 640 + 320;  // the wide picture has grey bars above and below
  CHECK(a->y[centre] == Approx(c->y[centre]).margin(3));
  CHECK(b->y[bar] == Approx(40).margin(6));
  CHECK(a->y[bar] != Approx(40).margin(6));
  std::filesystem::remove_all(folder.path);
  CHECK_FALSE(Phantom::from_folder(folder.path.string(), o, why));
  CHECK(why.find("cannot be read") != std::string::npos);
}
