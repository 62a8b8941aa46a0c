#include "ui/settings.hpp"

#include <cstdlib>

#include "core/settings_file.hpp"
#include "json/json_text.hpp"

namespace caukham::ui {
namespace fs = std::filesystem;
using nlohmann::json;
namespace {

template <class T>
void read(const json& from, const char* key, T& into) {
  const auto found = from.find(key);
  if (found == from.end()) return;
  if constexpr (std::is_same_v<T, bool>) {
    if (found->is_boolean()) into = found->template get<bool>();
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (found->is_string()) into = found->template get<std::string>();
  } else {
    if (!found->is_number()) return;
    const double value = found->template get<double>();
    if (value > -1e6 && value < 1e6) into = static_cast<T>(value);  // more than an int holds is no setting
  }
}

template <class T>
void keep_between(T& value, T low, T high, T otherwise) {
  if (!(value >= low && value <= high)) value = otherwise;
}
}  // namespace

analysis::ecg::FilterSpec filter_of(EcgFilter filter) {
  constexpr double mains_hz = 50;  // Vietnam's
  using Spec = analysis::ecg::FilterSpec;
  switch (filter) {
    case EcgFilter::diagnostic: return Spec::diagnostic();
    case EcgFilter::diagnostic_no_mains: return Spec::diagnostic(mains_hz);
    case EcgFilter::monitor: return Spec::monitor(mains_hz);
  }
  return Spec::diagnostic();
}

Settings Settings::load(const fs::path& file) {
  Settings s;
  const json all = core::read_settings(file.string());
  if (!all.is_object()) return s;
  int layout = static_cast<int>(s.layout);
  read(all, "width", s.width);
  read(all, "height", s.height);
  read(all, "maximised", s.maximised);
  read(all, "ecg_layout", layout);
  read(all, "mm_per_s", s.mm_per_s);
  read(all, "mm_per_mv", s.mm_per_mv);
  int filter = static_cast<int>(s.filter);
  read(all, "ecg_filter", filter);
  read(all, "iec_electrodes", s.iec_electrodes);
  read(all, "px_per_mm", s.px_per_mm);
  read(all, "language", s.language);
  keep_between(s.width, 800, 16000, 1366);
  keep_between(s.height, 600, 16000, 768);
  keep_between(layout, 0, 2, 0);
  s.layout = static_cast<EcgLayout>(layout);
  keep_between(filter, 0, 2, 0);
  s.filter = static_cast<EcgFilter>(filter);
  if (s.mm_per_s != 25 && s.mm_per_s != 50) s.mm_per_s = 25;
  if (s.mm_per_mv != 5 && s.mm_per_mv != 10 && s.mm_per_mv != 20) s.mm_per_mv = 10;
  keep_between(s.px_per_mm, 1.0, 40.0, 0.0);
  if (s.language != "vi" && s.language != "en") s.language = "vi";
  return s;
}

void Settings::save(const fs::path& file) const {
  if (file.empty()) return;
  const json all = {{"width", width},
                    {"height", height},
                    {"maximised", maximised},
                    {"ecg_layout", static_cast<int>(layout)},
                    {"mm_per_s", mm_per_s},
                    {"mm_per_mv", mm_per_mv},
                    {"ecg_filter", static_cast<int>(filter)},
                    {"iec_electrodes", iec_electrodes},
                    {"px_per_mm", px_per_mm},
                    {"language", language}};
  core::write_settings(file.string(), all);
}

fs::path settings_file() {
#ifdef _WIN32
  if (const char* folder = std::getenv("APPDATA")) return fs::path(folder) / "caukham" / "window.json";
#else
  if (const char* folder = std::getenv("XDG_CONFIG_HOME"); folder && *folder)
    return fs::path(folder) / "caukham" / "window.json";
  if (const char* home = std::getenv("HOME"); home && *home)
    return fs::path(home) / ".config" / "caukham" / "window.json";
#endif
  return {};
}

}  // namespace caukham::ui
