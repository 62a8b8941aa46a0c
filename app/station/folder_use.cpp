#include "station/folder_use.hpp"

#include <array>
#include <charconv>
#include <fstream>
#include <sstream>
#include <thread>

#include "core/log.hpp"
#include "ipc/crash.hpp"
#include "record/error.hpp"
#include "record/paths.hpp"

namespace caukham::station {
namespace fs = std::filesystem;
namespace {

constexpr const char* practice_use = "practice";

record::File open_or_make(const fs::path& path) {
  using record::File;
  try {
    return File::open(path, File::Mode::read_write);
  } catch (const record::RecordError& e) {
    if (e.fault() != record::Fault::not_found) throw;
  }
  try {
    return File::open(path, File::Mode::create_new);
  } catch (const record::RecordError&) {
    if (!fs::exists(path)) throw;
    return File::open(path, File::Mode::read_write);  // another one was quicker
  }
}

Seat read_seat(const record::File& file) {
  std::array<char, 512> bytes{};
  const auto n = file.read_at(0, std::as_writable_bytes(std::span(bytes)));
  std::istringstream lines(std::string(bytes.data(), n));
  Seat seat;
  std::string pid, use;
  std::getline(lines, pid);
  std::getline(lines, seat.session);
  std::getline(lines, seat.user);
  std::getline(lines, use);
  seat.practice = use == practice_use;
  std::from_chars(pid.data(), pid.data() + pid.size(), seat.pid);
  return seat;
}

}  // namespace

fs::path logs_folder(const fs::path& data_folder) { return data_folder / "logs"; }

FolderUse::FolderUse(const fs::path& folder, bool practice) : request_(folder / "caukham.show") {
  record::make_private_folder(folder);
  const fs::path path = folder / "caukham.lock";
  file_ = open_or_make(path);
  ours_ = file_.try_lock();
  other_ = read_seat(file_);
  if (!ours_) return;
  std::error_code ignored;
  fs::remove(request_, ignored);
  if (interrupted()) {
    const auto dumps = ipc::crash_dumps(logs_folder(folder));
    if (!dumps.empty() && fs::last_write_time(dumps.back(), ignored) >= fs::last_write_time(path, ignored))
      crash_dump_ = dumps.back();
  }
  const Seat own = own_seat();
  const std::string text = std::to_string(own.pid) + '\n' + own.session + '\n' + own.user + '\n' + (practice ? practice_use : "examinations") + '\n';
  file_.truncate(0);
  file_.write_at(0, std::as_bytes(std::span(text)));
  file_.sync();
}

FolderUse::~FolderUse() {
  if (!ours_) return;
  try {
    file_.truncate(0);
    file_.sync();
  } catch (const record::RecordError& e) {
    core::log_warning("station", std::string("the data folder could not be given back in order: ") + e.what());
  }
}

bool FolderUse::ask_to_show(std::chrono::milliseconds patience) const {
  using Clock = std::chrono::steady_clock;
  std::error_code ignored;
  if (!std::ofstream(request_)) return false;
  for (const auto end = Clock::now() + patience; Clock::now() < end; std::this_thread::sleep_for(std::chrono::milliseconds(20)))
    if (!fs::exists(request_, ignored)) return true;
  return !fs::remove(request_, ignored);  // taken at the last moment
}

bool FolderUse::asked_to_show() const {
  std::error_code ignored;
  return ours_ && fs::remove(request_, ignored);
}

}  // namespace caukham::station
