// The patient record of one station: SQLite (WAL, synchronous FULL) for facts, files named by their SHA-256
// for pictures, films and waveforms. A call that returns has made its change durable: a killed process or a
// power cut afterwards loses nothing. Nothing is ever deleted; corrections are new facts, and every step
// leaves an audit row.
//
// Thread-safe: one mutex around every call. Commits wait for the disk (1 to 50 ms, more on slow disks): call
// from a worker, not from the window's thread. Errors: RecordError (error.hpp) with a sentence for a person.
// `actor` is who did it ("nurse:lan", "specialist:Dr. An", "station"). Times are ns since 1970 UTC.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "record/bdf_reader.hpp"
#include "record/error.hpp"
#include "record/paths.hpp"

namespace caukham::record {

struct Patient {
  std::string id;                  // given by the record
  std::string name;                // with all accents, UTF-8
  std::string birth_date;          // "yyyy-mm-dd", "yyyy-mm", "yyyy" or empty
  std::string sex = "X";           // "M", "F", "X"
  std::string cccd, bhyt, phone, address;
  bool simulated = false;          // a practice patient, for ever
  std::int64_t created_ns = 0;
};

struct Encounter {
  std::string id, patient_id;      // patient_id empty: not identified yet
  std::int64_t started_ns = 0, ended_ns = 0;
};

enum class ExamState { draft, open, queued, in_transit, seen, answered, closed, cancelled };
const char* to_text(ExamState);    // "draft", "open", "queued", "in-transit", …
std::optional<ExamState> exam_state_of(std::string_view);

struct Exam {
  std::string id, encounter_id, reason;
  ExamState state = ExamState::open;
  std::int64_t opened_ns = 0, closed_ns = 0;
  bool simulated = false;          // set by the first simulated capture or patient, never taken back
};

struct Capture {
  std::string id, exam_id;
  std::string kind;                // "ecg", "spirometry", "waveform" (neither), "still", "clip", "note", "advice"
  std::string stream, side, site;  // side: "left", "right", ""; site: body site
  std::string device_id, asked_by, quality, text;
  std::int64_t taken_ns = 0;       // 0: now
  bool simulated = false;
  std::int64_t removed_ns = 0;     // 0: not removed
  std::string removed_by, removed_why;
};

struct Attachment {
  std::string capture_id, sha256, media_type, file_name;
  std::uint64_t bytes = 0;
  std::int64_t added_ns = 0;
};

struct EvidenceResult {            // what one specialist received of one stream
  std::string exam_id, capture_id, stream, specialist;
  std::uint64_t records = 0, samples = 0;
  std::string digest;              // hex, EvidenceChain
  bool equal = false;
  std::int64_t time_ns = 0;
};

struct GapFact {
  std::string exam_id, capture_id, stream, reason;
  std::int64_t first_sample = 0;
  std::uint64_t lost = 0;
  std::int64_t time_ns = 0;
};

struct Advice {
  std::string id, exam_id, author, finding, conclusion, next_step;
  std::int64_t given_ns = 0;
};

struct AuditRow {
  std::int64_t seq = 0, time_ns = 0;
  std::string actor, action, subject, detail, digest;  // detail: JSON; digest: hex
};

struct AuditVerdict {
  bool intact = true;
  std::int64_t rows = 0, first_broken = 0;  // seq; 0: none
  std::string sentence;
};

struct Verdict {                   // of verify(): empty problems = all is well
  std::uint64_t attachments = 0, bytes = 0;
  std::vector<std::string> problems;
};

struct WorkingFile {
  std::filesystem::path path;
  std::uint64_t bytes = 0;
  std::optional<BdfRepair> repair;  // of a waveform file
  std::string problem;              // not empty: why it cannot be used
};

struct Recovery {
  struct Case {
    Exam exam;                      // exam.id only when the record does not know the folder's exam
    bool known = true;
    std::vector<WorkingFile> files;
  };
  std::vector<Case> unfinished;                   // exams in draft or open, and folders with working files
  std::vector<std::filesystem::path> leftovers;   // temporary files; discard_leftovers() removes them
};

struct RecordOptions {
  std::filesystem::path folder = {};                // empty: default_data_folder()
  bool start_new = false;                           // begin an empty record although attachments lie there
  std::function<std::int64_t()> now_ns = {};        // empty: the system clock
};

class Record {
 public:
  // Opens or creates. Throws: corrupt (says what to do; nothing is touched), newer_schema, full, io, busy.
  static std::unique_ptr<Record> open(RecordOptions);
  // The explicit answer to `corrupt`: renames the database (and its -wal, -shm) to caukham.db.broken-<time>
  // and returns the new path. Attachments stay. Open with start_new afterwards.
  static std::filesystem::path move_aside(const std::filesystem::path& folder);
  ~Record();
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;
  const Layout& layout() const;

