#include "analysis/spirometry/session.hpp"

#include <algorithm>
#include <cmath>

namespace caukham::analysis::spirometry {
namespace {

constexpr double rounding_l = 1e-6;  // so that 0.150 of decimal numbers is still 0.150

std::optional<double> difference(std::vector<double> values) {
  if (values.size() < 2) return std::nullopt;
  std::partial_sort(values.begin(), values.begin() + 2, values.end(), std::greater<>{});
  return values[0] - values[1];
}

template <class Value>
std::optional<double> largest(const std::vector<Assessment>& blows, bool Fitness::* of, Value value) {
  for (auto fit : {&Assessment::acceptable, &Assessment::usable}) {
    std::optional<double> best;
    for (const auto& b : blows)
      if (b.*fit.*of)
        if (const std::optional<double> v = value(b.numbers); v && (!best || *v > *best)) best = v;
    if (best) return best;
  }
  return std::nullopt;
}

Best best_of(const std::vector<Assessment>& blows, bool young) {
  Best best;
  best.fvc_l = largest(blows, &Fitness::fvc, [](const BlowNumbers& n) { return std::optional(n.fvc_l); });
  best.fev1_l = largest(blows, &Fitness::fev1, [](const BlowNumbers& n) { return std::optional(n.fev1_l); });
  best.fev6_l = largest(blows, &Fitness::fvc, [](const BlowNumbers& n) { return n.fev6_l; });
  if (young) best.fev075_l = largest(blows, &Fitness::fev075, [](const BlowNumbers& n) { return n.fev075_l; });
  best.pef_lps =
      largest(blows, &Fitness::fev1, [](const BlowNumbers& n) { return std::optional(n.pef_lps); });
  if (best.fvc_l && best.fev1_l) best.fev1_fvc = *best.fev1_l / *best.fvc_l;
  for (auto fit : {&Assessment::acceptable, &Assessment::usable}) {
    double most = 0;
    for (std::size_t i = 0; i < blows.size(); ++i) {
      const double sum = blows[i].numbers.fvc_l + blows[i].numbers.fev1_l;
      if ((blows[i].*fit).fvc && (blows[i].*fit).fev1 && sum > most) {
        most = sum;
        best.curve = i;
      }
    }
    if (best.curve) break;
  }
  return best;
}

std::vector<Hint> hints_of(const Session& s, bool young) {
  if (s.repeatable) return {Hint::finished};
  if (s.too_many || (s.blows.size() >= most_blows && !young)) return {Hint::too_many};
  std::vector<Hint> hints;
  const auto acceptable = std::min(s.fev1_acceptable, s.fvc_acceptable);
  // Weaker with every effort: a FEV1 below 80 % of the first (the statement's rule to stop; wording not
  // checked).
  if (s.blows.size() > 2 && s.blows.back().usable.fev1 && s.blows.front().usable.fev1 &&
      s.blows.back().numbers.fev1_l < 0.8 * s.blows.front().numbers.fev1_l)
    hints.push_back(Hint::falling);
  if (acceptable >= 3) hints.push_back(Hint::blow_alike);
  else hints.push_back(acceptable == 2 ? Hint::one_more_blow : Hint::more_blows);
  return hints;
}

}  // namespace

char grade(std::span<const double> acceptable_l, std::size_t usable, bool young) {
  if (acceptable_l.empty()) return usable ? 'U' : 'F';
  const auto apart = difference({acceptable_l.begin(), acceptable_l.end()});
  if (!apart) return 'E';
  const double highest = *std::max_element(acceptable_l.begin(), acceptable_l.end());
  const auto within = [&](double adult_l, double child_l) {
    return *apart <= (young ? std::max(child_l, 0.10 * highest) : adult_l) + rounding_l;
  };
  if (within(0.150, 0.100)) return acceptable_l.size() >= 3 ? 'A' : 'B';
  if (within(0.200, 0.150)) return 'C';
  return within(0.250, 0.200) ? 'D' : 'E';
}

Session judge(std::span<const RecordedBlow> recorded, std::optional<double> age_years) {
  Session s;
  AssessRules rules{age_years, std::nullopt};
  for (const auto& r : recorded) {
    auto a = assess(r.blow, r.after_lps, r.rate_hz, rules);
    if (!a) continue;
    if (a->usable.fvc)
      rules.largest_prior_fvc_l = std::max(rules.largest_prior_fvc_l.value_or(0), a->numbers.fvc_l);
    s.blows.push_back(std::move(*a));
  }
  std::vector<double> fev1, fvc;
  std::size_t fev1_usable = 0, fvc_usable = 0;
  for (const auto& b : s.blows) {
    if (b.acceptable.fev1) fev1.push_back(b.numbers.fev1_l);
    if (b.acceptable.fvc) fvc.push_back(b.numbers.fvc_l);
    fev1_usable += b.usable.fev1;
    fvc_usable += b.usable.fvc;
  }
  s.fev1_acceptable = fev1.size();
  s.fvc_acceptable = fvc.size();
  s.fev1_difference_l = difference(fev1);
  s.fvc_difference_l = difference(fvc);
  s.fev1_grade = grade(fev1, fev1_usable, rules.young());
  s.fvc_grade = grade(fvc, fvc_usable, rules.young());
  s.repeatable = s.fev1_grade == 'A' && s.fvc_grade == 'A';
  s.too_many = s.blows.size() > most_blows && !rules.young();
  s.best = best_of(s.blows, rules.young());
  if (!s.blows.empty()) s.hints = hints_of(s, rules.young());
  return s;
}

std::vector<RecordedBlow> find_blows(std::span<const float> flow_lps, double rate_hz, std::optional<double> age_years) {
  BlowFinder finder(rate_hz, blow_rules(age_years));
  std::vector<Blow> blows;
  finder.push(flow_lps, blows);
  finder.finish(blows);
  std::vector<RecordedBlow> out;
  for (std::size_t i = 0; i < blows.size(); ++i) {
    const std::size_t from = blows[i].first_sample + blows[i].flow_lps.size();
    std::size_t to = std::min(flow_lps.size(), from + static_cast<std::size_t>(after_blow_s * rate_hz));
    if (i + 1 < blows.size()) to = std::min<std::size_t>(to, blows[i + 1].first_sample);
    RecordedBlow r{std::move(blows[i]), {}, rate_hz};
    if (from < to)
      r.after_lps.assign(flow_lps.begin() + static_cast<std::ptrdiff_t>(from),
                         flow_lps.begin() + static_cast<std::ptrdiff_t>(to));
    out.push_back(std::move(r));
  }
  return out;
}

}  // namespace caukham::analysis::spirometry
