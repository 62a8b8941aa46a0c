#include "core/supervisor.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/plugin_device.hpp"
#include "core/plugin_status.hpp"
#include "ipc/validate.hpp"

namespace caukham::core {
namespace {
constexpr std::int64_t ms = 1'000'000;
constexpr std::uint64_t source_tags = std::uint64_t{1} << 40;  // above all devices' tags
constexpr std::size_t uses_kept = 256;
}  // namespace

struct Supervisor::Impl {
  Hub& hub;
  const Registry registry;
  const SupervisorSettings settings;
  ipc::Poller poller;
  std::vector<std::shared_ptr<HotplugSource>> sources;
  std::thread thread;
  std::atomic<bool> sources_changed{true};

  // The supervisor thread's own.
  StreamId next_stream = 1;
  std::vector<std::unique_ptr<PluginDevice>> devices;
  std::vector<ipc::Process> dying;
  DeviceHouse house;
  std::optional<PluginKeeper> keeper;  // the caller's of start() and stop()
  bool paused = false;
  std::vector<std::function<void()>> all_closed;  // pause() was asked for; each once

  mutable std::mutex mutex;  // what follows
  bool stopping = false;
  std::vector<std::function<void()>> requests;
  std::vector<ProcessUse> uses;
  std::map<DeviceId, std::vector<ParamStatus>> params;

  Impl(Hub& h, Registry r, SupervisorSettings s)
      : hub(h), registry(std::move(r)), settings(std::move(s)),
        house{hub, poller, settings, [this] { return next_stream++; },
              [this](ipc::Process process) { dying.push_back(std::move(process)); },
              [this](const ProcessUse& use) { note_use(use); },
              [this](DeviceId id, std::vector<ParamStatus> list) {
                const std::lock_guard lock(mutex);
                params[id] = std::move(list);
              },
              settings.plugins.get()} {}

  void note_use(const ProcessUse& use) {
    const std::lock_guard lock(mutex);
    for (auto& known : uses)
      if (known.pid == use.pid && known.running) {
        known = {use.device, use.pid, use.plugin_id, use.running, std::max(known.cpu_seconds, use.cpu_seconds)};
        return;
      }
    if (uses.size() >= uses_kept) uses.erase(uses.begin());
    uses.push_back(use);
  }

  void ask(std::function<void()> what) {
    {
      const std::lock_guard lock(mutex);
      requests.push_back(std::move(what));
    }
    poller.wake();
  }

  void reconsider(const std::string& plugin) {
    ask([this, plugin] {
      for (auto& device : devices)
        if (device->manifest().id == plugin) device->reconsider();
    });
  }

  PluginDevice* find(DeviceId id) {
    for (auto& device : devices)
      if (device->status().id == id) return device.get();
    return nullptr;
  }

