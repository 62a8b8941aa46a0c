#include "analysis/spirometry/text.hpp"

#include <charconv>
#include <cmath>

namespace caukham::analysis::spirometry {
namespace {
bool blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
}  // namespace

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && blank(s.front())) s.remove_prefix(1);
  while (!s.empty() && blank(s.back())) s.remove_suffix(1);
  return s;
}

std::string_view next_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = trimmed(text.substr(0, end));
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::vector<std::string_view> split_words(std::string_view line) {
  std::vector<std::string_view> out;
  for (line = trimmed(line); !line.empty(); line = trimmed(line)) {
    std::size_t n = 0;
    while (n < line.size() && !blank(line[n])) ++n;
    out.push_back(line.substr(0, n));
    line.remove_prefix(n);
  }
  return out;
}

std::vector<std::string_view> split_cells(std::string_view line, char separator) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto end = line.find(separator);
    auto cell = trimmed(line.substr(0, end));
    if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"') cell = cell.substr(1, cell.size() - 2);
    out.push_back(cell);
    if (end == std::string_view::npos) return out;
    line.remove_prefix(end + 1);
  }
}

std::optional<double> to_number(std::string_view s) {
  s = trimmed(s);
  if (!s.empty() && s.front() == '+') s.remove_prefix(1);
  double v = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), v);
  if (error != std::errc{} || end != s.data() + s.size() || !std::isfinite(v)) return std::nullopt;
  return v;
}

}  // namespace caukham::analysis::spirometry
