#include "devices/signals/wfdb.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "devices/formats/units.hpp"

namespace caukham::devices {
namespace {

constexpr std::size_t max_frames = 40'000'000;

std::string lower(std::string s) {
  for (char& c : s) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return s;
}

}  // namespace

EcgLoop wfdb_leads(const formats::WfdbRecord& record) {
  static constexpr std::array<const char*, ecg_leads> names = {"i", "ii", "v1", "v2", "v3", "v4", "v5", "v6"};
  const auto& signals = record.header.signals;
  std::array<std::size_t, ecg_leads> at{};
  for (std::size_t lead = 0; lead < ecg_leads; ++lead) {
    const auto found = std::find_if(signals.begin(), signals.end(),
                                    [&](const formats::WfdbSignal& s) { return lower(s.name) == names[lead]; });
    if (found == signals.end()) throw WfdbError(std::string("WFDB record has no lead ") + names[lead]);
    at[lead] = static_cast<std::size_t>(found - signals.begin());
    if (found->samples_per_frame != signals[at[0]].samples_per_frame)
      throw WfdbError("WFDB record: the eight leads have different rates");
  }
  std::size_t frames = max_frames + 1;
  for (const auto i : at) frames = std::min(frames, record.physical[i].size());
  if (frames == 0) throw WfdbError("WFDB record: a lead's file is missing or holds not one whole frame");
  if (frames > max_frames) throw WfdbError("WFDB record: longer than a loop may be");
  const double rate_hz = record.header.rate_hz * signals[at[0]].samples_per_frame;
  if (!(rate_hz >= 50)) throw WfdbError("WFDB record: sampled too slowly for an ECG");
  EcgLoop loop{static_cast<int>(std::lround(rate_hz)), std::vector<EcgLeads>(frames)};
  for (std::size_t lead = 0; lead < ecg_leads; ++lead) {
    const auto uv = static_cast<float>(formats::microvolts_per(signals[at[lead]].units).value_or(1000.0));  // WFDB's default: mV
    float last = 0;
    for (std::size_t i = 0; i < frames; ++i) {
      const float v = record.physical[at[lead]][i] * uv;
      if (std::isfinite(v)) last = v;
      loop.samples[i][lead] = last;
    }
  }
  return loop;
}

EcgLoop resample_loop(const EcgLoop& in, int rate_hz) {
  if (rate_hz < 1 || in.samples.empty() || in.rate_hz < 1) throw WfdbError("resample: empty loop or rate zero");
  EcgLoop out{rate_hz, {}};
  const double step = static_cast<double>(in.rate_hz) / rate_hz;
  const auto n = static_cast<std::size_t>(static_cast<double>(in.samples.size()) / step);
  const int taps = std::max(1, static_cast<int>(std::lround(step)));
  out.samples.resize(std::max<std::size_t>(n, 1));
  for (std::size_t i = 0; i < out.samples.size(); ++i) {
    const double pos = static_cast<double>(i) * step;
    const auto base = static_cast<std::uint64_t>(pos);
    const auto frac = static_cast<float>(pos - static_cast<double>(base));
    for (std::size_t lead = 0; lead < ecg_leads; ++lead) {
      float sum = 0;
      for (int t = 0; t < taps; ++t) {
        const auto k = base + static_cast<std::uint64_t>(t);
        sum += in.at(k)[lead] * (1 - frac) + in.at(k + 1)[lead] * frac;
      }
      out.samples[i][lead] = sum / static_cast<float>(taps);
    }
  }
  const auto fade = std::min<std::size_t>(static_cast<std::size_t>(rate_hz) / 4, out.samples.size() / 4);
  const std::size_t kept = out.samples.size() - fade;  // the last `fade` samples melt into the first ones
  for (std::size_t i = 0; i < fade; ++i) {
    const float part = static_cast<float>(i + 1) / static_cast<float>(fade + 1);
    for (std::size_t lead = 0; lead < ecg_leads; ++lead)
      out.samples[i][lead] = out.samples[i][lead] * part + out.samples[kept + i][lead] * (1 - part);
  }
  out.samples.resize(kept);
  return out;
}

}  // namespace caukham::devices
