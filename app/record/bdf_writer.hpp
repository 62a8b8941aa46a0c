// Writes a BDF+ file while the samples arrive. At any moment, also after SIGKILL, the file on the disk is one
// that every EDF viewer opens: whole records only are counted in the header. After a power cut everything up
// to the last sync() is there. Debian's EDFlib cannot write or read discontinuous files, so the writer is
// ours.
//
// Owner: one thread, the one that calls append(). Readers use BdfReader with its own file handle, at any
// time.
#pragma once
#include <cstddef>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "record/bdf_spec.hpp"
#include "record/file.hpp"

namespace caukham::record {

class BdfWriter {
 public:
  // The record as it lies in the file, after it was written. Runs on the owner's thread; must not throw.
  using OnRecord = std::function<void(std::uint64_t index, std::span<const std::byte> bytes)>;

  // Creates a new file (an existing one is never overwritten), header on the disk when it returns.
  // Throws RecordError: invalid (the spec), full, io.
  static std::unique_ptr<BdfWriter> create(const std::filesystem::path&, WaveformSpec, OnRecord = {});
  ~BdfWriter();  // close(), errors ignored; call close() to hear of them
  BdfWriter(const BdfWriter&) = delete;
  BdfWriter& operator=(const BdfWriter&) = delete;

  // Interleaved samples (one of each channel, again and again) and the station's clock at the first of them.
  // The first call fixes the grid; later times only feed clock_offset_ns(). Values beyond 24 bits are
  // clipped, counted and annotated. When the disk refuses a record its samples become a gap of known length,
  // RecordError (full, io) is thrown after all samples of the call were looked at, and the owner may simply
  // go on: recording resumes by itself.
  void append(std::int64_t first_sample_time_ns, std::span<const std::int32_t> interleaved);

  // Samples that the device made and the station never got. The started record is filled up with digital_min
  // and annotated "padding N samples"; the next record starts at the true time, annotated "gap N samples:
  // reason", and the file becomes BDF+D. Calls without samples between them add up. Before the first sample:
  // a remark only.
  void gap(std::uint64_t lost_samples, std::string_view reason);

  // A remark at a time of the station's clock (the clock of append); duration -1: none. At most 64 wait,
  // longer texts than fit a record go on in the next ones, beyond 2000 bytes they are cut between characters.
  // False: the queue was full and the remark is not in the file.
  bool annotate(std::int64_t onset_ns, std::int64_t duration_ns, std::string_view text);

  // Makes everything written so far safe from a power cut, at most once a second unless `force`. True: it is
  // now.
  bool sync(bool force = false);

  // Pads and writes the started record and what is left of the remarks, syncs, closes. Idempotent.
  // Throws RecordError when the end could not be written; what was written before stays valid.
  void close();

  const WaveformSpec& spec() const { return spec_; }
  const std::filesystem::path& path() const { return path_; }
  std::uint64_t records() const { return records_; }            // whole records in the file
  std::uint64_t samples() const { return samples_; }            // per channel, taken in by append()
  std::uint64_t lost() const { return lost_; }                  // per channel, gaps of every reason
  std::uint64_t clipped() const { return clipped_; }            // single values beyond 24 bits
  std::int64_t clock_offset_ns() const {
    return offset_ns_;
  }  // station's clock minus the grid, newest append

 private:
  struct Remark {
    std::int64_t onset_ns, duration_ns;
    std::string text;
  };
  BdfWriter(std::filesystem::path, WaveformSpec, OnRecord, File);
  void flush_record();
  void add_reason(std::string_view);
  std::vector<std::byte> encode_record(std::size_t& remarks_used, std::string& rest) const;
  void write_record(std::span<const std::byte>);
  std::int64_t file_time_ns(std::int64_t sample) const;

  std::filesystem::path path_;
  WaveformSpec spec_;
  OnRecord on_record_;
  File file_;
  bool closed_ = false, discontinuous_ = false;
  std::size_t header_size_ = 0, record_size_ = 0;
  std::uint64_t records_ = 0, samples_ = 0, lost_ = 0, clipped_ = 0, synced_ = 0;
  std::optional<std::int64_t> first_time_ns_;  // station's clock at sample 0
  std::int64_t offset_ns_ = 0, next_ = 0, record_start_ = 0, last_sync_ns_ = 0;
  std::uint64_t pending_gap_ = 0;              // lost right before record_start_
  std::string gap_reason_;
  std::vector<std::int32_t> partial_;          // interleaved samples of the started record
  std::deque<Remark> remarks_;
};

}  // namespace caukham::record
