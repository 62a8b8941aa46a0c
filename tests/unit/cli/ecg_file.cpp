#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "../record/folder.hpp"
#include "cli/ecg_file.hpp"
#include "record/bdf_writer.hpp"
#include "record/record.hpp"

using namespace caukham;
using namespace caukham::cli;

namespace {

formats::WfdbRecord wfdb(const std::string& header, std::size_t bytes = 4000) {
  return formats::read_wfdb(header, [&](const std::string&) { return std::optional(std::vector<std::uint8_t>(bytes, 1)); });
}

// Our exam's own file: I, II, V1 … V6 in µV at 500 Hz, sample n of lead l is n + l; RA off from 0.5 to 1 s.
void write_exam(const std::filesystem::path& path) {
  record::WaveformSpec spec;
  spec.label = "ecg";
  spec.rate_hz = 500;
  for (const char* lead : {"I", "II", "V1", "V2", "V3", "V4", "V5", "V6"}) spec.channels.push_back({"ECG " + std::string(lead)});
  spec.start_utc_ns = 1'795'300'000'000'000'000;
  spec.simulated = true;
  spec.exam = "e";
  auto writer = record::BdfWriter::create(path, spec);
  std::vector<std::int32_t> run;
  for (std::int32_t n = 0; n < 1000; ++n)
    for (std::int32_t l = 0; l < 8; ++l) run.push_back(n + l);
  writer->append(0, run);
  writer->annotate(500'000'000, -1, "electrodes off: RA");
  writer->annotate(1'000'000'000, -1, "electrodes off: V3");
  writer->annotate(1'500'000'000, -1, "electrodes on");
  writer->close();
}

}  // namespace

TEST_CASE("lead names must be understood in every usual spelling") {
  CHECK(lead_name("i") == "I");
  CHECK(lead_name("avr") == "aVR");
  CHECK(lead_name("ECG AVF") == "aVF");
  CHECK(lead_name("EKG-V1") == "V1");
  CHECK(lead_name("Lead II") == "II");
  CHECK(lead_name("v6-Ref ") == "V6");
  CHECK(lead_name("mlii") == "MLII");
  CHECK(lead_name("ECG") == "ECG");
  CHECK(lead_name("Thorax 3") == "Thorax 3");
}

TEST_CASE("of a WFDB record the ECG leads must be taken, in microvolts, and other signals left out") {
  const auto f = ecg_from(wfdb("r 4 360 100\nr.dat 16 200 16 0 0 0 0 MLII\nr.dat 16 0 16 0 0 0 0 V5\n"
                               "r.dat 16 10/mmHg 16 0 0 0 0 ABP\nr.dat 16 200 16 0 0 0 0 RESP\n"));
  REQUIRE(f.leads.size() == 2);
  CHECK(f.leads[0].name == "MLII");
  CHECK(f.fs_hz == 360);
  CHECK(f.leads[0].uv.size() == 100);
  CHECK(f.leads[0].uv[0] == Approx(257 / 200.0 * 1000));
  REQUIRE(f.warnings.size() == 1);  // V5 has no gain
  CHECK_THAT(f.warnings[0], Catch::Contains("V5"));
  CHECK(f.view().channels[1].lead == "V5");
}

TEST_CASE("asked-for leads must come in their order, and one that is not there must be named") {
  const auto r = wfdb("r 3 500 100\nr.dat 16 200 16 0 0 0 0 i\nr.dat 16 200 16 0 0 0 0 ii\nr.dat 16 200 16 0 0 0 0 avl\n");
  const auto f = ecg_from(r, {"aVL", "I"});
  REQUIRE(f.leads.size() == 2);
  CHECK(f.leads[0].name == "aVL");
  CHECK_THROWS_WITH(ecg_from(r, {"V9"}), Catch::Contains("V9") && Catch::Contains("aVL"));
}

TEST_CASE("leads of another rate must be left out with a word, and rates no ECG has be refused") {
  const auto f = ecg_from(wfdb("r 3 250 100\na.dat 16x2 200 16 0 0 0 0 I\na.dat 16x2 200 16 0 0 0 0 II\nb.dat 16 200 16 0 0 0 0 V1\n"));
  CHECK(f.fs_hz == 500);
  CHECK(f.leads.size() == 2);
  CHECK(f.warnings.size() == 1);
  CHECK_THROWS_WITH(ecg_from(wfdb("r 1 50 100\nr.dat 16 200 16 0 0 0 0 I\n")), Catch::Contains("50"));
  CHECK_THROWS_WITH(ecg_from(wfdb("r 1 8000 100\nr.dat 16 200 16 0 0 0 0 I\n")), Catch::Contains("8000"));
  CHECK_THROWS_WITH(ecg_from(wfdb("r 1 250 100\nr.dat 16 200/mmHg 16 0 0 0 0 ABP\n")), Catch::Contains("No signal"));
}

TEST_CASE("an EDF's signals must be taken only when they are named as an ECG") {
  record::EdfFile file;
  file.exam = "x";
  file.tracks = {{"EEG Fp1", "uV", "", 250, std::vector<float>(500, 1.f)}, {"ECG", "mV", "", 250, std::vector<float>(400, 2.f)},
                 {"C3", "uV", "", 250, std::vector<float>(500, 3.f)}, {"ECG II", "uV", "", 250, std::vector<float>(500, 4.f)}};
  const auto f = ecg_from(file);
  REQUIRE(f.leads.size() == 2);
  CHECK(f.leads[0].name == "ECG");
  CHECK(f.leads[0].uv[0] == 2000);
  REQUIRE(f.leads[0].uv.size() == 500);  // the shorter one ends in missing samples
  CHECK(std::isnan(f.leads[0].uv[499]));
  CHECK(f.leads[1].name == "II");
  file.tracks.resize(1);
  CHECK_THROWS_WITH(ecg_from(file), Catch::Contains("No signal"));
}

TEST_CASE("an exam must be read with its SIMULATED mark, and leads must be missing while an electrode was off") {
  Folder folder;
  write_exam(folder / "ecg-ecg-1.bdf");
  const auto f = load_ecg(folder.path.string(), "");
  CHECK(f.simulated);
  CHECK(f.record == folder.path.filename().string());
  REQUIRE(f.leads.size() == 8);
  REQUIRE(f.leads[0].uv.size() == 1000);
  for (const auto& lead : f.leads) {  // without RA there is neither I nor II nor Wilson's terminal
    CHECK(lead.uv[249] == Approx(249 + static_cast<float>(&lead - f.leads.data())));
    CHECK(std::isnan(lead.uv[250]));
    CHECK(std::isnan(lead.uv[499]));
    CHECK(std::isnan(lead.uv[600]) == (lead.name == "V3"));
    CHECK_FALSE(std::isnan(lead.uv[750]));
  }
  CHECK(f.warnings.size() == 2);
}

TEST_CASE("an exam must be found by its id, and asking for one must not create a record") {
  Folder folder;
  CHECK_THROWS_WITH(load_ecg("3f0c3c39", folder / "none"), Catch::Contains("3f0c3c39"));
  CHECK_FALSE(std::filesystem::exists(folder / "none"));
  const auto record = record::Record::open({.folder = folder / "data"});
  const auto exam = record->open_exam("t", record->begin_encounter("t"), "test");
  CHECK_THROWS_WITH(load_ecg(exam, folder / "data"), Catch::Contains("no ECG"));
  write_exam(folder / "a.bdf");
  const auto capture = record->add_capture("t", {.exam_id = exam, .kind = "ecg"});
  record->attach_file("t", capture, folder / "a.bdf", "application/x-bdf", "ecg.bdf");
  const auto f = load_ecg(exam, folder / "data");
  CHECK(f.record == exam);
  CHECK(f.leads.size() == 8);
}

TEST_CASE("every way to name a WFDB record must work, and what is no ECG must be refused in words") {
  Folder folder;
  spit(folder / "100.hea", "100 1 360 100\n100.dat 16 200 16 0 0 0 0 MLII\n");
  spit(folder / "100.dat", std::string(200, 'a'));
  for (const char* name : {"100", "100.hea", "100.dat"}) CHECK(load_ecg((folder / name).string(), "").leads.size() == 1);
  spit(folder / "letter.txt", "Dear colleague, please find attached the patient's ECG.");
  spit(folder / "empty.edf", "");
  spit(folder / "cut.edf", "0       X X X X");
  spit(folder / "alone.dat", std::string(200, 'a'));
  CHECK_THROWS_WITH(load_ecg((folder / "letter.txt").string(), ""), Catch::Contains("no ECG that can be read"));
  CHECK_THROWS_WITH(load_ecg((folder / "alone.dat").string(), ""), Catch::Contains(".hea"));
  CHECK_THROWS_WITH(load_ecg((folder / "empty.edf").string(), ""), Catch::Contains("empty"));
  CHECK_THROWS_WITH(load_ecg((folder / "cut.edf").string(), ""), Catch::Contains("cut off"));
  CHECK_THROWS_WITH(load_ecg(folder.path.string(), ""), Catch::Contains("no ECG of an examination"));
}
