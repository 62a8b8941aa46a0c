#include "record/database.hpp"

#include <sqlite3.h>

#include "core/i18n.hpp"
#include "record/error.hpp"
#include "record/file.hpp"

namespace caukham::record {
namespace {

constexpr std::int64_t application_id = 0x434b414d;  // "CKAM": tells file(1) and us whose database it is
constexpr std::uintmax_t always_checked = 256u << 20;         // bigger ones only after an unclean end

[[noreturn]] void damaged(const std::string& path, const std::string& how) {
  throw RecordError(Fault::corrupt,
                    core::tr("The record {0} is damaged ({1}). Nothing was changed. Call IT: restore a "
                             "backup of this file, or move it aside and start a new record; pictures "
                             "and recordings are kept.",
                             path, how));
}

[[noreturn]] void fail(sqlite3* db, int rc) {
  const bool no_room = last_error_is_no_room();  // SQLite knows the full disk only, and not a quota or a file size limit
  const char* name = db ? sqlite3_db_filename(db, "main") : nullptr;
  const std::string path = name ? name : "";
  const std::string said = db ? sqlite3_errmsg(db) : sqlite3_errstr(rc);
  using core::tr;
  switch (rc & 0xff) {
    case SQLITE_IOERR:
      if (!no_room)
        throw RecordError(Fault::io,
                          tr("{0} could not be read or written ({1}). Check the disk.", path, said));
      [[fallthrough]];
    case SQLITE_FULL:
      throw RecordError(Fault::full,
                        tr("The disk is full: {0} could not be written. Free some space on this disk; "
                           "what was saved before is safe.",
                           path));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      damaged(path, said);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw RecordError(Fault::busy,
                        tr("Another program is using the record {0}. Close it and try again.", path));
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      throw RecordError(Fault::io,
                        tr("The record {0} cannot be opened for writing ({1}). Ask IT to check the folder's "
                           "permissions and the free space.",
                           path, said));
    default:
      throw RecordError(
          Fault::io,
          tr("The record {0} failed: {1}. Restart the program; call IT if it happens again.", path, said));
  }
}

void must(sqlite3* db, int rc) {
  if (rc != SQLITE_OK) fail(db, rc);
}

}  // namespace

void Database::Row::Finalize::operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
void Database::Close::operator()(sqlite3* db) const { sqlite3_close_v2(db); }

Database::Row::Row(sqlite3* db, std::string_view sql) : db_(db) {
  sqlite3_stmt* s = nullptr;
  must(db, sqlite3_prepare_v2(db, sql.data(), static_cast<int>(sql.size()), &s, nullptr));
  statement_.reset(s);
}

void Database::Row::bind(int index, std::int64_t value) {
  must(db_, sqlite3_bind_int64(statement_.get(), index, value));
}

void Database::Row::bind(int index, std::string_view v) {
  must(db_, sqlite3_bind_text64(statement_.get(), index, v.empty() ? "" : v.data(), v.size(),
                                SQLITE_TRANSIENT, SQLITE_UTF8));
}

bool Database::Row::next() {
  errno = 0;
  const int rc = sqlite3_step(statement_.get());
  if (rc == SQLITE_ROW) return true;
  if (rc != SQLITE_DONE) fail(db_, rc);
  return false;
}

std::int64_t Database::Row::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string Database::Row::text(int column) const {
  const auto* p = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  return p ? std::string(p, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column)))
           : std::string();
}

std::int64_t Database::changes() const { return sqlite3_changes64(db_.get()); }

Database::Transaction::~Transaction() {
  if (db_ && !sqlite3_get_autocommit(db_->db_.get()))  // a full disk may have rolled back already
    sqlite3_exec(db_->db_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Database::Transaction::commit() {
  db_->run("COMMIT");
  db_ = nullptr;
}

void Database::script(const char* sql) {
  must(db_.get(), sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr));
}

std::vector<std::string> Database::problems() const {
  std::vector<std::string> out;
  for (Row r = query("PRAGMA integrity_check"); r.next();) {
    if (r.text(0) != "ok") out.push_back(r.text(0));
  }
  for (Row r = query("PRAGMA foreign_key_check"); r.next();)
    out.push_back("table " + r.text(0) + ", row " + r.text(1) + " refers to something missing in " +
                  r.text(2));
  return out;
}

void Database::backup(const std::filesystem::path& to) const {
  const std::filesystem::path part = to.string() + ".part";
  std::filesystem::remove(part);
  {
    sqlite3* raw = nullptr;
    const int rc = sqlite3_open_v2(part.string().c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    const Database copy(raw);
    must(raw, rc);
    sqlite3_backup* job = sqlite3_backup_init(raw, "main", db_.get(), "main");
    if (!job) fail(raw, sqlite3_errcode(raw));
    const int step = sqlite3_backup_step(job, -1);
    must(raw, sqlite3_backup_finish(job));
    if (step != SQLITE_DONE) fail(raw, step);
  }
  File::open(part, File::Mode::read_write).sync();
  rename_durably(part, to);
}

Database Database::open(const std::filesystem::path& path, std::span<const char* const> migrations) {
  std::error_code none;
  const std::uintmax_t size = std::filesystem::exists(path) ? std::filesystem::file_size(path, none) : 0;
  const bool unclean = std::filesystem::exists(path.string() + "-wal");
  sqlite3* raw = nullptr;
  const int rc = sqlite3_open_v2(path.string().c_str(), &raw,
                                 SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database db(raw);
  must(raw, rc);
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, 5000);
  if (size > 0) {  // before anything is written: is it ours, whole, and not from the future?
    if (size < always_checked || unclean) {
      Row check = db.query("PRAGMA quick_check(1)");
      if (!check.next() || check.text(0) != "ok") damaged(path.string(), check.text(0));
    }
    Row id = db.query("PRAGMA application_id");
    const bool ours = id.next() && id.integer(0) == application_id;
    // Without any table it is the beginning of ours: the program was killed during its very first start.
    if (!ours && db.query("SELECT 1 FROM sqlite_master").next())
      throw RecordError(Fault::corrupt,
                        core::tr("{0} is the database of another program and no record of Caukham. Nothing was changed. Call IT: move "
                                 "this file elsewhere, or choose another data folder.",
                                 path.string()));
  }
  const auto version = [&] {
    Row row = db.query("PRAGMA user_version");
    return row.next() ? row.integer(0) : 0;
  };
  const auto newest = static_cast<std::int64_t>(migrations.size());
  const std::int64_t found = version();
  if (found > newest)
    throw RecordError(Fault::newer_schema,
                      core::tr("The record was written by a newer version of Caukham (format {0}, "
                               "this version knows {1}). Install the newer version; nothing was "
                               "changed.",
                               std::to_string(found), std::to_string(newest)));
  db.script(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;");
  if (found > 0 && found < newest) db.backup(path.string() + ".v" + std::to_string(found) + ".backup");
  for (std::int64_t v = found; v < newest; ++v) {
    Transaction step(db);
    if (version() != v)
      throw RecordError(
          Fault::busy,
          core::tr("Another program is using the record {0}. Close it and try again.", path.string()));
    db.script(migrations[static_cast<std::size_t>(v)]);
    db.script(("PRAGMA application_id=" + std::to_string(application_id) + "; PRAGMA user_version=" +
               std::to_string(v + 1)).c_str());
    step.commit();
  }
  return db;
}

}  // namespace caukham::record
