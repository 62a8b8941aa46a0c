// Attachments: files named by their SHA-256. The order of the steps is the promise: bytes on the disk, name
// on the disk, row on the disk, and only then the caller hears that it is done.
#include "core/i18n.hpp"
#include "record/error.hpp"
#include "record/evidence.hpp"
#include "record/file.hpp"
#include "record/record_impl.hpp"

namespace caukham::record {
namespace fs = std::filesystem;
namespace {

struct Stored {
  std::string sha;
  std::uint64_t bytes = 0;
  bool healed = false;
};

struct Temporary {  // a file of this name goes away unless it was renamed
  fs::path path;
  ~Temporary() {
    std::error_code ignored;
    fs::remove(path, ignored);
  }
};

Temporary temporary(const Record::Impl& impl) { return {impl.layout.attachments() / ("tmp-" + new_uuid())}; }

bool sound(const fs::path& file, const std::string& sha) {
  try {
    return hex(sha256_of_file(file)) == sha;
  } catch (const RecordError&) {
    return false;
  }
}

// Gives `ready` (durable bytes under a temporary name) its name; true: a damaged file of that name was
// replaced.
bool settle(const Record::Impl& impl, const fs::path& ready, const std::string& sha) {
  const fs::path target = impl.file_of(sha);
  const bool there = fs::exists(target);
  if (there && sound(target, sha)) {
    fsync_directory(target.parent_path());  // its first owner may have died right before this step
    return false;
  }
  if (fs::create_directory(target.parent_path())) fsync_directory(impl.layout.attachments());
  rename_durably(ready, target);
  return there;
}

Stored store(const Record::Impl& impl, std::span<const std::byte> bytes) {
  const Temporary temp = temporary(impl);
  File file = File::open(temp.path, File::Mode::create_new);
  file.write_at(0, bytes);
  file.sync();
  Stored out{hex(sha256(bytes)), bytes.size(), false};
  out.healed = settle(impl, temp.path, out.sha);
  return out;
}

Stored store_copy(const Record::Impl& impl, const fs::path& source) {
  const File from = File::open(source, File::Mode::read);
  const Temporary temp = temporary(impl);
  File to = File::open(temp.path, File::Mode::create_new);
  Sha256 sum;
  Stored out;
  std::vector<std::byte> block(1 << 20);
  while (const std::size_t n = from.read_at(out.bytes, block)) {
    const auto piece = std::span<const std::byte>(block).first(n);
    sum.add(piece);
    to.write_at(out.bytes, piece);
    out.bytes += n;
  }
  to.sync();
  out.sha = hex(sum.finish());
  out.healed = settle(impl, temp.path, out.sha);
  return out;
}

// A second name for the same bytes where the file system can: a film of gigabytes is not copied.
Stored store_moved(const Record::Impl& impl, const fs::path& source) {
  const Temporary temp = temporary(impl);
  if (!hard_link(source, temp.path)) return store_copy(impl, source);
  File::open(temp.path, File::Mode::read_write).sync();
  Stored out;
  out.sha = hex(sha256_of_file(temp.path, &out.bytes));
  out.healed = settle(impl, temp.path, out.sha);
  return out;
}

void refer(Record::Impl& impl, std::string_view actor, std::string_view capture_id, const Stored& s,
           std::string_view media_type, std::string_view file_name) {
  durably(impl, [&] {
    impl.must_exist("capture", capture_id, core::tr_later("capture"));
    const std::int64_t now = impl.now();
    impl.db.run("INSERT INTO attachment VALUES(?1,?2,?3) ON CONFLICT DO NOTHING", s.sha, s.bytes, now);
    impl.db.run(
        "INSERT INTO capture_attachment(capture_id,sha256,media_type,file_name,added_ns) "
        "SELECT ?1,?2,?3,?4,?5 WHERE NOT EXISTS(SELECT 1 FROM capture_attachment WHERE capture_id=?1 AND "
        "sha256=?2 AND file_name=?4)",
        capture_id, s.sha, media_type, file_name, now);
    if (s.healed) impl.audit(actor, "attachment.healed", s.sha, {{"bytes", s.bytes}});
    impl.audit(actor, "capture.attached", capture_id,
               {{"sha256", s.sha}, {"bytes", s.bytes}, {"media_type", media_type}, {"file_name", file_name}});
  });
}

void check(const Record::Impl& impl, std::string_view capture_id, std::string_view media,
           std::string_view name) {
  must_be_text(media, core::tr_later("file"), 100);
  must_be_text(name, core::tr_later("file"), 200);
  const std::lock_guard lock(impl.mutex);
  impl.must_exist("capture", capture_id,
                  core::tr_later("capture"));  // before gigabytes are copied for nothing
}

}  // namespace

std::string Record::attach(std::string_view actor, std::string_view capture_id,
                           std::span<const std::byte> bytes, std::string_view media_type,
                           std::string_view file_name) {
  check(*impl_, capture_id, media_type, file_name);
  const Stored s = store(*impl_, bytes);  // outside the mutex: the disk is slow, and names do not clash
  refer(*impl_, actor, capture_id, s, media_type, file_name);
  return s.sha;
}

std::string Record::attach_file(std::string_view actor, std::string_view capture_id, const fs::path& path,
                                std::string_view media_type, std::string_view file_name, Take take) {
  check(*impl_, capture_id, media_type, file_name);
  const Stored s = take == Take::move ? store_moved(*impl_, path) : store_copy(*impl_, path);
  refer(*impl_, actor, capture_id, s, media_type, file_name);
  if (take == Take::move) {
    std::error_code ignored;  // it is in the record; a working file that stays is offered by recover()
    fs::remove(path, ignored);
  }
  return s.sha;
}

std::vector<Attachment> Record::attachments(std::string_view capture_id) const {
  return all_rows(
      *impl_,
      [](Database::Row& r) {
        return Attachment{
            r.text(0),   r.text(1), r.text(2), r.text(3), static_cast<std::uint64_t>(r.integer(4)),
            r.integer(5)};
      },
      "SELECT c.capture_id,c.sha256,c.media_type,c.file_name,a.bytes,c.added_ns FROM capture_attachment c "
      "JOIN "
      "attachment a ON a.sha256=c.sha256 WHERE c.capture_id=?1 ORDER BY c.seq",
      capture_id);
}

fs::path Record::attachment_path(std::string_view sha) const {
  if (!is_sha256(sha)) throw RecordError(Fault::invalid, "That is not the name of an attachment.");
  return impl_->file_of(sha);
}

std::vector<std::byte> Record::read_attachment(std::string_view sha) const {
  const File file = File::open(attachment_path(sha), File::Mode::read);
  std::vector<std::byte> bytes(file.size());
  bytes.resize(file.read_at(0, bytes));
  if (hex(sha256(bytes)) != sha)
    throw RecordError(Fault::corrupt,
                      core::tr("The attachment {0} is damaged on the disk. Call IT: restore this file "
                               "from a backup.",
                               std::string(sha)));
  return bytes;
}

}  // namespace caukham::record
