// A nurse with a patient and an examination that is open, and what the record's tests make of them.
#pragma once
#include <memory>
#include <string>

#include "folder.hpp"
#include "record/record.hpp"

namespace caukham::record {

inline Patient person(const std::string& name, const std::string& born = "1980-05-02") {
  Patient p;
  p.name = name;
  p.birth_date = born;
  p.sex = "M";
  return p;
}

inline Capture capture_of(const std::string& exam, const std::string& kind, bool simulated = false) {
  Capture c;
  c.exam_id = exam;
  c.kind = kind;
  c.stream = kind == "ecg" ? "ecg" : "otoscope";
  c.side = kind == "still" ? "left" : "";
  c.taken_ns = 1'795'300'000'000'000'000;
  c.simulated = simulated;
  return c;
}

struct Desk {
  Folder folder;
  std::unique_ptr<Record> record = Record::open({folder.path});
  std::string patient = record->add_patient("nurse", person("Nguyễn Văn Á"));
  std::string encounter = record->begin_encounter("nurse", patient);
  std::string exam = record->open_exam("nurse", encounter, "đau tai");
  void reopen() {
    record.reset();
    record = Record::open({folder.path});
  }
};

}  // namespace caukham::record
