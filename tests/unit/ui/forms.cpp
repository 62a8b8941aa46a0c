#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <random>

#include "tests/lib/test_folder.hpp"
#include "ui/patient_form.hpp"
#include "ui/settings.hpp"
#include "ui/words.hpp"

using namespace caukham;
using namespace caukham::ui;
namespace {
const std::string today = "2026-11-21";
}

TEST_CASE("birth dates are read as nurses write them, and days that do not exist are refused") {
  CHECK(read_birth_date("08/03/1979", today) == "1979-03-08");
  CHECK(read_birth_date(" 8-3-1979 ", today) == "1979-03-08");
  CHECK(read_birth_date("08031979", today) == "1979-03-08");
  CHECK(read_birth_date("1979", today) == "1979");
  CHECK(read_birth_date("29/02/2024", today) == "2024-02-29");
  for (const char* wrong : {"29/02/2023", "31/04/1980", "00/01/1980", "1/13/1980", "1/1/1899", "22/11/2026",
                            "2027", "1/1/80", "", "abc", "1//1980", "1/1/1980/2", "99999999"})
    CHECK_FALSE(read_birth_date(wrong, today));
  CHECK(show_birth_date("1979-03-08") == "08/03/1979");
  CHECK(show_birth_date("1979") == "1979");
}

TEST_CASE("an age counts whole years") {
  CHECK(age_years("1979-03-08", today) == 47);
  CHECK(age_years("1979-11-22", today) == 46);
  CHECK(age_years("1979-11-21", today) == 47);
  CHECK(age_years("2030-01-01", today) == -1);
  CHECK(age_years("", today) == -1);
}

TEST_CASE("cards and phones are checked by their digits") {
  CHECK(cccd_ok("001179001234"));
  CHECK(cccd_ok("011234567"));
  CHECK_FALSE(cccd_ok("00117900123"));
  CHECK_FALSE(cccd_ok("00117900123a"));
  CHECK(bhyt_ok("DN 4 75 9122135078"));
  CHECK(bhyt_ok("9122135078"));
  CHECK_FALSE(bhyt_ok("D14759122135078"));
  CHECK_FALSE(bhyt_ok("DN475912213507"));
  CHECK(phone_ok("0912 345 678"));
  CHECK(phone_ok("+84912345678"));
  CHECK_FALSE(phone_ok("12345"));
}

TEST_CASE("the QR text of an identity card gives the person") {
  const auto card =
      read_cccd_qr("001179001234|011234567|Nguyễn Thị  Ánh|08031979|Nữ|Thôn 3, Huế|10052021", today);
  REQUIRE(card);
  CHECK(card->name == "Nguyễn Thị Ánh");
  CHECK(card->birth_date == "1979-03-08");
  CHECK(card->cccd == "001179001234");
  CHECK(card->sex == "female");
  CHECK(read_cccd_qr("001179001234||Trần Văn Bình|01011990|Nam|Huế|", today)->sex == "male");
}

TEST_CASE("other texts, cut and random ones are no identity card and do no harm") {
  const std::string good = "001179001234|011234567|Nguyễn Thị Ánh|08031979|Nữ|Thôn 3, Huế|10052021";
  for (const char* wrong :
       {"", "Nguyễn Thị Ánh", "|||||||", "001179001234|x|y|31021979|Nam|z|", "1|2|3|4|5|6|7"})
    CHECK_FALSE(read_cccd_qr(wrong, today));
  for (std::size_t n = 0; n < 40; ++n) CHECK_FALSE(read_cccd_qr(good.substr(0, n), today));
  CHECK_FALSE(read_cccd_qr(std::string(5000, '|'), today));
  std::mt19937 random(3);
  for (int i = 0; i < 500; ++i) {
    std::string text = good;
    for (int k = 0; k < 4; ++k) text[random() % text.size()] = static_cast<char>(random());
    if (const auto card = read_cccd_qr(text, today)) CHECK(cccd_ok(card->cccd));
  }
}

TEST_CASE("a form says what is wrong first and is silent when it can be saved") {
  station::PatientCard form;
  CHECK(form_problem(form, "", today) == std::string("Please enter the full name."));
  form.name = "Nguyễn Thị Ánh";
  CHECK(form_problem(form, "31/02/1980", today) != nullptr);
  CHECK(form_problem(form, "1980", today) == std::string("Please choose male or female."));
  form.sex = "female";
  CHECK(form_problem(form, "1980", today) == nullptr);
  form.cccd = "12";
  CHECK(form_problem(form, "1980", today) != nullptr);
}

TEST_CASE("settings come back as they were kept") {
  const tests::TestFolder folder("settings");
  const auto file = folder / "new" / "window.json";
  Settings s;
  s.width = 1600;
  s.layout = EcgLayout::six_by_two;
  s.mm_per_s = 50;
  s.px_per_mm = 4.25;
  s.language = "en";
  s.save(file);
  const Settings back = Settings::load(file);
  CHECK(back.width == 1600);
  CHECK(back.layout == EcgLayout::six_by_two);
  CHECK(back.mm_per_s == 50);
  CHECK(back.px_per_mm == 4.25);
  CHECK(back.language == "en");
}

TEST_CASE("settings that are damaged, absurd or missing give the defaults") {
  const tests::TestFolder folder("settings");
  for (const char* text :
       {"", "{", "[1]", "null",
        R"({"width":1e99,"mm_per_s":26,"ecg_layout":9,"language":"xx","px_per_mm":-1,"height":"a"})"}) {
    std::ofstream(folder / "w.json") << text;
    const Settings s = Settings::load(folder / "w.json");
    CHECK(s.width == 1366);
    CHECK(s.height == 768);
    CHECK(s.mm_per_s == 25);
    CHECK(s.layout == EcgLayout::three_by_four_rhythm);
    CHECK(s.px_per_mm == 0);
    CHECK(s.language == "vi");
  }
  CHECK(Settings::load(folder / "none.json").width == 1366);
}

TEST_CASE("durations and sizes read like a clock and a disk") {
  CHECK(duration_words(134'000'000'000) == "02:14");
  CHECK(duration_words(3'734'000'000'000) == "1:02:14");
  CHECK(duration_words(-5) == "00:00");
  CHECK(disk_words(212'000'000'000) == "212 GB");
  CHECK(line_words(1240) == "1.2 Mbit/s");
  CHECK(line_words(300) == "300 kbit/s");
  CHECK(brief_line_words("Line weak: 489 kbit/s, loss 0 %. The picture is reduced.", 489) == "Line weak \u00b7 489 kbit/s");
  CHECK(brief_line_words("", 300) == "300 kbit/s");
}
