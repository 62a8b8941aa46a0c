// A file that is only ever created, written and synced; inside this room. Binary, unbuffered, UTF-8 path.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

namespace caukham::media {

class NewFile {
 public:
  NewFile() = default;
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() { close(); }
  bool create(const std::string& path, std::string& why);  // false when it exists already
  bool write(const std::uint8_t* bytes, std::size_t n);    // all or an error
  std::int64_t seek(std::int64_t offset, int whence);      // SEEK_SET … SEEK_END; new position or −1
  bool sync();                                             // to the disk
  bool close();
  const std::string& error() const { return error_; }      // of the last failed write or sync, in words

 private:
  int fd_ = -1;
  std::string error_;
};

}  // namespace caukham::media
