#include "devices/formats/wfdb/header.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>

namespace caukham::formats {
namespace {

constexpr std::size_t max_header_bytes = 64 * 1024, max_signals = 64, max_comments = 64;
constexpr double max_segments = 20000;

using Words = std::vector<std::string>;

Words words(std::string_view line) {
  Words out;
  for (std::size_t i = 0; i < line.size();) {
    while (i < line.size() && (line[i] == ' ' || line[i] == '\t')) ++i;
    const std::size_t start = i;
    while (i < line.size() && line[i] != ' ' && line[i] != '\t') ++i;
    if (i > start) out.emplace_back(line.substr(start, i - start));
  }
  return out;
}

[[noreturn]] void fail(const std::string& what) { throw WfdbError("WFDB header: " + what); }

// A leading decimal number inside [low, high]; what follows it ("500/1000(0)", "2000(0)/mV") stays in `rest`.
double number(std::string_view text, const char* what, double low, double high, std::string_view* rest = nullptr) {
  const std::string word(text.substr(0, 40));  // strtod needs an end; no number here is longer
  const bool decimal = !word.empty() && (std::isdigit(static_cast<unsigned char>(word[0])) ||
                                         ((word[0] == '-' || word[0] == '+' || word[0] == '.') && word.size() > 1));
  char* end = nullptr;
  const double v = decimal ? std::strtod(word.c_str(), &end) : 0;
  if (!decimal || end == word.c_str() || !std::isfinite(v)) {
    std::string shown = word;
    for (char& c : shown)
      if (static_cast<unsigned char>(c) < 32 || static_cast<unsigned char>(c) > 126) c = '?';
    fail(std::string(what) + " is not a number: " + shown);
  }
  if (v < low || v > high) fail(std::string(what) + " is out of range");
  if (rest) *rest = text.substr(static_cast<std::size_t>(end - word.c_str()));
  return v;
}

// What may follow a gain or a rate: "(7)/mV", "/1000". Anything else is none of it, such as the rest of "0,5".
void nothing_else(std::string_view rest, const char* what) {
  if (!rest.empty() && rest.front() != '(' && rest.front() != '/') fail(std::string(what) + " is followed by what is no part of it");
}

std::int32_t whole(std::string_view text, const char* what, std::string_view* rest = nullptr) {
  return static_cast<std::int32_t>(number(text, what, -2147483648.0, 2147483647.0, rest));
}

// "212x2:3+512": format, samples a frame, skew, byte offset.
void format_field(std::string_view word, WfdbSignal& s) {
  s.format = static_cast<int>(number(word, "format", 0, 1e6, &word));
  while (!word.empty()) {
    const char what = word.front();
    word.remove_prefix(1);
    if (what == 'x') s.samples_per_frame = static_cast<unsigned>(number(word, "samples a frame", 1, 1000, &word));
    else if (what == ':') s.skew = static_cast<unsigned>(number(word, "skew", 0, 1e6, &word));
    else if (what == '+') s.byte_offset = static_cast<std::uint64_t>(number(word, "byte offset", 0, 1e12, &word));
    else fail("the format of a signal cannot be understood");
  }
}

WfdbSignal signal_line(const Words& w) {
  if (w.size() < 2) fail("a signal line needs a file and a format");
  WfdbSignal s;
  s.file = w[0].substr(0, 255);
  if (s.file.find_first_of("/\\") != std::string::npos || s.file == "." || s.file == ".." || s.file != w[0])
    fail("the samples must lie beside the header");
  format_field(w[1], s);
  std::optional<std::int32_t> baseline, adc_zero;
  if (w.size() > 2) {
    std::string_view rest;
    const double gain = number(w[2], "gain", -1e12, 1e12, &rest);
    nothing_else(rest, "gain");
    s.calibrated = gain != 0;
    if (gain != 0) s.gain = gain;
    if (!rest.empty() && rest.front() == '(') baseline = whole(rest.substr(1), "baseline", &rest);
    if (const auto slash = rest.find('/'); slash != std::string_view::npos) s.units = rest.substr(slash + 1, 20);
  } else {
    s.calibrated = false;
  }
  if (w.size() > 4) adc_zero = whole(w[4], "ADC zero");
  if (w.size() > 5) s.initial = whole(w[5], "initial value");
  else s.initial = adc_zero.value_or(0);
  // 0 is what writers put that do not know it: no checksum.
  if (w.size() > 6)
    if (const auto sum = static_cast<std::int16_t>(whole(w[6], "checksum"))) s.checksum = sum;
  s.baseline = baseline.value_or(adc_zero.value_or(0));
  for (std::size_t i = 8; i < w.size(); ++i) s.name += (i > 8 ? " " : "") + w[i];
  s.name.resize(std::min<std::size_t>(s.name.size(), 80));
  return s;
}

void record_line(const Words& w, WfdbHeader& h, std::size_t& expected) {
  if (w.size() < 2) fail("the first line needs a record name and a number of signals");
  if (w[0].find('/') != std::string::npos) fail("a segment is made of segments itself, which no WFDB record may be");
  h.record = w[0].substr(0, 80);
  std::string_view rest;
  const double n = number(w[1], "number of signals", -1e9, 1e9);
  if (n < 1 || n > static_cast<double>(max_signals)) fail("1 to 64 signals are possible");
  expected = static_cast<std::size_t>(n);
  if (w.size() > 2) h.rate_hz = number(w[2], "sampling rate", -1e18, 1e18, &rest);
  nothing_else(rest, "sampling rate");
  if (!(h.rate_hz >= 0.1 && h.rate_hz <= 100000)) fail("sampling rate outside 0.1-100000 Hz");
  if (w.size() > 3) h.frames = static_cast<std::uint64_t>(number(w[3], "number of samples", 0, 1e12));
}

// Takes the first line off, without its end.
std::string_view next_line(std::string_view& text) {
  const auto end = text.find('\n');
  auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

}  // namespace

WfdbHeader parse_wfdb_header(std::string_view text) {
  if (text.size() > max_header_bytes) fail("more than 64 KiB, not a header");
  WfdbHeader h;
  std::size_t expected = 0;
  bool first = true;
  while (!text.empty()) {
    const auto line = next_line(text);
    const auto w = words(line);
    if (w.empty()) continue;
    if (w[0][0] == '#') {
      if (h.comments.size() < max_comments) h.comments.emplace_back(line.substr(line.find('#') + 1).substr(0, 200));
    } else if (first) {
      record_line(w, h, expected);
      first = false;
    } else if (h.signals.size() < expected) {
      h.signals.push_back(signal_line(w));
    }  // lines after the last signal are nobody's: WFDB's own library ignores them too
  }
  if (first) fail("empty");
  if (h.signals.size() < expected) fail("truncated, signal lines are missing");
  return h;
}

std::optional<WfdbMaster> parse_wfdb_master(std::string_view text) {
  WfdbMaster m;
  std::size_t expected = 0;
  bool first = true;
  while (!text.empty()) {
    const auto line = next_line(text);
    const auto w = words(line);
    if (w.empty() || w[0][0] == '#') continue;
    if (first) {
      const auto slash = w[0].find('/');
      if (slash == std::string::npos) return std::nullopt;
      first = false;
      m.record = w[0].substr(0, std::min<std::size_t>(slash, 80));
      expected = static_cast<std::size_t>(number(std::string_view(w[0]).substr(slash + 1), "number of segments", 1, max_segments));
      if (w.size() > 2) m.rate_hz = number(w[2], "sampling rate", 0.1, 100000);
    } else if (m.segments.size() < expected) {
      if (w.size() < 2) fail("a segment needs a name and a number of samples");
      if (w[0].size() > 255 || w[0].find_first_of("/\\.") != std::string::npos) fail("the segments must lie beside the header");
      m.segments.push_back({w[0], static_cast<std::uint64_t>(number(w[1], "number of samples", 0, 1e12))});
      m.frames += m.segments.back().frames;
    }
  }
  if (first) return std::nullopt;
  if (m.segments.size() < expected) fail("truncated, segment lines are missing");
  return m;
}

}  // namespace caukham::formats
