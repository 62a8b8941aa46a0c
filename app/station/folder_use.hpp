// One Caukham at a time works with a data folder: a second one would take the first one's open examination for one that was
// interrupted. Who has the folder stands in a locked file in it; what is left in that file by the one before tells how it ended.
#pragma once
#include <chrono>
#include <filesystem>
#include <string>

#include "record/file.hpp"

namespace caukham::station {

// Where a person sees a program's window. The back ends are posix/seat.cpp and win32/seat.cpp.
struct Seat {
  int pid = 0;
  std::string user, session;  // session: Windows' number of the logon; "" on Linux
  bool practice = false;      // its window is for practice, on simulated devices
  bool same_screen(const Seat& other) const { return user == other.user && session == other.session; }
};
Seat own_seat();

class FolderUse {
 public:
  // Takes the folder, which is made where it is missing, if nobody has it. Throws record::RecordError when it cannot be
  // made or written.
  explicit FolderUse(const std::filesystem::path& folder, bool practice = false);
  FolderUse(const FolderUse&) = delete;
  FolderUse& operator=(const FolderUse&) = delete;
  ~FolderUse();  // ended in order, and says so in the file

  bool ours() const { return ours_; }
  // Whoever has the folder, or had it before. pid 0: not known.
  const Seat& other() const { return other_; }
  // The folder is ours, and whoever had it before did not give it back: it crashed, or the power failed.
  bool interrupted() const { return ours_ && other_.pid != 0; }
  // What is left of that crash; empty when there is nothing.
  std::filesystem::path crash_dump() const { return crash_dump_; }

  // Asks whoever has the folder to show its window. True: it has seen the request.
  bool ask_to_show(std::chrono::milliseconds patience) const;
  // Whether somebody has asked since the last call; one look at the folder.
  bool asked_to_show() const;

 private:
  std::filesystem::path request_, crash_dump_;
  record::File file_;
  Seat other_;
  bool ours_ = false;
};

// Logs and what is left of crashes.
std::filesystem::path logs_folder(const std::filesystem::path& data_folder);

}  // namespace caukham::station
