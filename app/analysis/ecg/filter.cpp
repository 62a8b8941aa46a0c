#include "analysis/ecg/filter.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numbers>
#include <stdexcept>

namespace caukham::analysis::ecg {
namespace {

using detail::Section;
// Ours: the notch's width, -3 dB to -3 dB, bears the mains' wander of half a hertz; a corner above 0.45 of the rate cannot
// be made.
constexpr double pi = std::numbers::pi, notch_width_hz = 2.0, usable_part_of_rate = 0.45;
// Forward and backward squares the magnitude, so each pass may only lose half the decibels at the corner:
// 1/(1 + x^2n) = 1/sqrt 2 there.
const double half_loss = std::numbers::sqrt2 - 1;

std::string number(double v) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%g", v);
  return buffer;
}

Section first_order_high_pass(double k) { return {1 / (1 + k), -1 / (1 + k), 0, (k - 1) / (k + 1), 0}; }

// Butterworth, by the bilinear transform with the corner at k = tan(pi f / fs).
Section high_pass(double k) {
  const double a0 = 1 + std::numbers::sqrt2 * k + k * k;
  return {1 / a0, -2 / a0, 1 / a0, 2 * (k * k - 1) / a0, (1 - std::numbers::sqrt2 * k + k * k) / a0};
}
Section low_pass(double k) {
  const double a0 = 1 + std::numbers::sqrt2 * k + k * k, g = k * k / a0;
  return {g, 2 * g, g, 2 * (k * k - 1) / a0, (1 - std::numbers::sqrt2 * k + k * k) / a0};
}
Section notch(double f_hz, double width_hz, double fs_hz) {
  const double k = std::tan(pi * width_hz / fs_hz), a0 = 1 + k, c = -2 * std::cos(2 * pi * f_hz / fs_hz) / a0;
  return {1 / a0, c, 1 / a0, c, (1 - k) / a0};
}

// The state a section has after an endless constant input x; returns its output.
template <class State>
double steady(const Section& s, State& z, double x) {
  const double y = x * (s.b0 + s.b1 + s.b2) / (1 + s.a1 + s.a2);
  z.z2 = s.b2 * x - s.a2 * y;
  z.z1 = s.b1 * x - s.a1 * y + z.z2;
  return y;
}

struct State {
  double z1 = 0, z2 = 0;
};

void run(const std::vector<Section>& sections, std::vector<double>& v) {
  for (const auto& s : sections) {
    State z;
    steady(s, z, v.front());
    for (double& x : v) {
      const double y = s.b0 * x + z.z1;
      z.z1 = s.b1 * x - s.a1 * y + z.z2;
      z.z2 = s.b2 * x - s.a2 * y;
      x = y;
    }
  }
}

}  // namespace

std::string text(const FilterSpec& s) {
  std::string out;
  if (s.low_hz > 0 && s.high_hz > 0) out = number(s.low_hz) + "–" + number(s.high_hz) + " Hz";
  else if (s.low_hz > 0) out = "from " + number(s.low_hz) + " Hz";
  else if (s.high_hz > 0) out = "up to " + number(s.high_hz) + " Hz";
  if (s.notch_hz > 0) out += (out.empty() ? "" : ", ") + number(s.notch_hz) + " Hz notch";
  return out.empty() ? "no filter" : out;
}

FittedFilter fit(const FilterSpec& wanted, double fs_hz) {
  if (!(fs_hz >= 100 && fs_hz <= 4000)) throw std::invalid_argument("ECG filter: sampling rate 100-4000 Hz");
  const auto& w = wanted;
  const bool sane = w.low_hz >= 0 && w.low_hz <= 10 && w.high_hz >= 0 && w.high_hz <= 2000 &&
                    w.notch_hz >= 0 && (w.high_hz == 0 || w.high_hz >= 2 * w.low_hz) &&
                    (w.notch_hz == 0 || w.notch_hz >= 10);
  if (!sane) throw std::invalid_argument("ECG filter: the corners make no band");
  FittedFilter out{wanted, {}};
  const double usable_hz = usable_part_of_rate * fs_hz;
  const auto drop = [&](double& hz, const char* what) {
    if (hz == 0 || hz <= usable_hz) return;
    out.note += (out.note.empty() ? "" : "; ") + number(hz) + " Hz " + what +
                " left out: the recording has " + number(fs_hz) + " samples a second";
    hz = 0;
  };
  drop(out.spec.high_hz, "high cut");
  drop(out.spec.notch_hz, "notch");
  return out;
}

