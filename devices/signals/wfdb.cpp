#include "devices/signals/wfdb.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace caukham::devices {
namespace {

constexpr std::size_t max_header_bytes = 64 * 1024, max_signals = 64, max_samples = 40'000'000;

std::vector<std::string> words(std::string_view line) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < line.size();) {
    while (i < line.size() && (line[i] == ' ' || line[i] == '\t')) ++i;
    const std::size_t start = i;
    while (i < line.size() && line[i] != ' ' && line[i] != '\t') ++i;
    if (i > start) out.emplace_back(line.substr(start, i - start));
  }
  return out;
}

// A leading number; what follows it ("500/1000(0)", "2000(0)/mV") stays in `rest`.
double number(const std::string& word, const char* what, std::string_view* rest = nullptr) {
  char* end = nullptr;
  const double v = std::strtod(word.c_str(), &end);
  if (end == word.c_str() || !std::isfinite(v))
    throw WfdbError(std::string("WFDB header: ") + what + " is not a number: " + word.substr(0, 40));
  if (rest) *rest = std::string_view(word).substr(static_cast<std::size_t>(end - word.c_str()));
  return v;
}

std::string lower(std::string s) {
  for (char& c : s) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return s;
}

WfdbSignal signal_line(const std::vector<std::string>& w) {
  if (w.size() < 2) throw WfdbError("WFDB header: a signal line needs a file and a format");
  WfdbSignal s;
  s.file = w[0];
  if (s.file.find('/') != std::string::npos || s.file.find('\\') != std::string::npos)
    throw WfdbError("WFDB header: the samples must lie beside the header");
  std::string_view rest;
  s.format = static_cast<int>(std::clamp(number(w[1], "format", &rest), 0.0, 1e6));
  if (!rest.empty()) throw WfdbError("WFDB header: several samples a frame, skew or byte offset are not supported");
  if (w.size() > 2) {
    const double gain = number(w[2], "gain", &rest);
    if (gain != 0) s.gain = gain;
    bool has_baseline = false;
    if (!rest.empty() && rest.front() == '(') {
      s.baseline = static_cast<int>(std::clamp(number(std::string(rest.substr(1)), "baseline"), -1e9, 1e9));
      has_baseline = true;
    }
    if (const auto slash = rest.find('/'); slash != std::string_view::npos) s.units = rest.substr(slash + 1);
    if (!has_baseline && w.size() > 4) s.baseline = static_cast<int>(std::clamp(number(w[4], "ADC zero"), -1e9, 1e9));
  }
  for (std::size_t i = 8; i < w.size(); ++i) s.name += (i > 8 ? " " : "") + w[i];
  return s;
}

}  // namespace

WfdbHeader parse_wfdb_header(std::string_view text) {
  if (text.size() > max_header_bytes) throw WfdbError("WFDB header: more than 64 KiB, not a header");
  WfdbHeader h;
  std::size_t expected = 0;
  bool first = true;
  while (!text.empty() && (first || h.signals.size() < expected)) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    const auto w = words(line);
    if (w.empty() || w[0][0] == '#') continue;
    if (!first) {
      h.signals.push_back(signal_line(w));
      continue;
    }
    first = false;
    if (w.size() < 2) throw WfdbError("WFDB header: the first line needs a record name and a number of signals");
    if (w[0].find('/') != std::string::npos) throw WfdbError("WFDB header: multi-segment records are not supported");
    h.record = w[0];
    const double n = number(w[1], "number of signals");
    if (n < 1 || n > static_cast<double>(max_signals)) throw WfdbError("WFDB header: 1 to 64 signals");
    expected = static_cast<std::size_t>(n);
    if (w.size() > 2) h.rate_hz = number(w[2], "sampling rate");
    if (!(h.rate_hz >= 50 && h.rate_hz <= 100000)) throw WfdbError("WFDB header: sampling rate outside 50-100000 Hz");
    if (w.size() > 3)
      h.samples = static_cast<std::uint64_t>(std::clamp(number(w[3], "number of samples"), 0.0, 1e12));
  }
  if (first) throw WfdbError("WFDB header: empty");
  if (h.signals.size() < expected)
    throw WfdbError("WFDB header: truncated, signal lines are missing");
  return h;
}

