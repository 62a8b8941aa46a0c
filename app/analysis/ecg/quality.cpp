#include "analysis/ecg/quality.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <span>

namespace caukham::analysis::ecg {
namespace {

constexpr std::size_t most_spectral_blocks = 60;  // ours: a minute tells the mains as well as an hour
constexpr std::array<double, 5> line_hz = {45, 50, 55, 60,
                                           65};  // mains, and their neighbours: what the QRS has there
constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

double quantile(std::vector<double> v, double part) {
  if (v.empty()) return unknown;
  const auto at = v.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(v.size() - 1) + 0.5);
  std::nth_element(v.begin(), at, v.end());
  return *at;
}

struct Block {
  std::size_t from, length, missing;
  float low, high;
  double mean;
};

Block look(std::span<const float> uv, std::size_t from, std::size_t length) {
  Block b{from, length, 0, std::numeric_limits<float>::max(), std::numeric_limits<float>::lowest(), 0};
  double sum = 0;
  for (float v : uv.subspan(from, length)) {
    if (!std::isfinite(v)) {
      ++b.missing;
      continue;
    }
    sum += static_cast<double>(v);
    b.low = std::min(b.low, v);
    b.high = std::max(b.high, v);
  }
  if (b.missing < length) b.mean = sum / static_cast<double>(length - b.missing);
  return b;
}

// Samples in runs of at least `least` that stay exactly at `value`.
std::size_t plateau(std::span<const float> uv, float value, std::size_t least) {
  std::size_t total = 0, run = 0;
  for (float v : uv) {
    if (v == value) {
      ++run;
      continue;
    }
    if (run >= least) total += run;
    run = 0;
  }
  return run >= least ? total + run : total;
}

struct Tables {
  std::array<std::vector<float>, line_hz.size()> sin, cos;
  std::size_t length;
  Tables(double fs, std::size_t n) : length(n) {
    for (std::size_t f = 0; f < line_hz.size(); ++f)
      for (std::size_t i = 0; i < n; ++i) {
        const double a = 2 * std::numbers::pi * line_hz[f] * static_cast<double>(i) / fs;
        sin[f].push_back(static_cast<float>(std::sin(a)));
        cos[f].push_back(static_cast<float>(std::cos(a)));
      }
  }
};

// Squared amplitude of each line in a block without holes.
std::array<double, line_hz.size()> lines(std::span<const float> uv, double mean, const Tables& t) {
  std::array<double, line_hz.size()> out{};
  for (std::size_t f = 0; f < line_hz.size(); ++f) {
    double s = 0, c = 0;
    for (std::size_t i = 0; i < t.length; ++i) {
      const double v = static_cast<double>(uv[i]) - mean;
      s += v * static_cast<double>(t.sin[f][i]);
      c += v * static_cast<double>(t.cos[f][i]);
    }
    const double n = static_cast<double>(t.length) / 2;
    out[f] = (s * s + c * c) / (n * n);
  }
  return out;
}

// Root mean square of x(t) - (x(t - 4 ms) + x(t + 4 ms))/2 in the quieter part of a block (pieces of 40 ms,
// two periods of 50 Hz; the 30 % quantile, so that QRS complexes do not count). White noise of deviation 1
// gives sqrt(1.5).
double roughness(std::span<const float> uv, double fs) {
  const auto k = std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(0.004 * fs)));
  const auto piece = std::max<std::size_t>(4, static_cast<std::size_t>(std::lround(0.040 * fs)));
  std::vector<double> rms;
  for (std::size_t i = k; i + piece + k <= uv.size(); i += piece) {
    double sum = 0;
    for (std::size_t j = i; j < i + piece; ++j) {
      const double d =
          static_cast<double>(uv[j]) - (static_cast<double>(uv[j - k]) + static_cast<double>(uv[j + k])) / 2;
      sum += d * d;
    }
    rms.push_back(std::sqrt(sum / static_cast<double>(piece)));
  }
  return quantile(std::move(rms), 0.3);
}

void spectral(LeadQuality& q, std::span<const float> uv, double fs, const std::vector<Block>& good,
              const Tables& tables) {
  if (good.empty() || tables.length == 0) {
    q.mains_uv = q.noise_uv = unknown;
    return;
  }
  const bool has50 = fs >= 125, has60 = fs >= 150;
  std::vector<double> at50, at60, rough;
  const std::size_t count = std::min(most_spectral_blocks, good.size());
  for (std::size_t b = 0; b < count; ++b) {
    const auto& block = good[b * good.size() / count];
    const auto part = uv.subspan(block.from, block.length);
    const auto power = lines(part, block.mean, tables);
    at50.push_back(std::sqrt(std::max(0.0, power[1] - (power[0] + power[2]) / 2)));
    at60.push_back(std::sqrt(std::max(0.0, power[3] - (power[2] + power[4]) / 2)));
    rough.push_back(roughness(part, fs));
  }
  const double a50 = has50 ? quantile(at50, 0.5) : 0, a60 = has60 ? quantile(at60, 0.5) : 0;
  q.mains_uv = std::max(a50, a60);
  q.mains_hz = q.mains_uv <= 0 ? 0 : a60 > a50 ? 60 : 50;
  const double k_s = std::max(1.0, std::round(0.004 * fs)) / fs;
  const double gain = 1 - std::cos(2 * std::numbers::pi * (q.mains_hz > 0 ? q.mains_hz : 50) * k_s);
  const double r = quantile(std::move(rough), 0.5);
  q.noise_uv = std::sqrt(std::max(0.0, r * r - q.mains_uv * q.mains_uv * gain * gain / 2) / 1.5);
}

