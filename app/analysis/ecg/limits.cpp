#include "analysis/ecg/limits.hpp"

namespace caukham::analysis::ecg::limits {
namespace {

// Ours, as limits.hpp says.
constexpr double hold_on_ms = 12, hold_end_ms = 16;  // how long the slope must stay low
constexpr double qrs_reach_ms = 130, qrs_end_reach_ms = 170;

}  // namespace

Signal smooth(const Signal& x, std::size_t half) {
  Signal y = x;
  for (int pass = 0; pass < 2; ++pass) {
    Signal sum(y.size() + 1, 0.0);
    for (std::size_t i = 0; i < y.size(); ++i) sum[i + 1] = sum[i] + y[i];
    for (std::size_t i = 0; i < y.size(); ++i) {
      const std::size_t a = i > half ? i - half : 0, b = std::min(y.size(), i + half + 1);
      y[i] = (sum[b] - sum[a]) / static_cast<double>(b - a);
    }
  }
  return y;
}

Signal slope(const Signal& x, std::size_t w, double dt_ms) {
  Signal s(x.size(), 0.0);
  for (std::size_t i = w; i + w < x.size(); ++i) {
    double d = 0;
    for (std::size_t k = 1; k <= w; ++k) d += x[i + k] - x[i - k];
    s[i] = d / (static_cast<double>(w) * static_cast<double>(w + 1) * dt_ms);
  }
  return s;
}

double median(Signal v) {
  if (v.empty()) return 0;
  std::sort(v.begin(), v.end());
  return v.size() % 2 ? v[v.size() / 2] : (v[v.size() / 2 - 1] + v[v.size() / 2]) / 2;
}

std::optional<double> qrs_limit(const Lead& lead, const Frame& f, std::size_t width, int direction) {
  const std::size_t from = f.index(-90), to = f.index(90);
  std::size_t peak = from;
  for (std::size_t i = from; i <= to; ++i)
    if (std::abs(lead.steep[i]) > std::abs(lead.steep[peak])) peak = i;
  const double most = std::abs(lead.steep[peak]);
  const double noise = 3 * lead.steep_noise;
  const double low = direction < 0 ? std::max(std::clamp(0.04 * most, 1.5, 4.0), noise)
                                   : std::max(std::clamp(0.05 * most, 1.5, 5.0), noise);
  if (most < 5 || low > 0.3 * most) return std::nullopt;
  const std::size_t hold = f.samples(direction < 0 ? hold_on_ms : hold_end_ms);
  const std::size_t last = f.index(direction < 0 ? -qrs_reach_ms : qrs_end_reach_ms);
  std::size_t quiet = 0;
  for (std::size_t i = peak; i != last; i = direction < 0 ? i - 1 : i + 1) {
    quiet = std::abs(lead.steep[i]) < low ? quiet + 1 : 0;
    if (quiet == hold) {
      const double edge = static_cast<double>(i) - direction * static_cast<double>(hold - 1);
      return f.ms(edge - direction * static_cast<double>(width) / 2);
    }
  }
  return std::nullopt;
}

std::optional<Peak> strongest(const std::vector<Signal>& y, const Signal& noise, std::size_t from,
                              std::size_t to) {
  std::optional<Peak> best;
  const auto energy = [&](std::size_t i) {
    double e = 0;
    for (std::size_t l = 0; l < y.size(); ++l) e += y[l][i] * y[l][i] / (noise[l] * noise[l]);
    return e;
  };
  if (to < from + 2) return best;
  double before = energy(from), here = energy(from + 1);
  for (std::size_t i = from + 1; i < to; ++i) {
    const double after = energy(i + 1);
    if (here >= before && here > after && (!best || here > best->strength * best->strength))
      best = Peak{i, std::sqrt(here)};
    before = here, here = after;
  }
  return best;
}

Signal weighted(const std::vector<Signal>& y, const Signal& noise, std::size_t at) {
  Signal out(y.front().size(), 0.0);
  double sum = 0, largest = 0;
  for (std::size_t l = 0; l < y.size(); ++l) {
    const double w = y[l][at] / (noise[l] * noise[l]);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += w * y[l][i];
    sum += w * y[l][at];
    largest = std::max(largest, std::abs(y[l][at]));
  }
  if (sum > 0)
    for (double& v : out) v *= largest / sum;
  return out;
}

std::optional<double> wave_limit(const Signal& y, const Signal& s, double noise, std::size_t peak,
                                 std::size_t edge, const Frame& f) {
  const int direction = edge < peak ? -1 : 1;
  double most = 0;
  std::size_t steepest = peak;
  const std::size_t reach = f.samples(110);
  for (std::size_t i = peak, k = 0; i != edge && k < reach; i = direction < 0 ? i - 1 : i + 1, ++k) {
    if (std::abs(s[i]) > most) most = std::abs(s[i]), steepest = i;
  }
  // Noise of slow_noise over 24 ms has slopes of about an eighth of it a ms.
  const double low = std::min(0.4 * most, std::max(0.12 * most, noise / 4));
  for (std::size_t i = steepest; i != edge; i = direction < 0 ? i - 1 : i + 1)
    if (std::abs(s[i]) < low && std::abs(y[i]) < 0.35 * std::abs(y[peak]))
      return f.ms(static_cast<double>(i) - direction * 0.5 * static_cast<double>(f.samples(8)));
  return std::nullopt;
}

std::optional<TEnd> t_end(const Signal& y, const Signal& s, double noise, std::size_t about,
                          std::size_t first, std::size_t last, const Frame& f) {
  // The lead's own extremum near the common one.
  const std::size_t reach = f.samples(60), from = std::max(first, about - std::min(about, reach)),
                    to = std::min(last, about + reach);
  if (from >= to) return std::nullopt;
  const double sign = y[about] < 0 ? -1 : 1;
  std::size_t peak = from;
  for (std::size_t i = from; i <= to; ++i)
    if (sign * y[i] > sign * y[peak]) peak = i;
  if (peak == from || peak == to) return std::nullopt;
  // A biphasic T ends with its second lobe.
  double turned = sign;
  for (std::size_t i = peak; i < std::min(last, peak + f.samples(140)); ++i)
    if (-sign * y[i] > 0.4 * std::abs(y[peak]) && -sign * y[i] > min_t_uv && i + 1 < last &&
        -sign * y[i] > -sign * y[i - 1] && -sign * y[i] >= -sign * y[i + 1]) {
      peak = i, turned = -sign;
      break;
    }
  std::size_t steepest = peak;
  for (std::size_t i = peak; i < std::min(last, peak + f.samples(130)); ++i)
    if (-turned * s[i] > -turned * s[steepest]) steepest = i;
  const double most = -turned * s[steepest];
  if (!(most > 0)) return std::nullopt;
  // The foot: where the fall has ended (before a U wave or the next P), and the level there.
  std::size_t foot = steepest;
  while (foot + 1 < last && -turned * s[foot] > 0.1 * most) ++foot;
  if (foot + 1 >= last) return std::nullopt;
  const std::size_t wide = std::min(last, foot + f.samples(24));
  double level = 0;
  for (std::size_t i = foot; i < wide; ++i) level += y[i];
  level /= static_cast<double>(wide - foot);
  if (std::abs(y[peak] - level) < std::max(min_t_uv, 5 * noise)) return std::nullopt;
  return TEnd{peak, f.ms(static_cast<double>(steepest)) + (level - y[steepest]) / s[steepest]};
}

}  // namespace caukham::analysis::ecg::limits
