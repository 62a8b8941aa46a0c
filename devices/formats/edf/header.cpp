#include "devices/formats/edf/header.hpp"

#include <chrono>
#include <cmath>

#include "devices/formats/edf/fields.hpp"

namespace caukham::formats::edf {
namespace {

constexpr std::size_t max_record_bytes = 64u << 20;  // the format allows 61 440 (EDF) or 15 MiB (BDF+); some write more

std::string_view text_of(std::span<const std::byte> b) { return {reinterpret_cast<const char*>(b.data()), b.size()}; }

// dd.mm.yy hh.mm.ss, pivot 1985 (EDF+). Foreign files hold all kinds of things here; none of them spoils the samples.
std::optional<std::int64_t> start_second(std::string_view date, std::string_view time) {
  const auto two = [](std::string_view s, std::size_t at) {
    const bool digits = s[at] >= '0' && s[at] <= '9' && s[at + 1] >= '0' && s[at + 1] <= '9';
    return digits ? (s[at] - '0') * 10 + (s[at + 1] - '0') : -1;
  };
  const int day = two(date, 0), mon = two(date, 3), yy = two(date, 6), h = two(time, 0), m = two(time, 3), s = two(time, 6);
  if (day < 1 || mon < 1 || yy < 0 || h < 0 || m < 0 || s < 0 || h > 23 || m > 59 || s > 59) return std::nullopt;
  using namespace std::chrono;
  const year_month_day ymd{year{yy < 85 ? 2000 + yy : 1900 + yy}, month{unsigned(mon)}, std::chrono::day{unsigned(day)}};
  if (!ymd.ok()) return std::nullopt;
  return sys_days{ymd}.time_since_epoch().count() * std::int64_t{86400} + h * 3600 + m * 60 + s;
}

// What eight characters cannot hold our own files state exactly: "… [scale=S rate=R]" ends a signal's transducer. Those
// written before December 2026 state it in the reserved fields, which EDF+ wants empty.
void take_exact(Signal& s, std::string_view reserved) {
  const auto scale = [&](std::string_view text) { s.exact_scale = number<double>(text, "scale", 1e-12, 1e12); };
  const auto rate = [&](std::string_view text) { s.exact_rate_hz = number<double>(text, "rate", 0.1, 100'000); };
  if (reserved.starts_with("scale=")) scale(reserved.substr(6));
  if (reserved.starts_with("rate=")) rate(reserved.substr(5));
  const std::string whole = s.transducer;
  const auto from = whole.rfind("[scale="), then = whole.find(" rate=", from == whole.npos ? 0 : from);
  if (from == whole.npos || then == whole.npos || whole.back() != ']') return;
  const std::string_view words = whole;
  scale(words.substr(from + 7, then - from - 7));
  rate(words.substr(then + 6, whole.size() - then - 7));
  s.transducer = trim(words.substr(0, from));
}

}  // namespace

double Signal::scale() const {
  return exact_scale > 0 ? exact_scale : (physical_max - physical_min) / (static_cast<double>(digital_max) - digital_min);
}

double Signal::zero() const { return exact_scale > 0 ? 0 : physical_min - digital_min * scale(); }

bool looks_like_edf(std::span<const std::byte> start) {
  const auto h = text_of(start);
  return h.size() >= 256 && (h.substr(0, 8) == "\xff" "BIOSEMI" || h.substr(0, 8) == "0       ");
}

Header parse_header(std::span<const std::byte> start) {
  const std::string_view h = text_of(start);
  if (h.size() < 512) corrupt("its header is cut off");
  if (!looks_like_edf(start)) corrupt("it does not begin like one");
  Header out;
  const bool bdf = h[0] == '\xff';
  out.sample_bytes = bdf ? 3 : 2;
  const std::size_t signals = number<unsigned>(h.substr(252, 4), "number of signals", 1, 256);
  out.header_bytes = 256 * (signals + 1);
  if (number<unsigned>(h.substr(184, 8), "header size", 0, 1u << 24) != out.header_bytes || h.size() < out.header_bytes)
    corrupt("its header is cut off");
  const auto kind = h.substr(192, 5);
  out.plus = kind == (bdf ? "BDF+C" : "EDF+C") || kind == (bdf ? "BDF+D" : "EDF+D");
  out.discontinuous = out.plus && kind[4] == 'D';
  out.records = number<std::int64_t>(h.substr(236, 8), "number of records", -1, 99'999'999);
  out.duration_s = number<double>(h.substr(244, 8), "record duration", 0, 1e6);
  out.patient = trim(h.substr(8, 80));
  out.recording = trim(h.substr(88, 80));
  out.start_local_s = start_second(h.substr(168, 8), h.substr(176, 8));

  std::size_t base = 256;
  const auto column = [&](std::size_t width) {
    const std::size_t at = base;
    base += width * signals;
    return [h, at, width](std::size_t i) { return trim(h.substr(at + width * i, width)); };
  };
  const auto label = column(16), transducer = column(80), unit = column(8), physical_min = column(8);
  const auto physical_max = column(8), digital_min = column(8), digital_max = column(8), prefilter = column(80);
  const auto samples = column(8), reserved = column(32);
  const std::int32_t lowest = bdf ? -8388608 : -32768, highest = bdf ? 8388607 : 32767;
  bool any_samples = false;
  for (std::size_t i = 0; i < signals; ++i) {
    Signal s;
    s.label = label(i);
    s.transducer = transducer(i);
    s.unit = unit(i);
    s.prefilter = prefilter(i);
    take_exact(s, reserved(i));
    s.annotations = out.plus && s.label == (bdf ? "BDF Annotations" : "EDF Annotations");
    s.samples_per_record = number<unsigned>(samples(i), s.annotations ? "annotation size" : "samples a record", 1, 1'000'000);
    if (!s.annotations) {
      any_samples = true;
      s.digital_min = number<std::int32_t>(digital_min(i), "digital minimum", lowest, highest);
      s.digital_max = number<std::int32_t>(digital_max(i), "digital maximum", lowest, highest);
      s.physical_min = number<double>(physical_min(i), "physical minimum", -1e9, 1e9);
      s.physical_max = number<double>(physical_max(i), "physical maximum", -1e9, 1e9);
      s.has_range = s.digital_min < s.digital_max && s.physical_min != s.physical_max;
      if (s.has_range) {
        const double written = (s.physical_max - s.physical_min) / (static_cast<double>(s.digital_max) - s.digital_min);
        if (std::abs(s.scale() - written) > std::abs(written) * 0.01) corrupt("a signal has two different scales");
      }
    }
    out.record_bytes += static_cast<std::size_t>(out.sample_bytes) * s.samples_per_record;
    if (out.record_bytes > max_record_bytes) corrupt("its records are too big");
    out.signals.push_back(std::move(s));
  }
  if (any_samples && !(out.duration_s >= 1e-6)) corrupt("its record duration is unreadable or out of range");
  return out;
}

double exact_rate_hz(const Header& h, std::uint32_t samples_per_record) {
  const double rate_hz = std::round(samples_per_record / h.duration_s * 1000) / 1000;
  double exact = 0;
  for (const auto& s : h.signals)
    if (s.exact_rate_hz > 0 && (s.annotations || s.samples_per_record == samples_per_record)) exact = s.exact_rate_hz;
  if (!(exact > 0)) return rate_hz;
  if (std::abs(exact - rate_hz) > rate_hz * 0.01) corrupt("it has two different rates");
  return exact;
}

}  // namespace caukham::formats::edf
