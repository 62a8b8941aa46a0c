#include "station/devices.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <string_view>

#include "core/hotplug.hpp"
#include "core/i18n.hpp"
#include "core/plugins.hpp"
#include "ipc/faults.hpp"
#include "record/paths.hpp"
#include "virtualbus/bus.hpp"

namespace caukham::station {

// The virtual bus as a source of hot plug. Plugging comes from the desk, polling from the supervisor.
class Devices::Simulated final : public core::HotplugSource {
 public:
  explicit Simulated(const virtualbus::BusOptions& options) : bus(options) {}

  void plug(const std::string& name) { change(true, bus.plug(name)); }
  void unplug(const std::string& name) {
    for (const auto& endpoint : bus.endpoints())
      if (name_of(endpoint) == name) {
        bus.unplug(name);
        return change(false, endpoint);
      }
    throw std::runtime_error("no simulated device called " + name + " is plugged in");
  }

  std::vector<core::HotplugChange> poll() override {
    const std::scoped_lock lock(mutex_);
    return std::exchange(changes_, {});
  }
  void watch(std::function<void()> changed) override {
    const std::scoped_lock lock(mutex_);
    changed_ = std::move(changed);
  }
  std::optional<ipc::Channel> open_link(const ck_endpoint& endpoint) override {
    try {
      return bus.open(endpoint.path);
    } catch (const virtualbus::BusError&) {
      return std::nullopt;  // unplugged in the same moment
    }
  }
  static std::string name_of(const ck_endpoint& endpoint) {
    const std::string path = endpoint.path;
    return path.substr(path.find(':') + 1);
  }

  virtualbus::Bus bus;

