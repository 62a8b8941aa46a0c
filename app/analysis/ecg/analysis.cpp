#include "analysis/ecg/analysis.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "analysis/ecg/detector.hpp"
#include "analysis/ecg/leads.hpp"
#include "analysis/ecg/measures.hpp"
#include "analysis/ecg/repeats.hpp"

namespace caukham::analysis::ecg {
namespace {

// How alike the beats must be to be heart beats. Measured: noise laid over itself by its peaks reaches 0.49
// (white) and 0.77 (slow, one lead, six "beats"), a heart in noise of half its size 0.75.
double least_likeness(std::size_t leads) { return leads < 3 ? 0.75 : 0.65; }
constexpr double remove_mains_from_uv = 10;   // ours: less moves no mark (least P wave marked: 18 µV)

void check(const Recording& r) {
  if (r.channels.empty() || r.samples() == 0)
    throw std::invalid_argument(tr_later("The recording is empty: there are no samples in it."));
  if (r.channels.size() > 64)
    throw std::invalid_argument(tr_later("The recording has more than 64 channels."));
  if (!(r.fs_hz >= 100 && r.fs_hz <= 4000))
    throw std::invalid_argument(tr_later("The sampling rate is not one of an ECG (100 to 4000 Hz)."));
  for (const auto& c : r.channels)
    if (c.uv.size() != r.samples())
      throw std::invalid_argument(tr_later("The recording's leads are not of the same length."));
}

std::vector<Beat> in_order(std::vector<Beat> beats, std::size_t samples) {
  std::erase_if(beats, [&](const Beat& b) { return b.sample >= samples; });
  std::sort(beats.begin(), beats.end(), [](const Beat& a, const Beat& b) { return a.sample < b.sample; });
  beats.erase(std::unique(beats.begin(), beats.end(),
                          [](const Beat& a, const Beat& b) { return a.sample == b.sample; }),
              beats.end());
  return beats;
}

// A lead's name is a key in the results: printable ASCII, and no two alike ("ECG", "ECG (2)").
Recording with_plain_names(Recording r) {
  std::vector<std::string> seen;
  for (auto& c : r.channels) {
    for (char& x : c.lead)
      if (x < 0x20 || x > 0x7e) x = '?';
    if (c.lead.empty()) c.lead = "unnamed";
    const std::string name = c.lead;
    for (int n = 2; std::find(seen.begin(), seen.end(), c.lead) != seen.end(); ++n)
      c.lead = name + " (" + std::to_string(n) + ")";
    seen.push_back(c.lead);
  }
  return r;
}

std::vector<bool> usable(const std::vector<LeadQuality>& quality) {
  std::vector<bool> out;
  for (const auto& q : quality) out.push_back(q.usable);
  return out;
}

bool any(const std::vector<bool>& v) { return std::find(v.begin(), v.end(), true) != v.end(); }

double qrs_peak_to_peak(const MedianBeat& m, std::size_t lead) {
  const auto& uv = m.leads[lead].uv;
  if (uv.empty()) return 0;
  const auto half = static_cast<std::size_t>(0.08 * m.fs_hz);
  const auto from = uv.begin() + static_cast<std::ptrdiff_t>(m.r_at - std::min(m.r_at, half));
  const auto to = uv.begin() + static_cast<std::ptrdiff_t>(std::min(uv.size(), m.r_at + half + 1));
  const auto [low, high] = std::minmax_element(from, to);
  return static_cast<double>(*high) - static_cast<double>(*low);
}

void everything_unknown(EcgAnalysis& a, const Sentence& why) {
  for (Measure* m : {&a.p_ms, &a.pr_ms, &a.qrs_ms, &a.qt_ms, &a.qtc_bazett_ms, &a.qtc_fridericia_ms,
                     &a.qtc_framingham_ms, &a.qtc_hodges_ms, &a.axis_deg, &a.p_axis_deg, &a.t_axis_deg})
    *m = Measure::unknown(why);
  a.st.clear();
  for (const auto& q : a.quality)
    a.st.push_back({q.lead, Measure::unknown(why), Measure::unknown(why), Measure::unknown(why)});
}

void rate(EcgAnalysis& a) {
  a.rhythm = rhythm(a.beats, a.fs_hz);
  const double rr = median_rr_s(a.beats, a.fs_hz);
  if (a.beats.size() < 3) {
    a.heart_rate_bpm = a.rr_s =
        Measure::unknown({tr_later("Fewer than three beats were found; record for longer."), {}});
  } else if (rr < 0.2 || rr > 4) {
    a.heart_rate_bpm = a.rr_s =
        Measure::unknown({tr_later("The beats found are not in a heart's time."), {}});
  } else {
    a.rr_s = Measure::of(rr);
    a.heart_rate_bpm = Measure::of(60 / rr);
  }
}

void no_beats(EcgAnalysis& a, const Sentence& why) {
  a.beats.clear();
  a.rhythm = rhythm(a.beats, a.fs_hz);
  a.heart_rate_bpm = a.rr_s = Measure::unknown(why);
  everything_unknown(a, why);
  for (auto& q : a.quality) {
    if (q.usable) q.reasons.push_back({tr_later("No heart beats can be found in it."), {}});
    q.usable = false;
  }
}

// A lead that is noise from beginning to end makes the beats unlike each other in all leads together. Those in which they
// repeat by themselves stay; false, and nothing changed, when there is none.
bool leave_hopeless_leads_out(EcgAnalysis& a, const Recording& recording, std::vector<bool>& good, const MedianOptions& how) {
  std::vector<bool> kept(good.size(), false);
  for (std::size_t l = 0; l < good.size(); ++l) {
    if (!good[l]) continue;
    std::vector<bool> alone(good.size(), false);
    alone[l] = true;
    kept[l] = median_beat(recording, a.beats, alone, how).likeness >= detail::likeness_alone;
  }
  if (kept == good || !any(kept)) return false;
  auto median = median_beat(recording, a.beats, kept, how);
  if (median.empty()) return false;
  for (std::size_t l = 0; l < good.size(); ++l)
    if (good[l] && !kept[l]) a.quality[l].usable = false, a.quality[l].reasons.push_back({tr_later("No heart beats can be found in it."), {}});
  a.median = std::move(median);
  good = std::move(kept);
  return true;
}

// Beats that are a heart's, but of which nothing more can be told.
bool only_beats(EcgAnalysis& a, const Recording& recording, const std::vector<bool>& good, const MedianOptions& how) {
  if (detail::repeat_in_slopes(a.beats, recording, good, how)) {
    const Sentence why{tr_later("Other waves are as large as the beats; some may have been taken for beats. Count on the trace."), {}};
    everything_unknown(a, why);
    a.heart_rate_bpm = a.rr_s = Measure::unknown(why);
    a.rhythm = rhythm({}, a.fs_hz);
    a.rhythm.beats = a.beats.size(), a.rhythm.reason = why.key;
    return true;
  }
  if (!detail::repeat_for_a_while(a.beats, recording, good, how)) return false;
  everything_unknown(a, {tr_later("The beats change their shape too often to be measured as one."), {}});
  return true;
}

}  // namespace

EcgAnalysis analyze(const Recording& given, const AnalyzeOptions& options) {
  check(given);
  const Completed completed(with_plain_names(given), options.electrodes_off);
  const Recording& recording = completed.recording();
  EcgAnalysis a;
  a.record = options.record;
  a.fs_hz = given.fs_hz;
  a.samples = given.samples();
  a.computed = completed.added();
  for (const auto& c : recording.channels) a.leads.push_back(c.lead);
  a.filter = options.filter;
  a.quality = measure_quality(recording, options.limits);

  // A long recording whose leads are out for much of the time still has the beats of the rest, but nothing is measured on it.
  Sentence why{tr_later("No lead can be used."), {}};
  const bool measurable = any(usable(a.quality));
  if (options.beats) {
    a.beats = in_order(*options.beats, a.samples);
  } else {
    // Computed leads tell the detector nothing new.
    Recording measured = recording;
    measured.channels.resize(given.channels.size());
    a.beats = detect_beats(measured);
  }
  if (a.beats.empty()) {
    no_beats(a, measurable ? Sentence{tr_later("No heart beats can be found."), {}} : why);
    return a;
  }
  rate(a);
  a.rhythm = rhythm(a.beats, a.fs_hz, gaps(recording));

  MedianOptions how;
  for (const auto& q : a.quality)
    if (q.usable && q.mains_uv > remove_mains_from_uv) how.mains_hz = q.mains_hz;
  auto good = measurable ? usable(a.quality) : std::vector<bool>(a.quality.size(), true);
  a.median = median_beat(recording, a.beats, good, how);
  if (a.median.empty()) {
    if (measurable) everything_unknown(a, a.median.reason);
    else no_beats(a, why);
    return a;
  }
  if (a.median.likeness < least_likeness(static_cast<std::size_t>(std::count(good.begin(), good.end(), true))) &&
      !leave_hopeless_leads_out(a, recording, good, how)) {
    a.median = {};
    if (measurable && only_beats(a, recording, good, how)) return a;
    no_beats(a, measurable ? Sentence{tr_later("What was found does not repeat like heart beats do: it is noise."), {}} : why);
    return a;
  }
  if (!detail::steep(a.median, good)) {
    a.median = {};
    no_beats(a, {tr_later("Only slow waves are seen, no QRS complexes."), {}});
    return a;
  }
  if (!measurable) {
    a.median = {};
    everything_unknown(a, why);
    return a;
  }
  const auto connected = good;
  for (std::size_t l = 0; l < a.quality.size(); ++l)
    if (a.quality[l].usable) judge(a.quality[l], qrs_peak_to_peak(a.median, l), options.limits);
  // The leads that fell through have had a say in aligning: once more without them.
  if (const auto judged = usable(a.quality); judged != good && any(judged))
    a.median = median_beat(recording, a.beats, judged, how);
  good = usable(a.quality);
  if (how.mains_hz > 0) a.treated.push_back({tr_later("{0} subtracted from the beats"), {number(how.mains_hz, 0) + " Hz"}});
  a.treated.push_back({tr_later("baseline by PR segments"), {}});
  if (!any(good) || a.median.empty()) {
    everything_unknown(a, a.median.empty() ? a.median.reason : why);
    return a;
  }
  a.marks = delineate(a.median, good);
  // A lead in which the QRS is small because the axis stands upright on it is unfit to be read, but not for the axis.
  measure(a, connected);
  a.hints = reversal_hints(a.median, a.marks, good);
  return a;
}

}  // namespace caukham::analysis::ecg
