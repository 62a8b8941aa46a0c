#include "record/file_words.hpp"

#include "core/i18n.hpp"
#include "record/error.hpp"

namespace caukham::record {

using core::tr;

void throw_trouble(Trouble trouble, const std::filesystem::path& path, const std::string& reason) {
  const std::string where = "'" + path.string() + "'";
  switch (trouble) {
    case Trouble::full:
      throw RecordError(Fault::full,
                        tr("The disk is full: {0} could not be written. Free some space on this disk; "
                           "what was saved before is safe.",
                           where));
    case Trouble::too_large:
      throw RecordError(Fault::full,
                        tr("{0} has reached the largest size allowed here. Ask IT to raise the file size "
                           "limit; what was saved before is safe.",
                           where));
    case Trouble::missing: throw RecordError(Fault::not_found, tr("{0} does not exist.", where));
    case Trouble::denied:
      throw RecordError(Fault::io,
                        tr("{0}: this user may not read or write here. Ask IT to check the folder's "
                           "permissions.",
                           where));
    case Trouble::other: break;
  }
  throw RecordError(Fault::io, tr("{0} could not be read or written ({1}). Check the disk.", where, reason));
}

void throw_not_ordinary(const std::filesystem::path& path) {
  throw RecordError(Fault::io, tr("{0} is not an ordinary file.", path.string()));
}

}  // namespace caukham::record
