#include "record/bdf_reader.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "core/i18n.hpp"
#include "record/bdf_format.hpp"
#include "record/error.hpp"

namespace caukham::record {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

std::string_view text_of(std::span<const std::byte> b) {
  return {reinterpret_cast<const char*>(b.data()), b.size()};
}

// "padding N samples" or "gap N samples: reason" to N and reason.
bool counted(std::string_view text, std::string_view word, std::uint64_t& n, std::string_view& rest) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc{}) return false;
  rest = text.substr(static_cast<std::size_t>(end - text.data()));
  if (!rest.starts_with(" samples")) return false;
  rest.remove_prefix(8);
  if (rest.starts_with(": ")) rest.remove_prefix(2);
  return true;
}

// Start, valid count and annotations from a record's annotation bytes.
BdfRecord read_remarks(const WaveformSpec& spec, std::string_view bytes, std::int64_t start_offset_ns) {
  BdfRecord out;
  std::vector<BdfAnnotation> all = parse_tals(bytes);
  out.start_ns = all.front().onset_ns - start_offset_ns;
  out.valid = spec.samples_per_record;
  for (auto a = all.begin() + 1; a != all.end(); ++a) {
    std::uint64_t n = 0;
    std::string_view rest;
    a->onset_ns -= start_offset_ns;
    if (counted(a->text, "padding ", n, rest) && n <= spec.samples_per_record) {
      out.valid = spec.samples_per_record - static_cast<std::uint32_t>(n);
    } else if (!a->text.empty()) {
      out.annotations.push_back(std::move(*a));
    }
  }
  return out;
}

}  // namespace

std::size_t record_size(const WaveformSpec& spec) {
  return 3 * std::size_t{spec.samples_per_record} * spec.channels.size() + spec.annotation_bytes;
}

BdfRecord decode_record(const WaveformSpec& spec, std::span<const std::byte> bytes,
                        std::int64_t start_offset_ns) {
  if (bytes.size() != record_size(spec) || bytes.size() < spec.annotation_bytes)
    throw RecordError(Fault::corrupt, "A waveform record has the wrong size.");
  BdfRecord out = read_remarks(spec, text_of(bytes.last(spec.annotation_bytes)), start_offset_ns);
  const std::byte* at = bytes.data();
  for (std::size_t c = 0; c < spec.channels.size(); ++c, at += 3 * std::size_t{spec.samples_per_record}) {
    std::vector<std::int32_t>& samples = out.channels.emplace_back(out.valid);
    for (std::size_t i = 0; i < out.valid; ++i) {
      const auto b = [&](std::size_t k) { return std::to_integer<std::uint32_t>(at[3 * i + k]); };
      samples[i] = static_cast<std::int32_t>((b(0) | b(1) << 8 | b(2) << 16) << 8) >> 8;  // sign of 24 bits
    }
  }
  return out;
}

