#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "devices/formats/units.hpp"
#include "devices/formats/wfdb/record.hpp"
#include "wfdb_encoder.hpp"

using namespace caukham::formats;
using wfdb_test::Bytes;
using wfdb_test::encode;

namespace {

WfdbRecord read(const std::string& header, const std::map<std::string, Bytes>& files) {
  return read_wfdb(header, [&](const std::string& name) {
    const auto found = files.find(name);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  });
}

}  // namespace

TEST_CASE("every WFDB sample format must give back what was written, also with an odd number of samples") {
  struct Case { int format; std::int32_t low, high, invalid; };
  const auto c = GENERATE(Case{80, -127, 127, -128}, Case{16, -32767, 32767, -32768}, Case{61, -32767, 32767, -32768},
                          Case{160, -32767, 32767, -32768}, Case{24, -8388607, 8388607, -8388608},
                          Case{32, -2147483647, 2147483647, INT32_MIN}, Case{212, -2047, 2047, -2048},
                          Case{310, -511, 511, -512}, Case{311, -511, 511, -512});
  std::mt19937 random(static_cast<unsigned>(c.format));
  for (int signals = 1; signals <= 5; ++signals)
    for (int frames : {1, 2, 3, 7, 100}) {
      std::vector<std::int32_t> adc;
      for (int i = 0; i < signals * frames; ++i)
        adc.push_back(i % 11 == 7 ? c.invalid : std::uniform_int_distribution<std::int32_t>(c.low, c.high)(random));
      adc[0] = c.low;
      std::string header = "r " + std::to_string(signals) + " 360 " + std::to_string(frames) + "\n";
      for (int s = 0; s < signals; ++s) header += "r.dat " + std::to_string(c.format) + " 1(3)/mV 12 0\n";
      const auto record = read(header, {{"r.dat", encode(c.format, adc)}});
      INFO("format " << c.format << ", " << signals << " signals, " << frames << " frames");
      REQUIRE(record.warnings.empty());
      for (int s = 0; s < signals; ++s) {
        REQUIRE(record.physical[static_cast<std::size_t>(s)].size() == static_cast<std::size_t>(frames));
        for (int f = 0; f < frames; ++f) {
          const std::int32_t want = adc[static_cast<std::size_t>(f * signals + s)];
          const float got = record.physical[static_cast<std::size_t>(s)][static_cast<std::size_t>(f)];
          if (want == c.invalid) REQUIRE(std::isnan(got));
          else REQUIRE(got == static_cast<float>(static_cast<double>(want) - 3));
        }
      }
    }
}

TEST_CASE("format 8 must add up differences from the header's initial value, signal by signal") {
  const auto record = read("r 2 100 4\nr.dat 8 1 8 0 50 0 0 a\nr.dat 8 1 8 0 -7 0 0 b\n",
                           {{"r.dat", {1, 255, 2, 0, 128, 127, 0, 1}}});
  CHECK(record.physical[0] == std::vector<float>{51, 53, -75, -75});
  CHECK(record.physical[1] == std::vector<float>{-8, -8, 119, 120});
}

TEST_CASE("the first two samples of a format 212 file must be read as signal(5) says, byte by byte") {
  // Record 100 of the MIT-BIH database begins with 995 and 1011 in the bytes E3 33 F3.
  const auto record = read("100 2 360 1\n100.dat 212 200 11 1024 995 0 0 MLII\n100.dat 212 200 11 1024 1011 0 0 V5\n",
                           {{"100.dat", {0xE3, 0x33, 0xF3}}});
  CHECK(record.physical[0][0] == Approx((995 - 1024) / 200.0));
  CHECK(record.physical[1][0] == Approx((1011 - 1024) / 200.0));
}

