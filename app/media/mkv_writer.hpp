// Record once, in the camera's own bytes: JPEG packets into Matroska, untouched. A killed process or a power cut
// leaves a file that any player opens, with every picture that flush() (or sync()) had acknowledged.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "media/picture.hpp"

namespace caukham::media {

struct MkvSettings {
  std::string path;              // UTF-8; must not exist yet: a recording is never written over
  int width = 0, height = 0;     // pixels, of the first picture
  std::int64_t start_ns = 0;     // host time that becomes the file's zero
  std::int64_t start_unix_us = 0;  // the same instant on the calendar, UTC; 0: not told
  std::string title;             // no patient data belongs here: the file may travel
  bool simulated = false;        // writes the tag SIMULATED=1 and marks the title
};

// One thread at a time (the recorder's). A failed write (disk full) is told once by every later call, too.
class MkvWriter {
 public:
  static std::unique_ptr<MkvWriter> create(const MkvSettings& settings, std::string& error);
  virtual ~MkvWriter() = default;  // finish() if that was not called

  // Matroska keeps milliseconds: a picture's time is rounded to them, and pictures of the same millisecond are put
  // one apart. A gap in time_ns stays a gap. time_ns before the picture before it is refused.
  virtual bool write(ByteView jpeg, std::int64_t time_ns) = 0;
  // What was written so far is with the operating system: it survives this process. Cheap (one cluster's header);
  // once a second is meant.
  virtual bool flush() = 0;
  // flush(), and the disk says it has it: survives a power cut. May take 100 ms.
  virtual bool sync() = 0;
  // Index and duration; the file is closed.
  virtual bool finish() = 0;
  virtual std::uint64_t written() const = 0;  // pictures
  virtual const std::string& error() const = 0;
};

}  // namespace caukham::media
