#include "tests/lib/ecg_cases.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "analysis/leads.hpp"
#include "devices/signals/ecgsyn.hpp"
#include "devices/signals/random.hpp"

namespace caukham::tests {
namespace {

using analysis::ecg::Beat;
using analysis::ecg::BeatType;
using devices::Random;
constexpr double pi = std::numbers::pi;

struct Wave {
  double at_s, sigma_s, first_uv, second_uv;
  bool qrs;
};
using Shape = std::vector<Wave>;

// Times from the R peak. T after Bazett-like shortening is left to `rr`.
Shape normal(double rr_s) {
  const double t = 0.30 * std::sqrt(std::min(rr_s, 1.2));
  return {{-0.16, 0.022, 110, 60, false},
          {-0.026, 0.008, -90, 60, true},
          {0, 0.011, 1150, 150, true},
          {0.028, 0.010, -220, -850, true},
          {t, 0.045, 260, 120, false}};
}
Shape ventricular(int form) {
  if (form == 1)
    return {
        {-0.02, 0.030, -1300, 700, true}, {0.045, 0.028, 350, -300, true}, {0.30, 0.060, 420, -260, false}};
  if (form == 2)
    return {
        {-0.035, 0.026, 300, -200, true}, {0.01, 0.034, 900, 1100, true}, {0.28, 0.06, -300, -280, false}};
  return {
      {-0.015, 0.030, 1500, -900, true}, {0.055, 0.028, -600, 500, true}, {0.29, 0.065, -480, 320, false}};
}
Shape scaled(Shape s, double by) {
  for (auto& w : s) w.first_uv *= by, w.second_uv *= by;
  return s;
}

struct Planned {
  double at_s;
  Shape shape;
  BeatType type;
};

double gauss(double x, double sigma) { return std::exp(-0.5 * x * x / (sigma * sigma)); }

std::vector<Planned> plan(Hard kind, double seconds, Random& random) {
  std::vector<Planned> out;
  double t = 0.5;
  int i = 0, run = 0;
  double rr = 60.0 / 72;
  while (t < seconds) {
    ++i;
    const double jitter = 1 + 0.03 * random.normal();
    Shape shape = normal(rr);
    BeatType type = BeatType::normal;
    double next = 60.0 / 72 * jitter;
    const auto premature = [&](int form, double by) {
      shape = scaled(ventricular(form), by);
      type = BeatType::ventricular;
    };
    switch (kind) {
      case Hard::sinus:
        break;
      case Hard::pvc:
        if (i % 4 == 3) next = 0.48 + 0.06 * random.uniform();
        if (i % 4 == 0) premature(0, 1), next = 1.15;
        break;
      case Hard::couplets:
        if (i % 7 == 4) next = 0.46;
        if (i % 7 == 5) premature(static_cast<int>(random.below(3)), 1), next = 0.30;
        if (i % 7 == 6) premature(static_cast<int>(random.below(3)), 0.9), next = 1.1;
        break;
      case Hard::bigeminy:
        if (i % 2) next = 0.50;
        else premature(0, 2.2), next = 1.1;
        break;
      case Hard::fibrillation:
        next = std::clamp(0.62 + 0.18 * random.normal(), 0.36, 1.3);
        shape.erase(shape.begin());
        break;
      case Hard::pauses:
        if (i % 9 == 0) next = 3 + 3 * random.uniform();
        break;
      case Hard::tall_t:
        shape = {{-0.16, 0.022, 90, 40, false},
                 {0, 0.010, 800, 200, true},
                 {0.028, 0.010, -150, -500, true},
                 {0.29, 0.050, 1000, 800, false}};
        break;
      case Hard::low_r_tall_p:
        shape = {{-0.17, 0.028, 250, 90, false},
                 {0, 0.013, 250, 120, true},
                 {0.03, 0.012, -120, -420, true},
                 {0.30, 0.05, 130, 80, false}};
        break;
      case Hard::tiny_first:
        for (auto& w : shape) w.first_uv *= 0.09;
        break;
      case Hard::paced:
        shape = {{-0.11, 0.0012, 1800, 900, false},
                 {-0.03, 0.030, -300, 150, true},
                 {0.02, 0.034, 900, -700, true},
                 {0.31, 0.060, -350, 250, false}};
        next = 60.0 / 70 * (1 + 0.001 * random.normal());
        break;
      case Hard::halves:
        if (t > seconds / 2) shape = scaled(shape, 0.5);
        break;
      case Hard::bundle_block:
        shape = {{-0.16, 0.022, 110, 60, false},
                 {-0.03, 0.018, 650, -200, true},
                 {0.025, 0.022, 850, -1000, true},
                 {0.31, 0.055, -300, 400, false}};
        break;
      case Hard::fast:
        next = 60.0 / 190 * (1 + 0.01 * random.normal());
        rr = 60.0 / 190;
        break;
      case Hard::slow:
        next = 2.0 * jitter;
        break;
      case Hard::vt_runs:
        if (run > 0) premature(0, 1), next = --run ? 60.0 / 170 : 1.1;
        else if (i % 15 == 0) run = 10, next = 0.40;
        break;
    }
    out.push_back({t, shape, type});
    t += next;
  }
  return out;
}

// Where the first lead's QRS waves reach furthest from the baseline, s from the nominal peak.
double peak_of(const Shape& shape) {
  double best = -1, at = 0;
  for (double x = -0.12; x <= 0.12; x += 0.0005) {
    double v = 0;
    for (const auto& w : shape)
      if (w.qrs) v += w.first_uv * gauss(x - w.at_s, w.sigma_s);
    if (std::abs(v) > best) best = std::abs(v), at = x;
  }
  return at;
}

}  // namespace

analysis::ecg::Recording EcgCase::view() const {
  analysis::ecg::Recording r;
  r.fs_hz = fs_hz;
  for (std::size_t c = 0; c < uv.size(); ++c) r.channels.push_back({leads[c], uv[c]});
  return r;
}

EcgCase ecgsyn_case(double fs_hz, double seconds, double bpm, std::uint64_t seed, bool twelve) {
  devices::EcgSynParams p;
  p.heart_rate_bpm = bpm;
  p.heart_rate_std_bpm = 0.03 * bpm;
  p.seed = seed;
  p.beats = std::clamp(static_cast<int>(seconds * bpm / 60) + 2, 8, 1024);
  const int rate = static_cast<int>(fs_hz);
  const auto loop = devices::ecgsyn(rate, p);
  const auto peaks = devices::ecgsyn_r_peaks(rate, p);
  const auto n = static_cast<std::size_t>(seconds * fs_hz);
  EcgCase out;
  out.fs_hz = fs_hz;
  constexpr const char* eight[] = {"I", "II", "V1", "V2", "V3", "V4", "V5", "V6"};
  for (std::size_t c = 0; c < (twelve ? 12 : 8); ++c)
    out.leads.emplace_back(twelve ? analysis::lead_names[c] : eight[c]);
  out.uv.assign(out.leads.size(), std::vector<float>(n));
  for (std::size_t i = 0; i < n; ++i) {
    const auto& s = loop.at(i);
    if (twelve) {
      const auto all = analysis::twelve_leads<float>(std::span<const float, 8>(s));
      for (std::size_t c = 0; c < 12; ++c) out.uv[c][i] = all[c];
    } else {
      for (std::size_t c = 0; c < 8; ++c) out.uv[c][i] = s[c];
    }
  }
  for (std::size_t turn = 0; turn * loop.samples.size() < n; ++turn)
    for (auto p0 : peaks)
      if (p0 + turn * loop.samples.size() < n)
        out.truth.push_back({p0 + turn * loop.samples.size(), BeatType::normal});
  return out;
}

const char* name(Hard kind) {
  constexpr const char* names[] = {
      "sinus",  "pvc",           "couplets",        "bigeminy", "fibrillation", "pauses",
      "tall T", "low R, tall P", "tiny first lead", "paced",    "halves",       "bundle block",
      "fast",   "slow",          "VT runs"};
  return names[static_cast<int>(kind)];
}

EcgCase hard_case(Hard kind, double fs_hz, double seconds, std::uint64_t seed) {
  Random random(seed * 1000 + static_cast<std::uint64_t>(kind));
  const auto beats = plan(kind, seconds, random);
  const auto n = static_cast<std::size_t>(seconds * fs_hz);
  EcgCase out;
  out.fs_hz = fs_hz;
  out.leads = {"MLII", "V1"};
  out.uv.assign(2, std::vector<float>(n, 0.0f));
  for (const auto& b : beats) {
    const double breath = 1 + 0.08 * std::sin(2 * pi * 0.27 * b.at_s),
                 each = breath * (1 + 0.04 * random.normal());
    for (const auto& w : b.shape) {
      const double reach = std::max(5 * w.sigma_s, 0.01), centre = b.at_s + w.at_s;
      const auto from = static_cast<std::ptrdiff_t>(std::max(0.0, std::ceil((centre - reach) * fs_hz)));
      const auto to =
          std::min(static_cast<std::ptrdiff_t>(n), static_cast<std::ptrdiff_t>((centre + reach) * fs_hz) + 1);
      for (auto i = from; i < to; ++i) {
        const double g = gauss(static_cast<double>(i) / fs_hz - centre, w.sigma_s) * each;
        out.uv[0][static_cast<std::size_t>(i)] += static_cast<float>(g * w.first_uv);
        out.uv[1][static_cast<std::size_t>(i)] += static_cast<float>(g * w.second_uv);
      }
    }
    const double peak = (b.at_s + peak_of(b.shape)) * fs_hz;
    if (peak >= 0 && peak + 0.5 < static_cast<double>(n))
      out.truth.push_back({static_cast<std::uint64_t>(peak + 0.5), b.type});
  }
  const double wander_uv = kind == Hard::low_r_tall_p ? 400 : 60;
  for (std::size_t i = 0; i < n; ++i) {
    const double t = static_cast<double>(i) / fs_hz;
    const double f_wave =
        kind == Hard::fibrillation ? 70 * std::sin(2 * pi * (6.2 * t + 0.8 * std::sin(2 * pi * 0.4 * t))) : 0;
    const double wander = wander_uv * std::sin(2 * pi * 0.27 * t);
    out.uv[0][i] += static_cast<float>(f_wave + wander + 6 * random.normal());
    out.uv[1][i] += static_cast<float>(1.4 * f_wave + 0.5 * wander + 6 * random.normal());
  }
  return out;
}

const char* name(Noise kind) {
  constexpr const char* names[] = {"wander", "muscle", "motion", "mains"};
  return names[static_cast<int>(kind)];
}

std::vector<float> noise(Noise kind, double fs_hz, std::size_t count, std::uint64_t seed) {
  Random random(seed * 77 + static_cast<std::uint64_t>(kind));
  std::vector<double> v(count, 0.0);
  switch (kind) {
    case Noise::wander:  // breathing and drift, 0.05 … 0.5 Hz
      for (int line = 0; line < 12; ++line) {
        const double hz = 0.05 + 0.45 * random.uniform(), phase = 2 * pi * random.uniform(),
                     a = 1 / (0.2 + hz);
        for (std::size_t i = 0; i < count; ++i)
          v[i] += a * std::sin(2 * pi * hz * static_cast<double>(i) / fs_hz + phase);
      }
      break;
    case Noise::muscle: {  // white above some 15 Hz, in bursts of strength
      double low = 0, strength = 1;
      const double k = 1 - std::exp(-2 * pi * 15 / fs_hz);
      for (std::size_t i = 0; i < count; ++i) {
        const double x = random.normal() / std::sqrt(500 / fs_hz);
        low += k * (x - low);
        strength += (0.3 + 1.4 * random.uniform() - strength) * 2 / fs_hz;
        v[i] = (x - low) * strength;
      }
      break;
    }
    case Noise::motion: {  // an electrode that moves: steps that fade, and a 1 … 8 Hz rumble between them
      double step = 0, rumble = 0, smooth = 0;
      for (std::size_t i = 0; i < count; ++i) {
        if (random.uniform() < 1.2 / fs_hz) step += 2.0 * random.normal();
        step *= std::exp(-1 / (0.35 * fs_hz));
        rumble += (-rumble * 2 * pi * 1.5 + 12 * random.normal() * std::sqrt(fs_hz)) / fs_hz;
        smooth += (step + 0.5 * rumble - smooth) * (1 - std::exp(-2 * pi * 12 / fs_hz));
        v[i] = smooth;
      }
      break;
    }
    case Noise::mains:
      for (std::size_t i = 0; i < count; ++i)
        v[i] = std::sin(2 * pi * 50.02 * static_cast<double>(i) / fs_hz + 1);
      break;
  }
  double power = 0;
  for (double x : v) power += x * x;
  const double scale = power > 0 ? 1 / std::sqrt(power / static_cast<double>(count)) : 0;
  std::vector<float> out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<float>(v[i] * scale);
  return out;
}

double qrs_peak_to_peak_uv(const EcgCase& ecg, std::size_t lead) {
  const auto half = static_cast<std::size_t>(0.05 * ecg.fs_hz);
  std::vector<double> all;
  for (const auto& b : ecg.truth) {
    if (b.sample < half || b.sample + half >= ecg.samples()) continue;
    const auto at = ecg.uv[lead].begin() + static_cast<std::ptrdiff_t>(b.sample);
    const auto [low, high] = std::minmax_element(at - static_cast<std::ptrdiff_t>(half),
                                                 at + static_cast<std::ptrdiff_t>(half) + 1);
    all.push_back(static_cast<double>(*high) - static_cast<double>(*low));
  }
  std::sort(all.begin(), all.end());  // nst leaves out the 5 % at each end
  const std::size_t cut = all.size() / 20;
  double sum = 0;
  for (std::size_t i = cut; i + cut < all.size(); ++i) sum += all[i];
  return all.empty() ? 0 : sum / static_cast<double>(all.size() - 2 * cut);
}

void add_noise(EcgCase& ecg, std::size_t lead, Noise kind, double snr_db, std::uint64_t seed) {
  const double pp = qrs_peak_to_peak_uv(ecg, lead);
  const double rms = std::sqrt(pp * pp / 8 / std::pow(10, snr_db / 10));
  const auto v = noise(kind, ecg.fs_hz, ecg.samples(), seed + 31 * lead);
  for (std::size_t i = 0; i < v.size(); ++i) ecg.uv[lead][i] += static_cast<float>(rms) * v[i];
}

void add_noise(EcgCase& ecg, Noise kind, double snr_db, std::uint64_t seed) {
  for (std::size_t c = 0; c < ecg.uv.size(); ++c) add_noise(ecg, c, kind, snr_db, seed);
}

Score compare(const EcgCase& ecg, const std::vector<std::uint64_t>& found, double window_s, double skip_s) {
  const double from = skip_s * ecg.fs_hz, to = static_cast<double>(ecg.samples()) - skip_s * ecg.fs_hz;
  const double window = window_s * ecg.fs_hz;
  Score score;
  std::vector<double> errors;
  std::vector<bool> used(found.size(), false);
  const auto inside = [&](std::uint64_t s) {
    return static_cast<double>(s) >= from && static_cast<double>(s) < to;
  };
  for (const auto& b : ecg.truth) {
    double best = window + 1;
    std::size_t at = found.size();
    auto i = static_cast<std::size_t>(
        std::lower_bound(found.begin(), found.end(),
                         b.sample > window ? b.sample - static_cast<std::uint64_t>(window) : 0) -
        found.begin());
    for (; i < found.size() && static_cast<double>(found[i]) <= static_cast<double>(b.sample) + window; ++i) {
      const double d = std::abs(static_cast<double>(found[i]) - static_cast<double>(b.sample));
      if (!used[i] && d < best) best = d, at = i;
    }
    if (at < found.size()) used[at] = true;
    if (!inside(b.sample)) continue;
    ++score.truth;
    if (at < found.size()) {
      ++score.matched;
      errors.push_back(best * 1000 / ecg.fs_hz);
    } else {
      ++score.missed;
    }
  }
  for (std::size_t i = 0; i < found.size(); ++i) score.extra += !used[i] && inside(found[i]);
  if (!errors.empty()) {
    std::sort(errors.begin(), errors.end());
    score.median_error_ms = errors[errors.size() / 2];
    score.worst_error_ms = errors.back();
  }
  return score;
}

Score compare(const EcgCase& ecg, const std::vector<Beat>& found, double window_s, double skip_s) {
  std::vector<std::uint64_t> samples;
  for (const auto& b : found) samples.push_back(b.sample);
  return compare(ecg, samples, window_s, skip_s);
}

}  // namespace caukham::tests
