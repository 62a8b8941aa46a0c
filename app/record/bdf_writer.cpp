#include "record/bdf_writer.hpp"

#include <algorithm>
#include <chrono>

#include "record/bdf_format.hpp"
#include "record/bdf_reader.hpp"
#include "record/error.hpp"

namespace caukham::record {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::size_t max_remarks = 64, max_text = 2000;
constexpr std::string_view goes_on = "…";  // begins the pieces of a text after its first

std::int64_t steady_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::span<const std::byte> bytes_of(std::string_view s) {
  return std::as_bytes(std::span(s.data(), s.size()));
}

}  // namespace

std::unique_ptr<BdfWriter> BdfWriter::create(const std::filesystem::path& path, WaveformSpec spec,
                                             OnRecord on_record) {
  if (spec.samples_per_record == 0) spec.samples_per_record = samples_per_record_for(spec.rate_hz);
  check_spec(spec);
  File file = File::open(path, File::Mode::create_new);
  try {
    file.try_lock();  // tells BdfReader::repair of another program that this file is alive
    file.write_at(0, bytes_of(encode_header(spec, !exact_duration(spec), 0)));
    file.sync();
    fsync_directory(path.has_parent_path() ? path.parent_path() : ".");
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);  // a file without a whole header helps nobody
    throw;
  }
  return std::unique_ptr<BdfWriter>(
      new BdfWriter(path, std::move(spec), std::move(on_record), std::move(file)));
}

BdfWriter::BdfWriter(std::filesystem::path path, WaveformSpec spec, OnRecord on_record, File file)
    : path_(std::move(path)),
      spec_(std::move(spec)),
      on_record_(std::move(on_record)),
      file_(std::move(file)),
      discontinuous_(!exact_duration(spec_)),
      header_size_(256 * (spec_.channels.size() + 2)),
      record_size_(record_size(spec_)),
      last_sync_ns_(steady_ns()) {
  partial_.reserve(spec_.samples_per_record * spec_.channels.size());
}

BdfWriter::~BdfWriter() {
  try {
    close();
  } catch (const std::exception&) {  // whoever wants to hear of it calls close()
  }
}

std::int64_t BdfWriter::file_time_ns(std::int64_t sample) const {
  return spec_.start_utc_ns % second_ns + grid_ns(spec_.rate_hz, sample);  // the header holds whole seconds
}

void BdfWriter::append(std::int64_t first_sample_time_ns, std::span<const std::int32_t> interleaved) {
  const std::size_t channels = spec_.channels.size();
  if (closed_) throw RecordError(Fault::refused, "This waveform file is closed already.");
  if (interleaved.size() % channels)
    throw RecordError(Fault::invalid, "Waveform samples must come for all channels.");
  if (interleaved.empty()) return;
  if (!first_time_ns_) first_time_ns_ = first_sample_time_ns;
  offset_ns_ = first_sample_time_ns - *first_time_ns_ - grid_ns(spec_.rate_hz, next_);

  std::optional<RecordError> failure;
  const std::size_t full = spec_.samples_per_record * channels;
  while (!interleaved.empty()) {
    const std::size_t n = std::min(full - partial_.size(), interleaved.size());
    for (const std::int32_t value : interleaved.first(n)) {
      const std::int32_t kept = std::clamp(value, bdf_min, bdf_max);
      if (kept != value && clipped_++ == 0)
        annotate(first_sample_time_ns, -1, "values beyond 24 bits were clipped from here on");
      partial_.push_back(kept);
    }
    interleaved = interleaved.subspan(n);
    samples_ += n / channels;
    next_ += static_cast<std::int64_t>(n / channels);
    if (partial_.size() < full) break;
    try {
      flush_record();
    } catch (const RecordError& e) {
      failure = e;
    }
  }
  if (failure) throw *failure;
}

