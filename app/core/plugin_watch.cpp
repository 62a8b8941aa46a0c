// The part of PluginDevice that watches what a plugin host uses, and writes down what is left of one that failed.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "core/log.hpp"
#include "core/plugin_device.hpp"
#include "core/version.hpp"
#include "core/words.hpp"

namespace caukham::core {
namespace {
constexpr std::int64_t ms = 1'000'000, second = 1000 * ms;
constexpr std::size_t tail_lines = 50, line_bytes = 400, reports_kept = 20;

// The oldest reports make room; their names begin with the time.
void make_room(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> reports;
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (it->path().extension() == ".txt") reports.push_back(it->path());
  if (reports.size() < reports_kept) return;
  std::sort(reports.begin(), reports.end());
  reports.resize(reports.size() - reports_kept + 1);
  for (const auto& old : reports) std::filesystem::remove(old, error);
}

std::string file_name(const std::string& time, const std::string& plugin) {
  std::string name = "crash-" + time + "-" + plugin.substr(0, 80);
  for (char& c : name)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.')) c = '_';
  return name;
}
}  // namespace

void PluginDevice::note(const std::string& text) {
  const auto time = iso8601_utc(to_unix_ns(now_ns()));
  const auto line = time + " " + text.substr(0, line_bytes);
  if (tail_.size() >= tail_lines) tail_.pop_front();
  tail_.push_back(line);
  if (house_.plugins) house_.plugins->note_log(manifest_.id, line);
}

bool PluginDevice::watch_use(std::int64_t now) {
  usage_at_ns_ = now + house_.settings.usage_ms * ms;
  const auto most = (std::uint64_t{manifest_.memory_mb} << 20) + manifest_.pool.bytes() + house_.settings.library_bytes;
  if (const auto bytes = process_.resident_bytes(); bytes > 0) {
    seen_bytes_ = bytes;
    seen_cpu_ = process_.cpu_seconds();
  }
  if (const auto bytes = seen_bytes_; bytes > most) {
    fail("the plugin uses " + std::to_string(bytes >> 20) + " MiB of memory, " + std::to_string(most >> 20) +
             " are allowed to it",
         tr("The driver program of {0} uses too much memory.", status_.name), gap_reason::overused);
    return false;
  }
  if (now - cpu_since_ns_ < house_.settings.cpu_window_ms * ms) return true;
  const auto used = seen_cpu_;
  const auto percent = 100 * (used - cpu_at_) / (static_cast<double>(now - cpu_since_ns_) / second);
  cpu_since_ns_ = now;
  cpu_at_ = used;
  if (percent <= manifest_.cpu_percent) return true;
  fail("the plugin used " + std::to_string(static_cast<int>(percent)) + " % of a processor for " + std::to_string(house_.settings.cpu_window_ms / 1000) + " s, " +
           std::to_string(manifest_.cpu_percent) + " are allowed to it",
       tr("The driver program of {0} keeps the computer too busy.", status_.name), gap_reason::overused);
  return false;
}

void PluginDevice::report_crash(const std::string& technical) {
  if (!house_.plugins || !process_.started()) return;
  house_.plugins->note_crash(manifest_.id);
  const auto folder = house_.plugins->crash_folder();
  if (folder.empty()) return;
  on_output();
  make_room(folder);
  const auto now = now_ns();
  const auto time = iso8601_utc(to_unix_ns(now));
  const auto base = (std::filesystem::path(folder) / file_name(time, manifest_.id)).string();
  auto path = base + ".txt";
  for (int n = 2; std::filesystem::exists(path) && n < 100; ++n) path = base + "-" + std::to_string(n) + ".txt";
  std::ofstream out(path, std::ios::binary);
  out << "Caukham crash report\n"
      << "time: " << time << "\n"
      << "what: " << technical << "\n"
      << "end: " << (ended_words_.empty() ? "ended by the supervisor" : ended_words_) << "\n"
      << "plugin: " << manifest_.id << " " << status_.plugin_version << " of " << manifest_.vendor << "\n"
      << "host: Caukham " << version << "\n"
      << "device: " << status_.kind << ", " << ipc::text_of(endpoint_.product) << ", restarts " << status_.restarts << "\n"
      << "sandbox: " << (sandbox_.empty() ? "not reached" : sandbox_) << "\n"
      << "ran: " << (now - began_ns_) / ms << " ms";
  if (seen_bytes_)
    out << "; when last looked at " << seen_cpu_ << " s of processor, " << (seen_bytes_ >> 10) << " KiB in memory";
  out << "\n"
      << "\nlast lines\n";
  for (const auto& line : tail_) out << "  " << line << "\n";
  out << "\nlast transfers\n";
  if (flight_.data())
    for (const auto& line : ipc::read_flight(*reinterpret_cast<const ipc::FlightLines*>(flight_.data())))
      out << "  " << line << "\n";
  if (out.flush())
    log_warning(room_, "a crash report lies in " + path);
  else
    log_warning(room_, path + " cannot be written");
}

}  // namespace caukham::core
