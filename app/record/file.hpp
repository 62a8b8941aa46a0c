// The few file operations the record needs and std::fstream does not promise: positioned access, durability,
// locks. One back end a platform (posix/file.cpp). Errors are RecordError with the path and the reason in
// words: `full` for a full disk or quota, `busy` for a lock, `not_found`, `io` for everything else.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace caukham::record {

class File {
 public:
  enum class Mode { read, read_write, create_new };  // create_new: an existing file is an error
  static File open(const std::filesystem::path&, Mode);
  File() = default;
  File(File&&) noexcept;
  File& operator=(File&&) noexcept;
  ~File();

  explicit operator bool() const { return fd_ >= 0; }
  std::uint64_t size() const;
  // At most out.size() bytes, fewer only at the end of the file. Thread-safe.
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> out) const;
  void write_at(std::uint64_t offset, std::span<const std::byte> bytes);  // all or throws
  void truncate(std::uint64_t size);
  void sync();                 // data and size are on the disk when it returns
  bool try_lock();             // advisory and exclusive until close; false: somebody else has it
  void close();

 private:
  std::filesystem::path path_;
  int fd_ = -1;
};

void fsync_directory(const std::filesystem::path&);
// Another name for the same file when the file system can, false when it cannot (FAT, other disk).
bool hard_link(const std::filesystem::path& existing, const std::filesystem::path& name);
void rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);  // replaces `to`
std::uint64_t free_bytes(const std::filesystem::path& folder);  // for this user
// Whether the system call that failed last on this thread failed for want of space, of quota or of a larger limit.
bool last_error_is_no_room();

}  // namespace caukham::record
