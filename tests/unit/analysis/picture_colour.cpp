#include <catch2/catch.hpp>

#include "analysis/picture/colour.hpp"

using namespace caukham::analysis::picture;

// Table 1 of Sharma, Wu & Dalal, Color Research and Application 30 (2005) 21–30: all 34 pairs.
TEST_CASE("delta E 2000 gives the 34 published values") {
  struct Pair { Lab one, other; double want; };
  const Lab blue{50, 0, -82.7485}, red{50, 2.5, 0}, green{50, 2.49, -0.001}, yellow{50, -0.001, 2.49};
  const Pair pairs[] = {
      {{50, 2.6772, -79.7751}, blue, 2.0425}, {{50, 3.1571, -77.2803}, blue, 2.8615}, {{50, 2.8361, -74.0200}, blue, 3.4412},
      {{50, -1.3802, -84.2814}, blue, 1.0}, {{50, -1.1848, -84.8006}, blue, 1.0}, {{50, -0.9009, -85.5211}, blue, 1.0},
      {{50, 0, 0}, {50, -1, 2}, 2.3669}, {{50, -1, 2}, {50, 0, 0}, 2.3669},
      {green, {50, -2.49, 0.0009}, 7.1792}, {green, {50, -2.49, 0.0010}, 7.1792},
      {green, {50, -2.49, 0.0011}, 7.2195}, {green, {50, -2.49, 0.0012}, 7.2195},
      {yellow, {50, 0.0009, -2.49}, 4.8045}, {yellow, {50, 0.0010, -2.49}, 4.8045},
      {yellow, {50, 0.0011, -2.49}, 4.7461}, {red, {50, 0, -2.5}, 4.3065},
      {red, {73, 25, -18}, 27.1492}, {red, {61, -5, 29}, 22.8977}, {red, {56, -27, -3}, 31.9030}, {red, {58, 24, 15}, 19.4535},
      {red, {50, 3.1736, 0.5854}, 1.0}, {red, {50, 3.2972, 0}, 1.0}, {red, {50, 1.8634, 0.5757}, 1.0}, {red, {50, 3.2592, 0.3350}, 1.0},
      {{60.2574, -34.0099, 36.2677}, {60.4626, -34.1751, 39.4387}, 1.2644},
      {{63.0109, -31.0961, -5.8663}, {62.8187, -29.7946, -4.0864}, 1.2630},
      {{61.2901, 3.7196, -5.3901}, {61.4292, 2.2480, -4.9620}, 1.8731},
      {{35.0831, -44.1164, 3.7933}, {35.0232, -40.0716, 1.5901}, 1.8645},
      {{22.7233, 20.0904, -46.6940}, {23.0331, 14.9730, -42.5619}, 2.0373},
      {{36.4612, 47.8580, 18.3852}, {36.2715, 50.5065, 21.2231}, 1.4146},
      {{90.8027, -2.0831, 1.4410}, {91.1528, -1.6435, 0.0447}, 1.4441},
      {{90.9257, -0.5406, -0.9208}, {88.6381, -0.8985, -0.7239}, 1.5381},
      {{6.7747, -0.2908, -2.4247}, {5.8714, -0.0985, -2.2286}, 0.6377},
      {{2.0776, 0.0795, -1.1350}, {0.9033, -0.0636, -0.5514}, 0.9082}};
  static_assert(std::size(pairs) == 34);
  int number = 0;
  for (const auto& p : pairs) {
    INFO("pair " << ++number);
    // Pair 14 stands on the formula's jump at opposite hues: rounding chooses the side, 4.8045 or 4.7461.
    const double room = number == 14 ? 0.0585 : 0.00005 + 1e-9;
    CHECK(delta_e2000(p.one, p.other) == Approx(p.want).margin(room).epsilon(0));
    CHECK(delta_e2000(p.other, p.one) == Approx(delta_e2000(p.one, p.other)).margin(number == 14 ? 0.0585 : 1e-9).epsilon(0));
  }
}

TEST_CASE("sRGB goes to D50 Lab and back") {
  const Lab white = to_lab(to_linear({255, 255, 255})), dark_skin = to_lab(to_linear({115, 82, 68}));
  CHECK(white.l == Approx(100).margin(0.01));
  CHECK(white.a == Approx(0).margin(0.02));
  CHECK(white.b == Approx(0).margin(0.02));
  // Dark skin of the classic colour chart before November 2014: the maker's Lab against BabelColor's averaged sRGB,
  // two measurements of different charts.
  CHECK(delta_e2000(dark_skin, {37.986, 13.555, 14.059}) < 1);
  for (double r : {0.0, 40.0, 255.0})
    for (double g : {5.0, 130.0, 250.0}) {
      const Rgb back = to_coded(to_rgb(to_xyz(to_lab(to_linear({r, g, 77})))));
      CHECK(back.r == Approx(r).margin(0.01));
      CHECK(back.g == Approx(g).margin(0.01));
      CHECK(back.b == Approx(77).margin(0.01));
    }
}
