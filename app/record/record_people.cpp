// Patients, and finding them with what a nurse has at hand.
#include <algorithm>

#include "core/i18n.hpp"
#include "record/error.hpp"
#include "record/evidence.hpp"
#include "record/identity.hpp"
#include "record/record_impl.hpp"

namespace caukham::record {
using core::tr;
using core::tr_later;
namespace {

constexpr const char* columns = "id,name,birth_date,sex,cccd,bhyt,phone,address,simulated,created_ns";

Patient patient_of(const Database::Row& r) {
  return {r.text(0), r.text(1), r.text(2), r.text(3),         r.text(4),
          r.text(5), r.text(6), r.text(7), r.integer(8) != 0, r.integer(9)};
}

json to_json(const Patient& p) {
  return {{"name", p.name}, {"birth_date", p.birth_date}, {"sex", p.sex}, {"cccd", p.cccd}, {"bhyt", p.bhyt},
          {"phone", p.phone}, {"address", p.address}, {"SIMULATED", p.simulated}};
}

std::string upper(std::string s) {
  for (char& c : s) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return s;
}

Patient checked(Patient p) {
  must_be_text(p.name, tr_later("name"), 765);  // QD 4750: at most 255 characters
  must_be_text(p.address, tr_later("address"), 1000);
  if (fold_name(p.name).empty()) throw RecordError(Fault::invalid, tr("A patient needs a name."));
  p.cccd = upper(digits_only(p.cccd));
  p.bhyt = upper(digits_only(p.bhyt));
  p.phone = digits_only(p.phone);
  for (const std::string& why : {why_not_cccd(p.cccd), why_not_bhyt(p.bhyt), why_not_phone(p.phone),
                                 why_not_birth_date(p.birth_date)}) {
    if (!why.empty()) throw RecordError(Fault::invalid, why);
  }
  if (p.sex != "M" && p.sex != "F" && p.sex != "X")
    throw RecordError(Fault::invalid, "The sex must be M, F or X.");
  return p;
}

std::string searchable(const std::string& name) { return " " + fold_name(name) + " "; }

void refuse_double(const Record::Impl& impl, const Patient& p) {
  if (p.cccd.empty()) return;
  Database::Row twin = impl.db.query("SELECT name FROM patient WHERE cccd=?1 AND id<>?2", p.cccd, p.id);
  if (twin.next())
    throw RecordError(Fault::refused,
                      tr("The citizen card number {0} belongs to a patient in the record already: {1}. "
                         "Search for the number and take that patient.",
                         p.cccd, twin.text(0)));
}

bool has_digit(std::string_view s) {
  return std::any_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// A WHERE clause with numbered parameters.
struct Search {
  std::string sql;
  std::vector<std::string> values;

  std::string parameter(std::string value) {
    values.push_back(std::move(value));
    return "?" + std::to_string(values.size());
  }
  std::string part_of(const char* column, std::string part) {
    return std::string("instr(") + column + ',' + parameter(std::move(part)) + ")>0";
  }
  void born(const std::string& date) {
    sql += " OR birth_date" + (date.size() == 10 ? "=" + parameter(date) : " LIKE " + parameter(date + "%"));
  }
  // One word: a date, a part of a number, or the beginning of a word of the name.
  void word(std::string_view text) {
    if (!has_digit(text)) {
      sql += part_of("name_folded", " " + fold_name(text));
      return;
    }
    std::string number = upper(digits_only(text));
    if (number.starts_with("+84")) number.erase(0, 3);  // stored as 0912… or +84912…: both end alike
    sql += "(0";
    if (const auto date = parse_date(text)) born(*date);
    if (number.size() >= 4) {
      for (const char* column : {"cccd", "bhyt", "phone"}) sql += " OR " + part_of(column, number);
      if (number[0] == '0' && number.size() >= 9) sql += " OR " + part_of("phone", number.substr(1));
    }
    sql += ")";
  }
};

// Numbers typed in groups ("DN 4 75 9122135078", "0912 345 678") are one word.
bool one_number(std::string_view text) {
  const std::string compact = digits_only(text);
  const std::size_t letters = std::min<std::size_t>(compact.find_first_of("0123456789"), compact.size());
  return letters <= 2 && compact.size() >= letters + 4 &&
         compact.find_first_not_of("0123456789", letters) == std::string::npos;
}

}  // namespace

std::string Record::add_patient(std::string_view actor, const Patient& given) {
  Patient p = checked(given);
  p.id = new_uuid();
  durably(*impl_, [&] {
    refuse_double(*impl_, p);
    impl_->db.run(
        "INSERT INTO patient(id,name,birth_date,sex,cccd,bhyt,phone,address,simulated,created_ns,name_folded)"
        " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)",
        p.id, p.name, p.birth_date, p.sex, p.cccd, p.bhyt, p.phone, p.address, p.simulated, impl_->now(),
        searchable(p.name));
    impl_->audit(actor, "patient.added", p.id, to_json(p));
  });
  return p.id;
}

void Record::update_patient(std::string_view actor, const Patient& given) {
  const Patient p = checked(given);
  durably(*impl_, [&] {
    Database::Row old = impl_->db.query(std::string("SELECT ") + columns + " FROM patient WHERE id=?1", p.id);
    if (!old.next()) throw RecordError(Fault::not_found, tr("This {0} is not in the record.", tr("patient")));
    const Patient before = patient_of(old);
    if (before.simulated && !p.simulated)
      throw RecordError(Fault::refused,
                        tr("A practice patient (SIMULATED) stays one. Add the real patient anew."));
    refuse_double(*impl_, p);
    impl_->db.run(
        "UPDATE patient SET name=?2,birth_date=?3,sex=?4,cccd=?5,bhyt=?6,phone=?7,address=?8,simulated=?9,"
        "name_folded=?10 WHERE id=?1",
        p.id, p.name, p.birth_date, p.sex, p.cccd, p.bhyt, p.phone, p.address, p.simulated,
        searchable(p.name));
    if (p.simulated)
      impl_->db.run(
          "UPDATE exam SET simulated=1 WHERE encounter_id IN (SELECT id FROM encounter WHERE patient_id=?1)",
          p.id);
    impl_->audit(actor, "patient.changed", p.id, {{"before", to_json(before)}, {"after", to_json(p)}});
  });
}

std::optional<Patient> Record::patient(std::string_view id) const {
  return first(
      all_rows(*impl_, patient_of, std::string("SELECT ") + columns + " FROM patient WHERE id=?1", id));
}

std::vector<Patient> Record::find_patients(std::string_view text, int limit) const {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  text = text.substr(0, 200);
  const std::string select = std::string("SELECT ") + columns + " FROM patient ";
  if (text.empty())
    return all_rows(*impl_, patient_of, select + "ORDER BY created_ns DESC, id LIMIT ?1", limit);
  Search where;
  if (one_number(text)) {
    // A date may look like a number and the other way round: both are asked for.
    where.word(digits_only(text));
    if (const auto date = parse_date(text)) where.born(*date);
  } else {
    for (std::string_view left = text; !left.empty();) {
      const std::size_t n = std::min(left.find(' '), left.size());
      if (n > 0 && !where.sql.empty()) where.sql += " AND ";
      if (n > 0) where.word(left.substr(0, n));
      left.remove_prefix(std::min(n + 1, left.size()));
    }
  }
  where.sql += " ORDER BY name=" + where.parameter(std::string(text)) + " DESC, name_folded=" +
               where.parameter(searchable(std::string(text))) + " DESC, name_folded, birth_date, id LIMIT " +
               std::to_string(limit);
  return all_rows(*impl_, patient_of, select + "WHERE " + where.sql,
                  std::span<const std::string>(where.values));
}

}  // namespace caukham::record
