// Files of other makers: EDF, EDF+, BDF, and our own read as a whole.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <edflib.h>
#include <random>

#include "bdf_sample.hpp"
#include "folder.hpp"
#include "record/bdf_writer.hpp"
#include "record/edf_file.hpp"
#include "record/error.hpp"

using namespace caukham::record;

namespace {

struct Signal {
  std::string label, unit;
  int per_record;
};

std::string field(std::string text, std::size_t width) {
  text.resize(width, ' ');
  return text;
}

// An EDF header written from the specification; physical = digital / 10.
std::string header(const std::string& kind, int records, const std::string& duration, const std::vector<Signal>& signals) {
  std::string h = field("0", 8) + field("X F X X", 80) + field("Startdate X X X X", 80) + "01.02.0310.11.12" +
                  field(std::to_string(256 * (signals.size() + 1)), 8) + field(kind, 44) + field(std::to_string(records), 8) +
                  field(duration, 8) + field(std::to_string(signals.size()), 4);
  const auto each = [&](std::size_t width, auto text) {
    for (const auto& s : signals) h += field(text(s), width);
  };
  each(16, [](auto& s) { return s.label; });
  each(80, [](auto&) { return ""; });
  each(8, [](auto& s) { return s.unit; });
  each(8, [](auto&) { return "-3276.8"; });
  each(8, [](auto&) { return "3276.7"; });
  each(8, [](auto&) { return "-32768"; });
  each(8, [](auto&) { return "32767"; });
  each(80, [](auto&) { return ""; });
  each(8, [](auto& s) { return std::to_string(s.per_record); });
  each(32, [](auto&) { return ""; });
  return h;
}

std::string samples(std::initializer_list<int> values) {
  std::string out;
  for (const int v : values) out += {static_cast<char>(v), static_cast<char>(v >> 8)};
  return out;
}

EdfFile read(const std::string& bytes, std::uint64_t limit = 1'000'000) { return read_edf(std::as_bytes(std::span(bytes)), limit); }

std::string tal(const std::string& text, std::size_t width) {
  std::string out = text;
  for (char& c : out) c = c == '|' ? '\x14' : c == '~' ? '\0' : c;
  out.resize(width, '\0');
  return out;
}

}  // namespace

TEST_CASE("plain EDF with signals of different rates must come out in its units") {
  const auto f = read(header("", 2, "0.5", {{"ECG I", "uV", 4}, {"Resp", "mL", 2}}) + samples({10, 20, 30, 40, 1, 2}) +
                      samples({50, 60, -70, 80, 3, -4}));
  REQUIRE(f.tracks.size() == 2);
  CHECK(f.tracks[0].label == "ECG I");
  CHECK(f.tracks[0].unit == "uV");
  CHECK(f.tracks[0].rate_hz == 8);
  CHECK(f.tracks[1].rate_hz == 4);
  REQUIRE(f.tracks[0].physical.size() == 8);
  CHECK(f.tracks[0].physical[6] == Approx(-7.0));
  CHECK(f.tracks[1].physical[3] == Approx(-0.4));
  CHECK(f.start_local_s == 1044094272);  // 2003-02-01 10:11:12
  CHECK(f.warnings.empty());
  CHECK_FALSE(f.simulated);
}

