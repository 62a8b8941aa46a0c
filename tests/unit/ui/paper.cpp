#include "ui/paper.hpp"

#include <catch2/catch.hpp>

using namespace caukham::ui;

TEST_CASE(
    "a millimetre is what the monitor says, what the card said before it, and 96 dpi for a monitor that "
    "lies") {
  CHECK(pixels_per_mm(1920, 509, 0) == Approx(3.772).epsilon(0.001));
  CHECK(pixels_per_mm(1920, 509, 4.2) == Approx(4.2));
  CHECK(pixels_per_mm(1920, 0, 0) == Approx(96 / 25.4));
  CHECK(pixels_per_mm(1920, 16, 0) == Approx(96 / 25.4));
  CHECK(pixels_per_mm(1920, 20000, 0) == Approx(96 / 25.4));
  CHECK(pixels_per_mm(1920, 509, -3) == Approx(3.772).epsilon(0.001));
  CHECK(pixels_per_mm(1920, 509, 1e9) == Approx(3.772).epsilon(0.001));
}

TEST_CASE("every layout shows each of the twelve leads once, inside the sheet, and nothing overlaps") {
  for (const auto layout :
       {EcgLayout::three_by_four_rhythm, EcgLayout::six_by_two, EcgLayout::twelve_by_one}) {
    const auto strips = lay_strips(layout, 800, 480);
    int seen[lead_count] = {};
    for (const auto& s : strips) {
      ++seen[s.lead];
      CHECK(s.x >= 0);
      CHECK(s.x + s.width <= 800.001);
      CHECK(s.top >= 0);
      CHECK(s.top + s.height <= 480.001);
      for (const auto& t : strips) {
        if (&s == &t) continue;
        const bool apart = s.x + s.width <= t.x + 1e-6 || t.x + t.width <= s.x + 1e-6 ||
                           s.top + s.height <= t.top + 1e-6 || t.top + t.height <= s.top + 1e-6;
        CHECK(apart);
      }
    }
    for (int lead = 0; lead < lead_count; ++lead)
      CHECK(seen[lead] == (lead == 1 && layout == EcgLayout::three_by_four_rhythm ? 2 : 1));
  }
}

TEST_CASE(
    "3x4 stands in the order of print: I II III, then aVR aVL aVF, V1 to V3, V4 to V6, the rhythm below") {
  const auto s = lay_strips(EcgLayout::three_by_four_rhythm, 400, 400);
  REQUIRE(s.size() == 13);
  CHECK(std::string(lead_name(s[3].lead)) == "aVR");
  CHECK(s[3].x == 100);
  CHECK(s[3].top == 0);
  CHECK(std::string(lead_name(s[12].lead)) == "II");
  CHECK(s[12].width == 400);
}

TEST_CASE("a second of sweep is 25 mm wide and the sweep comes round after the strip's width") {
  const Sweep sweep{4.0, 25, 500, 400};
  CHECK(sweep.px_per_sample() == Approx(0.2));
  CHECK(sweep.column(500) == Approx(100));
  CHECK(sweep.capacity() == 2000);
  CHECK(sweep.column(2000) == Approx(0));
  CHECK(sweep.shown() == 2000 - 80);  // 4 mm of erase bar: 16 px
  CHECK(Sweep{4.0, 25, 500, 10}.shown() == 1);
  CHECK(sweep.wraps(4000));
  CHECK_FALSE(sweep.wraps(4001));
  CHECK(Sweep{4.0, 25, 500, 0}.capacity() == 1);
}

TEST_CASE("a millivolt is 10 mm high and up is up") {
  CHECK(height_px(1000, 10, 4.0) == Approx(-40));
  CHECK(height_px(-500, 20, 4.0) == Approx(40));
}

TEST_CASE("both colour codes name all ten electrodes") {
  CHECK(std::string(electrode(0, true).name) == "R");
  CHECK(std::string(electrode(0, true).colour) == "red");
  CHECK(std::string(electrode(0, false).name) == "RA");
  CHECK(std::string(electrode(0, false).colour) == "white");
  CHECK(std::string(electrode(9, true).name) == "C6");
  CHECK(std::string(electrode(99, false).name) == "V6");
}