EcgLoop wfdb_leads(const WfdbHeader& header, std::span<const std::uint8_t> dat) {
  static constexpr std::array<const char*, ecg_leads> names = {"i", "ii", "v1", "v2", "v3", "v4", "v5", "v6"};
  std::array<std::size_t, ecg_leads> column{};
  std::array<const WfdbSignal*, ecg_leads> signal{};
  std::string file;
  for (std::size_t lead = 0; lead < ecg_leads; ++lead) {
    for (const auto& s : header.signals)
      if (!signal[lead] && lower(s.name) == names[lead]) signal[lead] = &s;
    if (!signal[lead]) throw WfdbError(std::string("WFDB record has no lead ") + names[lead]);
  }
  file = signal[0]->file;
  for (std::size_t lead = 0; lead < ecg_leads; ++lead) {
    if (signal[lead]->file != file) throw WfdbError("WFDB record: the eight leads lie in several files");
    if (signal[lead]->format != 16) throw WfdbError("WFDB record: only format 16 is supported");
  }
  std::size_t width = 0;  // signals in this file
  for (const auto& s : header.signals) {
    if (s.file != file) continue;
    if (s.format != 16) throw WfdbError("WFDB record: only format 16 is supported");
    for (std::size_t lead = 0; lead < ecg_leads; ++lead)
      if (signal[lead] == &s) column[lead] = width;
    ++width;
  }
  std::size_t frames = dat.size() / (2 * width);
  if (header.samples) frames = std::min<std::size_t>(frames, static_cast<std::size_t>(header.samples));
  if (frames == 0) throw WfdbError("WFDB record: the samples' file holds not one whole frame");
  if (frames > max_samples) throw WfdbError("WFDB record: longer than a loop may be");
  EcgLoop loop{static_cast<int>(std::lround(header.rate_hz)), std::vector<EcgLeads>(frames)};
  for (std::size_t lead = 0; lead < ecg_leads; ++lead) {
    const auto& s = *signal[lead];
    const auto unit = lower(s.units);
    const double uv = unit == "uv" || unit == "µv" ? 1.0 : unit == "v" ? 1e6 : 1000.0;  // the default unit is mV
    float last = 0;
    for (std::size_t i = 0; i < frames; ++i) {
      const auto* p = dat.data() + 2 * (i * width + column[lead]);
      const auto raw = static_cast<std::int16_t>(static_cast<std::uint16_t>(p[0] | (p[1] << 8)));
      if (raw != -32768) last = static_cast<float>((raw - s.baseline) / s.gain * uv);  // -32768: "no sample" in WFDB
      loop.samples[i][lead] = last;
    }
  }
  return loop;
}

EcgLoop resample_loop(const EcgLoop& in, int rate_hz) {
  if (rate_hz < 1 || in.samples.empty() || in.rate_hz < 1) throw WfdbError("resample: empty loop or rate zero");
  EcgLoop out{rate_hz, {}};
  const double step = static_cast<double>(in.rate_hz) / rate_hz;
  const auto n = static_cast<std::size_t>(static_cast<double>(in.samples.size()) / step);
  const int taps = std::max(1, static_cast<int>(std::lround(step)));
  out.samples.resize(std::max<std::size_t>(n, 1));
  for (std::size_t i = 0; i < out.samples.size(); ++i) {
    const double pos = static_cast<double>(i) * step;
    const auto base = static_cast<std::uint64_t>(pos);
    const auto frac = static_cast<float>(pos - static_cast<double>(base));
    for (std::size_t lead = 0; lead < ecg_leads; ++lead) {
      float sum = 0;
      for (int t = 0; t < taps; ++t) {
        const auto k = base + static_cast<std::uint64_t>(t);
        sum += in.at(k)[lead] * (1 - frac) + in.at(k + 1)[lead] * frac;
      }
      out.samples[i][lead] = sum / static_cast<float>(taps);
    }
  }
  const auto fade = std::min<std::size_t>(static_cast<std::size_t>(rate_hz) / 4, out.samples.size() / 4);
  const std::size_t kept = out.samples.size() - fade;  // the last `fade` samples melt into the first ones
  for (std::size_t i = 0; i < fade; ++i) {
    const float part = static_cast<float>(i + 1) / static_cast<float>(fade + 1);
    for (std::size_t lead = 0; lead < ecg_leads; ++lead)
      out.samples[i][lead] = out.samples[i][lead] * part + out.samples[kept + i][lead] * (1 - part);
  }
  out.samples.resize(kept);
  return out;
}

}  // namespace caukham::devices
