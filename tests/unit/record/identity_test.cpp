#include <catch2/catch.hpp>
#include <random>

#include "record/identity.hpp"

using namespace caukham::record;

TEST_CASE("Every Vietnamese letter must fold to its base letter") {
  CHECK(fold_name("aàảãáạăằẳẵắặâầẩẫấậ") == std::string(18, 'a'));
  CHECK(fold_name("AÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬ") == std::string(18, 'a'));
  CHECK(fold_name("eèẻẽéẹêềểễếệ EÈẺẼÉẸÊỀỂỄẾỆ") == std::string(12, 'e') + " " + std::string(12, 'e'));
  CHECK(fold_name("iìỉĩíị IÌỈĨÍỊ") == "iiiiii iiiiii");
  CHECK(fold_name("oòỏõóọôồổỗốộơờởỡớợ OÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢ") ==
        std::string(18, 'o') + " " + std::string(18, 'o'));
  CHECK(fold_name("uùủũúụưừửữứự UÙỦŨÚỤƯỪỬỮỨỰ") == std::string(12, 'u') + " " + std::string(12, 'u'));
  CHECK(fold_name("yỳỷỹýỵ YỲỶỸÝỴ đĐ") == "yyyyyy yyyyyy dd");
  CHECK(without_accents("Nguyễn Thị Ánh Đào") == "Nguyen Thi Anh Dao");
  CHECK(fold_name("  Nguyễn\tVăn  Á ") == "nguyen van a");
}

TEST_CASE("Decomposed and composed names must fold alike") {
  CHECK(fold_name("Nguye\u0302\u0303n Va\u0306n A\u0301") == fold_name("Nguyễn Văn Á"));
}

TEST_CASE("Folding must take any bytes and give ASCII") {
  std::mt19937 random(5);
  for (int i = 0; i < 3000; ++i) {
    std::string s(random() % 30, ' ');
    for (char& c : s) c = static_cast<char>(random());
    for (const char c : without_accents(s)) REQUIRE((static_cast<unsigned char>(c) < 0x80));
    fold_name(s);
    parse_citizen_qr(s);
    parse_date(s);
  }
  CHECK_FALSE(valid_utf8("\xc3"));
  CHECK_FALSE(valid_utf8("\xed\xa0\x80"));
  CHECK_FALSE(valid_utf8("\xc0\x80"));
  CHECK(valid_utf8("Điện tâm đồ"));
}

TEST_CASE("Numbers on Vietnamese cards must be checked in words") {
  CHECK(why_not_cccd("001080012345").empty());
  CHECK(why_not_cccd("012345678").empty());
  CHECK(why_not_cccd("B1234567").empty());
  CHECK_FALSE(why_not_cccd("00108001234").empty());
  CHECK(why_not_bhyt("DN4759122135078").empty());
  CHECK_FALSE(why_not_bhyt("D54759122135078").empty());
  CHECK(why_not_phone("+84912345678").empty());
  CHECK_FALSE(why_not_phone("0912x").empty());
  CHECK(why_not_birth_date("2000-02-29").empty());
  CHECK(why_not_birth_date("1980-05").empty());
  CHECK_FALSE(why_not_birth_date("1900-02-29").empty());
  CHECK_FALSE(why_not_birth_date("2020-13").empty());
}

TEST_CASE("Dates must be read as people here write them, day first") {
  for (const char* s : {"2/5/1980", "02-05-1980", "02.05.1980", "02051980", "1980-05-02", " 2 5 1980 "})
    CHECK(parse_date(s).value_or("none") == "1980-05-02");
  CHECK(parse_date("1980").value_or("none") == "1980");
  for (const char* s : {"31/2/1980", "1/1/80", "hello", "", "1/2", "//", "99999999"})
    CHECK_FALSE(parse_date(s));
}

TEST_CASE("A citizen card's QR text must fill the form") {
  const auto card = parse_citizen_qr(
      "001080012345|012345678|Nguyễn Văn Á|02051980|Nam|Thôn 3, Tân Sơn, Phú Thọ|15042021\n");
  REQUIRE(card);
  CHECK(card->cccd == "001080012345");
  CHECK(card->old_id == "012345678");
  CHECK(card->name == "Nguyễn Văn Á");
  CHECK(card->birth_date == "1980-05-02");
  CHECK(card->sex == "M");
  CHECK(card->address == "Thôn 3, Tân Sơn, Phú Thọ");
  CHECK(card->issued == "2021-04-15");
  CHECK(parse_citizen_qr("001080012345||Lê Thị B|02051980|Nữ|x|15042021")->sex == "F");
  CHECK_FALSE(parse_citizen_qr("001080012345||Lê Thị B|02051980|Nữ|x"));
  CHECK_FALSE(parse_citizen_qr("00108001234|012345678|A|02051980|Nam|x|15042021"));
  CHECK_FALSE(parse_citizen_qr("001080012345||A|32051980|Nam|x|15042021"));
  CHECK_FALSE(parse_citizen_qr(std::string(5000, '|')));
}