  // --- people
  std::string add_patient(std::string_view actor,
                          const Patient&);  // returns the id; invalid: says which field
  void update_patient(std::string_view actor, const Patient&);      // by id; the old values go to the audit
  std::optional<Patient> patient(std::string_view id) const;
  // One text field for everything: words of the name without accents in any order, CCCD, BHYT, phone (from 4
  // digits on, any part), date of birth. An exact accented name comes first. Empty text: the newest.
  std::vector<Patient> find_patients(std::string_view text, int limit = 50) const;

  // --- encounters and exams
  std::string begin_encounter(std::string_view actor, std::string_view patient_id = {});
  void end_encounter(std::string_view actor, std::string_view encounter_id);
  // Later identification. Changing an existing binding needs a reason; the old one stays in the history.
  void bind_patient(std::string_view actor, std::string_view encounter_id, std::string_view patient_id,
                    std::string_view why = {});
  std::optional<Encounter> encounter(std::string_view id) const;
  std::vector<Encounter> encounters_of(std::string_view patient_id) const;
  std::string open_exam(std::string_view actor, std::string_view encounter_id, std::string_view reason,
                        ExamState = ExamState::open);
  void set_exam_state(std::string_view actor, std::string_view exam_id, ExamState, std::string_view why = {});
  std::optional<Exam> exam(std::string_view id) const;
  std::vector<Exam> exams_of(std::string_view encounter_id) const;
  std::vector<Exam> recent_exams(int limit = 50) const;             // newest first
  std::filesystem::path exam_folder(std::string_view exam_id);      // for working files; made when missing

  // --- captures
  std::string add_capture(std::string_view actor, const Capture&);  // refused in a closed or cancelled exam
  void remove_capture(std::string_view actor, std::string_view id, std::string_view why);  // a mark only
  void restore_capture(std::string_view actor, std::string_view id);
  std::optional<Capture> capture(std::string_view id) const;
  std::vector<Capture> captures(std::string_view exam_id, bool with_removed = false) const;

  // --- attachments: durable as file and as row when the call returns. Returns the SHA-256 in hex. A file
  // that is there already is verified and shared; a damaged one is replaced by the good bytes and the audit
  // says so.
  enum class Take {
    copy,
    move
  };  // move: the working file is gone afterwards, without copying where possible
  std::string attach(std::string_view actor, std::string_view capture_id, std::span<const std::byte> bytes,
                     std::string_view media_type, std::string_view file_name);
  std::string attach_file(std::string_view actor, std::string_view capture_id, const std::filesystem::path&,
                          std::string_view media_type, std::string_view file_name, Take = Take::copy);
  std::vector<Attachment> attachments(std::string_view capture_id) const;
  std::filesystem::path attachment_path(std::string_view sha256) const;
  std::vector<std::byte> read_attachment(std::string_view sha256) const;  // verified; corrupt when damaged

  // --- facts about an exam
  void add_evidence(std::string_view actor, const EvidenceResult&);
  std::vector<EvidenceResult> evidence(std::string_view exam_id) const;
  void add_gap(std::string_view actor, const GapFact&);
  std::vector<GapFact> gaps(std::string_view exam_id) const;
  std::string add_advice(std::string_view actor, const Advice&);
  std::vector<Advice> advice(std::string_view exam_id) const;

  // --- audit: what this class does is written by itself; views, admissions, refusals come through note()
  void note(std::string_view actor, std::string_view action, std::string_view subject,
            std::string_view detail_json = "{}");
  std::vector<AuditRow> audit(std::string_view subject = {}, int limit = 1000) const;  // newest first
  AuditVerdict verify_audit() const;

  // --- the whole
  Verdict verify() const;          // re-reads every attachment: minutes on a big record
  // A folder that is not there yet: exam.json, captures under readable names, manifest.sha256. The same exam
  // gives the same bytes. All or nothing: it appears under its name when complete.
  void export_exam(std::string_view actor, std::string_view exam_id, const std::filesystem::path& folder);
  Recovery recover(std::string_view actor);                       // at start, before any recording
  int discard_leftovers(std::string_view actor, const Recovery&);  // number of files removed

  struct Impl;  // record_impl.hpp

 private:
  explicit Record(std::unique_ptr<Impl>);
  std::unique_ptr<Impl> impl_;
};

}  // namespace caukham::record
