#include "record/bdf_format.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "record/error.hpp"
#include "record/identity.hpp"

namespace caukham::record {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr const char* months[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                  "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};

[[noreturn]] void invalid(const std::string& why) {
  throw RecordError(Fault::invalid, "Waveform file: " + why);
}

std::int64_t rate_mhz(double rate_hz) { return std::llround(rate_hz * 1000); }

// Printable ASCII, cut or filled with blanks: the only characters the header may hold.
std::string field(std::string_view text, std::size_t width) {
  std::string out = without_accents(text);
  for (char& c : out) {
    if (c < 32 || c > 126) c = ' ';
  }
  out.resize(width, ' ');
  return out;
}

std::string subfield(std::string_view text) {  // blanks separate subfields, so they become underscores
  std::string out = field(text, std::min<std::size_t>(text.size(), 80));
  while (!out.empty() && out.back() == ' ') out.pop_back();
  std::replace(out.begin(), out.end(), ' ', '_');
  return out.empty() ? "X" : out;
}

// The eight-character decimal closest to the value; empty when it does not fit.
std::string number8(double value) {
  for (int decimals = 6; decimals >= 0; --decimals) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    std::string s = text;
    if (s.find('.') != std::string::npos) {
      while (s.back() == '0') s.pop_back();
      if (s.back() == '.') s.pop_back();
    }
    if (s.size() <= 8) return s;
  }
  return {};
}

std::string duration_field(const WaveformSpec& spec) {
  return number8(static_cast<double>(spec.samples_per_record) * 1000 /
                 static_cast<double>(rate_mhz(spec.rate_hz)));
}

struct Civil { int year, month, day, hour, minute, second; };
Civil civil(std::int64_t local_s) {
  using namespace std::chrono;
  const sys_seconds t{seconds{local_s}};
  const auto d = floor<days>(t);
  const year_month_day ymd{d};
  const hh_mm_ss hms{t - d};
  return {int(ymd.year()), int(unsigned(ymd.month())), int(unsigned(ymd.day())), int(hms.hours().count()),
          int(hms.minutes().count()), int(hms.seconds().count())};
}

std::int64_t floor_second(std::int64_t ns) { return ns / second_ns - (ns % second_ns < 0); }
std::int64_t local_second(const WaveformSpec& spec) {
  return floor_second(spec.start_utc_ns) + std::int64_t{spec.utc_offset_min} * 60;
}

std::string edf_date(int year, int month, int day) {
  char text[32];
  std::snprintf(text, sizeof text, "%02d-%s-%04d", day, months[(month - 1) % 12], year);
  return text;
}

std::string patient_field(const WaveformSpec& spec) {
  std::string birth = "X";
  int y = 0, m = 0, d = 0;
  if (std::sscanf(spec.patient_birth_date.c_str(), "%4d-%2d-%2d", &y, &m, &d) == 3 && m >= 1 && m <= 12)
    birth = edf_date(y, m, d);
  const char sex = spec.patient_sex == 'M' || spec.patient_sex == 'F' ? spec.patient_sex : 'X';
  return field(subfield(spec.patient_code).substr(0, 20) + ' ' + sex + ' ' + birth + ' ' +
                   subfield(spec.patient_name), 80);
}

std::string recording_field(const WaveformSpec& spec) {
  const Civil c = civil(local_second(spec));
  char zone[16];
  std::snprintf(zone, sizeof zone, "UTC%c%02d:%02d", spec.utc_offset_min < 0 ? '-' : '+',
                std::abs(spec.utc_offset_min) / 60, std::abs(spec.utc_offset_min) % 60);
  const std::string head = "Startdate " + edf_date(c.year, c.month, c.day);
  const std::string tail = (spec.simulated ? std::string(" SIMULATED ") : std::string(" ")) + zone + ' ' +
                           subfield(spec.label).substr(0, 12);
  std::string part[3] = {subfield(spec.exam), subfield(spec.technician), subfield(spec.equipment)};
  const auto total = [&] {
    return head.size() + tail.size() + 3 + part[0].size() + part[1].size() + part[2].size();
  };
  while (total() > 80) {  // SIMULATED always stays; the longest of the others gives way
    std::max_element(part, part + 3, [](auto& a, auto& b) { return a.size() < b.size(); })->pop_back();
  }
  return field(head + ' ' + part[0] + ' ' + part[1] + ' ' + part[2] + tail, 80);
}

}  // namespace