  void run();
  void read_sources();
  void arrived(const std::shared_ptr<HotplugSource>& source, ck_endpoint endpoint, const std::string& port);
  void left(const HotplugSource* source, const ck_endpoint& endpoint);
  std::string identity_of(const ck_endpoint& endpoint, const std::string& port, const ipc::Manifest& manifest) const;
};

void Supervisor::Impl::read_sources() {
  for (auto& source : sources)
    for (const auto& change : source->poll())
      change.arrived ? arrived(source, change.endpoint, change.port) : left(source.get(), change.endpoint);
}

// The serial number, unless a second device with the same one is plugged in: cheap devices share theirs.
std::string Supervisor::Impl::identity_of(const ck_endpoint& endpoint, const std::string& port,
                                          const ipc::Manifest& manifest) const {
  const auto by_port = "port:" + (port.empty() ? ipc::text_of(endpoint.path) : port);
  if (!endpoint.serial[0]) return by_port;
  const auto serial = "serial:" + ipc::text_of(endpoint.serial);
  for (const auto& other : devices)
    if (other->plugged() && other->status().identity == serial && &other->manifest() == &manifest &&
        other->endpoint().vid == endpoint.vid && other->endpoint().pid == endpoint.pid)
      return by_port;
  return serial;
}

void Supervisor::Impl::arrived(const std::shared_ptr<HotplugSource>& source, ck_endpoint endpoint,
                               const std::string& port) {
  if (const char* wrong = ipc::wrong_with(endpoint))
    return log_warning("supervisor", std::string("hot plug: ") + wrong);
  for (const auto& device : devices)  // reported twice: nothing new
    if (device->plugged() && device->source() == source.get() &&
        ipc::text_of(device->endpoint().path) == ipc::text_of(endpoint.path))
      return;
  auto choice = registry.choose(endpoint, [this](const ipc::Manifest& manifest) {
    return !house.plugins || house.plugins->refusal(manifest.id).empty();
  });
  if (!choice.manifest) choice = registry.choose(endpoint);  // shown, with the reason why it may not run
  if (!choice.manifest) return;
  ipc::put_text(endpoint.kind, choice.kind);
  const auto identity = identity_of(endpoint, port, *choice.manifest);
  for (auto& device : devices) {
    const auto& known = device->endpoint();
    if (device->plugged() || device->status().identity != identity || &device->manifest() != choice.manifest ||
        device->source() != source.get() || known.vid != endpoint.vid || known.pid != endpoint.pid ||
        device->status().kind != choice.kind)
      continue;
    return device->arrived(endpoint);
  }
  const auto id = static_cast<DeviceId>(devices.size() + 1);
  devices.push_back(std::make_unique<PluginDevice>(house, id, source, *choice.manifest, endpoint, identity));
  if (paused) devices.back()->shut_down();
  devices.back()->arrived(endpoint);
}

void Supervisor::Impl::left(const HotplugSource* source, const ck_endpoint& endpoint) {
  for (auto& device : devices)
    if (device->plugged() && device->source() == source &&
        ipc::text_of(device->endpoint().path) == ipc::text_of(endpoint.path))
      device->left();
}

void Supervisor::Impl::run() {
  bool shutting_down = false;
  std::int64_t reap_at = 0;
  for (;;) {
    const auto now = now_ns();
    auto next = now + 1000 * ms;
    for (auto& device : devices) next = std::min(next, device->tick(now));
    if (!dying.empty()) next = std::min(next, now + 10 * ms);
    const auto wait_ms = std::max<std::int64_t>(0, (next - now_ns() + ms - 1) / ms);
    for (const auto tag : poller.wait(static_cast<int>(wait_ms))) {
      if (tag >= source_tags) {
        sources_changed = true;
      } else if (auto* device = find(static_cast<DeviceId>(tag / 2))) {
        tag % 2 ? device->on_output() : device->on_channel();
      }
    }
    if (now >= reap_at) {
      std::erase_if(dying, [](ipc::Process& process) { return process.wait(0).has_value(); });
      reap_at = now + 5 * ms;
    }
    std::vector<std::function<void()>> todo;
    bool stop;
    {
      const std::lock_guard lock(mutex);
      todo.swap(requests);
      stop = stopping;
    }
    for (auto& request : todo) request();
    if (!stop && sources_changed.exchange(false)) read_sources();
    if (stop && !std::exchange(shutting_down, true))
      for (auto& device : devices) device->shut_down();
    const bool none_runs = std::none_of(devices.begin(), devices.end(), [](auto& d) { return d->process_runs(); });
    if (none_runs)
      for (auto& told : std::exchange(all_closed, {})) told();
    if (shutting_down && none_runs) break;
  }
  dying.clear();  // waits for those that were killed
}

Supervisor::Supervisor(Hub& hub, Registry registry, SupervisorSettings settings)
    : impl_(std::make_unique<Impl>(hub, std::move(registry), std::move(settings))) {}

Supervisor::~Supervisor() { stop(); }

void Supervisor::add_source(std::shared_ptr<HotplugSource> source) { impl_->sources.push_back(std::move(source)); }

void Supervisor::start() {
  if (impl_->thread.joinable() || impl_->stopping) return;
  for (std::size_t n = 0; n < impl_->sources.size(); ++n) {
    auto& source = *impl_->sources[n];
    if (source.native() != ipc::Handle::none) impl_->poller.add(source.native(), source_tags + n);
    source.watch([impl = impl_.get()] {
      impl->sources_changed = true;
      impl->poller.wake();
    });
  }
  impl_->sources_changed = true;
  impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
  if (auto* plugins = impl_->settings.plugins.get(); plugins && !plugins->settings().data_folder.empty())
    impl_->keeper.emplace(*plugins, [impl = impl_.get()](const std::string& id) { impl->reconsider(id); });
}

void Supervisor::stop() {
  if (!impl_->thread.joinable()) return;
  for (auto& source : impl_->sources) source->watch({});
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->poller.wake();
  impl_->thread.join();
  impl_->keeper.reset();  // writes how it ended
}

void Supervisor::pause() {
  auto closed = std::make_shared<std::promise<void>>();
  pause([closed] { closed->set_value(); });
  closed->get_future().wait();
}

void Supervisor::pause(std::function<void()> paused) {
  if (!impl_->thread.joinable()) return paused();
  impl_->ask([impl = impl_.get(), paused = std::move(paused)] {
    impl->paused = true;
    impl->all_closed.push_back(paused);
    for (auto& device : impl->devices) device->shut_down();
  });
}

void Supervisor::resume() {
  impl_->ask([impl = impl_.get()] {
    impl->paused = false;
    for (auto& device : impl->devices) device->resume();
  });
}

std::vector<DeviceStatus> Supervisor::devices() const { return impl_->hub.devices(); }

std::vector<ParamStatus> Supervisor::params(DeviceId device) const {
  const std::lock_guard lock(impl_->mutex);
  const auto found = impl_->params.find(device);
  return found == impl_->params.end() ? std::vector<ParamStatus>{} : found->second;
}

std::vector<ProcessUse> Supervisor::processes() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->uses;
}

