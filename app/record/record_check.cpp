// The whole record: is it sound, and what did the last run leave behind.
#include <algorithm>
#include <set>

#include "core/i18n.hpp"
#include "record/error.hpp"
#include "record/evidence.hpp"
#include "record/file.hpp"
#include "record/record_impl.hpp"

namespace caukham::record {
namespace fs = std::filesystem;
using core::tr;
namespace {

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    out.push_back(it->path());
  std::sort(out.begin(), out.end());
  return out;
}

bool is_temporary(const fs::path& p) { return p.filename().string().starts_with("tmp-"); }

}  // namespace

Verdict Record::verify() const {
  Verdict out;
  {
    const std::lock_guard lock(impl_->mutex);
    out.problems = impl_->db.problems();
  }
  const AuditVerdict audit = verify_audit();
  if (!audit.intact) out.problems.push_back(audit.sentence);
  struct Row { std::string sha; std::uint64_t bytes; bool referenced; };
  const std::vector<Row> rows = all_rows(
      *impl_,
      [](Database::Row& r) {
        return Row{r.text(0), static_cast<std::uint64_t>(r.integer(1)), r.integer(2) != 0};
      },
      "SELECT sha256, bytes, EXISTS(SELECT 1 FROM capture_attachment c WHERE c.sha256=a.sha256) FROM "
      "attachment a "
      "ORDER BY sha256");
  std::set<std::string> known;
  for (const Row& row : rows) {  // files are read outside the mutex: recording goes on meanwhile
    known.insert(row.sha);
    try {
      std::uint64_t bytes = 0;
      const std::string sha = hex(sha256_of_file(impl_->file_of(row.sha), &bytes));
      ++out.attachments;
      out.bytes += bytes;
      if (sha != row.sha || bytes != row.bytes)
        out.problems.push_back(
            tr("The attachment {0} is damaged on the disk. Call IT: restore this file from a "
               "backup.",
               row.sha));
    } catch (const RecordError& e) {
      out.problems.push_back(
          tr("The attachment {0} is missing ({1}). Call IT: restore this file from a backup.", row.sha,
             e.what()));
    }
    if (!row.referenced) out.problems.push_back(tr("The attachment {0} belongs to no capture.", row.sha));
  }
  for (const fs::path& folder : entries(impl_->layout.attachments())) {
    if (!fs::is_directory(folder)) {
      if (!is_temporary(folder)) out.problems.push_back(tr("{0} does not belong here.", folder.string()));
      continue;
    }
    for (const fs::path& file : entries(folder)) {
      const std::string name = file.filename().string();
      // Attached while we were reading: asked again before it is called a stranger.
      if (!known.contains(name) && all_rows(
                                       *impl_, [](Database::Row& r) { return r.integer(0); },
                                       "SELECT 1 FROM attachment WHERE sha256=?1", name)
                                       .empty())
        out.problems.push_back(
            tr("{0} is not in the record: it was stored but never acknowledged.", file.string()));
    }
  }
  return out;
}

fs::path Record::exam_folder(std::string_view exam_id) {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->must_exist("exam", exam_id, core::tr_later("exam"));  // also keeps "../" out of the path
  }
  const fs::path folder = impl_->layout.exams() / std::string(exam_id);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    throw RecordError(
        error == std::errc::no_space_on_device ? Fault::full : Fault::io,
        tr("The folder {0} could not be made: {1}. Check the disk and the folder's permissions.",
           folder.string(), error.message()));
  fsync_directory(impl_->layout.exams());
  return folder;
}

Recovery Record::recover(std::string_view actor) {
  Recovery out;
  const auto ids = all_rows(*impl_, [](Database::Row& r) { return r.text(0); },
                            "SELECT id FROM exam WHERE state IN ('draft','open') ORDER BY opened_ns, id");
  for (const std::string& id : ids) out.unfinished.push_back({*exam(id), true, {}});
  for (const fs::path& folder : entries(impl_->layout.exams())) {
    if (!fs::is_directory(folder)) continue;
    std::vector<WorkingFile> files;
    for (const fs::path& path : entries(folder)) {
      std::error_code error;
      WorkingFile file{path, fs::file_size(path, error), {}, {}};
      if (error) continue;
      if (path.extension() == ".bdf") {
        try {
          file.repair = BdfReader::repair(path);
          file.bytes -= file.repair->removed_bytes;
          BdfReader::open(path);
        } catch (const RecordError& e) {
          file.problem = e.what();
        }
        if (!file.problem.empty() || file.repair->changed) {
          json detail = {{"file", path.filename().string()}, {"problem", file.problem}};
          if (file.repair)
            detail.update({{"records", file.repair->records}, {"claimed", file.repair->claimed_records},
                           {"removed_bytes", file.repair->removed_bytes}});
          note(actor, file.problem.empty() ? "recording.repaired" : "recording.unusable",
               folder.filename().string(), json_text(detail));
        }
      }
      files.push_back(std::move(file));
    }
    if (files.empty()) continue;
    const std::string id = folder.filename().string();
    auto found =
        std::find_if(out.unfinished.begin(), out.unfinished.end(), [&](auto& c) { return c.exam.id == id; });
    if (found == out.unfinished.end()) {
      Recovery::Case extra;
      const auto known = exam(id);
      extra.known = known.has_value();
      if (known) extra.exam = *known;
      extra.exam.id = id;
      found = out.unfinished.insert(out.unfinished.end(), std::move(extra));
    }
    found->files = std::move(files);
  }
  for (const fs::path& path : entries(impl_->layout.attachments())) {
    if (is_temporary(path)) out.leftovers.push_back(path);
  }
  return out;
}

int Record::discard_leftovers(std::string_view actor, const Recovery& recovery) {
  int removed = 0;
  for (const fs::path& path : recovery.leftovers) {
    if (path.parent_path() != impl_->layout.attachments() || !is_temporary(path))
      continue;  // nothing else, ever
    std::error_code error;
    const std::uintmax_t bytes = fs::file_size(path, error);
    if (!fs::remove(path, error)) continue;
    ++removed;
    note(actor, "leftover.removed", path.filename().string(), json_text(json{{"bytes", bytes}}));
  }
  return removed;
}

}  // namespace caukham::record
