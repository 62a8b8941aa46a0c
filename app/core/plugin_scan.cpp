#include "core/plugin_scan.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "core/clock.hpp"
#include "ipc/channel.hpp"
#include "ipc/messages.hpp"
#include "ipc/process.hpp"

namespace caukham::core {

ScanResult scan_plugin(const std::string& plugin_host, const ipc::Manifest& manifest, int timeout_ms) {
  const auto end = now_ns() + timeout_ms * std::int64_t{1'000'000};
  const auto left_ms = [&] { return static_cast<int>(std::max<std::int64_t>(0, (end - now_ns()) / 1'000'000)); };
  try {
    auto [ours, theirs] = ipc::Channel::pair();
    ipc::Handle channel = theirs.release();
    ipc::Spawn what;
    what.program = plugin_host;
    what.arguments = {"--scan", "--manifest", manifest.folder + "/manifest.json", "--channel", "3"};
    what.inherit = {{&channel, 3}};
    what.clean_environment = true;
    what.confined = true;
    what.memory_bytes = std::uint64_t{manifest.memory_mb + 128} << 20;
    auto process = ipc::Process::spawn(what);
    channel.reset();  // so that its end is the channel's
    std::optional<ipc::Hello> hello;
    std::string farewell;
    std::vector<std::byte> bytes;
    for (int messages = 0; messages < 1000 && left_ms() > 0; ++messages) {
      const auto got = ours.receive(bytes, nullptr, left_ms());
      if (got == ipc::Received::closed) break;
      if (got == ipc::Received::nothing) continue;
      std::string why = "a message too long, or with handles in it";
      const auto message =
          got == ipc::Received::message ? ipc::decode(bytes, ipc::From::plugin_host, why) : std::nullopt;
      if (!message) return {false, "it broke the protocol: " + why};
      if (const auto* h = std::get_if<ipc::Hello>(&*message)) hello = *h;
      if (const auto* f = std::get_if<ipc::Farewell>(&*message)) farewell = ipc::text_of(f->text);
    }
    const auto status = process.wait(left_ms());
    if (!farewell.empty()) return {false, farewell};
    if (!status) return {false, "it did not load and end within " + std::to_string(timeout_ms / 1000) + " s", true};
    if (status->signalled || status->code != 0) return {false, "its process " + status->words()};
    if (!hello) return {false, "it ended without a word"};
    if (ipc::text_of(hello->id) != manifest.id) return {false, "its library calls itself " + ipc::text_of(hello->id)};
    return {true, ipc::text_of(hello->version)};
  } catch (const std::exception& e) {
    return {false, std::string("the plugin host cannot be started: ") + e.what()};
  }
}

}  // namespace caukham::core
