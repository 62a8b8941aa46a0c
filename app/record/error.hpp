// What went wrong with the record, as a kind a program can act on and a sentence a person can act on.
#pragma once
#include <stdexcept>
#include <string>

namespace caukham::record {

enum class Fault {
  invalid,       // the caller's data cannot be stored as given
  refused,       // the data is fine but the rules say no (a closed exam, an unknown patient)
  not_found,     // no such thing in the record
  full,          // the disk is full; nothing acknowledged is lost
  io,            // reading or writing failed for another reason
  busy,          // another program holds the file
  corrupt,       // the bytes on the disk are not what was written
  newer_schema,  // written by a newer version of the program
};

class RecordError : public std::runtime_error {
 public:
  RecordError(Fault fault, const std::string& sentence) : std::runtime_error(sentence), fault_(fault) {}
  Fault fault() const { return fault_; }

 private:
  Fault fault_;
};

}  // namespace caukham::record
