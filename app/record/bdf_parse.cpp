// The reading half of bdf_format.hpp: everything here looks at bytes somebody else may have made.
#include <charconv>
#include <cmath>

#include "record/bdf_format.hpp"
#include "record/edf_fields.hpp"

namespace caukham::record {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

using edf::corrupt, edf::number, edf::trim;

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

ParsedHeader decode_header(std::span<const std::byte> start) {
  const EdfHeader h = parse_edf_header(start);
  if (h.sample_bytes != 3) corrupt("it does not begin like one");
  if (!h.plus) corrupt("it is not of the + kind");
  if (h.signals.size() < 2) corrupt("its number of signals is unreadable or out of range");
  if (!h.start_local_s) corrupt("its start date or time does not exist");
  ParsedHeader out;
  WaveformSpec& spec = out.spec;
  out.header_bytes = h.header_bytes;
  out.discontinuous = h.discontinuous;
  out.records = h.records;
  read_identification(h.patient, h.recording, spec);
  spec.start_utc_ns = (*h.start_local_s - std::int64_t{spec.utc_offset_min} * 60) * second_ns;
  const EdfSignal& last = h.signals.back();
  if (!last.annotations) corrupt("its last signal is not the annotations");
  if (last.samples_per_record < 5 || last.samples_per_record > 100'000)
    corrupt("its annotation size is unreadable or out of range");
  spec.annotation_bytes = 3 * last.samples_per_record;
  for (std::size_t i = 0; i + 1 < h.signals.size(); ++i) {
    const EdfSignal& s = h.signals[i];
    if (s.annotations) corrupt("it has annotations between its signals");
    if (i > 0 && s.samples_per_record != spec.samples_per_record)
      corrupt("its signals have different rates, which is not supported");
    spec.samples_per_record = s.samples_per_record;
    if (!s.has_range) corrupt("a signal has no range");
    WaveformChannel c;
    c.label = s.label;
    c.unit = s.unit;
    c.transducer = s.transducer;
    c.prefilter = s.prefilter;
    c.digital_min = s.digital_min;
    c.digital_max = s.digital_max;
    c.scale = s.scale();
    spec.channels.push_back(std::move(c));
  }
  if (3ull * spec.samples_per_record * spec.channels.size() + spec.annotation_bytes > max_record_bytes)
    corrupt("its records are too big");
  spec.rate_hz = exact_rate_hz(h, spec.samples_per_record);
  if (!(spec.rate_hz >= 0.1 && spec.rate_hz <= 100'000)) corrupt("its rate is out of range");
  return out;
}

double exact_rate_hz(const EdfHeader& h, std::uint32_t samples_per_record) {
  const double rate_hz = std::round(samples_per_record / h.duration_s * 1000) / 1000;
  const std::string_view r = h.signals.back().reserved;
  if (!h.signals.back().annotations || !r.starts_with("rate=")) return rate_hz;
  const double exact = number<double>(r.substr(5), "rate", 0.1, 100'000);
  if (std::abs(exact - rate_hz) > rate_hz * 0.01) corrupt("it has two different rates");
  return exact;
}

std::vector<BdfAnnotation> parse_tals(std::string_view bytes, bool timekeeping) {
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
    if (timekeeping && out.empty()) corrupt("a record has no start time");
  }
  if (timekeeping && (out.empty() || !out.front().text.empty())) corrupt("a record has no start time");
  return out;
}

}  // namespace caukham::record