void BdfWriter::gap(std::uint64_t lost_samples, std::string_view reason) {
  if (closed_) throw RecordError(Fault::refused, "This waveform file is closed already.");
  if (lost_samples == 0) return;
  if (lost_samples > 1'000'000'000'000)
    throw RecordError(Fault::invalid, "A gap of that length is not believable.");
  lost_ += lost_samples;
  if (!first_time_ns_) {  // nothing to measure the time from yet
    gap_reason_ = std::to_string(lost_samples) + " samples lost before the first one: " + std::string(reason);
    return;
  }
  std::optional<RecordError> failure;
  if (!partial_.empty()) {
    try {
      flush_record();
    } catch (const RecordError& e) {
      failure = e;
    }
  }
  next_ += static_cast<std::int64_t>(lost_samples);
  record_start_ = next_;
  if (pending_gap_ == 0) gap_reason_.clear();
  add_reason(reason);
  pending_gap_ += lost_samples;
  if (failure) throw *failure;
}

void BdfWriter::add_reason(std::string_view reason) {
  if (gap_reason_.size() > 400 || gap_reason_.find(reason) != std::string::npos) return;
  if (!gap_reason_.empty()) gap_reason_ += "; ";
  gap_reason_ += reason.substr(0, utf8_prefix(reason, 200));
}

bool BdfWriter::annotate(std::int64_t onset_ns, std::int64_t duration_ns, std::string_view text) {
  if (closed_ || text.empty() || remarks_.size() >= max_remarks) return false;
  std::string clean = tal_text(text);
  clean.resize(utf8_prefix(clean, max_text));
  remarks_.push_back({onset_ns, duration_ns, std::move(clean)});
  return true;
}

// The record's bytes from partial_, and how many remarks went in; `rest` is what is left of the last of them.
std::vector<std::byte> BdfWriter::encode_record(std::size_t& remarks_used, std::string& rest) const {
  const std::size_t channels = spec_.channels.size(), valid = partial_.size() / channels;
  std::vector<std::byte> out(record_size_);
  std::byte* at = out.data();
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t i = 0; i < spec_.samples_per_record; ++i) {
      const auto v =
          static_cast<std::uint32_t>(i < valid ? partial_[i * channels + c] : spec_.channels[c].digital_min);
      *at++ = static_cast<std::byte>(v);
      *at++ = static_cast<std::byte>(v >> 8);
      *at++ = static_cast<std::byte>(v >> 16);
    }
  }
  // What a reader must know about this very record comes first and always fits (check_spec: 180 bytes or
  // more).
  const std::int64_t start = file_time_ns(record_start_);
  std::string tals = tal_seconds(start, true) + "\x14\x14" + '\0';
  std::string padding;
  if (valid < spec_.samples_per_record)
    padding = tal(file_time_ns(record_start_ + static_cast<std::int64_t>(valid)), -1,
                  "padding " + std::to_string(spec_.samples_per_record - valid) + " samples");
  if (records_ == 0 && spec_.simulated) tals += tal(start, -1, "SIMULATED");
  if (pending_gap_ > 0) {
    const std::int64_t gap_at = file_time_ns(record_start_ - static_cast<std::int64_t>(pending_gap_));
    const std::string head = "gap " + std::to_string(pending_gap_) + " samples: ";
    const std::size_t used = tals.size() + padding.size() + tal(gap_at, start - gap_at, head).size();
    const std::string reason = tal_text(gap_reason_);
    const std::size_t room = spec_.annotation_bytes > used ? spec_.annotation_bytes - used : 0;
    tals += tal(gap_at, start - gap_at, head + reason.substr(0, utf8_prefix(reason, room)));
  }
  tals += padding;

  remarks_used = 0;
  rest.clear();
  for (const Remark& r : remarks_) {
    const std::int64_t onset = file_time_ns(0) + r.onset_ns - *first_time_ns_;
    const std::size_t frame = tals.size() + tal(onset, r.duration_ns, "").size();
    const std::size_t room = spec_.annotation_bytes > frame ? spec_.annotation_bytes - frame : 0;
    const std::size_t n = utf8_prefix(r.text, room);
    if (n < r.text.size() && n < 24) break;  // no crumbs; a fresh record has room for more
    tals += tal(onset, r.duration_ns, std::string_view(r.text).substr(0, n));
    ++remarks_used;
    if (n < r.text.size()) {
      rest = std::string(goes_on) + r.text.substr(n);
      break;
    }
  }
  std::copy_n(reinterpret_cast<const std::byte*>(tals.data()), tals.size(), at);
  return out;
}