TEST_CASE("gain, baseline, units, skew, byte offset and several files must be taken from the header") {
  auto bytes = encode(16, {10, 0, 20, 1, 30, 2, 40, 3});
  bytes.insert(bytes.begin(), 6, 0xAA);
  const auto record = read(
      "r 4 500.5/250(0) 4 12:00:00 1/2/2003\n"
      "a.dat 16+6 10(5)/uV 16 99 0 0 0 V1\na.dat 16:1+6 2 16 4 0 0 0 aVR lead\n"
      "b.dat 80x2 1 8 0\nlost.dat 16 1 16 0 0 0 0 V9\n# age: 61\n#second\n",
      {{"a.dat", bytes}, {"b.dat", encode(80, {1, 2, 3, 4, 5, 6, 7, 8})}});
  CHECK(record.header.rate_hz == 500.5);
  CHECK(record.header.comments == std::vector<std::string>{" age: 61", "second"});
  CHECK(record.physical[0] == std::vector<float>{0.5f, 1.5f, 2.5f, 3.5f});
  CHECK(record.header.signals[0].units == "uV");
  CHECK(record.header.signals[1].name == "aVR lead");
  // One frame of skew: the file's frame 1 is this signal's frame 0, and its last one is not in the file.
  REQUIRE(record.physical[1].size() == 4);
  CHECK(record.physical[1][0] == -1.5f);
  CHECK(record.physical[1][2] == -0.5f);
  CHECK(std::isnan(record.physical[1][3]));
  CHECK(record.physical[2] == std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8});  // two a frame
  CHECK(record.physical[3].empty());
  REQUIRE(record.warnings.size() == 1);
  CHECK_THAT(record.warnings[0], Catch::Contains("lost.dat"));
}

TEST_CASE("a missing gain must be told apart from a stated one") {
  const auto h = parse_wfdb_header("r 3 360\nr.dat 16\nr.dat 16 0 12 7\nr.dat 16 150\n");
  CHECK_FALSE(h.signals[0].calibrated);
  CHECK_FALSE(h.signals[1].calibrated);
  CHECK(h.signals[1].gain == 200);
  CHECK(h.signals[1].baseline == 7);
  CHECK(h.signals[2].calibrated);
}

TEST_CASE("a cut file must give its whole frames and a warning, a damaged one must fail its checksum") {
  auto bytes = encode(16, {1, 2, 3, 4, 5, 6});
  const std::string header = "r 2 360 3\nr.dat 16 1 16 0 1 9 0 a\nr.dat 16 1 16 0 2 12 0 b\n";
  CHECK(read(header, {{"r.dat", bytes}}).warnings.empty());
  auto damaged = bytes;
  damaged[4] ^= 1;
  REQUIRE(read(header, {{"r.dat", damaged}}).warnings.size() == 1);
  CHECK_THAT(read(header, {{"r.dat", damaged}}).warnings[0], Catch::Contains("checksum"));
  bytes.resize(9);
  const auto cut = read(header, {{"r.dat", bytes}});
  CHECK(cut.physical[1] == std::vector<float>{2, 4});
  REQUIRE(cut.warnings.size() == 1);
  CHECK_THAT(cut.warnings[0], Catch::Contains("2 of 3"));
}

