// An ECG out of any file that `analyze` takes: a WFDB record, EDF/BDF(+), one of our own exams. What is not an ECG lead in
// it is left out; what is wrong with it is said.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "analysis/ecg/recording.hpp"
#include "devices/formats/wfdb/record.hpp"
#include "record/edf_file.hpp"

namespace caukham::cli {

struct EcgLead {
  std::string name;         // in the field's spelling: "aVR", "V1", "MLII"
  std::vector<float> uv;    // NaN: nothing measured, or an electrode was off
};

struct EcgFile {
  std::string record;       // the file's or exam's name without folder and extension
  double fs_hz = 0;
  std::vector<EcgLead> leads;          // 1 … 64, all of the same length
  std::vector<std::string> warnings;   // sentences
  bool simulated = false;

  analysis::ecg::Recording view() const;  // of these leads; valid while they are
};

// "i" → "I", "ECG aVr" → "aVR", "V1-Ref" → "V1", "mlii" → "MLII"; else the text without "ECG"/"EKG"/"Lead".
std::string lead_name(std::string_view label);

// `wanted` in any spelling; empty: every ECG lead at the rate most of them have. Throws std::runtime_error in words when
// there is none, or one that is wanted is not there.
EcgFile ecg_from(const formats::WfdbRecord& record, const std::vector<std::string>& wanted = {});
EcgFile ecg_from(const record::EdfFile& file, const std::vector<std::string>& wanted = {});

// FILE: a WFDB record with or without `.hea` (or its `.dat`), `.edf`/`.bdf`, an exam's folder or export, an exam id in the
// record at `data` (empty: this station's). Throws std::exception in words.
EcgFile load_ecg(const std::string& file, const std::filesystem::path& data, const std::vector<std::string>& wanted = {});

}  // namespace caukham::cli
