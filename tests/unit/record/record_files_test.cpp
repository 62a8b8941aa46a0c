// What an examination keeps in files: attachments and the export.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "bdf_sample.hpp"
#include "desk.hpp"
#include "record/bdf_writer.hpp"
#include "record/error.hpp"
#include "record/evidence.hpp"

using namespace caukham::record;

TEST_CASE("An attachment must be stored once, verified when shared, and healed when damaged") {
  Desk desk;
  auto& record = *desk.record;
  const std::string one = record.add_capture("nurse", capture_of(desk.exam, "still"));
  const std::string two = record.add_capture("nurse", capture_of(desk.exam, "still"));
  const std::string sha = record.attach("nurse", one, bytes_of("jpeg bytes"), "image/jpeg", "a.jpg");
  CHECK(sha == hex(sha256(bytes_of("jpeg bytes"))));
  CHECK(slurp(record.attachment_path(sha)) == "jpeg bytes");
  CHECK(record.attach("nurse", two, bytes_of("jpeg bytes"), "image/jpeg", "b.jpg") == sha);
  CHECK(record.attach("nurse", two, bytes_of("jpeg bytes"), "image/jpeg", "b.jpg") == sha);  // a retry
  CHECK(record.attachments(two).size() == 1);
  CHECK(record.verify().problems.empty());
  CHECK(record.verify().attachments == 1);

  spit(record.attachment_path(sha), "jpeg bytez");
  CHECK_THROWS_WITH(record.read_attachment(sha), Catch::Contains("damaged"));
  REQUIRE(record.verify().problems.size() == 1);
  CHECK_THAT(record.verify().problems[0], Catch::Contains("damaged"));
  CHECK_THROWS_WITH(record.export_exam("nurse", desk.exam, desk.folder / "out"), Catch::Contains("damaged"));
  CHECK_FALSE(std::filesystem::exists(desk.folder / "out"));
  CHECK_FALSE(std::filesystem::exists(desk.folder / "out.part"));
  record.attach("nurse", one, bytes_of("jpeg bytes"), "image/jpeg", "a.jpg");
  CHECK(record.verify().problems.empty());
  CHECK(record.audit(sha)[0].action == "attachment.healed");

  std::filesystem::remove(record.attachment_path(sha));
  REQUIRE(record.verify().problems.size() == 1);
  CHECK_THAT(record.verify().problems[0], Catch::Contains("missing"));
  record.attach("nurse", one, bytes_of("jpeg bytes"), "image/jpeg", "a.jpg");
  spit(record.layout().attachments() / sha.substr(0, 2) / std::string(64, '0'), "stranger");
  CHECK_THAT(record.verify().problems.at(0), Catch::Contains("never acknowledged"));
  CHECK_THROWS_AS(record.attach("nurse", "nobody", bytes_of("x"), "image/jpeg", "x"), RecordError);
  CHECK_THROWS_AS(record.attachment_path("../../etc/passwd"), RecordError);
}

TEST_CASE("A file must be attached by copy or by move, also across disks") {
  Desk desk;
  auto& record = *desk.record;
  const std::string id = record.add_capture("nurse", capture_of(desk.exam, "clip"));
  const auto folder = record.exam_folder(desk.exam);
  const std::string film(3'000'000, 'f');
  spit(folder / "a.mkv", film);
  const std::string sha = record.attach_file("nurse", id, folder / "a.mkv", "video/x-matroska", "a.mkv");
  CHECK(std::filesystem::exists(folder / "a.mkv"));
  CHECK(record.attach_file("nurse", id, folder / "a.mkv", "video/x-matroska", "a.mkv", Record::Take::move) ==
        sha);
  CHECK_FALSE(std::filesystem::exists(folder / "a.mkv"));
  spit(folder / "b.mkv", "another");
  const std::string b = record.attach_file("nurse", id, folder / "b.mkv", "video/x-matroska", "b.mkv",
                                           Record::Take::move);
  CHECK(slurp(record.attachment_path(b)) == "another");
  const caukham::tests::TestFolder other("elsewhere");  // another disk where /dev/shm exists
  spit(other / "c.txt", "from another disk");
  const std::string c =
      record.attach_file("nurse", id, other / "c.txt", "text/plain", "c.txt", Record::Take::move);
  CHECK(slurp(record.attachment_path(c)) == "from another disk");
  CHECK(std::filesystem::is_empty(other.path));  // the file was moved
  CHECK_THROWS_AS(record.attach_file("nurse", id, folder / "absent", "text/plain", "x"), RecordError);
  CHECK(record.verify().problems.empty());
  CHECK(record.recover("station").leftovers.empty());
  CHECK_THROWS_AS(record.exam_folder("../.."), RecordError);
}

TEST_CASE("An exported exam must be byte for byte the same every time and check out with sha256sum") {
  Desk desk;
  auto& record = *desk.record;
  const auto working = record.exam_folder(desk.exam) / "ecg.bdf";
  auto writer = BdfWriter::create(working, ecg_spec());
  writer->append(0, run(0, 500));
  writer->close();
  const std::string bdf = slurp(working);
  const std::string ecg = record.add_capture("nurse", capture_of(desk.exam, "ecg"));
  record.attach_file("nurse", ecg, working, "application/x-bdf", "ecg.bdf", Record::Take::move);
  Capture ear = capture_of(desk.exam, "still");
  ear.taken_ns += 1;
  ear.site = "Màng nhĩ";
  const std::string still = record.add_capture("nurse", ear);
  record.attach("nurse", still, bytes_of("jpeg"), "image/jpeg", "x.jpg");
  ear.taken_ns += 1;
  const std::string gone = record.add_capture("nurse", ear);
  record.attach("nurse", gone, bytes_of("blurred"), "image/jpeg", "y.jpg");
  record.remove_capture("nurse", gone, "blurred");
  record.export_exam("nurse", desk.exam, desk.folder / "one");
  desk.reopen();
  desk.record->export_exam("nurse", desk.exam, desk.folder / "two");
  std::vector<std::string> files;
  for (const auto& e : std::filesystem::recursive_directory_iterator(desk.folder / "one")) {
    if (!e.is_regular_file()) continue;
    files.push_back(std::filesystem::relative(e.path(), desk.folder / "one").generic_string());
    CHECK(slurp(e.path()) == slurp(desk.folder / "two" / files.back()));
  }
  std::sort(files.begin(), files.end());
  CHECK(files == std::vector<std::string>{"captures/001-ecg.bdf",
                                          "captures/002-still-otoscope-left-mang-nhi.jpg", "exam.json",
                                          "manifest.sha256"});
  CHECK(slurp(desk.folder / "one" / "captures/001-ecg.bdf") == bdf);
  if (std::system("sha256sum --version >/dev/null 2>&1") == 0)  // Windows has none
    CHECK(std::system(("cd '" + (desk.folder / "one").string() + "' && sha256sum --quiet -c manifest.sha256").c_str()) == 0);
  const auto exam = nlohmann::json::parse(slurp(desk.folder / "one" / "exam.json"));
  CHECK(exam["patient"]["name"] == "Nguyễn Văn Á");
  CHECK(exam["captures"].size() == 3);
  CHECK(exam["captures"][2]["removed"]["why"] == "blurred");
  CHECK_THROWS_WITH(desk.record->export_exam("nurse", desk.exam, desk.folder / "one"),
                    Catch::Contains("already"));
}
