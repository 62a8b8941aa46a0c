#include "devices/formats/wf/wf.hpp"

#include <charconv>
#include <cmath>
#include <optional>

namespace caukham::formats {
namespace {

constexpr double most_l = 20, most_lps = 25, at_zero_l = 0.001;
constexpr std::size_t most_bytes = 4 * 1024 * 1024, least_samples = 10, most_samples = 100'000;

std::string_view trimmed(std::string_view s) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!s.empty() && blank(s.front())) s.remove_prefix(1);
  while (!s.empty() && blank(s.back())) s.remove_suffix(1);
  return s;
}

std::optional<double> to_number(std::string_view s) {
  if (!s.empty() && s.front() == '+') s.remove_prefix(1);
  double v = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), v);
  if (error != std::errc{} || end != s.data() + s.size() || !std::isfinite(v)) return std::nullopt;
  return v;
}

double stated(std::string_view value, double most) {
  const double v = to_number(value).value_or(0);
  return v > 0 && v <= most ? v : 0;
}

// A blow gathers speed: the step that was cut off is no larger than the next. Anything above is where the spirometer stood, and
// taken for air it would be added to FVC and FEV1.
bool cut(const WfCurve& c) {
  return c.volume_time && c.values.size() > 1 && c.values[0] > 0 && c.values[0] <= c.values[1] - c.values[0];
}

}  // namespace

WfCurve parse_wf(std::string_view text) {
  if (text.size() > most_bytes) throw WfError("more than 4 MiB: this is no breathing curve");
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // Windows' editors put this mark before UTF-8
  if (text.find("[Data]") == text.npos || text.find("[Header]") == text.npos)
    throw WfError("this is no waveform file: it has no [Header] and [Data] sections");
  WfCurve curve;
  enum { none, header, parameters, data } section = none;
  std::string_view type;
  std::optional<double> rate_hz;
  for (int line_no = 1; !text.empty(); ++line_no) {
    const auto end = text.find('\n');
    const auto line = trimmed(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    const auto fail = [&](const char* what) { throw WfError("line " + std::to_string(line_no) + ": " + what); };
    if (line.empty()) continue;
    if (line.front() == '[') {
      section = line == "[Header]" ? header : line == "[Parameters]" ? parameters : line == "[Data]" ? data : none;
      continue;
    }
    if (section == data) {
      const auto v = to_number(line);
      if (!v) fail("a number was expected");
      if (curve.values.size() >= most_samples) fail("more than 100 000 samples");
      curve.values.push_back(*v);
      continue;
    }
    const auto equals = line.find('=');
    if (section == none || equals == line.npos) continue;
    const auto key = trimmed(line.substr(0, equals)), value = trimmed(line.substr(equals + 1));
    if (section == header) {
      if (key == "Name") curve.name = value.substr(0, 64);
      else if (key == "Type") type = value;
      else if (key == "Freq") rate_hz = to_number(value);
      else if (key == "ExpStart") curve.from_start = to_number(value) == 0.0;
    } else {
      if (key == "FVC") curve.fvc_l = stated(value, most_l);
      else if (key == "FEV1") curve.fev1_l = stated(value, most_l);
      else if (key == "PEF") curve.pef_lps = stated(value, most_lps);
      else if (key == "FEF2575") curve.fef2575_lps = stated(value, most_lps);
    }
  }
  if (type != "VT" && type != "FT") throw WfError("its Type must be VT (volume over time) or FT (flow over time)");
  if (!rate_hz || *rate_hz < 10 || *rate_hz > 10'000)
    throw WfError("its Freq, the sampling rate, must be a number from 10 to 10000 Hz");
  curve.rate_hz = *rate_hz;
  curve.volume_time = type == "VT";
  if (curve.values.size() < least_samples) throw WfError("it holds only " + std::to_string(curve.values.size()) + " samples");
  for (const double v : curve.values)
    if (std::abs(v) > (curve.volume_time ? most_l : most_lps))
      throw WfError(curve.volume_time ? "it holds volumes beyond 20 L: is it in litres?" : "it holds flows beyond 25 L/s: is it in L/s?");
  if (curve.volume_time) curve.from_start = cut(curve) || std::abs(curve.values.front()) <= at_zero_l;
  return curve;
}

std::vector<double> wf_volume_l(const WfCurve& curve) {
  std::vector<double> out;
  if (curve.volume_time) {
    if (cut(curve)) out.push_back(0);
    out.insert(out.end(), curve.values.begin(), curve.values.end());
    return out;
  }
  out.push_back(0);
  for (const double v : curve.values) out.push_back(out.back() + v / curve.rate_hz);
  return out;
}

std::vector<float> wf_flow_lps(const WfCurve& curve) {
  std::vector<float> out;
  if (!curve.volume_time) {
    for (const double v : curve.values) out.push_back(static_cast<float>(v));
    return out;
  }
  const auto volume = wf_volume_l(curve);
  for (std::size_t i = 1; i < volume.size(); ++i) out.push_back(static_cast<float>((volume[i] - volume[i - 1]) * curve.rate_hz));
  return out;
}

}  // namespace caukham::formats