void Supervisor::restart(DeviceId id) {
  impl_->ask([impl = impl_.get(), id] {
    if (auto* device = impl->find(id)) device->restart();
  });
}

void Supervisor::set_param(DeviceId id, const std::string& name, double value, ParamDone done) {
  impl_->ask([impl = impl_.get(), id, name, value, done = std::move(done)] {
    if (auto* device = impl->find(id))
      device->set_param(name, value, done);
    else if (done)
      done(CK_E_INVALID, value);
  });
}

std::vector<PluginInfo> Supervisor::plugins() const {
  return impl_->settings.plugins ? impl_->settings.plugins->list() : std::vector<PluginInfo>{};
}

void Supervisor::enable_plugin(const std::string& id) {
  if (!impl_->settings.plugins) return;
  impl_->settings.plugins->enable(id);
  impl_->reconsider(id);
}

void Supervisor::disable_plugin(const std::string& id) {
  if (!impl_->settings.plugins) return;
  impl_->settings.plugins->disable(id);
  impl_->reconsider(id);
}

void Supervisor::remove_plugin(const std::string& id) {
  if (!impl_->settings.plugins) return;
  disable_plugin(id);  // also when the folder cannot be deleted
  impl_->settings.plugins->remove(id);
}

void Supervisor::allow_third_party(bool allowed) {
  auto* plugins = impl_->settings.plugins.get();
  if (!plugins) return;
  plugins->set_safe(!allowed);
  for (const auto& plugin : plugins->list())
    if (plugin.third_party && !plugin.id.empty()) impl_->reconsider(plugin.id);
}

bool Supervisor::third_party_allowed() const { return !impl_->settings.plugins || !impl_->settings.plugins->safe(); }

void Supervisor::inject_fault(DeviceId id, Fault fault) {
  impl_->ask([impl = impl_.get(), id, fault] {
    const auto kind = fault == Fault::crash  ? ipc::FaultKind::crash
                      : fault == Fault::hang ? ipc::FaultKind::hang
                      : fault == Fault::lie  ? ipc::FaultKind::lie
                                             : ipc::FaultKind::flood;
    if (auto* device = impl->find(id)) device->inject(kind);
  });
}

}  // namespace caukham::core
