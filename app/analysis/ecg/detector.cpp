// Sources: band and window lengths after Elgendi (PLoS ONE 2013;8:e73557) and Hamilton (Open Source ECG
// Analysis, Comput Cardiol 2002;29:101); refractory time, T wave rule, noise-dependent threshold and search
// back after Pan and Tompkins (IEEE TBME 1985;32:230). Weighting of leads, the choice of a whole chain of
// beats at once and the use of the beats' own families are ours (choose.cpp, choose_again.cpp).
#include "analysis/ecg/detector.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "analysis/ecg/choose.hpp"
#include "analysis/ecg/choose_again.hpp"
#include "analysis/ecg/classify.hpp"
#include "analysis/ecg/feature.hpp"
#include "analysis/ecg/fiducial.hpp"
#include "analysis/ecg/shapes.hpp"

namespace caukham::analysis::ecg {
namespace {

using namespace detail;

// Ours: a threshold that noise has raised by half (choose.cpp begins at 0.26); between beats the feature is then at a tenth
// of a QRS.
constexpr float noisy_threshold = 0.40f;

std::string refuse(const Recording& r) {
  if (r.channels.empty()) return "the recording has no channels";
  if (r.channels.size() > 64) return "the recording has more than 64 channels";
  if (!(r.fs_hz >= 100 && r.fs_hz <= 4000)) return "the sampling rate is outside 100 to 4000 a second";
  for (const auto& c : r.channels)
    if (c.uv.size() != r.samples()) return "the channels are not of the same length";
  if (static_cast<double>(r.samples()) < 2 * r.fs_hz) return "the recording is shorter than 2 seconds";
  return {};
}

// Heights from the beats themselves instead of 2 s maxima.
void learn_heights(std::vector<Lead>& leads, const std::vector<Candidate>& all,
                   const std::vector<std::size_t>& chosen, const Clock& clock) {
  if (chosen.size() < 5) return;
  const std::size_t block = clock.ticks(1.0), reach = clock.ticks(8), near = clock.ticks(0.04);
  std::vector<float> values;
  for (auto& lead : leads) {
    std::vector<float> at(chosen.size());
    for (std::size_t k = 0; k < chosen.size(); ++k) {
      const std::size_t t = all[chosen[k]].tick;
      for (std::size_t i = t > near ? t - near : 0; i <= std::min(lead.feature.size() - 1, t + near); ++i)
        at[k] = std::max(at[k], lead.feature[i]);
    }
    std::size_t from = 0;
    for (std::size_t b = 0; b < lead.blocks.size(); ++b) {
      auto& here = lead.blocks[b];
      if (here.height <= 0) continue;
      const std::size_t centre = b * block + block / 2;
      while (from + 1 < chosen.size() && all[chosen[from]].tick + reach < centre) ++from;
      values.clear();
      for (std::size_t k = from; k < chosen.size() && all[chosen[k]].tick < centre + reach; ++k)
        if (at[k] > 0) values.push_back(at[k]);
      if (values.size() < 4) continue;
      std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                       values.end());
      here.height = std::max(values[values.size() / 2], 0.25f * here.height);
    }
  }
}

}  // namespace

Detection detect(const Recording& recording, const DetectOptions& options) {
  Detection out;
  out.lead_weight.assign(recording.channels.size(), 0);
  out.reason = refuse(recording);
  if (!out.reason.empty()) return out;
  const Clock clock(recording.fs_hz);
  std::vector<Lead> leads;
  for (const auto& c : recording.channels) leads.push_back(make_lead(c, clock));

  Fused fused = fuse(leads, clock);
  auto all = candidates(fused, leads, clock);
  auto chosen = choose(all, fused, clock);
  for (int pass = 0; pass < 2 && !chosen.empty(); ++pass) {
    learn_heights(leads, all, chosen, clock);
    fused = fuse(leads, clock);
    const auto before = std::exchange(all, candidates(fused, leads, clock));
    chosen = choose_again(before, chosen, all, fused, leads, clock);
  }
  std::vector<std::size_t> ticks;
  std::vector<std::uint8_t> noisy;
  for (auto k : chosen) ticks.push_back(all[k].tick), noisy.push_back(all[k].threshold > noisy_threshold);
  Shapes shapes(leads, clock);
  std::vector<Shapes::Match> families;
  for (auto t : ticks) shapes.add(t);  // twice: the first complexes join families that were not yet there
  for (auto t : ticks) families.push_back(shapes.match(t));
  const auto samples = place(recording, leads, clock, ticks, families, shapes.families.size());
  // Marks of two near beats of unlike shapes may meet; then they are one beat.
  std::size_t kept = 0;
  for (std::size_t k = 0; k < samples.size(); ++k) {
    if (kept > 0 && samples[k] <= out.beats.back().sample) continue;
    out.beats.push_back({samples[k], BeatType::unclassified});
    ticks[kept] = ticks[k], noisy[kept] = noisy[k];
    families[kept++] = families[k];
  }
  ticks.resize(kept);
  noisy.resize(kept);
  families.resize(kept);
  if (options.classify) classify(shapes, families, leads, clock, ticks, noisy, out.beats);
  double total = 0;
  for (std::size_t l = 0; l < leads.size(); ++l) {
    for (const auto& b : leads[l].blocks) out.lead_weight[l] += b.weight;
    total += static_cast<double>(out.lead_weight[l]);
  }
  for (float& w : out.lead_weight) w = total > 0 ? w / static_cast<float>(total) : 0;
  std::size_t unusable = 0;
  for (std::size_t b = 0; b < fused.quality.size(); ++b) {
    const auto in_block = [&](std::size_t t) { return t / clock.ticks(1.0) == b; };
    unusable +=
        fused.quality[b] <= 0 || (!fused.readable[b] && std::none_of(ticks.begin(), ticks.end(), in_block));
  }
  out.unusable_part = static_cast<double>(unusable) / static_cast<double>(fused.quality.size());
  const bool flat = std::all_of(fused.quality.begin(), fused.quality.end(), [](float q) { return q <= 0; });
  if (out.beats.empty())
    out.reason = flat ? "no lead carries a signal" : "nothing stands clear of the noise as a heartbeat";
  return out;
}

std::vector<Beat> detect_beats(const Recording& recording, const DetectOptions& options) {
  return detect(recording, options).beats;
}

}  // namespace caukham::analysis::ecg
