#include "devices/formats/edf/samples.hpp"

#include <algorithm>
#include <cmath>

#include "devices/formats/edf/fields.hpp"

namespace caukham::formats::edf {
namespace {

bool same(double a, double b) { return std::abs(a - b) <= 1e-12 * std::max(std::abs(a), std::abs(b)); }

std::size_t bytes_of(const Header& header, const Signal& signal) {
  return static_cast<std::size_t>(header.sample_bytes) * signal.samples_per_record;
}

}  // namespace

std::vector<Group> groups_of(const Header& header) {
  std::vector<Group> groups;
  for (std::size_t i = 0; i < header.signals.size(); ++i) {
    const Signal& s = header.signals[i];
    if (s.annotations || !s.has_range) continue;
    auto fits = std::find_if(groups.begin(), groups.end(), [&](const Group& g) {
      return g.samples_per_record == s.samples_per_record && same(g.scale, s.scale()) && same(g.offset, s.zero()) &&
             g.digital_min == s.digital_min && g.digital_max == s.digital_max && g.unit == s.unit;
    });
    if (fits == groups.end()) {
      Group g;
      g.samples_per_record = s.samples_per_record;
      g.rate_hz = exact_rate_hz(header, s.samples_per_record);
      if (!(g.rate_hz > 0) || !(g.rate_hz <= 1e6)) corrupt("its rate is out of range");
      g.scale = s.scale();
      g.offset = s.zero();
      g.digital_min = s.digital_min;
      g.digital_max = s.digital_max;
      g.unit = s.unit;
      g.prefilter = s.prefilter;
      g.transducer = s.transducer;
      fits = groups.insert(groups.end(), std::move(g));
    }
    fits->signals.push_back(i);
  }
  return groups;
}

RecordRemarks remarks_of(const Header& header, std::uint64_t index, std::span<const std::byte> record) {
  RecordRemarks out;
  out.start_ns = static_cast<std::int64_t>(std::min(static_cast<double>(index) * header.duration_s, 1e9) * 1e9);
  bool first = true;
  std::size_t at = 0;
  for (const Signal& s : header.signals) {
    const auto size = bytes_of(header, s);
    if (s.annotations && header.plus) {
      const auto bytes = record.subspan(at, size);
      auto all = parse_tals({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, first);
      for (std::size_t i = 0; i < all.size(); ++i) {
        if (first && i == 0)
          out.start_ns = all[0].onset_ns;
        else if (const auto n = padding_of(all[i].text))
          out.padding = n;
        else if (!all[i].text.empty() && !all[i].text.starts_with("gap "))
          out.remarks.push_back(std::move(all[i]));
      }
      first = false;
    }
    at += size;
  }
  return out;
}

void samples_of(const Header& header, const Group& group, std::span<const std::byte> record, std::vector<std::int32_t>& into) {
  const std::size_t channels = group.signals.size(), begin = into.size();
  into.resize(begin + channels * group.samples_per_record);
  for (std::size_t c = 0; c < channels; ++c) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < group.signals[c]; ++i) at += bytes_of(header, header.signals[i]);
    const std::byte* p = record.data() + at;
    const auto b = [&](std::size_t i) { return std::to_integer<std::uint32_t>(p[i]); };
    for (std::size_t n = 0; n < group.samples_per_record; ++n)
      into[begin + n * channels + c] =
          header.sample_bytes == 2
              ? static_cast<std::int16_t>(b(2 * n) | b(2 * n + 1) << 8)
              : static_cast<std::int32_t>((b(3 * n) | b(3 * n + 1) << 8 | b(3 * n + 2) << 16) << 8) >> 8;
  }
}

}  // namespace caukham::formats::edf
