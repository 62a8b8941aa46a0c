// Reads a recording back, finished or cut off: for tests, thumbnails, replay and export.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "media/picture.hpp"

namespace caukham::media {

struct MkvPicture {
  std::vector<std::uint8_t> bytes;  // as written
  std::int64_t time_ns = 0;         // host time, to the millisecond
};

// One thread at a time.
class MkvReader {
 public:
  // Null: `error` says why.
  static std::unique_ptr<MkvReader> open(const std::string& path, std::string& error);
  virtual ~MkvReader() = default;
  virtual std::optional<MkvPicture> next() = 0;       // empty at the end or where the file was cut off
  virtual bool seek(std::int64_t time_ns) = 0;        // next() then gives the last picture at or before it
  virtual int width() const = 0;
  virtual int height() const = 0;
  virtual std::int64_t start_ns() const = 0;          // the host time written as the file's zero
  virtual std::int64_t duration_ns() const = 0;       // 0: not finished, unknown
  virtual bool simulated() const = 0;
  virtual const std::string& title() const = 0;
};

}  // namespace caukham::media
