#include "core/recording_source.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "core/i18n.hpp"
#include "ipc/messages.hpp"

namespace caukham::core {
namespace {
namespace fs = std::filesystem;
constexpr std::string_view product_prefix = "REPLAY ";
constexpr std::string_view kinds[] = {"ecg", "spirometer", "otoscope", "dermatoscope"};

std::string ending_of(const fs::path& file) {
  auto ending = file.extension().string();
  for (char& c : ending) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return ending;
}
bool is_waveform(const std::string& ending) { return ending == ".edf" || ending == ".bdf"; }
bool is_recording(const fs::path& file) {
  const auto ending = ending_of(file);
  return is_waveform(ending) || ending == ".mkv" || ending == ".jpg" || ending == ".jpeg";
}

// The third part of an exported file's name; a recording of somebody else's is an ECG or a camera.
std::string device_kind(const fs::path& file) {
  const auto name = file.stem().string();
  const auto first = name.find('-'), second = first == name.npos ? first : name.find('-', first + 1);
  if (second != name.npos) {
    const auto kind = name.substr(second + 1, name.find('-', second + 1) - second - 1);
    if (std::find(std::begin(kinds), std::end(kinds), kind) != std::end(kinds)) return kind;
  }
  return is_waveform(ending_of(file)) ? "ecg" : "camera";
}
}  // namespace

ck_endpoint recording_endpoint(const fs::path& file) {
  std::error_code error;
  const auto path = fs::canonical(file, error);
  if (error || !fs::is_regular_file(path, error))
    throw std::runtime_error(tr("The recording {0} cannot be read.", file.string()));
  if (!is_recording(path))
    throw std::runtime_error(tr("{0} is no recording that can be played: .edf, .bdf, .mkv, .jpg.", file.string()));
  if (path.string().size() >= CK_PATH_SIZE)
    throw std::runtime_error(tr("The path of the recording {0} is too long; copy it to a shorter one.", file.string()));
  ck_endpoint e{};
  e.size = sizeof e;
  e.link = CK_LINK_PLUGIN;
  e.flags = CK_ENDPOINT_SIMULATED;
  ipc::put_text(e.product, std::string(product_prefix) + device_kind(path) + " SIMULATED");
  ipc::put_text(e.manufacturer, "Caukham");
  ipc::put_text(e.serial, "REPLAY-" + path.filename().string());
  ipc::put_text(e.path, path.string());
  return e;
}

std::string RecordingSource::kind_of(const ck_endpoint& endpoint) {
  const auto product = ipc::text_of(endpoint.product);
  if (endpoint.link != CK_LINK_PLUGIN || !product.starts_with(product_prefix)) return "";
  return product.substr(product_prefix.size(), product.find(' ', product_prefix.size()) - product_prefix.size());
}

RecordingSource::RecordingSource(const fs::path& file_or_folder) {
  std::error_code error;
  if (fs::is_directory(file_or_folder, error)) {
    const auto captures = file_or_folder / "captures";
    std::map<std::string, std::pair<std::uintmax_t, fs::path>> best;  // by kind; a film before a picture, then by size
    for (fs::directory_iterator it(fs::is_directory(captures, error) ? captures : file_or_folder, error), end; !error && it != end;
         it.increment(error)) {
      if (!is_recording(it->path()) || !it->is_regular_file(error)) continue;
      const bool still = ending_of(it->path()).starts_with(".jp");
      const auto worth = still ? 1 : it->file_size(error);
      auto& known = best[device_kind(it->path())];
      if (known.second.empty() || worth > known.first) known = {worth, it->path()};
    }
    for (const auto& [kind, file] : best) endpoints_.push_back(recording_endpoint(file.second));
    if (endpoints_.empty()) throw std::runtime_error(tr("There is no recording in the folder {0}.", file_or_folder.string()));
  } else {
    endpoints_.push_back(recording_endpoint(file_or_folder));
  }
  plugged_.assign(endpoints_.size(), true);
  for (const auto& endpoint : endpoints_) changes_.push_back({true, endpoint, {}});
}

bool RecordingSource::plug(const std::string& kind, bool in) {
  const std::lock_guard lock(mutex_);
  for (std::size_t n = 0; n < endpoints_.size(); ++n) {
    if (kind_of(endpoints_[n]) != kind || plugged_[n] == in) continue;
    plugged_[n] = in;
    changes_.push_back({in, endpoints_[n], {}});
    if (changed_) changed_();
    return true;
  }
  return false;
}

std::vector<HotplugChange> RecordingSource::poll() {
  const std::lock_guard lock(mutex_);
  return std::exchange(changes_, {});
}

void RecordingSource::watch(std::function<void()> changed) {
  const std::lock_guard lock(mutex_);
  changed_ = std::move(changed);
}

}  // namespace caukham::core
