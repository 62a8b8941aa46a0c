// The reading half of bdf_format.hpp: everything here looks at bytes somebody else may have made.
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

#include "core/i18n.hpp"
#include "record/bdf_format.hpp"
#include "record/error.hpp"

namespace caukham::record {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

[[noreturn]] void corrupt(const std::string& why) {
  throw RecordError(Fault::corrupt, core::tr("This is not a sound waveform file: {0}.", why));
}

std::string_view trim(std::string_view s) {
  while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
  while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
  return s;
}

template <class Number>
Number number(std::string_view text, const char* what, Number low, Number high) {
  text = trim(text);
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= low && value <= high))
    corrupt(std::string("its ") + what + " is unreadable or out of range");
  return value;
}

std::string spaced(std::string_view subfield) {
  if (subfield == "X") return {};
  std::string out(subfield);
  for (char& c : out) c = c == '_' ? ' ' : c;
  return out;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  while (!(text = trim(text)).empty()) {
    const std::size_t n = std::min(text.find(' '), text.size());
    out.push_back(text.substr(0, n));
    text.remove_prefix(n);
  }
  return out;
}

std::string iso_date(std::string_view edf) {  // dd-MMM-yyyy
  static constexpr std::string_view names = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
  if (edf.size() != 11) return {};
  const std::size_t m = names.find(edf.substr(3, 3));
  if (m == std::string_view::npos || m % 3) return {};
  const std::string month = std::to_string(m / 3 + 1);
  return std::string(edf.substr(7, 4)) + '-' + (month.size() < 2 ? "0" : "") + month + '-' +
         std::string(edf.substr(0, 2));
}

void read_identification(std::string_view patient, std::string_view recording, WaveformSpec& spec) {
  if (const auto p = words(patient); p.size() >= 4) {
    spec.patient_code = spaced(p[0]);
    spec.patient_sex = p[1] == "M" || p[1] == "F" ? p[1][0] : 'X';
    spec.patient_birth_date = iso_date(p[2]);
    spec.patient_name = spaced(p[3]);
  }
  const auto r = words(recording);
  if (r.size() >= 5 && r[0] == "Startdate") {
    spec.exam = spaced(r[2]);
    spec.technician = spaced(r[3]);
    spec.equipment = spaced(r[4]);
  }
  spec.utc_offset_min = 0;
  bool zone = false;
  for (std::size_t i = 5; i < r.size(); ++i) {
    if (r[i] == "SIMULATED") {
      spec.simulated = true;
    } else if (!zone && r[i].size() == 9 && r[i].starts_with("UTC")) {
      zone = true;
      int h = 0, m = 0;
      std::from_chars(r[i].data() + 4, r[i].data() + 6, h);
      std::from_chars(r[i].data() + 7, r[i].data() + 9, m);
      spec.utc_offset_min = (r[i][3] == '-' ? -1 : 1) * (h * 60 + m);
    } else if (zone) {
      spec.label = spaced(r[i]);
    }
  }
}

std::int64_t start_second(std::string_view date,
                          std::string_view time) {  // dd.mm.yy hh.mm.ss, pivot 1985 (EDF+)
  const auto two = [](std::string_view s, std::size_t at) {
    return number<int>(s.substr(at, 2), "start date or time", 0, 99);
  };
  const int yy = two(date, 6);
  using namespace std::chrono;
  const year_month_day ymd{year{yy < 85 ? 2000 + yy : 1900 + yy}, month{unsigned(two(date, 3))},
                           day{unsigned(two(date, 0))}};
  const int h = two(time, 0), m = two(time, 3), s = two(time, 6);
  if (!ymd.ok() || h > 23 || m > 59 || s > 59) corrupt("its start date or time does not exist");
  return sys_days{ymd}.time_since_epoch().count() * std::int64_t{86400} + h * 3600 + m * 60 + s;
}

// Seconds with a fraction to nanoseconds; digits beyond the ninth are dropped.
bool parse_seconds(std::string_view text, std::int64_t& ns) {
  const std::size_t dot = std::min(text.find('.'), text.size());
  std::int64_t whole = 0, fraction = 0, unit = second_ns;
  if (dot == 0 || dot > 9) return false;
  for (const char c : text.substr(0, dot)) {
    if (c < '0' || c > '9') return false;
    whole = whole * 10 + (c - '0');
  }
  for (const char c : text.substr(std::min(dot + 1, text.size()))) {
    if (c < '0' || c > '9') return false;
    unit /= 10;
    fraction += unit * (c - '0');
  }
  ns = whole * second_ns + fraction;
  return true;
}

}  // namespace

