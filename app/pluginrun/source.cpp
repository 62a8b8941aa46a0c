#include "pluginrun/source.hpp"

#include <stdexcept>

#include "core/recording_source.hpp"
#include "ipc/process.hpp"
#include "virtualbus/bus.hpp"

namespace caukham::pluginrun {
namespace {

class Simulated final : public core::HotplugSource {
 public:
  Simulated(const virtualbus::BusOptions& options, const std::string& name)
      : bus_(options), endpoint_(bus_.plug(name)) {}

  std::vector<core::HotplugChange> poll() override {
    if (told_) return {};
    told_ = true;
    return {{true, endpoint_, {}}};
  }
  std::optional<ipc::Channel> open_link(const ck_endpoint& endpoint) override {
    try {
      return bus_.open(endpoint.path);
    } catch (const virtualbus::BusError&) {
      return std::nullopt;  // the simulator is gone; the plugin host says so
    }
  }

 private:
  virtualbus::Bus bus_;
  ck_endpoint endpoint_;
  bool told_ = false;
};

}  // namespace

std::shared_ptr<core::HotplugSource> make_source(const Wanted& wanted) {
  if (!wanted.recording.empty()) return std::make_shared<core::RecordingSource>(wanted.recording);
  if (wanted.transcript.empty() && wanted.device.empty()) return core::make_system_source();
  const ipc::Handle output = ipc::own_stderr();
  virtualbus::BusOptions options{wanted.simulator, {}, &output};
  if (!wanted.transcript.empty()) {
    options.arguments = {"--transcript", "transcript=" + wanted.transcript};
    return std::make_shared<Simulated>(options, "transcript");
  }
  options.arguments = {"--devices", wanted.device};
  return std::make_shared<Simulated>(options, wanted.device);
}

}  // namespace caukham::pluginrun