TEST_CASE("EDF+D must keep the length of a gap, at every signal's own rate, and its remarks' times") {
  const std::vector<Signal> signals = {{"ECG", "uV", 4}, {"EDF Annotations", "", 16}, {"Slow", "uV", 2}};
  const auto f = read(header("EDF+D", 3, "1", signals) + samples({1, 2, 3, 4}) + tal("+2.5||~+3|start|~", 32) + samples({5, 6}) +
                      samples({7, 8, 9, 10}) + tal("+3.5||~", 32) + samples({11, 12}) +
                      samples({13, 14, 15, 16}) + tal("+6.5||~+7.25|end|~", 32) + samples({17, 18}));
  REQUIRE(f.tracks.size() == 2);
  const auto& a = f.tracks[0].physical;
  REQUIRE(a.size() == 20);
  CHECK(a[7] == Approx(1.0));
  for (std::size_t i = 8; i < 16; ++i) CHECK(std::isnan(a[i]));
  CHECK(a[16] == Approx(1.3));
  REQUIRE(f.tracks[1].physical.size() == 10);
  CHECK(std::isnan(f.tracks[1].physical[7]));
  CHECK(f.tracks[1].physical[9] == Approx(1.8));
  REQUIRE(f.annotations.size() == 2);
  CHECK(f.annotations[0].onset_ns == 500'000'000);
  CHECK(f.annotations[1].text == "end");
  CHECK(f.annotations[1].onset_ns == 4'750'000'000);
}

TEST_CASE("records that overlap or lie years apart must be refused before memory is taken") {
  const std::vector<Signal> signals = {{"ECG", "uV", 4}, {"EDF Annotations", "", 16}};
  const auto file = [&](const std::string& second) {
    return header("EDF+D", 2, "1", signals) + samples({1, 2, 3, 4}) + tal("+0||~", 32) + samples({1, 2, 3, 4}) + tal(second, 32);
  };
  CHECK_THROWS_WITH(read(file("+0.25||~")), Catch::Contains("overlap"));
  CHECK_THROWS_WITH(read(file("-5||~")), Catch::Contains("impossible time"));
  CHECK_THROWS_WITH(read(file("+900000000||~")), Catch::Contains("longer than"));
  CHECK_THROWS_AS(read(file("nonsense")), RecordError);
  // In a continuous file the same nonsense costs the remarks only.
  auto continuous = file("nonsense");
  continuous.replace(192, 5, "EDF+C");
  const auto f = read(continuous);
  CHECK(f.tracks[0].physical.size() == 8);
  CHECK(f.warnings.size() == 1);
}

TEST_CASE("a torn file must give its whole records and say so; appended bytes must not become samples") {
  const auto good = header("", 2, "1", {{"ECG", "uV", 3}}) + samples({1, 2, 3, 4, 5, 6});
  const auto torn = read(good.substr(0, good.size() - 1));
  CHECK(torn.tracks[0].physical.size() == 3);
  REQUIRE(torn.warnings.size() == 1);
  CHECK_THAT(torn.warnings[0], Catch::Contains("1 of 2"));
  CHECK(torn.torn == torn.warnings[0]);
  CHECK(read(good).torn.empty());
  CHECK(read(good + std::string(60, 'x')).tracks[0].physical.size() == 6);
}

TEST_CASE("a huge file must be refused by its header before it is read") {
  const Folder folder;
  const auto path = folder / "huge.edf";
  spit(path, std::string(1000, 'x'));
  std::filesystem::resize_file(path, 3ull << 30);  // sparse: it takes no room
  CHECK_THROWS_WITH(load_edf(path), Catch::Contains("begin"));
}

TEST_CASE("a signal without a range must be left out in words, others stay") {
  auto bytes = header("", 1, "1", {{"Good", "uV", 2}, {"Flat", "uV", 2}}) + samples({1, 2, 3, 4});
  bytes.replace(256 + 2 * (16 + 80 + 8) + 8, 8, field("3276.7", 8));  // its physical minimum
  const auto f = read(bytes);
  CHECK(f.tracks[0].physical[1] == Approx(0.2));
  CHECK(std::isnan(f.tracks[1].physical[0]));
  REQUIRE(f.warnings.size() == 1);
  CHECK_THAT(f.warnings[0], Catch::Contains("Flat"));
}

TEST_CASE("our own file must be read as it was recorded: scale, gap as NaN, padding not as samples, SIMULATED") {
  Folder folder;
  auto spec = ecg_spec();
  spec.simulated = true;
  auto writer = BdfWriter::create(folder / "a.bdf", spec);
  writer->append(0, run(0, 120));
  writer->gap(30, "plugin restarted");
  writer->append(0, run(150, 57));
  writer->annotate(100'000'000, -1, "electrodes off: RA");
  writer->close();
  const auto f = load_edf(folder / "a.bdf");
  CHECK(f.simulated);
  CHECK(f.exam.size() > 10);
  CHECK(spec.exam.starts_with(f.exam));  // 80 characters hold no more
  REQUIRE(f.tracks.size() == 3);
  CHECK(f.tracks[2].rate_hz == 500);
  const auto& v = f.tracks[2].physical;
  REQUIRE(v.size() == 207);
  for (std::int64_t n = 0; n < 207; ++n) {
    const float got = v[static_cast<std::size_t>(n)];
    if (n >= 120 && n < 150) REQUIRE(std::isnan(got));
    else REQUIRE(got == Approx(value(n, 2) * spec.channels[2].scale));
  }
  REQUIRE(f.annotations.size() == 3);  // the writer's own "SIMULATED" at the beginning, a word on the clock at the end
  CHECK(f.annotations[0].text == "SIMULATED");
  CHECK(f.annotations[1].text == "electrodes off: RA");
  CHECK(f.annotations[1].onset_ns == 100'000'000);
}

TEST_CASE("what EDFlib writes must be read: EDF+ and BDF+, different rates, remarks") {
  Folder folder;
  for (const int type : {EDFLIB_FILETYPE_EDFPLUS, EDFLIB_FILETYPE_BDFPLUS}) {
    const auto path = (folder / ("x" + std::to_string(type))).string();
    const int handle = edfopen_file_writeonly(path.c_str(), type, 2);
    REQUIRE(handle >= 0);
    const int top = type == EDFLIB_FILETYPE_EDFPLUS ? 32767 : 8388607;
    for (int s = 0; s < 2; ++s) {
      edf_set_samplefrequency(handle, s, s ? 50 : 200);
      edf_set_physical_maximum(handle, s, 5);
      edf_set_physical_minimum(handle, s, -5);
      edf_set_digital_maximum(handle, s, top);
      edf_set_digital_minimum(handle, s, -top - 1);
      edf_set_label(handle, s, s ? "V1" : "II");
      edf_set_physical_dimension(handle, s, "mV");
    }
    std::vector<double> fast(200), slow(50);
    for (int record = 0; record < 3; ++record) {
      for (int i = 0; i < 200; ++i) fast[static_cast<std::size_t>(i)] = std::sin((record * 200 + i) / 20.0);
      for (int i = 0; i < 50; ++i) slow[static_cast<std::size_t>(i)] = (record * 50 + i) / 100.0;
      REQUIRE(edfwrite_physical_samples(handle, fast.data()) == 0);
      REQUIRE(edfwrite_physical_samples(handle, slow.data()) == 0);
    }
    edfwrite_annotation_utf8(handle, 12500, -1, "Thở sâu");
    edfclose_file(handle);
    const auto f = load_edf(path);
    REQUIRE(f.tracks.size() == 2);
    CHECK(f.tracks[0].label == "II");
    CHECK(f.tracks[0].rate_hz == 200);
    CHECK(f.tracks[1].rate_hz == 50);
    REQUIRE(f.tracks[0].physical.size() == 600);
    CHECK(f.tracks[0].physical[417] == Approx(std::sin(417 / 20.0)).margin(2e-4));
    CHECK(f.tracks[1].physical[149] == Approx(1.49).margin(2e-4));
    REQUIRE(f.annotations.size() == 1);
    CHECK(f.annotations[0].text == "Thở sâu");
    CHECK(f.annotations[0].onset_ns == 1'250'000'000);
  }
}

TEST_CASE("foreign, cut and random files must never do more than be refused in words") {
  CHECK_THROWS_WITH(read(""), Catch::Contains("cut off"));
  CHECK_THROWS_WITH(read(std::string(2000, 'x')), Catch::Contains("begin like one"));
  CHECK_THROWS_AS(load_edf("/nowhere.edf"), RecordError);
  const auto good = header("EDF+D", 2, "1", {{"ECG", "uV", 4}, {"EDF Annotations", "", 16}}) + samples({1, 2, 3, 4}) +
                    tal("+0||~", 32) + samples({1, 2, 3, 4}) + tal("+1.5||~+2|x|~", 32);
  REQUIRE(read(good).tracks[0].physical.size() == 10);
  for (std::size_t n = 0; n < good.size(); n += n < 760 ? 13 : 1) {
    try {
      const auto tracks = read(good.substr(0, n)).tracks.size();
      CHECK(tracks == 1);
    } catch (const RecordError& e) {
      CHECK(std::string(e.what()).size() > 20);
    }
  }
  std::mt19937 random(9);
  int survived = 0;
  for (int i = 0; i < 20000; ++i) {
    auto bad = good;
    for (unsigned k = 0; k < 1 + random() % 5; ++k) {
      static constexpr std::string_view likely = "0123456789-+. \x14\x15";
      const std::size_t at = i % 2 ? random() % bad.size() : 184 + random() % 72;
      bad[at] = i % 3 ? likely[random() % likely.size()] : static_cast<char>(random());
    }
    try {
      survived += !read(bad).tracks.empty();
    } catch (const RecordError&) {
    }
  }
  CHECK(survived > 1000);
  CHECK(survived < 20000);
}