TEST_CASE("what is no WFDB record must be refused in words") {
  const Bytes some(100, 1);
  CHECK_THROWS_WITH(parse_wfdb_header(""), Catch::Contains("empty"));
  CHECK_THROWS_WITH(parse_wfdb_header("# only a remark\n"), Catch::Contains("empty"));
  CHECK_THROWS_WITH(parse_wfdb_header("Dear colleague, please find attached\n"), Catch::Contains("not a number"));
  CHECK_THROWS_WITH(parse_wfdb_header("rec 9 1000 4\nrec.dat 16 2000\n"), Catch::Contains("truncated"));
  CHECK_THROWS_WITH(parse_wfdb_header("rec/2 9 1000 4\n"), Catch::Contains("segment"));
  CHECK_THROWS_WITH(parse_wfdb_header("rec 1 1000 4\n../x.dat 16\n"), Catch::Contains("beside the header"));
  CHECK_THROWS_WITH(parse_wfdb_header("rec 1 1000 4\n.. 16\n"), Catch::Contains("beside the header"));
  CHECK_THROWS_WITH(parse_wfdb_header("rec 99999 1000\n"), Catch::Contains("64 signals"));
  CHECK_THROWS_WITH(parse_wfdb_header("rec 0 1000\n"), Catch::Contains("64 signals"));
  CHECK_THROWS_WITH(parse_wfdb_header("rec 1 nan\nr.dat 16\n"), Catch::Contains("not a number"));
  CHECK_THROWS_WITH(parse_wfdb_header("rec 1 360,5\nr.dat 16\n"), Catch::Contains("sampling rate"));
  CHECK_THROWS_WITH(parse_wfdb_header("rec 1 360\nr.dat 16 0,5/mV\n"), Catch::Contains("gain"));
  CHECK_THROWS_WITH(parse_wfdb_header("rec 1 -5\nr.dat 16\n"), Catch::Contains("sampling rate"));
  CHECK_THROWS_WITH(parse_wfdb_header(std::string(70000, '#')), Catch::Contains("64 KiB"));
  CHECK_THROWS_WITH(read("r 1 360\nr.dat 508 1\n", {{"r.dat", some}}), Catch::Contains("format 508"));
  CHECK_THROWS_WITH(read("r 2 360\nr.dat 16 1\nr.dat 212 1\n", {{"r.dat", some}}), Catch::Contains("different formats"));
  CHECK_THROWS_WITH(read("r 1 360\nr.dat 16 1\n", {}), Catch::Contains("r.dat is missing"));
  CHECK_THROWS_WITH(read("r 1 360\nr.dat 16+900 1\n", {{"r.dat", some}}), Catch::Contains("not one whole frame"));
  CHECK_THROWS_WITH(wfdb_samples(parse_wfdb_header("r 1 360\nr.dat 80 1\n"), 0, some, 99), Catch::Contains("more samples"));
  CHECK_THROWS_WITH(load_wfdb("/nowhere/at/all"), Catch::Contains("/nowhere/at/all.hea"));
}

TEST_CASE("voltage units must be known in every spelling and nothing else be taken for one") {
  CHECK(microvolts_per("mV") == 1000.0);
  CHECK(microvolts_per("uV ") == 1.0);
  CHECK(microvolts_per("\xc2\xb5V") == 1.0);
  CHECK(microvolts_per("\xb5V") == 1.0);
  CHECK(microvolts_per("V") == 1e6);
  CHECK_FALSE(microvolts_per("mmHg"));
  CHECK_FALSE(microvolts_per("kV"));
  CHECK_FALSE(microvolts_per(""));
}

TEST_CASE("random headers and samples must never do more than be refused") {
  const std::string good = "r 3 360/100(1) 20 10:00:00\na.dat 212:2+3 200(-5)/mV 12 0 9 99 0 V1\n"
                           "a.dat 212 200 12 0 9 99 0 V2\nb.dat 8x3 1 8 0 4 5 0\n# age: 3\n";
  std::mt19937 random(11);
  int read_well = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text = good;
    static constexpr std::string_view likely = "0123456789x:+()/-. \n~abr";
    for (unsigned k = 0, n = random() % 5; k < n; ++k)
      text[random() % text.size()] = i % 3 ? likely[random() % likely.size()] : static_cast<char>(random());
    if (i % 7 == 0) text.resize(random() % text.size());
    Bytes bytes(random() % 200);
    for (auto& b : bytes) b = static_cast<std::uint8_t>(random());
    try {
      const auto record = read_wfdb(text, [&](const std::string&) { return std::optional(bytes); });
      for (const auto& signal : record.physical) REQUIRE(signal.size() <= 400 * 1000);
      ++read_well;
    } catch (const WfdbError& e) {
      REQUIRE(std::string(e.what()).size() > 15);
    }
  }
  CHECK(read_well > 1000);
  CHECK(read_well < 20000);
}

namespace {

Bytes text(const std::string& s) { return Bytes(s.begin(), s.end()); }

}  // namespace

