#include "analysis/spirometry/reference.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/spirometry/text.hpp"

namespace caukham::analysis::spirometry {
namespace {

std::string number_words(double v) {
  std::string text = std::to_string(v);
  while (text.size() > 1 && text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

void check_range(const char* what, double value, double low, double high, const char* unit) {
  if (value >= low && value <= high) return;
  throw ReferenceError(std::string(what) + " " + number_words(value) + " " + unit + " is outside " +
                       number_words(low) + " to " + number_words(high) + " " + unit +
                       ", for which these reference values hold");
}

std::string sex_name(Sex sex) { return sex == Sex::male ? "male" : "female"; }

}  // namespace

double Reference::z(double value) const {
  return std::abs(l) < 1e-9 ? std::log(value / m) / s : (std::pow(value / m, l) - 1) / (l * s);
}

double Reference::at_z(double z) const {
  if (std::abs(l) < 1e-9) return m * std::exp(z * s);
  const double base = 1 + l * s * z;
  return base > 0 ? m * std::pow(base, 1 / l) : 0;
}

const char* publication(std::string_view set) {
  if (set == "GLI2012") return "Quanjer et al., Eur Respir J 2012;40:1324";
  if (set == "GLI2022") return "Bowerman et al., Am J Respir Crit Care Med 2023;207:768";
  if (set == "NHANES3") return "Hankinson et al., Am J Respir Crit Care Med 1999;159:179";
  return "";
}

const char* unit_of(std::string_view parameter) {
  for (const char* ratio : {"FEV1FVC", "FEV075FVC", "FEV1FEV6"})
    if (parameter == ratio) return "1";
  for (const char* flow : {"FEF25_75", "FEF75", "PEF"})
    if (parameter == flow) return "L/s";
  for (const char* volume : {"FEV1", "FVC", "FEV075", "FEV6"})
    if (parameter == volume) return "L";
  return "";
}

void ReferenceTables::add(std::string_view text) {
  if (text.size() > 4 * 1024 * 1024) throw ReferenceError("reference table: more than 4 MiB");
  Equation* open = nullptr;
  for (std::size_t line_no = 1; !text.empty(); ++line_no) {
    const auto line = next_line(text);
    const auto fail = [&](const char* what) {
      throw ReferenceError("reference table, line " + std::to_string(line_no) + ": " + what);
    };
    if (line.empty() || line.front() == '#') continue;
    const auto words = split_words(line);
    const auto numbers = [&](std::size_t from, std::size_t count) {
      if (words.size() != from + count) fail("not as many numbers as expected");
      std::vector<double> out;
      for (std::size_t i = from; i < words.size(); ++i) {
        const auto v = to_number(words[i]);
        if (!v) fail("a number was expected");
        out.push_back(*v);
      }
      return out;
    };
    const auto key = [&](std::size_t from) {
      return std::string(words[from]) + " " + std::string(words[from + 1]) + " " +
             std::string(words[from + 2]);
    };
    if (words[0] == "equation") {
      const auto ages = numbers(4, 2);
      if (!(ages[0] >= 0 && ages[1] > ages[0] && ages[1] <= 120)) fail("ages that make no sense");
      open = &equations_[key(1)];
      *open = {ages[0], ages[1], {}, {}, {}, {}};
    } else if (words[0] == "quadratic") {
      const auto n = numbers(4, 9);
      quadratic_[key(1)] = {n[0], {n[1], n[2], n[3]}, {n[4], n[5], n[6]}, n[7], n[8]};
    } else if (words[0] == "ratio") {
      const auto n = numbers(4, 3);
      ratio_[key(1)] = {n[0], n[1], n[2]};
    } else if (!open) {
      fail("no equation has begun");
    } else if (words[0] == "m") {
      open->m = numbers(1, 7);
    } else if (words[0] == "s") {
      open->s = numbers(1, 6);
    } else if (words[0] == "l") {
      open->l = numbers(1, 2);
    } else {
      const auto n = numbers(0, 3);
      if (open->splines.size() > 1000) fail("more splines than ages");
      open->splines.push_back({n[0], n[1], n[2]});
    }
  }
  for (const auto& [name, e] : equations_) {
    const auto expected = static_cast<std::size_t>(std::lround((e.last_age - e.first_age) * 4)) + 1;
    if (e.m.size() != 7 || e.s.size() != 6 || e.l.size() != 2 ||
        (!e.splines.empty() && e.splines.size() != expected))
      throw ReferenceError("reference table: the equation " + name + " is not complete");
  }
}

Reference ReferenceTables::of(std::string_view set, std::string_view parameter, const Subject& subject,
                              AgeMode mode) const {
  check_range("the height", subject.height_cm, 50, 250, "cm");
  if (set == "NHANES3") return nhanes(parameter, subject);
  if (set != "GLI2012" && set != "GLI2022")
    throw ReferenceError("the reference set " + std::string(set) +
                         " is not known (GLI2012, GLI2022, NHANES3)");
  const auto found =
      equations_.find(std::string(set) + " " + std::string(parameter) + " " + sex_name(subject.sex));
  if (found == equations_.end()) {
    if (set == "GLI2012" && subject.sex == Sex::male && (parameter == "FEF25_75" || parameter == "FEF75"))
      throw ReferenceError(std::string(parameter) +
                           " of males is left out of GLI2012: two published tables disagree or were "
                           "not compared");
    throw ReferenceError(std::string(set) + " has no " + std::string(parameter));
  }
  check_range("the age", subject.age_years, found->second.first_age, found->second.last_age, "years");
  if (set == "GLI2012" && (subject.group < 1 || subject.group > 5))
    throw ReferenceError("GLI2012 needs an ethnic group from 1 to 5");
  if (set == "GLI2012" && found->second.splines.empty() && subject.group != 1)
    throw ReferenceError("GLI2012 has " + std::string(parameter) + " for group 1 only");
  return lms(found->second, subject, mode);
}

Reference ReferenceTables::lms(const Equation& e, const Subject& subject, AgeMode mode) const {
  // nearbyint: halves to the even quarter, as the programs do that the check values come from.
  const double age = mode == AgeMode::round ? std::nearbyint(subject.age_years * 4) / 4 : subject.age_years;
  Equation::Spline spline{0, 0, 0};
  if (!e.splines.empty()) {
    const double pos = std::clamp((age - e.first_age) * 4, 0.0, static_cast<double>(e.splines.size() - 1));
    const auto i = std::min(static_cast<std::size_t>(pos), e.splines.size() - 1);
    const auto& a = e.splines[i];
    const auto& b = e.splines[std::min(i + 1, e.splines.size() - 1)];
    const double part = pos - static_cast<double>(i);
    spline = {a.l + part * (b.l - a.l), a.m + part * (b.m - a.m), a.s + part * (b.s - a.s)};
  }
  const auto group = [&](const std::vector<double>& c, std::size_t first) {
    return subject.group >= 2 && subject.group <= 5 ? c[first + static_cast<std::size_t>(subject.group - 2)]
                                                    : 0.0;
  };
  const double ln_age = std::log(age);
  Reference r;
  r.m = std::exp(e.m[0] + e.m[1] * std::log(subject.height_cm) + e.m[2] * ln_age + group(e.m, 3) + spline.m);
  r.s = std::exp(e.s[0] + e.s[1] * ln_age + group(e.s, 2) + spline.s);
  r.l = e.l[0] + e.l[1] * ln_age + spline.l;
  return r;
}

Reference ReferenceTables::nhanes(std::string_view parameter, const Subject& subject) const {
  check_range("the age", subject.age_years, 8, 80, "years");
  if (subject.group < 1 || subject.group > 3)
    throw ReferenceError("NHANES3 needs an ethnic group from 1 to 3");
  const auto key = std::string(parameter) + " " + sex_name(subject.sex) + " " + std::to_string(subject.group);
  double predicted = 0, lower = 0;
  const double age = subject.age_years;
  if (const auto q = quadratic_.find(key); q != quadratic_.end()) {
    const auto& b = age < q->second.knot ? q->second.below : q->second.above;
    const double h2 = subject.height_cm * subject.height_cm, with_age = b[0] + b[1] * age + b[2] * age * age;
    predicted = with_age + q->second.height2 * h2;
    lower = with_age + q->second.height2_lln * h2;
  } else if (const auto r = ratio_.find(key); r != ratio_.end()) {
    predicted = (r->second.b0 + r->second.age * age) / 100;
    lower = (r->second.b0_lln + r->second.age * age) / 100;
  } else {
    throw ReferenceError("NHANES3 has no " + std::string(parameter));
  }
  if (!(predicted > 0 && lower < predicted))
    throw ReferenceError("NHANES3 gives no sensible value for this age and height");
  return {1, predicted,
          (predicted - lower) / (1.645 * predicted)};  // its limits are symmetric: a normal distribution
}

}  // namespace caukham::analysis::spirometry
