// Opening the record, and what all its parts use.
#include "record/record.hpp"

#include <algorithm>
#include <chrono>

#include "core/i18n.hpp"
#include "record/error.hpp"
#include "record/evidence.hpp"
#include "record/file.hpp"
#include "record/identity.hpp"
#include "record/migrations.hpp"
#include "record/record_impl.hpp"

namespace caukham::record {
namespace fs = std::filesystem;
using core::tr;
using core::tr_later;
namespace {

std::int64_t system_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

bool holds_anything(const fs::path& folder) {
  std::error_code error;
  return fs::directory_iterator(folder, error) != fs::directory_iterator();
}

}  // namespace

void make_private_folder(const fs::path& folder) {
  std::error_code error;
  const bool made = fs::create_directories(folder, error);
  if (error)
    throw RecordError(
        error == std::errc::no_space_on_device ? Fault::full : Fault::io,
        tr("The folder {0} could not be made: {1}. Check the disk and the folder's permissions.",
           folder.string(), error.message()));
  if (made) {
    fs::permissions(folder, fs::perms::owner_all, error);  // patients' data: nobody else's business
    fsync_directory(folder.parent_path());
  }
}

std::unique_ptr<Record> Record::open(RecordOptions options) {
  Layout layout{options.folder.empty() ? default_data_folder() : options.folder};
  make_private_folder(layout.root);
  make_private_folder(layout.attachments());
  make_private_folder(layout.exams());
  std::error_code error;
  const std::uintmax_t size = fs::exists(layout.database()) ? fs::file_size(layout.database(), error) : 0;
  if (size == 0 && !options.start_new && holds_anything(layout.attachments()))
    throw RecordError(Fault::corrupt,
                      tr("The record {0} is missing or empty although pictures and recordings lie "
                         "beside it. Nothing was changed. Call IT: restore a backup of this file, or "
                         "start a new record; pictures and recordings are kept.",
                         layout.database().string()));
  Database db = Database::open(layout.database(), migrations);
  fsync_directory(layout.root);
  if (!options.now_ns) options.now_ns = system_ns;
  return std::unique_ptr<Record>(
      new Record(std::unique_ptr<Impl>(new Impl{layout, std::move(options.now_ns), {}, std::move(db)})));
}

Record::Record(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Record::~Record() = default;
const Layout& Record::layout() const { return impl_->layout; }

fs::path Record::move_aside(const fs::path& folder) {
  const Layout layout{folder};
  const std::string stamp = std::to_string(system_ns());
  const fs::path broken = layout.database().string() + ".broken-" + stamp;
  // The main file first: killed in between, the next start finds no record and says so, instead of opening
  // one without its journal. The journal belongs to the broken file and follows it.
  for (const char* tail : {"", "-wal", "-shm"}) {
    const fs::path part = layout.database().string() + tail;
    if (fs::exists(part)) rename_durably(part, broken.string() + tail);
  }
  return broken;
}

// --- shared by the parts

void must_be_text(std::string_view value, const char* field, std::size_t max_bytes) {
  if (value.size() > max_bytes)
    throw RecordError(Fault::invalid, tr("The text for \"{0}\" is too long.", tr(field)));
  if (!valid_utf8(value) || value.find('\0') != std::string_view::npos)
    throw RecordError(Fault::invalid,
                      tr("The text for \"{0}\" holds characters that are no text.", tr(field)));
}

bool is_sha256(std::string_view s) {
  return s.size() == 64 && std::all_of(s.begin(), s.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

void Record::Impl::must_exist(const char* table, std::string_view id, const char* what) const {
  if (!db.query(std::string("SELECT 1 FROM ") + table + " WHERE id=?1", id).next())
    throw RecordError(Fault::not_found, tr("This {0} is not in the record.", tr(what)));
}

fs::path Record::Impl::file_of(std::string_view sha) const {
  return layout.attachments() / std::string(sha.substr(0, 2)) / std::string(sha);
}

// --- audit

std::string audit_digest(std::string_view before, const AuditRow& r) {
  const std::string text =
      std::string(before) + json_text(json::array({r.seq, r.time_ns, r.actor, r.action, r.subject, r.detail}));
  return hex(sha256(std::as_bytes(std::span(text.data(), text.size()))));
}

void Record::Impl::audit(std::string_view actor, std::string_view action, std::string_view subject,
                         const json& detail) {
  must_be_text(actor, tr_later("name"), 200);
  if (actor.empty()) throw RecordError(Fault::invalid, tr("The record must know who does this."));
  Database::Row head = db.query("SELECT seq, digest FROM audit_head WHERE one=1");
  if (!head.next()) throw RecordError(Fault::corrupt, tr("The audit trail has lost its end. Call IT."));
  AuditRow row{head.integer(0) + 1, now(), std::string(actor), std::string(action), std::string(subject),
               json_text(detail), {}};
  row.digest = audit_digest(head.text(1), row);
  db.run("INSERT INTO audit VALUES(?1,?2,?3,?4,?5,?6,?7)", row.seq, row.time_ns, row.actor, row.action,
         row.subject, row.detail, row.digest);
  db.run("UPDATE audit_head SET seq=?1, digest=?2 WHERE one=1", row.seq, row.digest);
}

void Record::note(std::string_view actor, std::string_view action, std::string_view subject,
                  std::string_view detail_json) {
  must_be_text(action, "action", 200);
  must_be_text(subject, "subject", 200);
  const json detail = json_of(detail_json);
  if (detail.is_discarded()) throw RecordError(Fault::invalid, "An audit row's details must be JSON.");
  durably(*impl_, [&] { impl_->audit(actor, action, subject, detail); });
}

std::vector<AuditRow> Record::audit(std::string_view subject, int limit) const {
  return all_rows(*impl_, [](Database::Row& r) {
    return AuditRow{r.integer(0), r.integer(1), r.text(2), r.text(3), r.text(4), r.text(5), r.text(6)};
  }, "SELECT * FROM audit WHERE ?1='' OR subject=?1 ORDER BY seq DESC LIMIT ?2", subject, limit);
}

AuditVerdict Record::verify_audit() const {
  const std::lock_guard lock(impl_->mutex);
  AuditVerdict verdict;
  const auto broken = [&](std::int64_t seq, const std::string& how) {
    verdict.intact = false;
    verdict.first_broken = seq;
    verdict.sentence =
        tr("The audit trail is broken at row {0}: {1}. Keep this computer as it is and call IT.",
           std::to_string(seq), how);
    return verdict;
  };
  std::string before(64, '0');
  for (Database::Row r = impl_->db.query("SELECT * FROM audit ORDER BY seq"); r.next();) {
    const AuditRow row{r.integer(0), r.integer(1), r.text(2), r.text(3), r.text(4), r.text(5), r.text(6)};
    if (row.seq != verdict.rows + 1) return broken(verdict.rows + 1, tr("a row is missing"));
    if (row.digest != audit_digest(before, row)) return broken(row.seq, tr("the row was changed"));
    before = row.digest;
    ++verdict.rows;
  }
  Database::Row head = impl_->db.query("SELECT seq, digest FROM audit_head");
  if (!head.next() || head.integer(0) != verdict.rows || head.text(1) != before)
    return broken(verdict.rows + 1, tr("the last rows are missing"));
  verdict.sentence = tr("The audit trail is intact: {0} rows.", std::to_string(verdict.rows));
  return verdict;
}

}  // namespace caukham::record
