// Records every waveform of an open exam into BDF+ files while it arrives, on a thread of its own that never waits
// for the window or the network. A record is announced after it lies in the file: what the specialist receives is
// what was recorded.
#pragma once
#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "core/hub.hpp"
#include "record/bdf_reader.hpp"
#include "record/bdf_writer.hpp"
#include "record/evidence.hpp"
#include "station/list.hpp"

namespace caukham::station {

// What the file's header says about the examination.
struct ExamFacts {
  std::string exam_id, patient_code, patient_name, birth_date, sex;  // sex "M", "F", "X"
};

// The state of one recorded stream; counts are samples per channel.
struct StreamTotals {
  core::StreamInfo info;
  std::filesystem::path path;
  std::uint64_t recorded = 0, lost = 0, records = 0;
  std::uint64_t missed_chunks = 0;  // the recorder's own inbox overflowed: must stay 0
  List<core::Gap> gaps;             // at positions of this file's grid (first recorded sample = 0)
  std::string digest;               // chain over the records so far, hex
  std::uint32_t samples_per_record = 0;
  std::int64_t first_sample_ns = 0;  // station clock
  std::int64_t second_zero_ns = 0;   // station clock of second 0 of the records: BDF+ counts from a whole second
};

class ExamRecorder {
 public:
  // Called on the recorder's thread; must return quickly and must not call back into the recorder.
  struct Handlers {
    std::function<void(const core::StreamInfo&, std::uint32_t samples_per_record)> opened;
    std::function<void(core::StreamId, std::uint64_t index, std::span<const std::byte>)> record;
    std::function<void(const core::Gap&)> gap;
    // Writing does not work: words for the nurse, once for each new trouble. Empty words: it works again.
    std::function<void(const std::string&)> problem;
  };

  ExamRecorder(core::Hub& hub, std::filesystem::path folder, ExamFacts facts, Handlers handlers);
  ~ExamRecorder();

  std::vector<StreamTotals> totals() const;                       // [any thread]
  // Bytes of a record already in the file, or nothing. [any thread]
  std::optional<std::vector<std::byte>> record_bytes(core::StreamId, std::uint64_t index) const;
  std::uint64_t record_count(core::StreamId) const;               // [any thread]

  // Takes what is still queued, pads and closes the files, on the recorder's own thread; done() when that is over.
  void end() { ending_ = true; }  // [any thread]
  bool done() const { return done_; }
  void finish();                  // end(), then waits for it and for the disk: never on the window's thread

 private:
  struct File {
    std::unique_ptr<record::BdfWriter> writer;
    std::unique_ptr<record::BdfReader> reader;
    record::EvidenceChain chain;
    std::uint64_t next_sample = 0, first_sample = 0;
    std::string gap_reason;
    StreamTotals totals;
    // What the disk refused: `refused` samples before grid number refused_end, not yet told as a gap.
    std::uint64_t in_record = 0, refused = 0, refused_end = 0, refused_all = 0;  // in_record: of the started record
    const char* refused_why = "";
    bool failing = false;
  };
  // A stream whose file could not be made yet: what should be its first sample.
  struct Waiting { std::uint64_t first_sample = 0; const char* why = ""; };
  void run();
  void handle(const core::Item& item);
  void handle_chunk(const core::Chunk& chunk);
  File* open_file(const core::Chunk& chunk);
  template <class Act>
  void write(File& file, std::uint64_t declared_lost, std::uint64_t boundary, Act act);
  void tell_refused(File& file);
  void add_gap(File& file, std::uint64_t at, std::uint64_t length, const std::string& reason);
  void refresh(File& file);
  void report(const std::string& words);

  core::Hub& hub_;
  std::filesystem::path folder_;
  ExamFacts facts_;
  Handlers handlers_;
  std::shared_ptr<core::Inbox> inbox_;
  std::map<core::StreamId, core::StreamInfo> known_;
  std::map<core::StreamId, File> files_;  // the writer's side: recorder thread only
  std::map<core::StreamId, Waiting> waiting_;
  mutable std::mutex mutex_;              // totals and readers, for the other threads
  std::string last_problem_;
  std::atomic<bool> ending_{false}, done_{false}, joined_{false};
  std::thread thread_;
};

}  // namespace caukham::station
