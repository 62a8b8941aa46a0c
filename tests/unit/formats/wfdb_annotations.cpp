#include <catch2/catch.hpp>
#include <random>

#include "devices/formats/wfdb/annotations.hpp"

using namespace caukham::formats;

namespace {
WfdbAnnotation at(std::uint64_t sample, char letter) {
  WfdbAnnotation a;
  a.sample = sample;
  a.letter = letter;
  a.code = annotation_code(letter);
  return a;
}
}  // namespace

TEST_CASE("annotation letters must be those of wfdb's table") {
  CHECK(annotation_code('N') == 1);
  CHECK(annotation_code('V') == 5);
  CHECK(annotation_code('/') == 12);
  CHECK(annotation_code('~') == 14);
  CHECK(annotation_code('"') == 22);
  CHECK(annotation_code('+') == 28);
  CHECK(annotation_code('[') == 32);
  CHECK(annotation_code(']') == 33);
  CHECK(annotation_code('n') == 35);
  CHECK(annotation_code('r') == 41);
  CHECK(annotation_code(' ') == 0);
  CHECK(annotation_letter(15) == '\0');
  CHECK(annotation_letter(200) == '\0');
  int beats = 0;
  for (int code = 1; code < 50; ++code) beats += is_beat(annotation_letter(static_cast<std::uint8_t>(code)));
  CHECK(beats == 19);
  CHECK_FALSE(is_beat('+'));
  CHECK_FALSE(is_beat('\0'));
}

TEST_CASE("the bytes of annot(5)'s layout must be read as it says") {
  // '+' at 18 with the text "(N\0", then N at 77, V 293 later on channel 1 with number 2, a skip of 70000, '~' subtype -1.
  const std::vector<std::uint8_t> bytes = {18, 28 << 2, 3, 63 << 2, '(', 'N', 0, 0,
                                           59, 1 << 2,
                                           0x25, (5 << 2) | 1, 1, 62 << 2, 2, 60 << 2,
                                           0, 59 << 2, 1, 0, 0x70, 0x11, 0, 14 << 2, 0xFF, 61 << 2,
                                           0, 0};
  const auto a = parse_annotations(bytes).list;
  REQUIRE(a.size() == 4);
  CHECK(a[0].sample == 18);
  CHECK(a[0].letter == '+');
  CHECK(a[0].aux == "(N");
  CHECK(a[1].sample == 77);
  CHECK(a[1].letter == 'N');
  CHECK(a[2].sample == 370);
  CHECK(a[2].letter == 'V');
  CHECK(a[2].channel == 1);
  CHECK(a[2].number == 2);
  CHECK(a[3].sample == 370 + 70000);
  CHECK(a[3].subtype == -1);
  CHECK(a[3].channel == 1);  // channel and number hold until they change, the subtype does not
  CHECK(a[3].number == 2);
}

TEST_CASE("annotations must come back as they were written") {
  std::mt19937 random(5);
  WfdbAnnotations out;
  std::uint64_t sample = 0;
  for (int i = 0; i < 2000; ++i) {
    sample += i % 50 == 0 ? random() % 3'000'000 : i % 7 == 0 ? 0 : random() % 1030;
    auto a = at(sample, "NVQ+~[]\"/"[random() % 9]);
    a.subtype = static_cast<std::int8_t>(random());
    if (i % 5 == 0) a.subtype = 0;
    a.channel = static_cast<std::uint8_t>(random() % 3);
    a.number = static_cast<std::int8_t>(static_cast<int>(random() % 5) - 2);
    if (i % 9 == 0) a.aux = std::string(1 + random() % 255, 'x');
    out.list.push_back(a);
  }
  const auto in = parse_annotations(encode_annotations(out)).list;
  REQUIRE(in.size() == out.list.size());
  for (std::size_t i = 0; i < in.size(); ++i) {
    CHECK(in[i].sample == out.list[i].sample);
    CHECK(in[i].letter == out.list[i].letter);
    CHECK(in[i].subtype == out.list[i].subtype);
    CHECK(in[i].channel == out.list[i].channel);
    CHECK(in[i].number == out.list[i].number);
    CHECK(in[i].aux == out.list[i].aux);
  }
}

TEST_CASE("a file's own time resolution must be read and written") {
  WfdbAnnotations out;
  out.resolution_hz = 1000;
  out.list = {at(500, 'N')};
  const auto in = parse_annotations(encode_annotations(out));
  CHECK(in.resolution_hz == 1000);
  REQUIRE(in.list.size() == 2);
  CHECK(in.list[1].sample == 500);
  CHECK(parse_annotations(encode_annotations({{at(1, 'N')}, 0})).resolution_hz == 0);
}

TEST_CASE("what is no annotation file must be refused in words") {
  const auto text = [](std::string_view s) { return std::vector<std::uint8_t>(s.begin(), s.end()); };
  CHECK_THROWS_WITH(parse_annotations({}), Catch::Contains("empty"));
  CHECK_THROWS_AS(parse_annotations(text("Dear colleague, this is a letter.")), WfdbError);
  CHECK_THROWS_AS(parse_annotations(text("100 2 360 650000\n100.dat 212 200 11 1024 995 -22131 0 MLII\n")), WfdbError);
  CHECK_THROWS_WITH(parse_annotations(std::vector<std::uint8_t>{77, 4}), Catch::Contains("end mark"));
  CHECK_THROWS_WITH(parse_annotations(std::vector<std::uint8_t>{0, 59 << 2, 0}), Catch::Contains("cut off"));
  CHECK_THROWS_WITH(parse_annotations(std::vector<std::uint8_t>{1, 63 << 2, 1, 0, 0, 0}), Catch::Contains("before the first"));
  CHECK_THROWS_WITH(parse_annotations(std::vector<std::uint8_t>{0, 59 << 2, 255, 255, 255, 255, 0, 4, 0, 0}),
                    Catch::Contains("before the record"));
  CHECK_THROWS_WITH(encode_annotations({{at(5, 'N'), at(4, 'N')}, 0}), Catch::Contains("order"));
  auto nothing = at(5, 'N');
  nothing.letter = '%';
  CHECK_THROWS_WITH(encode_annotations({{nothing}, 0}), Catch::Contains("letter"));
}

TEST_CASE("a file cut at any byte and random bytes must never do more than be refused") {
  WfdbAnnotations out;
  std::mt19937 random(8);
  for (std::uint64_t i = 0; i < 60; ++i) out.list.push_back(at(i * 700, "NV+"[i % 3]));
  out.list[5].aux = "(AFIB";
  const auto good = encode_annotations(out);
  for (std::size_t n = 0; n < good.size(); ++n)
    CHECK_THROWS_AS(parse_annotations(std::span(good).first(n)), WfdbError);
  int read = 0;
  for (int i = 0; i < 20000; ++i) {
    auto bad = good;
    for (unsigned k = 0, n = 1 + random() % 4; k < n; ++k) bad[random() % bad.size()] = static_cast<std::uint8_t>(random());
    try {
      const auto list = parse_annotations(bad).list;
      REQUIRE(list.size() <= bad.size() / 2);
      ++read;
    } catch (const WfdbError&) {
    }
  }
  CHECK(read > 100);
}
