// Annotation files as lists of beats on a record's clock.
#pragma once
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "analysis/ecg/recording.hpp"
#include "analysis/score/beats.hpp"
#include "devices/formats/wfdb/annotations.hpp"

namespace caukham::cli {

struct BeatFile {
  std::filesystem::path path;
  double fs_hz = 0;                          // of the samples below
  std::vector<analysis::score::Mark> marks;  // beats and '[' ']', ascending
};

// Reads `path`. fs_hz > 0: the record's rate is known; else it comes from a `.hea` beside the file, or from the file
// itself. A file with a clock of its own is brought to that rate. Throws std::exception in words.
BeatFile load_beats(const std::filesystem::path& path, double fs_hz);

// The sampling rate of the record an annotation file belongs to: 0 when no header lies beside it.
double rate_beside(const std::filesystem::path& annotations);

// The pairs that two words mean: two files; two records ("100" with its annotator's extension); two folders, whose
// files are paired by name. Throws std::runtime_error in words when there is none.
std::vector<std::pair<std::filesystem::path, std::filesystem::path>> pairs(const std::string& reference,
                                                                          const std::string& test,
                                                                          const std::string& reference_annotator,
                                                                          const std::string& test_annotator);

// Writes beats as an annotation file that WFDB's programs read. An existing file is replaced.
void save_beats(const std::filesystem::path& path, const std::vector<analysis::ecg::Beat>& beats);

}  // namespace caukham::cli
