// caukham-cli analyze gli FILE.csv: reference values for every row of a table.
#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <iostream>

#include "analysis/rounding.hpp"
#include "analysis/spirometry/report.hpp"
#include "cli/analyze.hpp"
#include "cli/commands.hpp"
#include "cli/spirometry_files.hpp"
#include "json/json_text.hpp"

namespace caukham::cli {
namespace {

namespace spirometry = analysis::spirometry;

constexpr const char* gli_usage =
    "caukham-cli analyze gli FILE.csv [--json]   reference values for rows of "
    "set,age_mode,sex,age,height_cm,ethnicity,\n"
    "                                            parameter,value (GLI2012, GLI2022, NHANES3; round or "
    "interpolate)\n";

// "sex(1=m;0=f)" -> "sex", " Age " -> "age"
std::string column_name(std::string_view cell) {
  std::string out;
  for (unsigned char c : cell.substr(0, cell.find('(')))
    if (!std::isspace(c)) out += static_cast<char>(std::tolower(c));
  return out;
}

spirometry::Sex sex_of(std::string_view cell) {
  const auto s = column_name(cell);
  if (s == "1" || s == "m" || s == "male") return spirometry::Sex::male;
  if (s == "0" || s == "f" || s == "female") return spirometry::Sex::female;
  throw spirometry::ReferenceError("the sex must be 1 or m, 0 or f");
}

double number_of(std::string_view cell, const char* what) {
  const auto v = spirometry::to_number(cell);
  if (!v) throw spirometry::ReferenceError(std::string("the ") + what + " is no number");
  return *v;
}

int group_of(std::string_view cell) {
  if (cell.empty()) return 0;
  const double v = number_of(cell, "ethnicity");
  if (!(v >= 0 && v <= 99 && v == std::floor(v))) throw spirometry::ReferenceError("the ethnicity must be a whole number, 1 to 5");
  return static_cast<int>(v);
}

// Most that any lungs give, ours; a number beyond is in other units, and its z-score would look measured.
void must_fit(double value, std::string_view parameter) {
  const std::string unit = spirometry::unit_of(parameter);
  if (!(value > 0)) throw spirometry::ReferenceError("the value must be greater than zero");
  if (unit == "1" && value > 1) throw spirometry::ReferenceError("the value is more than 1: a ratio, is it in percent?");
  if (unit == "L" && value > 12) throw spirometry::ReferenceError("the value is more than 12 L: is it in litres?");
  if (unit == "L/s" && value > 25) throw spirometry::ReferenceError("the value is more than 25 L/s: is it in litres a second?");
}

struct Answer { spirometry::Reference reference; double value = 0; };

constexpr std::array<const char*, 8> needed = {"set",       "age_mode",  "sex",       "age",
                                               "height_cm", "ethnicity", "parameter", "value"};

Answer answer(const spirometry::ReferenceTables& tables, const std::array<std::string_view, 8>& cell) {
  Answer a;
  spirometry::AgeMode mode;
  if (cell[1] == "round") mode = spirometry::AgeMode::round;
  else if (cell[1] == "interpolate" || cell[1].empty()) mode = spirometry::AgeMode::interpolate;
  else throw spirometry::ReferenceError("the age mode must be round or interpolate");
  const spirometry::Subject subject{sex_of(cell[2]), number_of(cell[3], "age"), number_of(cell[4], "height"),
                                    group_of(cell[5])};
  a.value = number_of(cell[7], "value");
  must_fit(a.value, cell[6]);
  a.reference = tables.of(cell[0], cell[6], subject, mode);
  return a;
}

std::string fixed(double v, int decimals) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, analysis::round_to(v, decimals));
  return text.data();
}

}  // namespace

int analyze_gli(const std::vector<std::string>& args) {
  std::string file;
  bool json = false;
  for (const auto& a : args) {
    if (a == "--json") json = true;
    else if (a == "--help" || a == "-h") return std::fputs(gli_usage, stdout), 0;
    else if (a.size() > 1 && a[0] == '-') throw UsageError("this option is not known: " + a);
    else if (!file.empty()) throw UsageError("one table at a time");
    else file = a;
  }
  if (file.empty()) throw UsageError("it needs a table");
  std::string text;
  try {
    text = read_text(file);
  } catch (const std::exception& e) {
    throw std::runtime_error(file + ": " + e.what());
  }
  const auto tables = load_reference_tables();
  std::string_view rest = text;
  if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
  const auto header = spirometry::next_line(rest);
  std::array<std::size_t, 8> where{};
  where.fill(std::string_view::npos);
  const auto names = spirometry::split_cells(header, ',');
  for (std::size_t n = 0; n < needed.size(); ++n) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (column_name(names[i]) != needed[n]) continue;
      if (where[n] != std::string_view::npos) throw std::runtime_error(file + ": there are two columns \"" + needed[n] + "\"");
      where[n] = i;
    }
    if (where[n] == std::string_view::npos && n != 1 && n != 5)
      throw std::runtime_error(file + ": the column \"" + needed[n] + "\" is missing");
  }
  std::size_t failed = 0, rows = 0;
  auto out = nlohmann::ordered_json::array();
  for (std::size_t line_no = 2; !rest.empty(); ++line_no) {
    const auto line = spirometry::next_line(rest);
    if (line.empty()) continue;
    if (++rows == 1 && !json) std::cout << header << ",L,M,S,lln,uln,percent_predicted,zscore\n";
    const auto cells = spirometry::split_cells(line, ',');
    std::array<std::string_view, 8> cell;
    for (std::size_t n = 0; n < needed.size(); ++n)
      if (where[n] < cells.size()) cell[n] = cells[where[n]];
    nlohmann::ordered_json row;
    for (std::size_t n = 0; n < needed.size(); ++n) row[needed[n]] = std::string(cell[n]);
    try {
      if (std::any_of(cells.begin() + static_cast<std::ptrdiff_t>(std::min(cells.size(), names.size())), cells.end(),
                      [](std::string_view c) { return !c.empty(); }))
        throw spirometry::ReferenceError("there are more cells than columns: numbers need a decimal point, not a comma");
      const auto a = answer(tables, cell);
      const auto& r = a.reference;
      if (json) {
        const auto put = [&](const char* key, double v, int decimals) {
          row[key] = analysis::round_to(v, decimals);
        };
        put("L", r.l, 6);
        put("M", r.m, 6);
        put("S", r.s, 6);
        put("lln", r.lln(), 6);
        put("uln", r.uln(), 6);
        put("percent_predicted", r.percent(a.value), 4);
        put("zscore", r.z(a.value), 5);
        row["unit"] = spirometry::unit_of(cell[6]);
        row["publication"] = spirometry::publication(cell[0]);
        row["algorithm"] = {{"name", spirometry::algorithm_name}, {"version", spirometry::algorithm_version}};
      } else {
        std::cout << line;
        for (double v : {r.l, r.m, r.s, r.lln(), r.uln()}) std::cout << "," << fixed(v, 6);
        std::cout << "," << fixed(r.percent(a.value), 4) << "," << fixed(r.z(a.value), 5) << "\n";
      }
    } catch (const spirometry::ReferenceError& e) {
      ++failed;
      if (json) row["reason"] = e.what();
      else std::cout << line << ",,,,,,,\n";
      std::fprintf(stderr, "%s, line %zu: %s\n", file.c_str(), line_no, e.what());
    }
    if (json) out.push_back(std::move(row));
  }
  if (!rows) throw std::runtime_error(file + ": there is no row in it");
  if (json) std::cout << json_text(out, 2) << "\n";
  return failed ? 1 : 0;
}

}  // namespace caukham::cli