void BdfWriter::write_record(std::span<const std::byte> bytes) {
  const std::uint64_t end = header_size_ + records_ * record_size_;
  try {
    if (pending_gap_ > 0 &&
        !discontinuous_) {  // before the record, so that no reader ever sees a gap in a BDF+C file
      file_.write_at(header_type_at, bytes_of("BDF+D"));
      discontinuous_ = true;
    }
    file_.write_at(end, bytes);
    file_.write_at(header_count_at, bytes_of(count_field(records_ + 1)));
  } catch (const RecordError&) {
    try {
      file_.truncate(end);
      file_.write_at(header_count_at, bytes_of(count_field(records_)));
    } catch (const RecordError&) {  // readers ignore a torn tail
    }
    throw;
  }
}

// Writes partial_ as one record. When that fails its samples become part of the gap before the next record.
void BdfWriter::flush_record() {
  const std::size_t valid = partial_.size() / spec_.channels.size();
  if (pending_gap_ == 0 && !gap_reason_.empty()) {  // a gap before the first sample is a remark
    remarks_.push_front({*first_time_ns_, -1, tal_text(gap_reason_)});
    gap_reason_.clear();
  }
  std::size_t used = 0;
  std::string rest;
  const std::vector<std::byte> bytes = encode_record(used, rest);
  try {
    write_record(bytes);
  } catch (const RecordError& e) {
    partial_.clear();
    pending_gap_ += valid;
    lost_ += valid;
    record_start_ += static_cast<std::int64_t>(valid);
    add_reason(e.fault() == Fault::full ? "disk full" : "disk error");
    throw;
  }
  partial_.clear();
  pending_gap_ = 0;
  gap_reason_.clear();
  record_start_ += static_cast<std::int64_t>(valid);
  if (!rest.empty()) {
    remarks_[used - 1].text = std::move(rest);
    --used;
  }
  remarks_.erase(remarks_.begin(), remarks_.begin() + static_cast<std::ptrdiff_t>(used));
  const std::uint64_t index = records_++;
  if (on_record_) on_record_(index, bytes);
}

bool BdfWriter::sync(bool force) {
  if (closed_) return true;
  const std::int64_t now = steady_ns();
  if (records_ == synced_) return true;
  if (!force && now - last_sync_ns_ < second_ns) return false;
  last_sync_ns_ = now;
  file_.sync();
  synced_ = records_;
  return true;
}

void BdfWriter::close() {
  if (closed_) return;
  struct AtEnd {
    BdfWriter& w;
    ~AtEnd() {
      w.closed_ = true;
      w.file_.close();
    }
  } at_end{*this};
  if (!first_time_ns_ && !remarks_.empty()) first_time_ns_ = remarks_.front().onset_ns;
  if (!first_time_ns_) return;
  if (samples_ > 0 && (offset_ns_ > 1'000'000 || offset_ns_ < -1'000'000))
    annotate(*first_time_ns_ + grid_ns(spec_.rate_hz, next_), -1,
             "clock: the station's clock is " + tal_seconds(offset_ns_ / 1000 * 1000, true) +
                 " s from the sample grid at the end");
  // A gap at the very end is a fact too: it gets a record without samples of its own.
  while (!partial_.empty() || !remarks_.empty() || pending_gap_ > 0) flush_record();
  file_.sync();
}

}  // namespace caukham::record