std::string percent(double part) { return number(100 * part, part < 0.1 ? 1 : 0); }
std::string millivolt(double uv) { return number(uv / 1000, 2); }

void reasons(LeadQuality& q, const QualityLimits& l) {
  q.usable = true;
  const auto say = [&q](bool bad, const char* words, std::vector<std::string> values) {
    q.reasons.push_back({words, std::move(values)});
    if (bad) q.usable = false;
  };
  if (q.missing_part >= l.note_missing_part)
    say(q.missing_part >= l.bad_missing_part, tr_later("{0} % of the samples are missing."),
        {percent(q.missing_part)});
  if (q.flat_part >= l.bad_flat_part && q.missing_part < 1)
    say(true, tr_later("No signal {0} % of the time: the electrode may be off."), {percent(q.flat_part)});
  if (q.rail_part >= l.note_rail_part)
    say(q.rail_part >= l.bad_rail_part, tr_later("The signal is at the amplifier's limit {0} % of the time."),
        {percent(q.rail_part)});
  if (q.wander_uv >= l.note_wander_uv)
    say(false, tr_later("The baseline wanders by {0} mV: ask the patient to lie still."),
        {millivolt(q.wander_uv)});
  if (q.mains_uv >= l.note_mains_uv)
    say(false, tr_later("Mains hum of {0} mV at {1} Hz: check the electrodes and move cables away."),
        {millivolt(q.mains_uv), number(q.mains_hz, 0)});
  if (q.noise_uv >= l.note_noise_uv)
    say(false, tr_later("Muscle noise of {0} mV: ask the patient to relax."), {millivolt(q.noise_uv)});
}

}  // namespace

std::vector<LeadQuality> measure_quality(const Recording& recording, const QualityLimits& limits) {
  const double fs = recording.fs_hz;
  const std::size_t n = recording.samples(), second = static_cast<std::size_t>(std::lround(fs));
  // A recording shorter than a second is one block; lines need a fifth of a second, to tell 45 from 50 Hz.
  const std::size_t length = std::max<std::size_t>(1, std::min(second, n));
  const auto fifth = static_cast<std::size_t>(std::lround(fs / 5));
  const Tables tables(fs, length < fifth ? 0 : length / fifth * fifth);
  std::vector<LeadQuality> out;
  for (const auto& channel : recording.channels) {
    LeadQuality q;
    q.lead = channel.lead;
    std::vector<Block> blocks, good;
    float low = std::numeric_limits<float>::max(), high = std::numeric_limits<float>::lowest();
    std::size_t missing = 0, flat = 0, looked_at = 0;
    std::vector<double> means;
    for (std::size_t from = 0; from < n; from += length) {
      const auto b = look(channel.uv, from, std::min(length, n - from));
      missing += b.missing;
      looked_at += b.length;
      if (b.missing == b.length) continue;
      low = std::min(low, b.low);
      high = std::max(high, b.high);
      blocks.push_back(b);
      const bool is_flat = static_cast<double>(b.high) - static_cast<double>(b.low) < limits.flat_uv;
      if (is_flat) flat += b.length;
      if (b.length == length) means.push_back(b.mean);
      if (!is_flat && b.missing == 0 && b.length == length) good.push_back(b);
    }
    const auto whole = static_cast<double>(std::max<std::size_t>(1, looked_at));
    q.missing_part = looked_at ? static_cast<double>(missing) / whole : 1;
    q.flat_part = static_cast<double>(flat) / whole;
    if (!good.empty()) {
      const auto least = std::max<std::size_t>(4, static_cast<std::size_t>(0.004 * fs));
      std::size_t stuck = 0;
      // A quiet baseline below upright waves is the smallest value too: a rail is far from the usual level.
      const double usual = quantile(means, 0.5),
                   far = 0.25 * (static_cast<double>(high) - static_cast<double>(low));
      const bool top = static_cast<double>(high) - usual > far,
                 bottom = usual - static_cast<double>(low) > far;
      for (const auto& b : blocks) {
        const auto part = channel.uv.subspan(b.from, b.length);
        if (b.low == high) continue;  // the whole block is there, and counted as flat
        if (top && b.high == high) stuck += plateau(part, high, least);
        if (bottom && b.low == low) stuck += plateau(part, low, least);
      }
      q.rail_part = static_cast<double>(stuck) / whole;
      q.wander_uv = quantile(means, 0.95) - quantile(means, 0.05);
    }
    spectral(q, channel.uv, fs, good, tables);
    reasons(q, limits);
    if (good.empty() && q.usable) {
      q.usable = false;
      q.reasons.push_back(
          {tr_later("There is no stretch without holes that is long enough to be read."), {}});
    }
    out.push_back(std::move(q));
  }
  return out;
}

void judge(LeadQuality& q, double qrs_uv, const QualityLimits& limits) {
  q.qrs_uv = qrs_uv;
  if (qrs_uv < limits.min_qrs_uv) {
    q.usable = false;
    q.reasons.push_back({tr_later("The QRS is too small to be read: {0} mV."), {millivolt(qrs_uv)}});
    return;
  }
  if (qrs_uv > limits.max_qrs_uv) {
    q.usable = false;
    q.reasons.push_back({tr_later("A QRS of {0} mV is no heart's: are the recording's gain and unit right?"), {millivolt(qrs_uv)}});
    return;
  }
  if (q.mains_uv > limits.bad_mains_part * qrs_uv || q.noise_uv > limits.bad_noise_part * qrs_uv) {
    q.usable = false;
    q.reasons.push_back({tr_later("The disturbance is too large for a QRS of {0} mV."), {millivolt(qrs_uv)}});
  }
}

}  // namespace caukham::analysis::ecg