TEST_CASE("a record of segments must be read as one, its gaps and missing segments as missing samples") {
  const std::map<std::string, Bytes> files = {{"a.hea", text("a 2 100 3\na.dat 16 10 16 0 0 0 0 I\na.dat 16 10 16 0 0 0 0 II\n")},
                                              {"a.dat", encode(16, {10, 20, 30, 40, 50, 60})},
                                              {"b.hea", text("b 2 100 2\nb.dat 16 5 16 0 0 0 0 I\nb.dat 16 10 16 0 0 0 0 II\n")},
                                              {"b.dat", encode(16, {10, 20, 30, 40})}};
  const auto r = read("whole/4 2 100 8\na 3\n~ 2\nb 2\ngone 1\n", files);
  CHECK(r.header.record == "whole");
  CHECK(r.header.frames == 8);
  REQUIRE(r.physical.size() == 2);
  REQUIRE(r.physical[0].size() == 8);
  CHECK(r.physical[0][2] == 5);
  CHECK(std::isnan(r.physical[0][3]));
  CHECK(std::isnan(r.physical[1][4]));
  CHECK(r.physical[0][5] == 2);  // each segment by its own gain
  CHECK(r.physical[1][6] == 4);
  CHECK(std::isnan(r.physical[0][7]));
  REQUIRE(r.warnings.size() == 1);
  CHECK(r.warnings[0].find("gone") != std::string::npos);
}

TEST_CASE("segments of a variable layout must be put together by the names of their signals") {
  const std::map<std::string, Bytes> files = {{"layout.hea", text("layout 3 100 0\n~ 0 200 0 0 0 0 0 II\n~ 0 200 0 0 0 0 0 V\n~ 0 200 0 0 0 0 0 ABP\n")},
                                              {"a.hea", text("a 1 100 2\na.dat 16 10 16 0 0 0 0 V\n")},
                                              {"a.dat", encode(16, {10, 20})},
                                              {"b.hea", text("b 2 100 2\nb.dat 16 10/mmHg 16 0 0 0 0 ABP\nb.dat 16 10 16 0 0 0 0 II\n")},
                                              {"b.dat", encode(16, {10, 20, 30, 40})}};
  const auto r = read("whole/3 3 100 4\nlayout 0\na 2\nb 2\n", files);
  REQUIRE(r.physical.size() == 3);
  CHECK(std::isnan(r.physical[0][1]));
  CHECK(r.physical[0][3] == 4);
  CHECK(r.physical[1][1] == 2);
  CHECK(std::isnan(r.physical[1][2]));
  CHECK(r.physical[2][2] == 1);
  CHECK(r.header.signals[2].units == "mmHg");
}

TEST_CASE("a record of segments that makes no sense must be refused in words") {
  const std::map<std::string, Bytes> files = {{"a.hea", text("a 1 100 2\na.dat 16 10 16 0 0 0 0 V\n")}, {"a.dat", encode(16, {10, 20})},
                                              {"n.hea", text("n/1 1 100 2\na 2\n")},
                                              {"two.hea", text("two 2 100 1\na.dat 16 10 16 0 0 0 0 V\na.dat 16 10 16 0 0 0 0 I\n")}};
  CHECK_THROWS_WITH(read("w/2 1 100 4\na 2\n", files), Catch::Contains("missing"));
  CHECK_THROWS_WITH(read("w/1 1 100 4\ngone 4\n", files), Catch::Contains("none of its segments"));
  CHECK_THROWS_WITH(read("w/2 1 100 4\ngone 0\na 2\n", files), Catch::Contains("layout"));
  CHECK_THROWS_WITH(read("w/1 1 100 2\nn 2\n", files), Catch::Contains("segment"));
  CHECK_THROWS_WITH(read("w/1 1 100 2\n../a 2\n", files), Catch::Contains("beside"));
  CHECK_THROWS_WITH(read("w/2 1 100 3\na 2\ntwo 1\n", files), Catch::Contains("two"));
  CHECK_THROWS_WITH(read("w/2 1 100 9\na 2\n~ 999999999999\n", files), Catch::Contains("too long"));
  CHECK_THROWS_WITH(read("w/99999999 1 100 9\n", files), Catch::Contains("range"));
}
