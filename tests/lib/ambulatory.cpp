#include "tests/lib/ambulatory.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "devices/signals/random.hpp"

namespace caukham::tests {
namespace {

using analysis::ecg::BeatType;
using devices::Random;
constexpr double pi = std::numbers::pi, fs = 360;
using K = Ambulatory;

struct Wave {
  double at_s, sigma_s, first_uv, second_uv;
  bool qrs = false;
};
using Shape = std::vector<Wave>;

double between(Random& r, double low, double high) { return low + (high - low) * r.uniform(); }
double sign(Random& r) { return r.below(2) ? 1 : -1; }
double gauss(double x, double sigma) { return std::exp(-0.5 * x * x / (sigma * sigma)); }

struct Patient {  // amplitudes in µV
  double p1, p2, r1, r2, s1, s2, t1, t2, pr, qt, width;
};

Patient draw_patient(Random& r) {
  Patient p{};
  const bool v1 = r.below(2);  // the second lead looks like V1, else like V5
  p.p1 = between(r, 60, 180), p.p2 = between(r, 40, 100);
  p.r1 = between(r, 700, 1900), p.s1 = between(r, -400, -50);
  p.r2 = v1 ? between(r, 80, 350) : between(r, 700, 2000);
  p.s2 = v1 ? between(r, -1600, -600) : between(r, -500, -50);
  p.t1 = between(r, 0.12, 0.35) * p.r1, p.t2 = v1 ? between(r, -150, 400) : between(r, 0.1, 0.35) * p.r2;
  p.pr = between(r, 0.13, 0.19), p.qt = between(r, 0.26, 0.32), p.width = between(r, 0.9, 1.25);
  return p;
}

Shape p_wave(const Patient& p) { return {{-p.pr, 0.022, p.p1, p.p2}}; }
Shape own_beat(const Patient& p, double rr_s) {
  return {{-0.026 * p.width, 0.008 * p.width, -0.07 * p.r1, 0.05 * p.r2, true},
          {0, 0.0105 * p.width, p.r1, p.r2, true},
          {0.028 * p.width, 0.010 * p.width, p.s1, p.s2, true},
          {p.qt * std::sqrt(std::min(rr_s, 1.2)), 0.045, p.t1, p.t2}};
}

// A wide complex of two or three slow waves and a discordant T; `size` in µV of its largest wave in the first lead.
Shape wide_beat(Random& r, double size, double width = 1) {
  const double s1 = between(r, 0.020, 0.032) * width, s2 = between(r, 0.018, 0.034) * width, up = sign(r), other = sign(r);
  const double second = size * between(r, 0.4, 1.3);
  return {{-0.015, s1, up * size, other * second, true},
          {-0.015 + 2.2 * s1, s2, -up * size * between(r, 0.1, 0.7), -other * second * between(r, 0.1, 0.8), true},
          {0.28, 0.06, -up * size * between(r, 0.2, 0.4), -other * second * between(r, 0.2, 0.4)}};
}

void add(Shape& to, const Shape& more) { to.insert(to.end(), more.begin(), more.end()); }
Shape scaled(Shape s, double first, double second) {
  for (auto& w : s) w.first_uv *= first, w.second_uv *= second;
  return s;
}

struct Planned {
  double at_s;
  Shape shape;
  BeatType type = BeatType::normal;
  bool beat = true;  // false: a P wave alone
};

Shape main_shape(K kind, const Patient& p, double rr_s, Random& lot) {
  Shape s = own_beat(p, rr_s);
  const double first = lot.uniform(), second = lot.uniform(), third = lot.uniform();  // the same for all of a record's beats
  const auto in = [](double part, double low, double high) { return low + (high - low) * part; };
  switch (kind) {
    case K::tall_t:
      s[3].sigma_s = 0.042, s[3].first_uv = p.r1 * in(first, 1, 1.8);
      s[3].second_uv = std::max(std::abs(p.r2), std::abs(p.s2)) * in(second, 0.8, 1.5);
      break;
    case K::peaked_t:
      s = scaled(s, 0.35, 1);
      s[3].sigma_s = 0.036, s[3].first_uv = in(first, 500, 900), s[3].second_uv = in(second, 400, 800);
      break;
    case K::low_voltage:
      s = scaled(s, in(first, 150, 300) / p.r1, in(second, 150, 300) / std::max(std::abs(p.r2), std::abs(p.s2)));
      break;
    case K::tall_p:
      s = scaled(s, 300 / p.r1, 0.4);
      break;
    case K::rbbb:
      s = {{-0.02, 0.009, 0.8 * p.r1, 250, true}, {0.012, 0.010, -200, -500, true},
           {0.055, 0.017, -0.35 * p.r1, 900, true}, {0.33, 0.05, 0.2 * p.r1, -350}};
      break;
    case K::blocked_p:
      s = scaled(s, 0.7, 0.7);
      break;
    case K::pvc_hidden:
      s = scaled(s, in(first, 2000, 3000) / p.r1, in(first, 2000, 3000) / p.r1);
      break;
    case K::lbbb:
    case K::block_pvc:
      s = {{-0.028, 0.018, 0.7 * p.r1, -300, true}, {0.028, 0.020, 0.8 * p.r1, -1300, true}, {0.32, 0.055, -0.3 * p.r1, 500}};
      break;
    case K::slow_u:
      s[3].first_uv = 0.33 * p.r1;
      s.push_back({0.62, 0.05, 0.3 * p.r1 * in(third, 0.5, 1), 0.2 * p.r1});
      break;
    default:
      break;
  }
  return s;
}

std::vector<Planned> plan(K kind, double seconds, const Patient& p, std::uint64_t seed, std::vector<std::pair<double, double>>& flutter) {
  Random r(seed);
  const double rr0 = kind == K::svt ? 60 / between(r, 150, 215) : kind == K::slow_u ? 60.0 / 38 : 60 / between(r, 58, 92);
  const std::uint64_t shape_seed = r.next();
  std::vector<Shape> ectopic;
  for (int i = 0; i < 4; ++i) {
    double size = p.r1 * between(r, 0.4, 2.5);
    if (kind == K::bigeminy_low) size = p.r1 * between(r, 0.35, 0.6);
    if (kind == K::pvc_hidden) size = between(r, 500, 1100);
    if (kind == K::escape) size = p.r1 * between(r, 0.7, 2.5);
    if (kind == K::bigeminy_high) size = std::min(3 * p.r1, 3800.0);
    ectopic.push_back(wide_beat(r, std::min(size, 3800.0)));
    if (kind == K::bigeminy_low || kind == K::pvc_hidden) ectopic.back() = scaled(ectopic.back(), 1, between(r, 0.6, 1.2));
  }
  const Shape paced = [&] {
    Shape s = {{-0.10, 0.0012, between(r, 300, 2500) * sign(r), 600 * sign(r)}};
    add(s, wide_beat(r, between(r, 500, 1400), 1.1));
    return s;
  }();
  std::vector<Planned> out;
  double t = 0.6;
  int run = 0, i = 0;
  double mode_until = 0, af_next = 0;
  int mode = 0;
  const double flutter_rr = 0.2 * between(r, 0.95, 1.08);
  int form = 0;
  while (t < seconds) {
    ++i;
    Random lot(shape_seed);
    double next = rr0 * (1 + 0.03 * r.normal() + 0.05 * std::sin(2 * pi * t / 37));
    Shape s = main_shape(kind, p, next, lot);
    bool with_p = true, ventricular = false;
    const auto ectopic_here = [&](int which) {
      s = ectopic[static_cast<std::size_t>(which) % 4], with_p = false, ventricular = true;
    };
    switch (kind) {
      case K::pvc:
      case K::pvc_hidden:
      case K::hum:
        if (run) ectopic_here(form), run = 0, next = 1.5 * rr0;
        else if (r.below(6) == 0) run = 1, form = static_cast<int>(r.below(2)), next = rr0 * between(r, 0.55, 0.75);
        break;
      case K::r_on_t:
        if (run) ectopic_here(form), run = 0, next = 1.4 * rr0;
        else if (r.below(6) == 0) run = 1, form = static_cast<int>(r.below(2)), next = between(r, 0.27, 0.34);
        break;
      case K::couplets:
      case K::af_pvc_noise:
      case K::pvc_motion:
      case K::block_pvc:
        if (run) ectopic_here(static_cast<int>(r.below(4))), next = --run ? between(r, 0.30, 0.42) : 1.3 * rr0;
        else if (r.below(8) == 0) run = 1 + static_cast<int>(r.below(3)), next = between(r, 0.42, 0.55);
        if (kind == K::af_pvc_noise && !ventricular && !run) next = std::clamp(0.65 + 0.2 * r.normal(), 0.34, 1.5);
        with_p = with_p && kind != K::af_pvc_noise;
        break;
      case K::bigeminy_low:
      case K::bigeminy_high:
        if (t > mode_until) mode = mode ? 0 : 1, mode_until = t + between(r, 20, 60);
        if (mode && i % 2) ectopic_here(form), next = 1.3 * rr0;
        else if (mode) next = between(r, 0.45, 0.55);
        break;
      case K::vt_runs:
      case K::flutter_vent:
        if (run) ectopic_here(form), next = --run ? 60.0 / af_next * (1 + 0.02 * r.normal()) : 1.3 * rr0;
        else if (r.below(18) == 0) {
          run = 5 + static_cast<int>(r.below(16)), form = static_cast<int>(r.below(4)), af_next = between(r, 140, 200);
          next = 0.42;
        }
        if (kind == K::flutter_vent && flutter.empty() && t > seconds / 2) flutter.emplace_back(t + 0.5, t + 20), next = 21;
        break;
      case K::paced:
        s = paced, with_p = false, next = rr0 * (1 + 0.001 * r.normal());
        break;
      case K::paced_demand:
        if (t > mode_until) mode = static_cast<int>(r.below(3)), mode_until = t + between(r, 4, 30);
        if (mode == 1) s = paced, with_p = false, next = 0.95;
        if (mode == 2) {
          const double part = r.uniform();
          Shape own = scaled(s, part, part);
          s = scaled(paced, 1 - part, 1 - part);
          s[0] = paced[0];
          add(s, own);
          next = 0.93;
        }
        break;
      case K::af:
        next = std::clamp(0.62 + 0.19 * r.normal(), 0.33, 1.7), with_p = false;
        break;
      case K::flutter_2to1:
        next = 2 * flutter_rr, with_p = false;
        break;
      case K::flutter_variable:
        next = flutter_rr * (2 + r.below(5)), with_p = false;
        break;
      case K::pauses:
        if (r.below(15) == 0) {
          next = between(r, 3, 6);
          for (double q = 1; q < next - 0.5; q += between(r, 0.8, 1.1)) out.push_back({t + q, p_wave(p), BeatType::normal, false});
        }
        break;
      case K::blocked_p:
        if (const auto what = r.below(10); what == 0) {  // early, in or after the T wave, and a pause
          out.push_back({t + between(r, 0.36, 0.55), p_wave(p), BeatType::normal, false});
          next = between(r, 1.15, 1.5) * rr0;
        } else if (what == 1) {
          next = between(r, 1.8, 5);
          if (r.below(2))
            for (double q = rr0; q < next - 0.5; q += rr0) out.push_back({t + q, p_wave(p), BeatType::normal, false});
        }
        break;
      case K::changing_block:
        if (t > mode_until) mode = static_cast<int>(r.below(4)), mode_until = t + between(r, 5, 40);
        if (mode == 1) s = main_shape(K::lbbb, p, next, lot);
        if (mode == 2) s = main_shape(K::rbbb, p, next, lot);
        if (mode == 3) s = ectopic[0], with_p = false, next = 0.85 * (1 + 0.02 * r.normal());
        break;
      case K::fusion_pvc:
        if (r.below(7) == 0) {
          const double part = between(r, 0.3, 0.9);
          s = scaled(s, 1 - part, 1 - part);
          add(s, scaled(ectopic[0], part, part));
          ventricular = true;
        }
        break;
      case K::av_block_2to1:
        next = between(r, 1.25, 1.4);
        out.push_back({t + next / 2, p_wave(p), BeatType::normal, false});
        break;
      case K::escape:
        s = ectopic[0], ventricular = true, with_p = false, next = 60.0 / 35 * (1 + 0.02 * r.normal());
        break;
      default:
        break;
    }
    if (with_p) {
      Shape q = p_wave(p);
      if (kind == K::tall_p) q[0].first_uv = 380, q[0].second_uv = 160, q[0].sigma_s = 0.018;
      if (kind == K::svt) q[0].at_s = -0.10;
      add(s, q);
    }
    out.push_back({t, s, ventricular ? BeatType::ventricular : BeatType::normal});
    t += next;
  }
  if (kind == K::escape)
    for (double q = 0.3; q < seconds; q += 60.0 / 90 * (1 + 0.02 * r.normal())) out.push_back({q, p_wave(p), BeatType::normal, false});
  return out;
}

double peak_of(const Shape& shape) {  // of the first lead's QRS waves, s from the nominal peak
  double best = -1, at = 0;
  for (double x = -0.13; x <= 0.13; x += 0.0005) {
    double v = 0;
    for (const auto& w : shape)
      if (w.qrs) v += w.first_uv * gauss(x - w.at_s, w.sigma_s);
    if (std::abs(v) > best) best = std::abs(v), at = x;
  }
  return at;
}

double envelope(K kind, double t, std::size_t lead) {  // of the amplitude
  if (kind == K::drop) return std::fmod(t, 80) > 40 ? 0.2 : 1;
  if (kind == K::fading) return 0.65 + 0.35 * std::sin(2 * pi * t / 47 + (lead ? 1.9 : 0));
  return 1;
}

void disturb(K kind, EcgCase& e, std::uint64_t seed) {
  Random r(seed);
  const std::size_t n = e.samples();
  const auto part = [&](std::size_t lead, Noise what, double snr_db, auto&& active) {  // noise where active(second)
    const double pp = qrs_peak_to_peak_uv(e, lead), rms = std::sqrt(pp * pp / 8 / std::pow(10, snr_db / 10));
    const auto v = noise(what, fs, n, r.next());
    for (std::size_t k = 0; k < n; ++k)
      if (active(static_cast<double>(k) / fs)) e.uv[lead][k] += static_cast<float>(rms) * v[k];
  };
  const auto half = [](double t) { return std::fmod(t, 60) < 30; };
  for (std::size_t c = 0; c < 2; ++c) {
    part(c, Noise::wander, kind == K::tall_p ? 4 : 12, [](double) { return true; });
    part(c, Noise::muscle, 26, [](double) { return true; });
  }
  if (kind == K::motion_12 || kind == K::motion_6 || kind == K::motion_0) {
    const double snr = kind == K::motion_12 ? 12 : kind == K::motion_6 ? 6 : 0;
    part(0, Noise::motion, snr, half);
    part(1, Noise::motion, snr, [&](double t) { return !half(t) && std::fmod(t, 60) < 55; });
  }
  for (std::size_t c = 0; c < 2; ++c) {
    if (kind == K::motion_both) part(c, Noise::motion, 6, half);
    if (kind == K::muscle_both) part(c, Noise::muscle, 6, half);
    if (kind == K::af_pvc_noise) part(c, Noise::muscle, 12, half);
    if (kind == K::pvc_motion) part(c, Noise::motion, 12, half);
    if (kind == K::hum) part(c, Noise::mains, 3, half);
  }
  if (kind == K::bad_lead) {
    const std::size_t bad = r.below(2);
    part(bad, Noise::motion, -6, [](double) { return true; });
    part(bad, Noise::muscle, -6, [](double) { return true; });
  }
  double step[2] = {0, 0};
  for (std::size_t k = 0; k < n; ++k) {
    const double t = static_cast<double>(k) / fs;
    if (kind == K::jumps && r.uniform() < 0.12 / fs) step[r.below(2)] += between(r, 1000, 4000) * sign(r);
    if (kind == K::pops && half(t) && r.uniform() < 1.5 / fs) {
      const double height = between(r, 500, 1600) * sign(r), sigma = between(r, 0.004, 0.012);
      for (std::size_t j = k; j < std::min(n, k + 40); ++j)
        e.uv[0][j] += static_cast<float>(height * gauss((static_cast<double>(j - k) - 18) / fs, sigma));
    }
    for (std::size_t c = 0; c < 2; ++c) {
      step[c] *= 1 - 1 / (2.5 * fs);  // the amplifier's time constant
      auto& v = e.uv[c][k];
      v += static_cast<float>(step[c]);
      if (kind == K::lead_lost && c == 0 && t > 120 && t < 240) v = 0;
      if (kind == K::lead_lost && c == 1 && t > 300 && t < 420) v = 6000;
      v = std::clamp(5 * std::round(v / 5), -5120.0f, 5115.0f);
    }
  }
}

}  // namespace

const char* name(Ambulatory kind) {
  constexpr const char* names[] = {
      "PVC", "couplets", "bigeminy, low", "bigeminy, high", "R on T", "VT runs", "paced", "paced on demand", "AF",
      "AF, PVC, noise", "tall T", "peaked T, low R", "low voltage", "tall P, low R", "RBBB", "LBBB", "flutter 2:1",
      "flutter, variable", "pauses with P", "AV block 2:1", "escape, P apart", "drop to 1/5", "fading", "baseline jumps",
      "motion, one lead 12 dB", "motion, one lead 6 dB", "motion, one lead 0 dB", "motion, both 6 dB", "muscle, both 6 dB",
      "electrode pops", "a lead lost", "SVT", "slow, U waves", "ventricular flutter",
      "PVC, hidden", "blocked P", "one lead useless", "changing block", "PVC, motion 12 dB", "hum", "LBBB, PVC",
      "PVC, fusion"};
  return names[static_cast<int>(kind)];
}

AmbulatoryCase ambulatory(Ambulatory kind, double seconds, std::uint64_t seed) {
  Random r(seed * 7919 + 31 * static_cast<std::uint64_t>(kind));
  Patient p = draw_patient(r);
  if (kind == K::blocked_p) p.p1 = between(r, 0.3, 0.5) * 0.7 * p.r1, p.p2 = 0.6 * p.p1;
  std::vector<std::pair<double, double>> flutter;
  const auto beats = plan(kind, seconds, p, r.next(), flutter);
  const auto n = static_cast<std::size_t>(seconds * fs);
  AmbulatoryCase out;
  auto& e = out.ecg;
  e.fs_hz = fs;
  e.leads = {"MLII", std::abs(p.s2) > p.r2 ? "V1" : "V5"};
  e.uv.assign(2, std::vector<float>(n, 0.0f));
  const double breathing = between(r, 0.04, 0.2), breath_hz = between(r, 0.2, 0.33);
  for (const auto& b : beats) {
    const double breath = 1 + breathing * std::sin(2 * pi * breath_hz * b.at_s), each = breath * (1 + 0.04 * r.normal());
    for (const auto& w : b.shape) {
      const double reach = std::max(5 * w.sigma_s, 0.01), centre = b.at_s + w.at_s;
      const auto from = static_cast<std::ptrdiff_t>(std::max(0.0, std::ceil((centre - reach) * fs)));
      const auto to = std::min(static_cast<std::ptrdiff_t>(n), static_cast<std::ptrdiff_t>((centre + reach) * fs) + 1);
      for (auto i = from; i < to; ++i) {
        const double g = gauss(static_cast<double>(i) / fs - centre, w.sigma_s) * each;
        e.uv[0][static_cast<std::size_t>(i)] += static_cast<float>(g * w.first_uv * envelope(kind, b.at_s, 0));
        e.uv[1][static_cast<std::size_t>(i)] += static_cast<float>(g * w.second_uv * envelope(kind, b.at_s, 1));
      }
    }
    const double peak = (b.at_s + peak_of(b.shape)) * fs;
    if (b.beat && peak >= 0 && peak + 0.5 < static_cast<double>(n))
      e.truth.push_back({static_cast<std::uint64_t>(peak + 0.5), b.type});
  }
  std::sort(e.truth.begin(), e.truth.end(), [](const auto& a, const auto& b) { return a.sample < b.sample; });
  const double f_hz = between(r, 5, 7.5), f_uv = between(r, 40, 110);
  const bool af = kind == K::af || kind == K::af_pvc_noise, saw = kind == K::flutter_2to1 || kind == K::flutter_variable;
  for (std::size_t i = 0; i < n; ++i) {
    const double t = static_cast<double>(i) / fs;
    double wave = 0;
    if (af) wave = f_uv * (1 + 0.4 * std::sin(2 * pi * 0.6 * t)) * std::sin(2 * pi * (f_hz * t + 0.8 * std::sin(2 * pi * 0.4 * t)));
    if (saw) {
      const double phase = 2 * pi * 4.9 * t;
      wave = 2.2 * f_uv * (std::sin(phase) + 0.4 * std::sin(2 * phase + 0.6) + 0.15 * std::sin(3 * phase));
    }
    for (const auto& [from, to] : flutter)
      if (t > from && t < to) wave = 0.9 * p.r1 * std::sin(2 * pi * (4.4 * t + 0.15 * std::sin(2 * pi * 0.7 * t)));
    e.uv[0][i] += static_cast<float>(wave);
    e.uv[1][i] += static_cast<float>(0.6 * wave);
  }
  for (const auto& [from, to] : flutter)
    out.left_out.emplace_back(static_cast<std::uint64_t>((from - 0.3) * fs), static_cast<std::uint64_t>((to + 0.3) * fs));
  disturb(kind, e, r.next());
  return out;
}

Score compare(const AmbulatoryCase& c, const std::vector<analysis::ecg::Beat>& found, double window_s) {
  std::vector<std::uint64_t> samples;
  for (const auto& b : found)
    if (std::none_of(c.left_out.begin(), c.left_out.end(), [&](const auto& e) { return b.sample >= e.first && b.sample <= e.second; }))
      samples.push_back(b.sample);
  return compare(c.ecg, samples, window_s, 0.2);
}

}  // namespace caukham::tests