 private:
  void change(bool arrived, const ck_endpoint& endpoint) {
    const std::scoped_lock lock(mutex_);
    changes_.push_back({arrived, endpoint});
    if (changed_) changed_();
  }
  std::mutex mutex_;
  std::vector<core::HotplugChange> changes_;
  std::function<void()> changed_;
};

namespace {

// As the bits of ck_electrode.
constexpr std::string_view electrodes[] = {"RA", "LA", "LL", "RL", "V1", "V2", "V3", "V4", "V5", "V6"};

core::Supervisor::Fault plugin_fault(const std::string& name) {
  using Fault = core::Supervisor::Fault;
  return name == "CRASH" ? Fault::crash : name == "HANG" ? Fault::hang : name == "LIE" ? Fault::lie : Fault::flood;
}

virtualbus::BusOptions bus_options(const Installation& installation, const Options& options) {
  if (installation.simulator.empty())
    throw std::runtime_error(core::tr("The demonstration devices are not installed on this PC. Install Caukham with them, or "
                                      "start it without --simulate."));
  virtualbus::BusOptions bus;
  bus.program = installation.simulator.string();
  if (!options.ecg_record.empty()) bus.arguments.insert(bus.arguments.end(), {"--ecg", options.ecg_record});
  if (!options.spirometry_folder.empty())
    bus.arguments.insert(bus.arguments.end(), {"--spirometry", options.spirometry_folder});
  return bus;
}

}  // namespace

core::PluginsSettings plugins_settings(const Installation& installation, const Options& options) {
  core::PluginsSettings plugins;
  plugins.folders = {installation.plugins.string()};
  plugins.keys_folder = installation.keys.string();
  plugins.plugin_host = installation.plugin_host.string();
  plugins.data_folder = (options.data_folder.empty() ? record::default_data_folder() : options.data_folder).string();
  plugins.safe = options.safe;
  const char* developer = std::getenv("CAUKHAM_DEVELOPER");
  plugins.developer = options.developer || (developer && std::string(developer) == "1");
  return plugins;
}

Devices::Devices(core::Hub& hub, const Installation& installation, const Options& options) {
  core::SupervisorSettings settings;
  settings.plugin_host = installation.plugin_host.string();
  settings.allow_faults = options.simulate || !options.replay.empty();  // what is simulated may be made to fail
  settings.plugins = std::make_shared<core::Plugins>(plugins_settings(installation, options));
  supervisor_ = std::make_unique<core::Supervisor>(hub, settings.plugins->registry(), settings);
  if (!options.replay.empty()) {
    recordings_ = std::make_shared<core::RecordingSource>(options.replay);
    supervisor_->add_source(recordings_);
  }
  if (options.simulate) {
    simulated_ = std::make_shared<Simulated>(bus_options(installation, options));
    supervisor_->add_source(simulated_);
  } else if (!recordings_) {
    supervisor_->add_source(core::make_system_source());
  }
  supervisor_->start();
}

Devices::~Devices() { supervisor_->stop(); }

void Devices::pause(std::function<void()> paused) { supervisor_->pause(std::move(paused)); }
void Devices::resume() { supervisor_->resume(); }

void Devices::simulate(const std::string& command) {
  if (!simulated_ && !recordings_)
    throw std::runtime_error("The devices are real ones: only simulated devices obey commands.");
  const auto space = command.find(' ');
  if (space == std::string::npos) throw std::runtime_error("A command has two words at least: " + command);
  const auto first = command.substr(0, space), rest = command.substr(space + 1);
  if (recordings_ && (first == "plug" || first == "unplug") && recordings_->plug(rest, first == "plug")) return;
  if (const auto fault = ipc::parse_fault(rest); fault && recordings_ && replayed(first, supervisor_->devices()))
    return fail_replayed(first, *fault);
  if (!simulated_) throw std::runtime_error("No recording of this kind is being played: " + command);
  if (first == "plug") return simulated_->plug(rest);
  if (first == "unplug") return simulated_->unplug(rest);
  if (const auto fault = ipc::parse_fault(rest)) return fail(first, *fault);
  if (!simulated_->bus.act(first, rest)) throw std::runtime_error("The simulated " + first + " cannot do this: " + rest);
}

const core::DeviceStatus* Devices::replayed(const std::string& kind, const std::vector<core::DeviceStatus>& devices) const {
  for (const auto& status : devices)
    if (status.kind == kind && status.identity.starts_with("serial:REPLAY-")) return &status;
  return nullptr;
}

// What happens at the device's side of the wire the replay plugin does itself, asked for through its parameters.
void Devices::fail_replayed(const std::string& kind, const ipc::FaultCommand& fault) {
  const auto devices = supervisor_->devices();
  const auto* status = replayed(kind, devices);
  if (fault.name == "UNPLUG") {
    recordings_->plug(kind, false);
    return;
  }
  if (fault.side == ipc::FaultSide::plugin) return supervisor_->inject_fault(status->id, plugin_fault(fault.name));
  for (const auto& param : supervisor_->params(status->id)) {
    if (param.name != "fault") continue;
    const auto word = std::find(param.words.begin(), param.words.end(), fault.name);
    if (word == param.words.end()) break;
    if (!fault.argument.empty()) {
      const auto electrode = std::find(std::begin(electrodes), std::end(electrodes), fault.argument);
      const double argument = electrode != std::end(electrodes) ? static_cast<double>(electrode - std::begin(electrodes))
                                                                : std::stod(fault.argument);
      supervisor_->set_param(status->id, "fault_argument", argument);
    }
    return supervisor_->set_param(status->id, "fault", param.values.at(static_cast<std::size_t>(word - param.words.begin())));
  }
  throw std::runtime_error("The replayed " + kind + " cannot fail like this: " + fault.name);
}

void Devices::fail(const std::string& device, const ipc::FaultCommand& fault) {
  if (fault.name == "UNPLUG") return simulated_->unplug(device);
  if (fault.side == ipc::FaultSide::device) {
    if (simulated_->bus.act(device, ipc::act_of(fault))) return;
    throw std::runtime_error("The simulated " + device + " cannot fail like this: " + fault.name);
  }
  for (const auto& endpoint : simulated_->bus.endpoints()) {
    if (Simulated::name_of(endpoint) != device) continue;
    for (const auto& status : supervisor_->devices())
      if (status.identity == "serial:" + std::string(endpoint.serial))
        return supervisor_->inject_fault(status.id, plugin_fault(fault.name));
  }
  throw std::runtime_error("No plugin runs for the simulated " + device + ".");
}

std::optional<std::uint64_t> Devices::produced(const core::StreamInfo& stream) {
  if (!simulated_) return std::nullopt;
  for (const auto& endpoint : simulated_->bus.endpoints()) {
    if (stream.device_identity != "serial:" + std::string(endpoint.serial)) continue;
    for (const auto& count : simulated_->bus.stats(Simulated::name_of(endpoint)))
      if (count.stream == stream.name) return count.samples;
  }
  return std::nullopt;
}

std::map<std::string, double> Devices::cpu_seconds() const {
  std::map<std::string, double> seconds;
  for (const auto& use : supervisor_->processes()) seconds["plugin " + use.plugin_id] += use.cpu_seconds;
  if (simulated_) seconds["simulator"] = simulated_->bus.cpu_seconds();
  seconds["station"] = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;  // this process, all threads
  return seconds;
}

}  // namespace caukham::station
