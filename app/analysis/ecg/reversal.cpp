#include "analysis/ecg/reversal.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "analysis/ecg/intervals.hpp"
#include "analysis/ecg/leads.hpp"

// Sources of the criteria
//   arms: P, QRS and T negative in I, aVR upright (Rosen et al., Int J Med Students 2014;2:92; the REVERSE
//   mnemonic,
//     PMC10902517). In 269 confirmed swaps a negative P, QRS, T in I had a specificity of 87, 97, 95 %, one
//     by one, and a sensitivity of 55, 50, 37 % (Emerg Med J 2024;41 Suppl 2:A13). We ask for all of P (where
//     seen), QRS and T.
//   dextrocardia: the same with an R that does not grow towards V6 (same mnemonic: V6 must agree with I).
//   right arm / left leg: I, II, III become -III, -II, -I: everything upside down in II and aVF, upright in
//   aVR. right leg with an arm: a flat lead, II with the right arm, III with the left (REVERSE: below 0.1
//   mV). Both legs have
//     nearly one potential, so the whole beat is flat; an isoelectric QRS alone is a matter of the axis. 0.05
//     mV: ours.
//   left arm / left leg: P in I larger than in II (REVERSE); alone too common to be said, so P, QRS and T
//   must all point
//     away from III.
//   chest: neighbouring chest leads resemble each other; an exchange of two that makes the way V1..V6 shorter
//   by a fifth
//     (distance in P-QRS-T amplitudes: Reiss et al., J Electrocardiol 2014;47:794). The fifth is ours.
namespace caukham::analysis::ecg {
namespace {

struct Wave {
  double p = 0, qrs = 0, t = 0, size = 0, whole = 0;
};  // uV; qrs: mean; size, whole: peak to peak of QRS, beat

using Waves = std::array<std::optional<Wave>, lead_count>;

std::string about(const char* lead, const Wave& w) {
  return std::string(lead) + ": P " + number(w.p, 0) + ", mean QRS " + number(w.qrs, 0) + ", T " +
         number(w.t, 0) + " uV";
}

std::optional<Wave> wave(const MedianBeat& beat, std::size_t channel, const Delineation& d) {
  const auto level = pr_level_uv(beat, channel, *d.qrs_onset.ms);
  if (!level) return std::nullopt;
  Wave w;
  if (d.p_onset.ms && d.p_peak_ms) w.p = level_uv(beat, channel, *d.p_peak_ms).value_or(*level) - *level;
  if (d.t_end.ms && d.t_peak_ms) w.t = level_uv(beat, channel, *d.t_peak_ms).value_or(*level) - *level;
  const auto a = area(beat, channel, *d.qrs_onset.ms, *d.qrs_end.ms, *level);
  if (a) w.qrs = a->net / std::max(1.0, *d.qrs_end.ms - *d.qrs_onset.ms);
  const auto& uv = beat.leads[channel].uv;
  float low = uv[beat.r_at], high = low;
  for (double ms = *d.qrs_onset.ms; ms <= *d.qrs_end.ms; ms += 1000 / beat.fs_hz) {
    const auto i =
        static_cast<std::size_t>(std::max(0.0, static_cast<double>(beat.r_at) + ms * beat.fs_hz / 1000));
    if (i < uv.size()) low = std::min(low, uv[i]), high = std::max(high, uv[i]);
  }
  w.size = static_cast<double>(high) - static_cast<double>(low);
  const auto [least, most] = std::minmax_element(uv.begin(), uv.end());
  w.whole = static_cast<double>(*most) - static_cast<double>(*least);
  return w;
}

double distance(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    sum += std::pow(static_cast<double>(a[i]) - static_cast<double>(b[i]), 2);
  return std::sqrt(sum);
}

std::optional<ReversalHint> chest(const MedianBeat& beat,
                                  const std::array<std::optional<std::size_t>, lead_count>& at) {
  std::array<const std::vector<float>*, 6> v{};
  for (std::size_t i = 0; i < 6; ++i) {
    if (!at[6 + i]) return std::nullopt;
    v[i] = &beat.leads[*at[6 + i]].uv;
  }
  double between[6][6];
  for (std::size_t i = 0; i < 6; ++i)
    for (std::size_t j = 0; j < 6; ++j) between[i][j] = distance(*v[i], *v[j]);
  const auto way = [&](const std::array<std::size_t, 6>& order) {
    double sum = 0;
    for (std::size_t i = 1; i < 6; ++i) sum += between[order[i - 1]][order[i]];
    return sum;
  };
  const std::array<std::size_t, 6> as_is = {0, 1, 2, 3, 4, 5};
  const double now = way(as_is);
  double best = now;
  std::array<std::size_t, 2> pair{};
  for (std::size_t i = 0; i < 6; ++i)
    for (std::size_t j = i + 1; j < 6; ++j) {
      auto order = as_is;
      std::swap(order[i], order[j]);
      if (const double w = way(order); w < best) best = w, pair = {i, j};
    }
  if (!(now > 0) || best > 0.8 * now) return std::nullopt;
  const std::string a = lead_names[6 + pair[0]], b = lead_names[6 + pair[1]];
  return ReversalHint{Reversal::chest,
                      {tr_later("Check the electrodes: {0} and {1} may be swapped."), {a, b}},
                      {"exchanging " + a + " and " + b + " makes V1 to V6 follow each other " +
                       number(100 * (1 - best / now), 0) + " % more closely"}};
}

}  // namespace

const char* code(Reversal kind) {
  switch (kind) {
    case Reversal::arms: return "arms";
    case Reversal::left_arm_left_leg: return "left_arm_left_leg";
    case Reversal::right_arm_left_leg: return "right_arm_left_leg";
    case Reversal::right_leg: return "right_leg";
    case Reversal::chest: return "chest";
    case Reversal::dextrocardia: return "dextrocardia";
    default: return "none";
  }
}

std::vector<ReversalHint> reversal_hints(const MedianBeat& beat, const Delineation& d,
                                         const std::vector<bool>& usable) {
  std::vector<ReversalHint> out;
  if (!d.qrs_onset.ms || !d.qrs_end.ms) return out;
  std::array<std::optional<std::size_t>, lead_count> at;
  Waves waves;
  for (std::size_t c = 0; c < beat.leads.size(); ++c) {
    const auto lead = lead_of(beat.leads[c].lead);
    if (!lead || beat.leads[c].uv.empty()) continue;
    const auto n = static_cast<std::size_t>(*lead);
    if (at[n]) continue;
    waves[n] = wave(beat, c, d);
    // A flat limb lead may itself be the sign of a swap: it counts there though it cannot be read.
    if (c >= usable.size() || usable[c]) at[n] = c;
  }
  const auto get = [&](Lead l) -> const std::optional<Wave>& { return waves[static_cast<std::size_t>(l)]; };
  const auto &i = get(Lead::I), &ii = get(Lead::II), &iii = get(Lead::III), &avr = get(Lead::aVR),
             &avf = get(Lead::aVF);
  const bool p = d.p_onset.ms.has_value();
  const auto down = [p](const Wave& w) { return w.qrs < -25 && w.t < -25 && (!p || w.p < -10); };
  const auto up = [p](const Wave& w) { return w.qrs > 0 && (!p || w.p > 0); };
  if (i && ii && iii && avr && avf) {
    // A lead that is flat to the last microvolt is not connected; two legs always differ a little.
    constexpr double flat_uv = 50, full_uv = 150;
    const auto flat = [&](const Wave& one, const Wave& a, const Wave& b) {
      return one.whole > 1 && one.whole < flat_uv && a.size > full_uv && b.size > full_uv;
    };
    if (flat(*ii, *i, *iii)) {
      out.push_back({Reversal::right_leg,
                     {tr_later("Check the electrodes: right arm and right leg may be swapped."), {}},
                     {"whole beat in II " + number(ii->whole, 0) + " uV, in I and III QRS above 150 uV"}});
    } else if (flat(*iii, *i, *ii)) {
      out.push_back({Reversal::right_leg,
                     {tr_later("Check the electrodes: left arm and right leg may be swapped."), {}},
                     {"whole beat in III " + number(iii->whole, 0) + " uV, in I and II QRS above 150 uV"}});
    } else if (flat(*i, *ii, *iii)) {
      out.push_back({Reversal::right_leg,
                     {tr_later("Check the electrodes: the arms' and the legs' cables may be swapped."), {}},
                     {"whole beat in I " + number(i->whole, 0) + " uV, in II and III QRS above 150 uV"}});
    } else if (down(*ii) && down(*avf) && up(*avr)) {
      out.push_back({Reversal::right_arm_left_leg,
                     {tr_later("Check the electrodes: right arm and left leg may be swapped."), {}},
                     {about("II", *ii), about("aVF", *avf), about("aVR", *avr)}});
    } else if (down(*i) && up(*avr)) {
      const auto &v1 = get(Lead::V1), &v6 = get(Lead::V6);
      if (v1 && v6 && (v6->qrs <= 0 || v6->size < 0.5 * v1->size))
        out.push_back({Reversal::dextrocardia,
                       {tr_later("Check the electrodes: left and right arm may be swapped; or the heart lies "
                                 "on the right side."),
                        {}},
                       {about("I", *i), about("aVR", *avr), about("V6", *v6)}});
      else
        out.push_back({Reversal::arms,
                       {tr_later("Check the electrodes: left and right arm may be swapped."), {}},
                       {about("I", *i), about("aVR", *avr)}});
    } else if (p && i->p > 1.3 * std::abs(ii->p) && i->p > 50 && down(*iii) && iii->p < -30 && up(*i) &&
               ii->qrs > 0) {
      out.push_back(
          {Reversal::left_arm_left_leg,
           {tr_later("Check the electrodes: left arm and left leg may be swapped."), {}},
           {about("I", *i), about("II", *ii), about("III", *iii), "this sign misses most such swaps"}});
    }
  }
  if (const auto hint = chest(beat, at)) out.push_back(*hint);
  return out;
}

}  // namespace caukham::analysis::ecg