BdfReader BdfReader::open(const std::filesystem::path& path) {
  BdfReader reader(File::open(path, File::Mode::read));
  std::vector<std::byte> start(256 * 257);
  start.resize(reader.file_.read_at(0, start));
  ParsedHeader header = decode_header(start);
  reader.spec_ = std::move(header.spec);
  reader.header_size_ = header.header_bytes;
  reader.record_size_ = record_size(reader.spec_);
  if (reader.record_count() > 0) {
    reader.start_offset_ns_ = reader.remarks_of(0).start_ns;
    if (reader.start_offset_ns_ < 0 || reader.start_offset_ns_ > 86'400 * second_ns)
      throw RecordError(Fault::corrupt, core::tr("This is not a sound waveform file: {0}.",
                                                 "its first record has an impossible time"));
    reader.spec_.start_utc_ns += reader.start_offset_ns_;
  }
  return reader;
}

bool BdfReader::discontinuous() const {
  std::byte type[5];
  return file_.read_at(header_type_at, type) == 5 && text_of(type) == "BDF+D";
}

std::uint64_t BdfReader::record_count() const {
  const std::uint64_t size = file_.size();
  return size < header_size_ ? 0 : (size - header_size_) / record_size_;
}

std::vector<std::byte> BdfReader::header_bytes() const {
  std::vector<std::byte> out(header_size_);
  if (file_.read_at(0, out) != out.size())
    throw RecordError(Fault::corrupt,
                      core::tr("The waveform file became shorter while it was read. Check the disk."));
  return out;
}

std::vector<std::byte> BdfReader::record_bytes(std::uint64_t k) const {
  if (k >= record_count()) throw RecordError(Fault::not_found, "The waveform file has no such record yet.");
  std::vector<std::byte> out(record_size_);
  if (file_.read_at(header_size_ + k * record_size_, out) != out.size())
    throw RecordError(Fault::corrupt,
                      core::tr("The waveform file became shorter while it was read. Check the disk."));
  return out;
}

BdfRecord BdfReader::record(std::uint64_t k) const {
  return decode_record(spec_, record_bytes(k), start_offset_ns_);
}

std::vector<std::vector<std::int32_t>> BdfReader::samples(std::uint64_t k) const {
  return record(k).channels;
}

BdfRecord BdfReader::remarks_of(std::uint64_t k) const {
  std::vector<std::byte> tail(spec_.annotation_bytes);
  if (file_.read_at(header_size_ + (k + 1) * record_size_ - tail.size(), tail) != tail.size())
    throw RecordError(Fault::corrupt,
                      core::tr("The waveform file became shorter while it was read. Check the disk."));
  return read_remarks(spec_, text_of(tail), start_offset_ns_);
}

std::vector<BdfAnnotation> BdfReader::annotations() const {
  std::vector<BdfAnnotation> out;
  for (std::uint64_t k = 0, n = record_count(); k < n; ++k) {
    for (BdfAnnotation& a : remarks_of(k).annotations) {
      std::uint64_t lost = 0;
      std::string_view rest;
      if (counted(a.text, "gap ", lost, rest)) continue;
      const bool goes_on = a.text.starts_with("…") && !out.empty() && out.back().onset_ns == a.onset_ns;
      if (goes_on) {
        out.back().text += a.text.substr(std::string_view("…").size());
      } else {
        out.push_back(std::move(a));
      }
    }
  }
  return out;
}

std::vector<BdfGap> BdfReader::gaps() const {
  std::vector<BdfGap> out;
  std::int64_t next = 0;  // grid index right after the measured samples so far
  for (std::uint64_t k = 0, n = record_count(); k < n; ++k) {
    const BdfRecord r = remarks_of(k);
    const std::int64_t start = grid_sample(spec_.rate_hz, r.start_ns);
    if (start > next) {  // the times are the truth, the remark only gives the reason
      BdfGap gap{k, next, static_cast<std::uint64_t>(start - next), grid_ns(spec_.rate_hz, next), 0, {}};
      gap.duration_ns = r.start_ns - gap.onset_ns;
      std::uint64_t lost = 0;
      std::string_view reason;
      for (const BdfAnnotation& a : r.annotations) {
        if (counted(a.text, "gap ", lost, reason)) gap.reason = reason;
      }
      out.push_back(std::move(gap));
    }
    next = std::max(next, start + std::int64_t{r.valid});
  }
  return out;
}

std::uint64_t BdfReader::total_samples() const {
  std::uint64_t total = 0;
  for (std::uint64_t k = 0, n = record_count(); k < n; ++k) total += remarks_of(k).valid;
  return total;
}

BdfRepair BdfReader::repair(const std::filesystem::path& path) {
  File file = File::open(path, File::Mode::read_write);
  if (!file.try_lock())
    throw RecordError(Fault::busy,
                      core::tr("{0} is being recorded right now and needs no repair.", path.string()));
  std::vector<std::byte> start(256 * 257);
  start.resize(file.read_at(0, start));
  const ParsedHeader header = decode_header(start);
  const std::uint64_t size = file.size(), one = record_size(header.spec);
  BdfRepair out;
  out.claimed_records = header.records;
  out.records = (size - header.header_bytes) / one;
  const std::uint64_t whole = header.header_bytes + out.records * one;
  out.removed_bytes = size - whole;
  out.changed = out.removed_bytes > 0 || static_cast<std::int64_t>(out.records) != header.records;
  if (out.removed_bytes > 0) file.truncate(whole);
  if (out.changed) {
    const std::string count = count_field(out.records);
    file.write_at(header_count_at, std::as_bytes(std::span(count.data(), count.size())));
    file.sync();
  }
  return out;
}

}  // namespace caukham::record
