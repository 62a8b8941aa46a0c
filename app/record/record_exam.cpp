// Encounters, exams, captures and the facts about them.
#include <algorithm>

#include "core/i18n.hpp"
#include "record/error.hpp"
#include "record/evidence.hpp"
#include "record/record_impl.hpp"

namespace caukham::record {
using core::tr;
using core::tr_later;
namespace {

constexpr const char* state_names[] = {
    tr_later("draft"), tr_later("open"), tr_later("queued"), tr_later("in-transit"),
    tr_later("seen"), tr_later("answered"), tr_later("closed"), tr_later("cancelled")};

bool may_become(ExamState from, ExamState to) {
  using enum ExamState;
  switch (from) {
    case draft: return to == open || to == queued || to == cancelled;
    case open: return to == queued || to == answered || to == closed || to == cancelled;
    case queued:
      return to == open || to == in_transit || to == closed || to == cancelled;  // the line is back: open
    case in_transit: return to == queued || to == seen || to == open || to == closed;
    case seen: return to == answered || to == open || to == closed;
    case answered: return to == open || to == closed;
    case closed:
    case cancelled: return false;
  }
  return false;
}

Encounter encounter_of(const Database::Row& r) { return {r.text(0), r.text(1), r.integer(2), r.integer(3)}; }

Exam exam_of(const Database::Row& r) {
  return {r.text(0), r.text(1), r.text(3), exam_state_of(r.text(2)).value_or(ExamState::open), r.integer(4),
          r.integer(5), r.integer(6) != 0};
}

Capture capture_of(const Database::Row& r) {
  return {r.text(0),     r.text(1),          r.text(2),     r.text(3),  r.text(4),
          r.text(5),     r.text(6),          r.text(7),     r.text(8),  r.text(9),
          r.integer(10), r.integer(11) != 0, r.integer(12), r.text(13), r.text(14)};
}

void must_be_texts(std::initializer_list<const std::string*> texts) {
  for (const std::string* text : texts) must_be_text(*text, tr_later("text"), 100'000);
}

// Capture ids are optional in facts: NULL keeps the foreign key happy.
constexpr const char* or_null = "NULLIF(?2,'')";

}  // namespace

const char* to_text(ExamState s) { return state_names[static_cast<std::size_t>(s)]; }

std::optional<ExamState> exam_state_of(std::string_view text) {
  const auto* found = std::find(std::begin(state_names), std::end(state_names), text);
  if (found == std::end(state_names)) return {};
  return static_cast<ExamState>(found - std::begin(state_names));
}

// --- encounters

std::string Record::begin_encounter(std::string_view actor, std::string_view patient_id) {
  const std::string id = new_uuid();
  durably(*impl_, [&] {
    if (!patient_id.empty()) impl_->must_exist("patient", patient_id, tr_later("patient"));
    const std::int64_t now = impl_->now();
    impl_->db.run("INSERT INTO encounter(id,patient_id,started_ns) VALUES(?1,NULLIF(?2,''),?3)", id,
                  patient_id, now);
    if (!patient_id.empty())
      impl_->db.run("INSERT INTO binding(encounter_id,patient_id,actor,why,time_ns) VALUES(?1,?2,?3,'',?4)",
                    id, patient_id, actor, now);
    impl_->audit(actor, "encounter.begun", id, {{"patient", patient_id}});
  });
  return id;
}

void Record::end_encounter(std::string_view actor, std::string_view id) {
  durably(*impl_, [&] {
    impl_->must_exist("encounter", id, tr_later("encounter"));
    impl_->db.run("UPDATE encounter SET ended_ns=?2 WHERE id=?1 AND ended_ns=0", id, impl_->now());
    impl_->audit(actor, "encounter.ended", id, json::object());
  });
}

void Record::bind_patient(std::string_view actor, std::string_view encounter_id, std::string_view patient_id,
                          std::string_view why) {
  must_be_text(why, tr_later("reason"));
  durably(*impl_, [&] {
    impl_->must_exist("encounter", encounter_id, tr_later("encounter"));
    Database::Row person = impl_->db.query("SELECT simulated FROM patient WHERE id=?1", patient_id);
    if (!person.next())
      throw RecordError(Fault::not_found, tr("This {0} is not in the record.", tr("patient")));
    Database::Row bound = impl_->db.query("SELECT patient_id FROM encounter WHERE id=?1", encounter_id);
    const std::string before = bound.next() ? bound.text(0) : "";
    if (before == patient_id) return;
    if (!before.empty() && why.empty())
      throw RecordError(Fault::refused,
                        tr("This examination belongs to another patient already. Write why that "
                           "is wrong to change it."));
    impl_->db.run("UPDATE encounter SET patient_id=?2 WHERE id=?1", encounter_id, patient_id);
    impl_->db.run("INSERT INTO binding(encounter_id,patient_id,actor,why,time_ns) VALUES(?1,?2,?3,?4,?5)",
                  encounter_id, patient_id, actor, why, impl_->now());
    if (person.integer(0)) impl_->db.run("UPDATE exam SET simulated=1 WHERE encounter_id=?1", encounter_id);
    impl_->audit(actor, before.empty() ? "encounter.identified" : "encounter.rebound", encounter_id,
                 {{"patient", patient_id}, {"before", before}, {"why", why}});
  });
}

std::optional<Encounter> Record::encounter(std::string_view id) const {
  return first(all_rows(*impl_, encounter_of,
                        "SELECT id,patient_id,started_ns,ended_ns FROM encounter WHERE id=?1", id));
}

std::vector<Encounter> Record::encounters_of(std::string_view patient_id) const {
  return all_rows(*impl_, encounter_of,
                  "SELECT id,patient_id,started_ns,ended_ns FROM encounter WHERE patient_id=?1 "
                  "ORDER BY started_ns DESC, id",
                  patient_id);
}

// --- exams

std::string Record::open_exam(std::string_view actor, std::string_view encounter_id, std::string_view reason,
                              ExamState state) {
  if (state != ExamState::draft && state != ExamState::open)
    throw RecordError(Fault::invalid, "An exam begins as a draft or open.");
  must_be_text(reason, tr_later("reason"));
  const std::string id = new_uuid();
  durably(*impl_, [&] {
    impl_->must_exist("encounter", encounter_id, tr_later("encounter"));
    impl_->db.run(
        "INSERT INTO exam(id,encounter_id,state,reason,opened_ns,simulated) VALUES(?1,?2,?3,?4,?5,IFNULL("
        "(SELECT p.simulated FROM encounter e JOIN patient p ON p.id=e.patient_id WHERE e.id=?2),0))",
        id, encounter_id, to_text(state), reason, impl_->now());
    impl_->audit(actor, "exam.opened", id,
                 {{"encounter", encounter_id}, {"reason", reason}, {"state", to_text(state)}});
  });
  return id;
}

void Record::set_exam_state(std::string_view actor, std::string_view exam_id, ExamState to,
                            std::string_view why) {
  must_be_text(why, tr_later("reason"));
  durably(*impl_, [&] {
    impl_->must_exist("exam", exam_id, tr_later("exam"));
    Database::Row row = impl_->db.query("SELECT state FROM exam WHERE id=?1", exam_id);
    const std::string before = row.next() ? row.text(0) : "";
    const auto from = exam_state_of(before);
    if (from == to) return;
    if (!from || !may_become(*from, to))
      throw RecordError(Fault::refused,
                        tr("An exam that is \"{0}\" cannot become \"{1}\". Open a new exam if there is "
                           "more to examine.",
                           tr(before.c_str()), tr(to_text(to))));
    const bool ends = to == ExamState::closed || to == ExamState::cancelled;
    impl_->db.run("UPDATE exam SET state=?2, closed_ns=?3 WHERE id=?1", exam_id, to_text(to),
                  ends ? impl_->now() : 0);
    impl_->audit(actor, "exam.state", exam_id, {{"from", before}, {"to", to_text(to)}, {"why", why}});
  });
}

std::optional<Exam> Record::exam(std::string_view id) const {
  return first(all_rows(*impl_, exam_of, "SELECT * FROM exam WHERE id=?1", id));
}

std::vector<Exam> Record::exams_of(std::string_view encounter_id) const {
  return all_rows(*impl_, exam_of, "SELECT * FROM exam WHERE encounter_id=?1 ORDER BY opened_ns, id",
                  encounter_id);
}

std::vector<Exam> Record::recent_exams(int limit) const {
  return all_rows(*impl_, exam_of, "SELECT * FROM exam ORDER BY opened_ns DESC, id LIMIT ?1", limit);
}

// --- captures

std::string Record::add_capture(std::string_view actor, const Capture& c) {
  static constexpr const char* kinds[] = {"ecg", "spirometry", "waveform", "still", "clip", "note", "advice"};
  if (std::find(std::begin(kinds), std::end(kinds), c.kind) == std::end(kinds))
    throw RecordError(Fault::invalid, "'" + c.kind + "' is no kind of capture the record knows.");
  must_be_texts({&c.stream, &c.side, &c.site, &c.device_id, &c.asked_by, &c.quality, &c.text});
  const std::string id = new_uuid();
  durably(*impl_, [&] {
    impl_->must_exist("exam", c.exam_id, tr_later("exam"));
    Database::Row row =
        impl_->db.query("SELECT state FROM exam WHERE id=?1 AND state IN ('closed','cancelled')", c.exam_id);
    if (row.next())
      throw RecordError(Fault::refused,
                        tr("This exam is closed: nothing can be captured into it any more. Open a "
                           "new exam."));
    const std::int64_t taken = c.taken_ns ? c.taken_ns : impl_->now();
    impl_->db.run(
        "INSERT INTO capture(id,exam_id,kind,stream,side,site,device_id,asked_by,quality,text,taken_ns,"
        "simulated) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)",
        id, c.exam_id, c.kind, c.stream, c.side, c.site, c.device_id, c.asked_by, c.quality, c.text, taken,
        c.simulated);
    if (c.simulated) impl_->db.run("UPDATE exam SET simulated=1 WHERE id=?1", c.exam_id);
    impl_->audit(actor, "capture.added", id,
                 {{"exam", c.exam_id},
                  {"kind", c.kind},
                  {"stream", c.stream},
                  {"side", c.side},
                  {"site", c.site},
                  {"device", c.device_id},
                  {"asked_by", c.asked_by},
                  {"SIMULATED", c.simulated}});
  });
  return id;
}

void Record::remove_capture(std::string_view actor, std::string_view id, std::string_view why) {
  must_be_text(why, tr_later("reason"));
  durably(*impl_, [&] {
    impl_->must_exist("capture", id, tr_later("capture"));
    impl_->db.run(
        "UPDATE capture SET removed_ns=?2, removed_by=?3, removed_why=?4 WHERE id=?1 AND removed_ns=0", id,
        impl_->now(), actor, why);
    impl_->audit(actor, "capture.removed", id, {{"why", why}});
  });
}

void Record::restore_capture(std::string_view actor, std::string_view id) {
  durably(*impl_, [&] {
    impl_->must_exist("capture", id, tr_later("capture"));
    impl_->db.run("UPDATE capture SET removed_ns=0, removed_by='', removed_why='' WHERE id=?1", id);
    impl_->audit(actor, "capture.restored", id, json::object());
  });
}

std::optional<Capture> Record::capture(std::string_view id) const {
  return first(all_rows(*impl_, capture_of, "SELECT * FROM capture WHERE id=?1", id));
}

std::vector<Capture> Record::captures(std::string_view exam_id, bool with_removed) const {
  return all_rows(*impl_, capture_of, "SELECT * FROM capture WHERE exam_id=?1 AND (?2 OR removed_ns=0) "
                  "ORDER BY taken_ns, id", exam_id, with_removed);
}

// --- facts

void Record::add_evidence(std::string_view actor, const EvidenceResult& e) {
  must_be_texts({&e.stream, &e.specialist, &e.digest});
  durably(*impl_, [&] {
    impl_->must_exist("exam", e.exam_id, tr_later("exam"));
    if (!e.capture_id.empty()) impl_->must_exist("capture", e.capture_id, tr_later("capture"));
    impl_->db.run(
        std::string("INSERT INTO evidence(exam_id,capture_id,stream,specialist,records,samples,digest,equal,"
                    "time_ns) VALUES(?1,") +
            or_null + ",?3,?4,?5,?6,?7,?8,?9)",
        e.exam_id, e.capture_id, e.stream, e.specialist, e.records, e.samples, e.digest, e.equal,
        e.time_ns ? e.time_ns : impl_->now());
    impl_->audit(actor, "evidence.compared", e.exam_id,
                 {{"stream", e.stream},
                  {"specialist", e.specialist},
                  {"records", e.records},
                  {"samples", e.samples},
                  {"digest", e.digest},
                  {"equal", e.equal}});
  });
}

std::vector<EvidenceResult> Record::evidence(std::string_view exam_id) const {
  return all_rows(
      *impl_,
      [](Database::Row& r) {
        return EvidenceResult{r.text(0),
                              r.text(1),
                              r.text(2),
                              r.text(3),
                              static_cast<std::uint64_t>(r.integer(4)),
                              static_cast<std::uint64_t>(r.integer(5)),
                              r.text(6),
                              r.integer(7) != 0,
                              r.integer(8)};
      },
      "SELECT exam_id,capture_id,stream,specialist,records,samples,digest,equal,time_ns FROM evidence WHERE "
      "exam_id=?1 "
      "ORDER BY seq",
      exam_id);
}

void Record::add_gap(std::string_view actor, const GapFact& g) {
  must_be_texts({&g.stream, &g.reason});
  durably(*impl_, [&] {
    impl_->must_exist("exam", g.exam_id, tr_later("exam"));
    if (!g.capture_id.empty()) impl_->must_exist("capture", g.capture_id, tr_later("capture"));
    impl_->db.run(
        std::string(
            "INSERT INTO gap(exam_id,capture_id,stream,reason,first_sample,lost,time_ns) VALUES(?1,") +
            or_null + ",?3,?4,?5,?6,?7)",
        g.exam_id, g.capture_id, g.stream, g.reason, g.first_sample, g.lost,
        g.time_ns ? g.time_ns : impl_->now());
    impl_->audit(
        actor, "gap.noted", g.exam_id,
        {{"stream", g.stream}, {"first_sample", g.first_sample}, {"lost", g.lost}, {"reason", g.reason}});
  });
}

std::vector<GapFact> Record::gaps(std::string_view exam_id) const {
  return all_rows(
      *impl_,
      [](Database::Row& r) {
        return GapFact{r.text(0),   r.text(1),    r.text(2),
                       r.text(3),   r.integer(4), static_cast<std::uint64_t>(r.integer(5)),
                       r.integer(6)};
      },
      "SELECT exam_id,capture_id,stream,reason,first_sample,lost,time_ns FROM gap WHERE exam_id=?1 ORDER BY "
      "seq",
      exam_id);
}

std::string Record::add_advice(std::string_view actor, const Advice& a) {
  must_be_texts({&a.author, &a.finding, &a.conclusion, &a.next_step});
  const std::string id = new_uuid();
  durably(*impl_, [&] {
    impl_->must_exist("exam", a.exam_id, tr_later("exam"));
    impl_->db.run("INSERT INTO advice VALUES(?1,?2,?3,?4,?5,?6,?7)", id, a.exam_id, a.author, a.finding,
                  a.conclusion, a.next_step, a.given_ns ? a.given_ns : impl_->now());
    impl_->audit(actor, "advice.given", id,
                 {{"exam", a.exam_id},
                  {"author", a.author},
                  {"finding", a.finding},
                  {"conclusion", a.conclusion},
                  {"next_step", a.next_step}});
  });
  return id;
}

std::vector<Advice> Record::advice(std::string_view exam_id) const {
  return all_rows(*impl_, [](Database::Row& r) {
    return Advice{r.text(0), r.text(1), r.text(2), r.text(3), r.text(4), r.text(5), r.integer(6)};
  }, "SELECT * FROM advice WHERE exam_id=?1 ORDER BY given_ns, id", exam_id);
}

}  // namespace caukham::record
