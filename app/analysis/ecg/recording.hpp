// What every ECG function takes and what they agree on: channels of samples in µV at one rate, and beats by sample number.
// A view: the caller keeps the samples alive. Nothing here knows where they came from.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace caukham::analysis::ecg {

// One lead. `lead` in the field's spelling ("I", "aVR", "V1", "MLII"). A missing sample is NaN: a gap keeps its length.
struct Channel {
  std::string lead;
  std::span<const float> uv;
};

struct Recording {
  double fs_hz = 0;                // 100 … 4000, the same for all channels
  std::vector<Channel> channels;   // 1 … 64; all of the same length

  std::size_t samples() const { return channels.empty() ? 0 : channels.front().uv.size(); }
};

// What a beat is, in WFDB's annotation letters: 'N' as the others, 'V' premature ventricular shape, 'Q' cannot tell.
enum class BeatType : char { normal = 'N', ventricular = 'V', unclassified = 'Q' };

struct Beat {
  std::uint64_t sample = 0;  // of the R peak (largest deflection of the QRS), from the recording's first sample
  BeatType type = BeatType::normal;
};

}  // namespace caukham::analysis::ecg