ParsedHeader decode_header(std::span<const std::byte> start) {
  const std::string_view h(reinterpret_cast<const char*>(start.data()), start.size());
  if (h.size() < 512) corrupt("its header is cut off");
  if (h.substr(0, 8) != "\xff" "BIOSEMI") corrupt("it does not begin like one");
  ParsedHeader out;
  WaveformSpec& spec = out.spec;
  const std::size_t signals = number<unsigned>(h.substr(252, 4), "number of signals", 2, 256);
  out.header_bytes = 256 * (signals + 1);
  if (number<unsigned>(h.substr(184, 8), "header size", 0, 1u << 24) != out.header_bytes ||
      h.size() < out.header_bytes)
    corrupt("its header is cut off");
  if (h.substr(192, 5) != "BDF+C" && h.substr(192, 5) != "BDF+D") corrupt("it is not of the + kind");
  out.discontinuous = h[196] == 'D';
  out.records = number<std::int64_t>(h.substr(236, 8), "number of records", -1, 99'999'999);
  const double duration = number<double>(h.substr(244, 8), "record duration", 1e-6, 1e6);
  read_identification(h.substr(8, 80), h.substr(88, 80), spec);
  spec.start_utc_ns =
      (start_second(h.substr(168, 8), h.substr(176, 8)) - std::int64_t{spec.utc_offset_min} * 60) * second_ns;

  std::size_t base = 256;
  const auto column = [&](std::size_t width) {
    const std::size_t at = base;
    base += width * signals;
    return [h, at, width](std::size_t i) { return trim(h.substr(at + width * i, width)); };
  };
  const auto label = column(16), transducer = column(80), unit = column(8), physical_min = column(8);
  const auto physical_max = column(8), digital_min = column(8), digital_max = column(8),
             prefilter = column(80);
  const auto samples = column(8), reserved = column(32);
  if (label(signals - 1) != "BDF Annotations") corrupt("its last signal is not the annotations");
  spec.annotation_bytes = 3 * number<unsigned>(samples(signals - 1), "annotation size", 5, 100'000);
  for (std::size_t i = 0; i + 1 < signals; ++i) {
    const unsigned n = number<unsigned>(samples(i), "samples a record", 1, 1'000'000);
    if (i > 0 && n != spec.samples_per_record)
      corrupt("its signals have different rates, which is not supported");
    spec.samples_per_record = n;
    WaveformChannel c;
    c.label = label(i);
    c.unit = unit(i);
    c.transducer = transducer(i);
    c.prefilter = prefilter(i);
    c.digital_min = number<std::int32_t>(digital_min(i), "digital minimum", bdf_min, bdf_max);
    c.digital_max = number<std::int32_t>(digital_max(i), "digital maximum", bdf_min, bdf_max);
    const double low = number<double>(physical_min(i), "physical minimum", -1e9, 1e9);
    const double high = number<double>(physical_max(i), "physical maximum", -1e9, 1e9);
    if (c.digital_min >= c.digital_max || low == high) corrupt("a signal has no range");
    c.scale = (high - low) / (static_cast<double>(c.digital_max) - c.digital_min);
    if (const std::string_view r = reserved(i); r.starts_with("scale=")) {
      const double exact = number<double>(r.substr(6), "scale", 1e-12, 1e12);
      if (std::abs(exact - c.scale) > std::abs(c.scale) * 0.01) corrupt("a signal has two different scales");
      c.scale = exact;
    }
    spec.channels.push_back(std::move(c));
  }
  if (3ull * spec.samples_per_record * spec.channels.size() + spec.annotation_bytes > max_record_bytes)
    corrupt("its records are too big");
  spec.rate_hz = std::round(spec.samples_per_record / duration * 1000) / 1000;
  if (const std::string_view r = reserved(signals - 1); r.starts_with("rate=")) {
    const double exact = number<double>(r.substr(5), "rate", 0.1, 100'000);
    if (std::abs(exact - spec.rate_hz) > spec.rate_hz * 0.01) corrupt("it has two different rates");
    spec.rate_hz = exact;
  }
  if (!(spec.rate_hz >= 0.1 && spec.rate_hz <= 100'000)) corrupt("its rate is out of range");
  return out;
}

std::vector<BdfAnnotation> parse_tals(std::string_view bytes) {
  std::vector<BdfAnnotation> out;
  while (!bytes.empty()) {
    if (bytes.front() == '\0') {  // filling after the last list
      bytes.remove_prefix(1);
      continue;
    }
    const std::size_t end = bytes.find('\0');
    if (end == std::string_view::npos) corrupt("an annotation has no end");
    std::string_view list = bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
    const std::size_t head_end = list.find('\x14');
    if (head_end == std::string_view::npos || list.back() != '\x14') corrupt("an annotation is cut off");
    std::string_view head = list.substr(0, head_end);
    list.remove_prefix(head_end + 1);
    BdfAnnotation a;
    const std::size_t split = head.find('\x15');
    const std::string_view onset = head.substr(0, split);
    if (onset.empty() || (onset[0] != '+' && onset[0] != '-') ||
        !parse_seconds(onset.substr(1), a.onset_ns) ||
        (split != std::string_view::npos && !parse_seconds(head.substr(split + 1), a.duration_ns)))
      corrupt("an annotation has an unreadable time");
    if (onset[0] == '-') a.onset_ns = -a.onset_ns;
    while (!list.empty()) {
      const std::size_t n = list.find('\x14');
      a.text = list.substr(0, n);
      out.push_back(a);
      list.remove_prefix(n + 1);
    }
    if (out.empty()) corrupt("a record has no start time");
  }
  if (out.empty() || !out.front().text.empty()) corrupt("a record has no start time");
  return out;
}

}  // namespace caukham::record
