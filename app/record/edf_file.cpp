#include "record/edf_file.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "record/bdf_format.hpp"
#include "record/error.hpp"
#include "record/file.hpp"

namespace caukham::record {
namespace {

std::string_view text_of(std::span<const std::byte> b) { return {reinterpret_cast<const char*>(b.data()), b.size()}; }

// Where a record's samples lie: its start from the file's first sample, and how many at its end are padding.
struct Place {
  std::int64_t start_ns = 0;
  std::uint64_t padding = 0;
};

class Reading {
 public:
  Reading(std::span<const std::byte> bytes, std::uint64_t max_samples)
      : bytes_(bytes), header_(parse_edf_header(bytes)), max_samples_(max_samples) {}

  EdfFile run() {
    WaveformSpec own;
    read_identification(header_.patient, header_.recording, own);
    out_.simulated = own.simulated;
    out_.exam = own.exam;
    out_.start_local_s = header_.start_local_s;
    count_records();
    if (header_.plus) read_remarks();
    std::size_t at = 0;
    for (const auto& s : header_.signals) {
      if (!s.annotations) read_track(s, at);
      at += static_cast<std::size_t>(header_.sample_bytes) * s.samples_per_record;
    }
    return std::move(out_);
  }

 private:
  void count_records() {
    const std::uint64_t held = (bytes_.size() - header_.header_bytes) / header_.record_bytes;
    const auto claimed = static_cast<std::uint64_t>(std::max<std::int64_t>(header_.records, 0));
    records_ = held;  // what lies in the file counts: the header is written last
    if (claimed > held)
      warn(out_.torn = "the file is cut off: it holds " + std::to_string(held) + " of " + std::to_string(claimed) + " records");
    else if (claimed > 0 && held > claimed && header_.sample_bytes == 2) records_ = claimed;  // others may append things
    if (records_ > 20'000'000) corrupt("it has more records than can be read at once");
    places_.resize(records_);
    for (std::uint64_t k = 0; k < records_; ++k)
      places_[k].start_ns = static_cast<std::int64_t>(std::min(static_cast<double>(k) * header_.duration_s, 1e9) * 1e9);
  }

  std::span<const std::byte> record(std::uint64_t k) const {
    return bytes_.subspan(header_.header_bytes + k * header_.record_bytes, header_.record_bytes);
  }

  void read_remarks() {
    std::size_t at = 0;
    bool first = true;
    for (const auto& s : header_.signals) {
      const std::size_t size = static_cast<std::size_t>(header_.sample_bytes) * s.samples_per_record;
      if (s.annotations) {
        try {
          for (std::uint64_t k = 0; k < records_; ++k) take(k, parse_tals(text_of(record(k).subspan(at, size)), first), first);
        } catch (const RecordError&) {
          if (header_.discontinuous) throw;  // without its times the samples cannot be placed
          warn("its annotations cannot be read and are left out");
        }
        first = false;
      }
      at += size;
    }
    if (first && header_.discontinuous) corrupt("it has gaps but no annotations that would say where");
    // Times count from the first sample; our long texts that were cut are joined again by BdfReader only.
    for (auto& a : out_.annotations) a.onset_ns -= origin_ns_;
    std::stable_sort(out_.annotations.begin(), out_.annotations.end(),
                     [](const auto& a, const auto& b) { return a.onset_ns < b.onset_ns; });
  }

  void take(std::uint64_t k, std::vector<BdfAnnotation> all, bool timekeeping) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (timekeeping && i == 0) {
        if (k == 0) origin_ns_ = all[0].onset_ns;
        if (header_.discontinuous) places_[k].start_ns = all[0].onset_ns - origin_ns_;
      } else if (const auto n = formats::edf::padding_of(all[i].text)) {
        places_[k].padding = n;
      } else if (!all[i].text.empty() && !all[i].text.starts_with("gap ")) {
        if (out_.annotations.size() >= 1'000'000) corrupt("it has more annotations than can be read");
        out_.annotations.push_back(std::move(all[i]));
      }
    }
  }

