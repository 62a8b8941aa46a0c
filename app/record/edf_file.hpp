// A whole EDF, EDF+, BDF or BDF+ file as physical values, whoever wrote it: signals of different rates, gaps as NaN.
// Our own files while they grow, record by record, are BdfReader's.
#pragma once
#include <filesystem>
#include <optional>
#include <span>

#include "record/bdf_spec.hpp"

namespace caukham::record {

struct EdfTrack {
  std::string label, unit, prefilter;
  double rate_hz = 0;
  std::vector<float> physical;   // from the file's first sample on; NaN where nothing was measured
};

struct EdfFile {
  std::vector<EdfTrack> tracks;  // without the annotation signals
  std::vector<BdfAnnotation> annotations;  // onset from the file's first sample; our gap and padding remarks left out
  std::vector<std::string> warnings;       // in words: a torn end, signals without a range, unreadable annotations
  std::string torn;              // that of the warnings which says that the file's end is missing
  std::string exam;              // what our own files say of themselves, else empty
  bool simulated = false;
  std::optional<std::int64_t> start_local_s;
};

// Throws RecordError{corrupt}: not such a file, or more than `max_samples` values in all, gaps counted.
EdfFile read_edf(std::span<const std::byte> bytes, std::uint64_t max_samples = 400'000'000);

// Throws also not_found, io, and corrupt when the file is larger than 2 GiB.
EdfFile load_edf(const std::filesystem::path&);

}  // namespace caukham::record
