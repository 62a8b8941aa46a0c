// The beats of a made ambulatory record: when, and of which shape.
#include "tests/lib/ambulatory_rhythm.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "devices/signals/random.hpp"

namespace caukham::tests {
namespace {

using analysis::ecg::BeatType;
using devices::Random;
constexpr double pi = std::numbers::pi;
using K = Ambulatory;

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

double largest_uv(const Shape& s) {  // of the first lead's QRS waves
  double most = 0;
  for (const auto& w : s)
    if (w.qrs) most = std::max(most, std::abs(w.first_uv));
  return most;
}

}  // namespace

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

std::vector<Planned> plan(K kind, K own, double seconds, const Patient& p, std::uint64_t seed,
                          std::vector<std::pair<double, double>>& flutter) {
  Random r(seed);
  const double rr0 = kind == K::svt ? 60 / between(r, 150, 215) : kind == K::slow_u ? 60.0 / 38 : 60 / between(r, 58, 92);
  const std::uint64_t shape_seed = r.next();
  std::vector<Shape> ectopic;
  Random own_lot(shape_seed);
  const double r1 = own == kind ? p.r1 : largest_uv(main_shape(own, p, rr0, own_lot));
  for (int i = 0; i < 4; ++i) {
    double size = r1 * between(r, 0.4, 2.5);
    if (kind == K::bigeminy_low) size = r1 * between(r, 0.35, 0.6);
    if (kind == K::pvc_hidden) size = between(r, 500, 1100);
    if (kind == K::escape) size = r1 * between(r, 0.7, 2.5);
    if (kind == K::bigeminy_high) size = std::min(3 * r1, 3800.0);
    if (own != kind) size = std::max(size, kind == K::escape ? 600.0 : 300.0);  // lower ones nobody tells from P waves
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
  double mode_until = 0, af_next = 0, after = 0;
  int mode = 0;
  const double flutter_rr = 0.2 * between(r, 0.95, 1.08);
  int form = 0;
  const double focus[] = {kind == K::atrial ? between(r, -1, 1.4) : 0, kind == K::atrial ? between(r, -1, 1.4) : 0};  // its P wave
  while (t < seconds) {
    ++i;
    Random lot(shape_seed);
    double next = rr0 * (1 + 0.03 * r.normal() + 0.05 * std::sin(2 * pi * t / 37));
    Shape s = main_shape(own, p, next, lot);
    bool with_p = true;
    auto type = BeatType::normal;
    const auto ectopic_here = [&](int which) {
      s = ectopic[static_cast<std::size_t>(which) % 4], with_p = false, type = BeatType::ventricular;
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
        if (kind == K::af_pvc_noise && type == BeatType::normal && !run) next = std::clamp(0.65 + 0.2 * r.normal(), 0.34, 1.5);
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
        s = paced, with_p = false, type = paced_beat, next = rr0 * (1 + 0.001 * r.normal());
        break;
      case K::paced_demand:
        if (t > mode_until) mode = static_cast<int>(r.below(3)), mode_until = t + between(r, 4, 30);
        if (mode == 1) s = paced, with_p = false, type = paced_beat, next = 0.95;
        if (mode == 2) {
          const double part = r.uniform();
          Shape own = scaled(s, part, part);
          s = scaled(paced, 1 - part, 1 - part);
          s[0] = paced[0];
          add(s, own);
          type = paced_fusion, next = 0.93;
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
        if (mode == 3) s = ectopic[0], with_p = false, type = BeatType::ventricular, next = 0.85 * (1 + 0.02 * r.normal());
        break;
      case K::fusion_pvc:
        if (r.below(7) == 0) {
          const double part = between(r, 0.3, 0.9);
          s = scaled(s, 1 - part, 1 - part);
          add(s, scaled(ectopic[0], part, part));
          type = fusion_beat;
        }
        break;
      case K::atrial:
        if (run) {
          const bool aberrant = r.below(2);
          if (aberrant) s = main_shape(K::rbbb, p, next, lot);
          add(s, scaled(p_wave(p), focus[0], focus[1]));
          type = aberrant ? aberrant_beat : atrial_beat, with_p = false, run = 0, next = rr0 * between(r, 0.95, 1.15);
        } else if (r.below(7) == 0) {
          run = 1, next = rr0 * between(r, 0.55, 0.8);
        }
        break;
      case K::interpolated:
        if (run) ectopic_here(form), run = 0, next = 1.05 * rr0 - after;
        else if (r.below(7) == 0) run = 1, form = static_cast<int>(r.below(2)), next = after = rr0 * between(r, 0.48, 0.56);
        break;
      case K::av_block_2to1:
        next = between(r, 1.25, 1.4);
        out.push_back({t + next / 2, p_wave(p), BeatType::normal, false});
        break;
      case K::escape:
        s = ectopic[0], type = escape_beat, with_p = false, next = 60.0 / 35 * (1 + 0.02 * r.normal());
        break;
      default:
        break;
    }
    if (with_p) {
      Shape q = p_wave(p);
      if (own == K::tall_p) q[0].first_uv = 380, q[0].second_uv = 160, q[0].sigma_s = 0.018;
      if (kind == K::svt) q[0].at_s = -0.10;
      add(s, q);
    }
    out.push_back({t, s, type});
    t += next;
  }
  if (kind == K::escape)
    for (double q = 0.3; q < seconds; q += 60.0 / 90 * (1 + 0.02 * r.normal())) out.push_back({q, p_wave(p), BeatType::normal, false});
  return out;
}

}  // namespace caukham::tests
