#include <catch2/catch.hpp>

#include "../record/folder.hpp"
#include "cli/beat_files.hpp"

using namespace caukham;
using namespace caukham::cli;
using analysis::ecg::Beat;
using analysis::ecg::BeatType;

TEST_CASE("beats must come back from the annotation file they were written to") {
  Folder folder;
  const std::vector<Beat> beats = {{77, BeatType::normal}, {5000, BeatType::ventricular}, {5100, BeatType::unclassified}};
  save_beats(folder / "100.ckq", beats);
  spit(folder / "100.hea", "100 2 360 650000\n100.dat 212\n100.dat 212\n");
  const auto f = load_beats(folder / "100.ckq", 0);
  CHECK(f.fs_hz == 360);
  REQUIRE(f.marks.size() == 3);
  CHECK(f.marks[1].sample == 5000);
  CHECK(f.marks[1].letter == 'V');
  CHECK(load_beats(folder / "100.ckq", 250).fs_hz == 250);
  CHECK_THROWS_WITH(save_beats(folder / "no" / "such" / "folder", beats), Catch::Contains("cannot be written"));
  CHECK_THROWS_WITH(load_beats(folder / "200.atr", 0), Catch::Contains("no annotation file"));
  CHECK_THROWS_WITH(load_beats(folder / "100.hea", 0), Catch::Contains("100.hea"));
}

TEST_CASE("a file with a clock of its own must be brought to the record's rate, and remarks be left out") {
  Folder folder;
  formats::WfdbAnnotations out;
  out.resolution_hz = 1000;
  for (const char letter : {'N', '+', '[', ']'}) {
    formats::WfdbAnnotation a;
    a.letter = letter;
    a.sample = 1000 + 100 * out.list.size();
    out.list.push_back(a);
  }
  const auto bytes = formats::encode_annotations(out);
  spit(folder / "a.atr", std::string(bytes.begin(), bytes.end()));
  const auto f = load_beats(folder / "a.atr", 360);
  REQUIRE(f.marks.size() == 3);
  CHECK(f.marks[0].sample == 360);
  CHECK(f.marks[1].letter == '[');
  CHECK(load_beats(folder / "a.atr", 0).fs_hz == 1000);
}

TEST_CASE("files, records and folders must be paired by name") {
  Folder folder;
  for (const char* name : {"100.atr", "101.atr", "100.ckq", "100.hea", "notes.txt"}) spit(folder / name, "x");
  const auto one = pairs((folder / "100").string(), (folder / "100").string(), "atr", "ckq");
  REQUIRE(one.size() == 1);
  CHECK(one[0].first == folder / "100.atr");
  CHECK(one[0].second == folder / "100.ckq");
  CHECK(pairs((folder / "100.hea").string(), (folder / "101.atr").string(), "atr", "ckq")[0].second == folder / "101.atr");
  const auto all = pairs(folder.path.string(), folder.path.string(), "atr", "ckq");
  REQUIRE(all.size() == 2);
  CHECK(all[1].second == folder / "101.ckq");
  CHECK_THROWS_WITH(pairs(folder.path.string(), "100", "atr", "ckq"), Catch::Contains("is none"));
  CHECK_THROWS_WITH(pairs(folder.path.string(), folder.path.string(), "qrs", "ckq"), Catch::Contains("no .qrs"));
}
