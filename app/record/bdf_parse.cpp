// The reading half of bdf_format.hpp: everything here looks at bytes somebody else may have made.
#include <charconv>

#include "core/i18n.hpp"
#include "record/bdf_format.hpp"
#include "record/error.hpp"
#include "devices/formats/edf/fields.hpp"

namespace caukham::record {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

using formats::edf::trim;

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

// A sentence for people around what a parser of files says.
template <class Parse>
auto in_words(Parse parse) {
  try {
    return parse();
  } catch (const formats::edf::Error& e) {
    corrupt(e.what());
  }
}

}  // namespace

void corrupt(const std::string& why) {
  throw RecordError(Fault::corrupt, core::tr("This is not a sound waveform file: {0}.", why));
}
EdfHeader parse_edf_header(std::span<const std::byte> start) {
  return in_words([&] { return formats::edf::parse_header(start); });
}
double edf_rate_hz(const EdfHeader& header, std::uint32_t samples_per_record) {
  return in_words([&] { return formats::edf::exact_rate_hz(header, samples_per_record); });
}
std::vector<BdfAnnotation> parse_tals(std::string_view bytes, bool timekeeping) {
  return in_words([&] { return formats::edf::parse_tals(bytes, timekeeping); });
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
  spec.rate_hz = edf_rate_hz(h, spec.samples_per_record);
  if (!(spec.rate_hz >= 0.1 && spec.rate_hz <= 100'000)) corrupt("its rate is out of range");
  return out;
}

}  // namespace caukham::record