  void read_track(const EdfSignal& s, std::size_t at) {
    EdfTrack track{s.label, s.unit, s.prefilter, edf_rate_hz(header_, s.samples_per_record), {}};
    if (!(track.rate_hz > 0)) corrupt("its rate is out of range");
    const std::uint64_t n = s.samples_per_record;
    // First where everything lies, then the values: a hostile time must not cost memory.
    std::vector<std::uint64_t> from(records_);
    std::uint64_t end = 0;
    for (std::uint64_t k = 0; k < records_; ++k) {
      from[k] = header_.discontinuous ? position(places_[k].start_ns, track.rate_hz) : k * n;
      const std::uint64_t valid = n - std::min(places_[k].padding, n);
      if (from[k] + 1 < end) corrupt("its records overlap in time");  // one sample of rounding is no overlap
      end = from[k] + valid;
      if (end > max_samples_ || total_ + end > max_samples_) corrupt("it is longer than can be read at once");
    }
    total_ += end;
    track.physical.assign(end, std::numeric_limits<float>::quiet_NaN());
    if (!s.has_range) warn("the signal " + s.label + " has no range and is left out");
    const double scale = s.has_range ? s.scale() : 0, zero = s.has_range ? s.zero() : 0;
    for (std::uint64_t k = 0; s.has_range && k < records_; ++k) {
      const std::byte* p = record(k).data() + at;
      float* to = track.physical.data() + from[k];
      const std::uint64_t valid = std::min(n - std::min(places_[k].padding, n), end - from[k]);
      const auto b = [&](std::uint64_t i) { return std::to_integer<std::uint32_t>(p[i]); };
      if (header_.sample_bytes == 2)
        for (std::uint64_t i = 0; i < valid; ++i)
          to[i] = static_cast<float>(static_cast<std::int16_t>(b(2 * i) | b(2 * i + 1) << 8) * scale + zero);
      else
        for (std::uint64_t i = 0; i < valid; ++i) {
          const std::uint32_t v = b(3 * i) | b(3 * i + 1) << 8 | b(3 * i + 2) << 16;
          to[i] = static_cast<float>((static_cast<std::int32_t>(v << 8) >> 8) * scale + zero);
        }
    }
    out_.tracks.push_back(std::move(track));
  }

  static std::uint64_t position(std::int64_t start_ns, double rate_hz) {
    const double at = static_cast<double>(start_ns) / 1e9 * rate_hz;
    if (!(at > -0.5) || at > 1e12) corrupt("a record has an impossible time");
    return static_cast<std::uint64_t>(std::llround(std::max(at, 0.0)));
  }

  void warn(std::string words) {
    if (out_.warnings.size() < 100) out_.warnings.push_back(std::move(words));
  }

  std::span<const std::byte> bytes_;
  EdfHeader header_;
  std::uint64_t max_samples_, records_ = 0, total_ = 0;
  std::int64_t origin_ns_ = 0;
  std::vector<Place> places_;
  EdfFile out_;
};

}  // namespace

EdfFile read_edf(std::span<const std::byte> bytes, std::uint64_t max_samples) { return Reading(bytes, max_samples).run(); }

EdfFile load_edf(const std::filesystem::path& path) {
  constexpr std::size_t longest_header = 256 * 257;  // of 256 signals
  const File file = File::open(path, File::Mode::read);
  const std::uint64_t size = file.size();
  // The header first: what is no such file must not cost the memory of all that it holds.
  std::vector<std::byte> bytes(std::min<std::uint64_t>(size, longest_header));
  bytes.resize(file.read_at(0, bytes));
  (void)parse_edf_header(bytes);
  if (size > 2ull << 30) corrupt("it is larger than 2 GiB");
  const std::size_t read = bytes.size();
  bytes.resize(size);
  bytes.resize(read + file.read_at(read, std::span(bytes).subspan(read)));
  return read_edf(bytes);
}

}  // namespace caukham::record
