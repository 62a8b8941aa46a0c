#include "pluginhost/kept_state.hpp"

#include <filesystem>
#include <fstream>

#include "ipc/messages.hpp"

namespace caukham::pluginhost {
namespace fs = std::filesystem;

const ck_device_state* KeptState::table(const ck_device& device) {
  if (file_.empty()) return nullptr;
  const auto* table = static_cast<const ck_device_state*>(device.get_extension(&device, CK_EXT_STATE));
  if (!table || (table->save && table->load)) return table;
  say_(CK_LOG_PLUGIN_MISBEHAVING, "the plugin's state table has holes; nothing is kept");
  return nullptr;
}

void KeptState::load(const ck_device& device) {
  known_.clear();
  const auto* state = table(device);
  if (!state) return;
  // Out of the way while the plugin reads it: what kills the plugin must not do so again at each start.
  const auto tried = file_ + ".tried";
  std::error_code error;
  if (!fs::exists(file_, error)) {
    if (fs::exists(tried, error))
      say_(CK_LOG_WARNING, "what this device once wanted kept is not given to it: the plugin failed while it read it");
    return;
  }
  fs::rename(file_, tried, error);
  std::ifstream in(tried, std::ios::binary);
  std::vector<char> bytes(CK_STATE_MAX + 1);
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  in.close();
  ck_result r = CK_E_INVALID;
  if (!bytes.empty() && bytes.size() <= CK_STATE_MAX)
    r = state->load(&device, bytes.data(), static_cast<std::uint32_t>(bytes.size()));
  fs::rename(tried, file_, error);
  if (r >= 0)
    known_ = std::move(bytes);
  else
    say_(CK_LOG_WARNING, "the device does not take what it once wanted kept (" + std::string(ipc::name_of(r)) +
                             ") and goes on without");
}

void KeptState::save(const ck_device& device) {
  const auto* state = table(device);
  if (!state) return;
  std::vector<char> bytes;
  ck_result needed = state->save(&device, nullptr, 0);
  // It may have grown between two calls; twice is an accident, three times a fault.
  for (int n = 0; n < 3 && needed > static_cast<ck_result>(bytes.size()) && needed <= CK_STATE_MAX; ++n) {
    bytes.assign(static_cast<std::size_t>(needed), 0);
    needed = state->save(&device, bytes.data(), static_cast<std::uint32_t>(bytes.size()));
  }
  if (needed < 0 || needed > static_cast<ck_result>(bytes.size()))
    return say_(CK_LOG_WARNING, "what the device wants kept cannot be had; what was kept before stays");
  bytes.resize(static_cast<std::size_t>(needed));
  std::error_code error;
  if (bytes.empty()) {  // nothing to keep, not even what was kept before
    fs::remove(file_, error);
    known_.clear();
    return;
  }
  if (bytes == known_) return;
  const auto beside = file_ + ".new";
  std::ofstream out(beside, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (out) fs::rename(beside, file_, error);
  if (!out || error) return say_(CK_LOG_WARNING, "what the device wants kept cannot be written");
  known_ = std::move(bytes);
}

}  // namespace caukham::pluginhost
