#include "devices/formats/edf/fields.hpp"
#include "devices/formats/edf/samples.hpp"
#include "record/bdf_format.hpp"
#include "record/bdf_reader.hpp"
#include "record/edf_file.hpp"
#include "record/error.hpp"
#include "target.hpp"

using namespace fuzz;
using namespace caukham::record;

namespace {

// A whole file of any maker.
void edf(Input bytes) {
  constexpr std::uint64_t limit = 200'000;
  try {
    const auto f = read_edf(std::as_bytes(bytes), limit);
    std::uint64_t all = 0;
    for (const auto& t : f.tracks) all += t.physical.size();
    must(all <= limit, "no more samples than allowed");
  } catch (const RecordError&) {
  }
}

// The same, digit for digit, as the replay plugin reads it.
void edf_digits(Input bytes) {
  namespace edf = caukham::formats::edf;
  const auto all = std::as_bytes(bytes);
  try {
    const auto header = edf::parse_header(all);
    const auto groups = edf::groups_of(header);
    std::vector<std::int32_t> values;
    for (std::uint64_t k = 0; k < 3 && header.header_bytes + (k + 1) * header.record_bytes <= all.size(); ++k) {
      const auto record = all.subspan(header.header_bytes + k * header.record_bytes, header.record_bytes);
      edf::remarks_of(header, k, record);
      for (const auto& group : groups) {
        values.clear();
        edf::samples_of(header, group, record, values);
        must(values.size() == group.signals.size() * group.samples_per_record, "every sample of the record once");
      }
    }
  } catch (const edf::Error&) {
  }
}

std::string field(std::string s, std::size_t width) {
  s.resize(width, ' ');
  return s;
}

Seed edf_file(bool bdf, const std::string& kind, bool annotations) {
  const int signals = annotations ? 3 : 2;
  std::string h = bdf ? std::string("\xff" "BIOSEMI") : field("0", 8);
  h += field("X F 02-MAY-1980 X", 80) + field("Startdate 01-FEB-2003 e t q SIMULATED UTC+07:00 ecg", 80) + "01.02.0310.11.12" +
       field(std::to_string(256 * (signals + 1)), 8) + field(kind, 44) + field("2", 8) + field("1", 8) + field(std::to_string(signals), 4);
  const auto each = [&](std::size_t width, const std::string& a, const std::string& b, const std::string& c) {
    h += field(a, width) + field(b, width) + (annotations ? field(c, width) : "");
  };
  const std::string low = bdf ? "-8388608" : "-32768", high = bdf ? "8388607" : "32767";
  each(16, "ECG I", "Resp", bdf ? "BDF Annotations" : "EDF Annotations");
  each(80, "AgCl", "", "");
  each(8, "uV", "mL", "");
  each(8, "-5000", "-1", "-1");
  each(8, "5000", "1", "1");
  each(8, low, low, low);
  each(8, high, high, high);
  each(80, "HP:0.05Hz", "", "");
  each(8, "5", "2", "12");
  each(32, "", "", "");
  for (int r = 0; r < 2; ++r) {
    h += std::string(static_cast<std::size_t>(7 * (bdf ? 3 : 2)), static_cast<char>(r + 65));
    if (annotations) {
      std::string tal = r ? "+3.5\x14\x14" : "+0.25\x14\x14";
      tal += std::string(1, '\0') + (r ? "+4\x15" "0.5\x14gap\x14" : "+1\x14x\x14") + std::string(1, '\0');
      tal.resize(static_cast<std::size_t>(12 * (bdf ? 3 : 2)), '\0');
      h += tal;
    }
  }
  return seed(h);
}
std::vector<Seed> edf_files() {
  return {edf_file(false, "", false), edf_file(false, "EDF+C", true), edf_file(false, "EDF+D", true), edf_file(true, "24BIT", false),
          edf_file(true, "BDF+D", true)};
}
const Register edf_target{"edf_bdf_file", edf, edf_files};
const Register edf_digits_target{"edf_bdf_digits", edf_digits, edf_files};

// One data record as the evidence stream carries it, under a header the console got before: header, FF 00, record.
void data_record(Input bytes) {
  const auto parts = pieces(bytes);
  WaveformSpec spec;
  spec.rate_hz = 500;
  spec.samples_per_record = 50;
  spec.channels.resize(2);
  try {
    (void)decode_header(std::as_bytes(parts[0]));
  } catch (const RecordError&) {
  }
  try {
    const auto r = decode_record(spec, std::as_bytes(parts.back()));
    for (const auto& c : r.channels) must(c.size() == r.valid && r.valid <= 50, "as many samples as are valid");
  } catch (const RecordError&) {
  }
  try {
    for (const auto& a : parse_tals(text(parts.back()))) (void)a;
  } catch (const RecordError&) {
  }
}
std::vector<Seed> data_records() {
  Seed whole(480, 7);
  const std::string tal = std::string("+0.1\x14\x14") + '\0' + "+0.1\x14padding 20 samples\x14" + '\0';
  std::fill(whole.begin() + 300, whole.end(), std::uint8_t{0});
  std::copy(tal.begin(), tal.end(), whole.begin() + 300);
  WaveformSpec spec;
  spec.label = "ecg";
  spec.rate_hz = 500;
  spec.samples_per_record = 50;
  spec.channels.resize(2);
  for (auto& c : spec.channels) c.label = "ECG I";
  spec.start_utc_ns = 1'795'300'000'000'000'000;
  auto both = seed(encode_header(spec, true, 3));
  both.push_back(0xFF), both.push_back(0);
  both.insert(both.end(), whole.begin(), whole.end());
  return {whole, both, seed(tal)};
}
const Register record_target{"bdf_record", data_record, data_records};

}  // namespace