std::vector<Section> detail::sections(const FilterSpec& f, double fs_hz, bool twice) {
  const double loss = twice ? half_loss : 1;
  const auto k = [&](double hz) { return std::tan(pi * hz / fs_hz); };
  std::vector<Section> out;
  // Above 0.5 Hz the impulse test does not apply and breathing must go: second order.
  if (f.low_hz > 0 && f.low_hz < 0.5)
    out.push_back(first_order_high_pass(k(f.low_hz) * std::pow(loss, 1.0 / 2)));
  else if (f.low_hz > 0) out.push_back(high_pass(k(f.low_hz) * std::pow(loss, 1.0 / 4)));
  if (f.high_hz > 0) out.push_back(low_pass(k(f.high_hz) / std::pow(loss, 1.0 / 4)));
  // |N|² = u²/(u²+1), u = distance from the centre over half the width.
  if (f.notch_hz > 0)
    out.push_back(notch(f.notch_hz, twice ? notch_width_hz * std::sqrt(half_loss) : notch_width_hz, fs_hz));
  return out;
}

FittedFilter filter_zero_phase(const FilterSpec& wanted, double fs_hz, std::span<float> uv) {
  auto fitted = fit(wanted, fs_hz);
  const auto sections = detail::sections(fitted.spec, fs_hz, true);
  // Three time constants of the slowest part are reflected at each end.
  const double slowest_s = fitted.spec.low_hz > 0 ? 3 / (2 * pi * fitted.spec.low_hz) : 1.0;
  const auto reach = static_cast<std::size_t>(std::max(1.0, slowest_s) * fs_hz);
  std::vector<double> work;
  for (std::size_t from = 0; from < uv.size();) {
    if (!std::isfinite(uv[from])) {
      uv[from++] = std::numeric_limits<float>::quiet_NaN();
      continue;
    }
    std::size_t to = from;
    while (to < uv.size() && std::isfinite(uv[to])) ++to;
    const std::size_t n = to - from, pad = std::min(n - 1, reach);
    const double first = uv[from], last = uv[to - 1];
    work.resize(n + 2 * pad);
    for (std::size_t i = 0; i < pad; ++i) {
      work[pad - 1 - i] = 2 * first - static_cast<double>(uv[from + 1 + i]);
      work[pad + n + i] = 2 * last - static_cast<double>(uv[to - 2 - i]);
    }
    for (std::size_t i = 0; i < n; ++i) work[pad + i] = uv[from + i];
    run(sections, work);
    std::reverse(work.begin(), work.end());
    run(sections, work);
    std::reverse(work.begin(), work.end());
    for (std::size_t i = 0; i < n; ++i) uv[from + i] = static_cast<float>(work[pad + i]);
    from = to;
  }
  return fitted;
}

LiveFilter::LiveFilter(const FilterSpec& wanted, double fs_hz, std::size_t channels)
    : fitted_(fit(wanted, fs_hz)),
      sections_(detail::sections(fitted_.spec, fs_hz, false)),
      states_(channels * sections_.size()),
      seen_(channels),
      missing_(channels) {
  const double low_hz = fitted_.spec.low_hz;
  settle_samples_ = static_cast<std::uint64_t>(low_hz > 0 ? 3 / (2 * pi * low_hz) * fs_hz : 0);
  restart_samples_ = static_cast<std::uint64_t>(fs_hz);
}

void LiveFilter::push(std::span<float> frame) {
  if (frame.size() != seen_.size()) throw std::invalid_argument("ECG filter: another number of channels");
  for (std::size_t c = 0; c < frame.size(); ++c) {
    if (!std::isfinite(frame[c])) {
      frame[c] = std::numeric_limits<float>::quiet_NaN();
      if (++missing_[c] > restart_samples_) seen_[c] = 0;
      continue;
    }
    missing_[c] = 0;
    double x = frame[c];
    auto* z = &states_[c * sections_.size()];
    const bool begin = seen_[c]++ == 0;
    for (std::size_t i = 0; i < sections_.size(); ++i) {
      const auto& s = sections_[i];
      if (begin) {
        x = steady(s, z[i], x);
        continue;
      }
      const double y = s.b0 * x + z[i].z1;
      z[i].z1 = s.b1 * x - s.a1 * y + z[i].z2;
      z[i].z2 = s.b2 * x - s.a2 * y;
      x = y;
    }
    frame[c] = static_cast<float>(x);
  }
}

void LiveFilter::gap(std::uint64_t samples) {
  for (std::size_t c = 0; c < seen_.size(); ++c)
    if ((missing_[c] += samples) > restart_samples_) seen_[c] = 0;
}

bool LiveFilter::settled(std::size_t channel) const {
  return channel < seen_.size() && seen_[channel] > 0 && seen_[channel] >= settle_samples_;
}

void LiveFilter::reset() {
  std::fill(seen_.begin(), seen_.end(), 0);
  std::fill(missing_.begin(), missing_.end(), 0);
}

}  // namespace caukham::analysis::ecg
