#include "analysis/spirometry/wf.hpp"

#include <cmath>

#include "analysis/spirometry/text.hpp"

namespace caukham::analysis::spirometry {

void check_rate(double rate_hz) {
  if (!(rate_hz >= 100 && rate_hz <= 1000))
    throw CurveError("the sampling rate must lie between 100 and 1000 Hz, it is " +
                     std::to_string(static_cast<long>(std::isfinite(rate_hz) ? rate_hz : 0)) + " Hz");
}

Curve parse_curve(std::string_view text) {
  if (text.size() > 4 * 1024 * 1024) throw CurveError("more than 4 MiB: this is no breathing curve");
  if (text.find("[Data]") == std::string_view::npos || text.find("[Header]") == std::string_view::npos)
    throw CurveError("this is no waveform file: it has no [Header] and [Data] sections");
  Curve curve;
  enum { none, header, data } section = none;
  std::string type;
  std::vector<double> samples;
  for (int line_no = 1; !text.empty(); ++line_no) {
    const auto line = next_line(text);
    const auto fail = [&](const std::string& what) {
      throw CurveError("line " + std::to_string(line_no) + ": " + what);
    };
    if (line.empty()) continue;
    if (line.front() == '[') {
      section = line == "[Header]" ? header : line == "[Data]" ? data : none;
      continue;
    }
    if (section == data) {
      const auto v = to_number(line);
      if (!v) fail("a number was expected");
      if (samples.size() >= 100'000) fail("more than 100 000 samples");
      samples.push_back(*v);
    } else if (section == header) {
      const auto equals = line.find('=');
      if (equals == std::string_view::npos) continue;
      const auto key = trimmed(line.substr(0, equals)), value = trimmed(line.substr(equals + 1));
      if (key == "Name") curve.name = value.substr(0, 64);
      else if (key == "Type") type = value.substr(0, 16);
      else if (key == "Freq") curve.rate_hz = to_number(value).value_or(0);
    }
  }
  if (type != "VT" && type != "FT")
    throw CurveError("its Type must be VT (volume over time) or FT (flow over time)");
  check_rate(curve.rate_hz);
  if (samples.size() < 10) throw CurveError("it holds only " + std::to_string(samples.size()) + " samples");
  const bool volume = type == "VT";
  for (double v : samples)
    if (std::abs(v) > (volume ? 20.0 : 25.0))
      throw CurveError(volume ? "it holds volumes beyond 20 L: is it in litres?"
                              : "it holds flows beyond 25 L/s: is it in L/s?");
  if (volume) {
    // A volume that begins a little above zero was cut by its maker: its first step is its own first sample.
    double last = samples.front() > 0 && samples.front() < 0.5 ? 0 : samples.front();
    for (double v : samples) {
      curve.flow_lps.push_back(static_cast<float>((v - last) * curve.rate_hz));
      last = v;
    }
    if (curve.flow_lps.front() == 0) curve.flow_lps.erase(curve.flow_lps.begin());
  } else {
    for (double v : samples) curve.flow_lps.push_back(static_cast<float>(v));
  }
  return curve;
}

}  // namespace caukham::analysis::spirometry
