#include "ui/words.hpp"

#include <array>
#include <cstdio>
#include <ctime>

#include "core/i18n.hpp"
#include "ui/patient_form.hpp"

namespace caukham::ui {
using core::tr;

std::string device_words(const std::string& kind) {
  if (kind == "otoscope") return tr("Ear");
  if (kind == "dermatoscope") return tr("Skin");
  if (kind == "ecg") return tr("Heart (ECG)");
  if (kind == "spirometer") return tr("Breathing");
  if (kind == "camera") return tr("Room camera");
  return kind;
}

std::string state_words(core::DeviceState state) {
  switch (state) {
    case core::DeviceState::opening: return tr("Getting ready...");
    case core::DeviceState::live: return tr("Ready");
    case core::DeviceState::restarting: return tr("Connecting again...");
    case core::DeviceState::unplugged: return tr("Plug into the USB port");
    case core::DeviceState::paused: return tr("Rests until the next examination");
    case core::DeviceState::failed: return tr("Does not work");
  }
  return {};
}

std::string side_words(const std::string& side) {
  if (side == "left") return tr("LEFT");
  if (side == "right") return tr("RIGHT");
  return {};
}

std::string sex_words(const std::string& sex) {
  if (sex == "female") return tr("female");
  if (sex == "male") return tr("male");
  return {};
}

std::string capture_words(const std::string& kind) {
  if (kind == "still") return tr("Picture");
  if (kind == "clip") return tr("Clip");
  if (kind == "ecg") return tr("ECG strip");
  if (kind == "spirometry") return tr("Blow");
  if (kind == "waveform") return tr("Recording");
  if (kind == "advice") return tr("Advice");
  return kind;
}

std::string ask_words(const station::AskCard& ask) {
  std::string out = capture_words(ask.kind);
  if (!ask.device_kind.empty()) out += " \u00b7 " + device_words(ask.device_kind);
  if (!ask.side.empty()) out += " \u00b7 " + side_words(ask.side);
  if (!ask.site.empty()) out += " \u00b7 " + ask.site;
  return out;
}

std::string disk_words(std::uint64_t bytes) {
  if (bytes < 1'000'000'000) return core::decimal(static_cast<double>(bytes) / 1e6, 0) + " MB";
  const double gb = static_cast<double>(bytes) / 1e9;
  return core::decimal(gb, gb < 10 ? 1 : 0) + " GB";
}

std::string line_words(double kbit_s) {
  return kbit_s >= 1000 ? core::decimal(kbit_s / 1000, 1) + " Mbit/s" : core::decimal(kbit_s, 0) + " kbit/s";
}

std::string brief_line_words(const std::string& sentence, double kbit_s) {
  const auto head = sentence.substr(0, sentence.find(':'));
  return (head.empty() ? "" : head + " \u00b7 ") + line_words(kbit_s);
}

std::string duration_words(std::int64_t ns) {
  const long long s = ns < 0 ? 0 : ns / 1'000'000'000;
  std::array<char, 32> text = {};
  if (s >= 3600)
    std::snprintf(text.data(), text.size(), "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
  else
    std::snprintf(text.data(), text.size(), "%02lld:%02lld", s / 60, s % 60);
  return text.data();
}

namespace {
std::string local(std::time_t t, const char* format) {
  std::tm parts = {};
#ifdef _WIN32
  localtime_s(&parts, &t);
#else
  localtime_r(&t, &parts);
#endif
  std::array<char, 64> text = {};
  return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}
}  // namespace

std::string day_words(std::int64_t unix_ns) {
  return local(static_cast<std::time_t>(unix_ns / 1'000'000'000), "%d/%m %H:%M");
}
std::string today_iso() { return local(std::time(nullptr), "%Y-%m-%d"); }

std::string patient_words(const station::PatientCard& p, bool with_name) {
  std::string out;
  const auto add = [&](const std::string& part) {
    if (part.empty()) return;
    if (!out.empty()) out += " \u00b7 ";
    out += part;
  };
  if (with_name) add(p.name.empty() ? tr("Name not known yet") : p.name);
  add(sex_words(p.sex));
  const int age = age_years(p.birth_date, today_iso());
  if (age >= 0) add(tr("{0} years", std::to_string(age)));
  if (p.cccd.size() > 4) add("CCCD \u2026" + p.cccd.substr(p.cccd.size() - 4));
  return out;
}

}  // namespace caukham::ui
