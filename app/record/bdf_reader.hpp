// Reads BDF+ files of one rate: finished ones, ones whose writer died (a torn last record is ignored) and
// ones that are still being written. The number of records is what lies in the file, not what the header
// claims. Thread-safe after open(): every read is its own positioned read. Hostile files end in
// RecordError{corrupt}.
#pragma once
#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

#include "record/bdf_spec.hpp"
#include "record/file.hpp"

namespace caukham::record {

struct BdfRecord {
  std::int64_t start_ns = 0;  // of the first sample, from the first sample of the file (when offset is given)
  std::uint32_t valid = 0;          // samples per channel that were measured; the rest is padding
  std::vector<std::vector<std::int32_t>> channels;  // [channel][valid]
  std::vector<BdfAnnotation> annotations;           // without "padding"; texts that go on start with "…"
};

struct BdfGap {
  std::uint64_t record = 0;         // the first record after the gap
  std::int64_t first_sample = 0;    // grid index of the first lost sample (measured and lost ones counted)
  std::uint64_t lost = 0;
  std::int64_t onset_ns = 0, duration_ns = 0;
  std::string reason;               // empty: the file does not say
};

struct BdfRepair {
  bool changed = false;
  std::uint64_t records = 0;          // in the file afterwards
  std::uint64_t removed_bytes = 0;    // of a torn last record
  std::int64_t claimed_records = 0;   // what the header said before
};

// Bytes of one record to samples; `start_offset_ns` is taken off all times. Throws RecordError{corrupt}.
BdfRecord decode_record(const WaveformSpec&, std::span<const std::byte> bytes,
                        std::int64_t start_offset_ns = 0);
std::size_t record_size(const WaveformSpec&);

class BdfReader {
 public:
  // Throws RecordError: not_found, corrupt (what is wrong with the header), io.
  static BdfReader open(const std::filesystem::path&);

  const WaveformSpec& spec() const { return spec_; }
  bool discontinuous() const;                  // the header's word now
  std::uint64_t record_count() const;          // whole records now; grows while a writer appends
  std::vector<std::byte> header_bytes() const;  // verbatim, for a late joiner
  std::vector<std::byte> record_bytes(std::uint64_t k) const;            // verbatim
  BdfRecord record(std::uint64_t k) const;
  std::vector<std::vector<std::int32_t>> samples(std::uint64_t k) const;  // [channel][valid]
  // These read the annotations of every record: a second for an hour of ECG at most, not for the window's
  // thread.
  std::vector<BdfAnnotation> annotations()
      const;  // long texts joined again, gap and padding remarks left out
  std::vector<BdfGap> gaps() const;
  std::uint64_t total_samples() const;             // per channel, padding excluded

  // Cuts a torn last record off and makes the header's count true. Refuses (RecordError{busy}) while a writer
  // has the file. Harmless on a sound file.
  static BdfRepair repair(const std::filesystem::path&);

 private:
  explicit BdfReader(File file) : file_(std::move(file)) {}
  BdfRecord remarks_of(std::uint64_t k) const;
  File file_;
  WaveformSpec spec_;
  std::size_t header_size_ = 0, record_size_ = 0;
  std::int64_t start_offset_ns_ = 0;
};

}  // namespace caukham::record
