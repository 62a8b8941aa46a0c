// What the window remembers on this PC between examinations. A small JSON file in the user's own config
// folder; one that cannot be read gives the defaults, one that cannot be written is not worth a word to the
// nurse. No wx.
#pragma once
#include <filesystem>
#include <string>

#include "analysis/ecg/filter.hpp"
#include "ui/paper.hpp"

namespace caukham::ui {

// What the trace on the screen goes through; the recording goes through none.
enum class EcgFilter : std::uint8_t { diagnostic, diagnostic_no_mains, monitor };
analysis::ecg::FilterSpec filter_of(EcgFilter filter);

struct Settings {
  int width = 1366, height = 768;
  bool maximised = false;
  EcgLayout layout = EcgLayout::three_by_four_rhythm;
  int mm_per_s = 25, mm_per_mv = 10;
  EcgFilter filter = EcgFilter::diagnostic;
  bool iec_electrodes = true;    // Vietnam teaches R L F N
  double px_per_mm = 0;          // measured with a card; 0: what the monitor says
  std::string language = "vi";

  static Settings load(const std::filesystem::path& file);  // every value is checked
  void save(const std::filesystem::path& file) const;       // whole or not at all
};

std::filesystem::path settings_file();  // …/caukham/window.json; empty when the user has no home

}  // namespace caukham::ui
