// Short words several parts of the window show. Translated, UTF-8. No wx.
#pragma once
#include <string>

#include "station/desk.hpp"

namespace caukham::ui {

// An examination is at the desk: it runs, or it is being finished.
inline bool at_desk(const station::Snapshot& s) { return !s.exam.id.empty() && !s.exam.over(); }
// It is at the desk and nobody has said yet who the patient is.
inline bool unnamed(const station::Snapshot& s) { return at_desk(s) && s.patient.id.empty(); }

std::string device_words(const std::string& kind);  // "Ear (otoscope)"
std::string state_words(core::DeviceState state);   // "Not connected: plug it into the USB port"
std::string side_words(const std::string& side);    // "LEFT"
std::string sex_words(const std::string& sex);
std::string capture_words(const std::string& kind);    // "Picture", "Clip"
std::string ask_words(const station::AskCard& ask);    // "Picture of the LEFT ear"
std::string disk_words(std::uint64_t bytes);           // "212 GB"
std::string line_words(double kbit_s);                 // "1,2 Mbit/s"; decimal comma in Vietnamese
// Where the session's whole sentence ("Line weak: 489 kbit/s, loss 0 %. …") has no room: "Line weak · 489 kbit/s".
std::string brief_line_words(const std::string& sentence, double kbit_s);
std::string duration_words(std::int64_t ns);           // "02:14", "1:02:14"
std::string day_words(std::int64_t unix_ns);           // local "21/11 14:03"
std::string today_iso();                               // local "2026-11-21"
// "Nguyen Thi Anh · female · 47 years · CCCD …1234"
std::string patient_words(const station::PatientCard& patient, bool with_name);

}  // namespace caukham::ui
