#include "analysis/spirometry/criteria.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "analysis/spirometry/conditions.hpp"

namespace caukham::analysis::spirometry {
namespace {

constexpr double bev_l = 0.100, bev_part = 0.05;               // start of test
constexpr double long_enough_s = 15;                           // end of forced expiration
constexpr double fivc_l = 0.100, fivc_part = 0.05;
// Ours: a zero this small is taken off; a larger one means the sensor has to be zeroed again.
constexpr double removable_lps = 0.05;
// Ours: a blow that is recorded from its beginning on has not reached this part of PEF after 20 ms (ATS curves: at most 0.45).
constexpr double late_part = 0.6;
constexpr double rounding_l = 1e-6;  // so that 0.150 of decimal numbers is still 0.150
constexpr double first_s = 1.0;
// Footnote of table 7: children of six and less need 0.75 s without cough or closure, and it is their FEV0.75 that counts then.
constexpr double young_first_s = 0.75;
constexpr Fitness all{true, true, true}, neither{}, fev1_only{true, false, false}, fvc_only{false, true, false},
    forced{true, false, true}, both{true, true, false};

template <class... Values>
std::string say(const char* format, Values... values) {
  std::array<char, 240> text{};
  std::snprintf(text.data(), text.size(), format, values...);
  return text.data();
}

// Volume of the first inspiration in `flow_lps`; it is over when 0.2 L were breathed out again.
std::optional<double> inspired_l(std::span<const float> flow_lps, double rate_hz) {
  double v = 0, lowest = 0;
  for (float f : flow_lps) {
    if (!std::isfinite(f)) break;
    v += static_cast<double>(f) / rate_hz;
    lowest = std::min(lowest, v);
    if (v > lowest + 0.2) break;
  }
  return -lowest >= 0.3 ? std::optional(-lowest) : std::nullopt;
}

Criterion start_of_test(const Assessment& a) {
  const double limit = std::max(bev_part * a.numbers.fvc_l, bev_l);
  const bool good = a.numbers.bev_l <= limit + rounding_l;
  return {"start_of_test", good ? Result::passed : Result::failed,
          say("back-extrapolated volume %.3f L (%.1f %% of FVC), limit %.3f L", a.numbers.bev_l,
              a.bev_percent(), limit),
          all, all};
}

Criterion zero_flow(const Assessment& a) {
  Criterion c{"zero_flow", Result::cannot_tell, "", all, all};
  if (a.resting_lps && std::abs(*a.resting_lps) > removable_lps) {
    c.result = Result::failed;
    c.reason = say("the sensor showed %.3f L/s while nobody breathed", *a.resting_lps);
  } else if (a.events.endless_flow) {
    c.result = Result::failed;
    c.reason = "at the end the flow stays the same for ten seconds: a sensor away from zero, not a lung";
  } else if (a.resting_lps) {
    c.result = Result::passed;
    c.reason = a.offset_removed ? say("a zero of %.3f L/s was taken off", *a.resting_lps)
                                : "the sensor rested at zero";
  } else {
    c.reason = "no second of rest was recorded before the blow";
  }
  return c;
}

Criterion cough(const Assessment& a) {
  if (!a.events.cough_s || *a.events.cough_s >= first_s)
    return {"cough_first_second", Result::passed, "the flow does not break off and come back", forced, forced};
  const Fitness lost = *a.events.cough_s < young_first_s ? forced : fev1_only;
  return {"cough_first_second", Result::failed,
          say("the flow broke off and came back %.2f s after the start", *a.events.cough_s), lost, lost};
}

std::string stopped_at(double closure_s) { return say("the flow stopped at once %.2f s after the start", closure_s); }

Criterion early_closure(const Assessment& a, bool young) {
  if (!a.events.closure_s || *a.events.closure_s >= first_s)
    return {"glottic_closure_first_second", Result::passed, "the flow does not stop at once", all, all};
  const Fitness lost = *a.events.closure_s < young_first_s ? all : young ? fev1_only : both;
  return {"glottic_closure_first_second", Result::failed, stopped_at(*a.events.closure_s), lost, lost};
}

Criterion late_closure(const Assessment& a, bool young) {
  if (a.events.closure_s && *a.events.closure_s >= (young ? young_first_s : first_s))
    return {"glottic_closure_after_first_second", Result::failed, stopped_at(*a.events.closure_s), fvc_only, neither};
  return {"glottic_closure_after_first_second", Result::passed, "the flow does not stop at once", fvc_only, neither};
}

Criterion end_of_expiration(const Assessment& a, const AssessRules& rules) {
  Criterion c{"end_of_forced_expiration", Result::failed, "", fvc_only, neither};
  const auto& n = a.numbers;
  const double lasted_s = a.events.end_s - n.t0_s;
  if (lasted_s >= 1 && a.events.end_volume_l <= plateau_l + rounding_l) {
    c.result = Result::passed;
    c.reason = say("plateau: %.3f L in the last second, limit 0.025 L", a.events.end_volume_l);
  } else if (n.fet_s >= long_enough_s) {
    c.result = Result::passed;
    c.reason = say("the expiration lasted %.1f s, 15 s are enough", n.fet_s);
  } else if (rules.largest_prior_fvc_l &&
             n.fvc_l >=
                 *rules.largest_prior_fvc_l -
                     repeatability_limit_l(std::max(n.fvc_l, *rules.largest_prior_fvc_l), rules.young()) -
                     rounding_l) {
    c.result = Result::passed;
    c.reason = say("no plateau, but the FVC of %.3f L repeats the largest before it, %.3f L", n.fvc_l,
                   *rules.largest_prior_fvc_l);
  } else {
    c.reason =
        say("no plateau (%.3f L in the last second, limit 0.025 L), %.1f s instead of 15 s, and no earlier "
            "FVC that "
            "it repeats",
            a.events.end_volume_l, n.fet_s);
  }
  return c;
}

Criterion inspiration(const Assessment& a) {
  Criterion c{"fivc", Result::cannot_tell, "no full inspiration was recorded after the blow", all, neither};
  if (!a.fivc_l) return c;
  if (a.inspiration_clipped) {
    c.reason = "breathing in, the flow stayed at the sensor's limit: the FIVC is larger than what it shows";
    return c;
  }
  const double limit = std::max(fivc_part * a.numbers.fvc_l, fivc_l), more = *a.fivc_l - a.numbers.fvc_l;
  c.result = more <= limit + rounding_l ? Result::passed : Result::failed;
  c.reason = say("FIVC %.3f L, FVC %.3f L, it may be larger by %.3f L", *a.fivc_l, a.numbers.fvc_l, limit);
  return c;
}

Criterion lasts(const Assessment& a) {
  if (a.begun_late)
    return {"complete_recording", Result::failed,
            say("the recording begins in the middle of the blow, at %.2f L/s", a.events.first_flow_lps), all, all};
  if (a.cut_off)
    return {"complete_recording", Result::failed,
            say("the recording ends in the middle of the blow, at %.2f L/s", a.events.last_flow_lps), all,
            all};
  const Fitness lost = a.numbers.fev075_l ? fev1_only : forced;
  if (!a.numbers.fev1_known)
    return {"complete_recording", Result::failed, "the blow is shorter than a second", lost, lost};
  return {"complete_recording", Result::passed, "the blow was recorded to its end", all, all};
}

Criterion in_range(const Assessment& a) {
  if (a.clipped)
    return {"flow_in_range", Result::failed,
            say("the flow stayed at the sensor's limit for %.0f ms, at %.2f L/s: PEF and volumes are larger than what it shows",
                1000 * a.events.clipped_s, a.numbers.pef_lps), all, all};
  return {"flow_in_range", Result::passed, "the flow does not stay at its largest value", all, all};
}

void conclude(Assessment& a) {
  a.acceptable = a.usable = all;
  const auto take = [](Fitness& from, const Fitness& required) {
    from.fev1 = from.fev1 && !required.fev1;
    from.fvc = from.fvc && !required.fvc;
    from.fev075 = from.fev075 && !required.fev075;
  };
  for (const auto& c : a.criteria) {
    if (c.result == Result::cannot_tell) a.undecided.push_back(c.name);
    if (c.result != Result::failed) continue;
    take(a.acceptable, c.acceptable);
    take(a.usable, c.usable);
  }
}

std::vector<Hint> hints_of(const Assessment& a) {
  std::vector<Hint> hints;
  if (a.clipped) hints.push_back(Hint::beyond_range);
  if (a.cut_off) hints.push_back(Hint::cut_off);
  const auto failed = [&](std::size_t i) { return a.criteria[i].result == Result::failed; };
  if (failed(1)) hints.push_back(Hint::set_zero);
  if (failed(0)) hints.push_back(Hint::slow_start);
  if (failed(2)) hints.push_back(Hint::cough);
  if (failed(3) || failed(4)) hints.push_back(Hint::open_throat);
  if (!a.cut_off && !a.numbers.fev1_known) hints.push_back(Hint::too_short);
  else if (!a.cut_off && failed(5)) hints.push_back(Hint::keep_blowing);
  if (failed(8)) hints.push_back(Hint::breathe_in_deeper);
  if (hints.empty()) hints.push_back(Hint::good_blow);
  return hints;
}

}  // namespace

const char* name_of(Result result) {
  return result == Result::passed ? "passed" : result == Result::failed ? "failed" : "cannot_tell";
}

double repeatability_limit_l(double highest_l, bool young) {
  return young ? std::max(0.100, 0.10 * highest_l) : 0.150;
}

std::optional<Assessment> assess(const Blow& blow, std::span<const float> after, double rate_hz,
                                 const AssessRules& rules) {
  Assessment a;
  auto flow = blow.flow_lps;
  // A sensor off its zero moves the lowest volume, where the blow begins: the rest may lie on either side of it.
  auto still = blow.before_lps;
  still.insert(still.end(), flow.begin(), std::max_element(flow.begin(), flow.end()));
  a.resting_lps = resting_flow_lps(still, rate_hz);
  if (a.resting_lps && *a.resting_lps != 0 && std::abs(*a.resting_lps) <= removable_lps) {
    for (float& f : flow) f -= static_cast<float>(*a.resting_lps);
    a.offset_removed = true;
  }
  const auto numbers = measure(flow, rate_hz, options_for(rate_hz));
  if (!numbers) return std::nullopt;
  a.numbers = *numbers;
  a.events = events_of(flow, rate_hz, a.numbers);
  a.fivc_l = inspired_l(after, rate_hz);
  a.clipped = a.events.clipped_s > 0;
  std::vector<float> inspired(after.begin(), after.end());
  for (float& f : inspired) f = -f;
  a.inspiration_clipped = clipped_s(inspired, rate_hz) > 0;
  a.begun_late = blow.before_lps.empty() && a.events.first_flow_lps > late_part * a.numbers.pef_lps;
  a.cut_off = a.begun_late || (after.empty() && a.events.last_flow_lps > std::max(0.5, 0.1 * a.numbers.pef_lps));
  // hints_of() knows this order.
  a.criteria = {
      start_of_test(a),
      zero_flow(a),
      cough(a),
      early_closure(a, rules.young()),
      late_closure(a, rules.young()),
      end_of_expiration(a, rules),
      {"obstruction", Result::cannot_tell,
       "tongue, teeth or a thing in the mouthpiece are seen by the operator, not in the flow", all, neither},
      {"leak", Result::cannot_tell, "a leak at the lips is seen by the operator, not in the flow", all,
       neither},
      inspiration(a),
      lasts(a),
      in_range(a)};
  conclude(a);
  a.hints = hints_of(a);
  return a;
}

}  // namespace caukham::analysis::spirometry