std::uint32_t samples_per_record_for(double rate_hz) {
  const std::int64_t mhz = rate_mhz(rate_hz);
  if (mhz <= 0) return 1;
  const std::int64_t least = std::max<std::int64_t>(1, (mhz + 9999) / 10000);
  for (std::int64_t n = least; n <= least * 4; ++n) {
    if (n * 1'000'000'000 % mhz == 0)
      return static_cast<std::uint32_t>(n);  // n / rate has at most six decimals
  }
  return static_cast<std::uint32_t>(std::max<std::int64_t>(1, (mhz + 5000) / 10000));
}

std::int64_t grid_ns(double rate_hz, std::int64_t sample) {
  return static_cast<std::int64_t>(static_cast<__int128>(sample) * 1'000'000'000'000 / rate_mhz(rate_hz));
}

std::int64_t grid_sample(double rate_hz, std::int64_t ns) {
  const __int128 scaled = static_cast<__int128>(ns) * rate_mhz(rate_hz);
  const __int128 half = 500'000'000'000;
  return static_cast<std::int64_t>((scaled + (scaled < 0 ? -half : half)) / 1'000'000'000'000);
}

bool exact_duration(const WaveformSpec& spec) {
  return duration_field(spec).size() <= 8 &&
         std::int64_t{spec.samples_per_record} * 1'000'000'000 % rate_mhz(spec.rate_hz) == 0;
}

void check_spec(const WaveformSpec& spec) {
  if (spec.channels.empty() || spec.channels.size() > 64) invalid("1 to 64 channels are possible.");
  if (!(spec.rate_hz >= 0.1 && spec.rate_hz <= 100'000))
    invalid("the rate must lie between 0.1 and 100000 Hz.");
  if (spec.samples_per_record == 0 || spec.samples_per_record > 1'000'000)
    invalid("1 to 1000000 samples a record are possible.");
  if (spec.annotation_bytes < 180 || spec.annotation_bytes > 6000 || spec.annotation_bytes % 3)
    invalid("annotation_bytes must be a multiple of 3 between 180 and 6000.");
  if (3 * spec.samples_per_record * spec.channels.size() + spec.annotation_bytes > max_record_bytes)
    invalid("a record may have 15 MB at most.");
  if (duration_field(spec).empty() || duration_field(spec) == "0")
    invalid("the record's duration cannot be written.");
  if (std::abs(spec.utc_offset_min) > 14 * 60) invalid("the time zone is out of range.");
  const int year = civil(local_second(spec)).year;
  if (year < 1985 || year > 2084)
    invalid("the start must lie between 1985 and 2084. Check the computer's clock.");
  for (const WaveformChannel& c : spec.channels) {
    const std::string name = "channel '" + c.label + "' ";
    if (c.digital_min < bdf_min || c.digital_max > bdf_max || c.digital_min >= c.digital_max)
      invalid(name + "needs a digital range inside 24 bits.");
    if (!(c.scale > 0) || !std::isfinite(c.scale)) invalid(name + "needs a scale above zero.");
    const std::string low = number8(c.digital_min * c.scale), high = number8(c.digital_max * c.scale);
    if (low.empty() || high.empty() || low == high)
      invalid(name +
              "has a physical range that does not fit the header's eight characters; use another unit.");
  }
}

std::string count_field(std::uint64_t records) { return field(std::to_string(records), 8); }

std::string encode_header(const WaveformSpec& spec, bool discontinuous, std::uint64_t records) {
  const Civil c = civil(local_second(spec));
  char date[80], time[80];
  std::snprintf(date, sizeof date, "%02d.%02d.%02d", c.day, c.month, c.year % 100);
  std::snprintf(time, sizeof time, "%02d.%02d.%02d", c.hour, c.minute, c.second);
  const std::size_t signals = spec.channels.size() + 1;
  std::string h =
      "\xff"
      "BIOSEMI" +
      patient_field(spec) + recording_field(spec) + field(date, 8) + field(time, 8) +
      field(std::to_string(256 * (signals + 1)), 8) + field(discontinuous ? "BDF+D" : "BDF+C", 44) +
      count_field(records) + field(duration_field(spec), 8) + field(std::to_string(signals), 4);
  const auto each = [&](std::size_t width, auto&& of_channel, const std::string& of_annotations) {
    for (const WaveformChannel& ch : spec.channels) h += field(of_channel(ch), width);
    h += field(of_annotations, width);
  };
  each(16, [](auto& ch) { return ch.label; }, "BDF Annotations");
  // Eight characters cannot hold every scale and rate: both stand exactly behind the transducer's name. Not in the
  // reserved fields: EDF+ wants those empty, and EDFlib 1.27 refuses files in which they are not.
  each(80, [&](auto& ch) {
    char text[32];
    const std::string scale(text, std::to_chars(text, text + sizeof text, ch.scale).ptr);
    const auto exact = "[scale=" + scale + " rate=" + tal_seconds(rate_mhz(spec.rate_hz) * 1'000'000, false) + "]";
    return ch.transducer.substr(0, 79 - exact.size()) + (ch.transducer.empty() ? "" : " ") + exact;
  }, "");
  each(8, [](auto& ch) { return ch.unit; }, "");
  each(8, [](auto& ch) { return number8(ch.digital_min * ch.scale); }, "-1");
  each(8, [](auto& ch) { return number8(ch.digital_max * ch.scale); }, "1");
  each(8, [](auto& ch) { return std::to_string(ch.digital_min); }, std::to_string(bdf_min));
  each(8, [](auto& ch) { return std::to_string(ch.digital_max); }, std::to_string(bdf_max));
  each(80, [](auto& ch) { return ch.prefilter; }, "");
  each(
      8, [&](auto&) { return std::to_string(spec.samples_per_record); },
      std::to_string(spec.annotation_bytes / 3));
  each(32, [](auto&) { return ""; }, "");
  return h;
}

std::string tal_seconds(std::int64_t ns, bool with_sign) {
  const std::uint64_t u = ns < 0 ? 0 - static_cast<std::uint64_t>(ns) : static_cast<std::uint64_t>(ns);
  char text[40];
  std::snprintf(text, sizeof text, "%llu.%09llu", static_cast<unsigned long long>(u / second_ns),
                static_cast<unsigned long long>(u % second_ns));
  std::string s = text;
  while (s.back() == '0') s.pop_back();
  if (s.back() == '.') s.pop_back();
  return (ns < 0 ? "-" : with_sign ? "+" : "") + s;
}

std::string tal(std::int64_t onset_ns, std::int64_t duration_ns, std::string_view text) {
  std::string out = tal_seconds(onset_ns, true);
  if (duration_ns >= 0) out += '\x15' + tal_seconds(duration_ns, false);
  out += '\x14';
  out += text;
  out += '\x14';
  out += '\0';
  return out;
}

std::string tal_text(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 32 || c == 127) c = ' ';
  }
  if (!valid_utf8(out)) out = without_accents(out);
  return out;
}

std::size_t utf8_prefix(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text.size();
  std::size_t n = max_bytes;
  while (n > 0 && (static_cast<unsigned char>(text[n]) & 0xc0) == 0x80) --n;
  return n;
}

}  // namespace caukham::record
