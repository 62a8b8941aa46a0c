#include "pluginhost/loop.hpp"

#include <csignal>
#include <thread>

#include "pluginhost/open_device.hpp"
#include "pluginhost/own_process.hpp"
#include "pluginhost/transport/trace.hpp"

namespace caukham::pluginhost {
namespace {

constexpr std::uint64_t from_application = 1;

// Obeys one message. False: the application wants the end.
class Obey {
 public:
  Obey(OpenDevice& device, HostTable& host, Sender& sender, bool faults)
      : device_(device), host_(host), sender_(sender), faults_(faults) {}
  bool operator()(const ipc::Open& m) const { return device_.open(m.endpoint), true; }
  bool operator()(const ipc::Configure& m) const { return device_.configure(m.enabled_mask), true; }
  bool operator()(const ipc::Start&) const { return device_.start(), true; }
  bool operator()(const ipc::Stop&) const { return device_.stop(), true; }
  bool operator()(const ipc::Close&) const {
    device_.close();
    sender_.post(ipc::Closed{}, 1000);
    return true;
  }
  bool operator()(const ipc::SlotFree& m) const {
    if (!host_.slot_free(m.slot))
      host_.log(CK_LOG_HOST_MISBEHAVING, "the application gave back a slot it did not have");
    return true;
  }
  bool operator()(const ipc::ParamGet& m) const { return device_.param_get(m.id), true; }
  bool operator()(const ipc::ParamSet& m) const { return device_.param_set(m.id, m.value), true; }
  bool operator()(const ipc::Ping& m) const { return sender_.post(ipc::Pong{m.token}, 100), true; }
  bool operator()(const ipc::Quit&) const { return false; }
  bool operator()(const ipc::Fault& m) const {
    if (!faults_)
      return host_.log(CK_LOG_HOST_MISBEHAVING, "a fault was asked for and is not allowed here"), true;
    if (m.kind == ipc::FaultKind::crash) std::raise(SIGSEGV);
    if (m.kind == ipc::FaultKind::hang)
      for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
    if (m.kind == ipc::FaultKind::lie) {
      ipc::ChunkReady lie{};  // every number in it points outside the pool
      lie.chunk.size = sizeof lie.chunk;
      lie.chunk.count = lie.chunk.bytes = lie.chunk.lost = lie.slot = UINT32_MAX;
      return sender_.post(lie, 100), true;
    }
    for (int i = 0; i < 20000; ++i) host_.log(CK_LOG_DEBUG, "flood line " + std::to_string(i));
    return true;
  }
  template <class T>
  bool operator()(const T&) const { return true; }  // the host's own messages; decode refuses them

 private:
  OpenDevice& device_;
  HostTable& host_;
  Sender& sender_;
  bool faults_;
};

int farewell(Sender& sender, const std::string& words, int code) {
  ipc::Farewell m{};
  ipc::put_text(m.text, words);
  sender.post(m, 500);
  return code;
}

ipc::Hello hello_of(const HostOptions& options, const ipc::Manifest& manifest, const ck_entry& entry) {
  ipc::Hello hello{};
  hello.abi_major = entry.abi_major;
  hello.abi_minor = entry.abi_minor;
  hello.pid = own_pid();
  hello.direct_hardware = manifest.direct_hardware;
  ipc::put_text(hello.id, entry.id);
  ipc::put_text(hello.version, entry.version);
  hello.sandbox = options.sandbox.level;
  ipc::put_text(hello.sandbox_words, options.sandbox.words);
  return hello;
}

// A throw-away run: what the plugin thinks of each device its manifest names must be a number from 0 to 100.
int scan(const HostOptions& options, const ipc::Manifest& manifest, const ck_entry& entry, Sender& sender) {
  for (const ipc::Match& line : manifest.match) {
    ck_endpoint e{};
    e.size = sizeof e;
    e.link = line.link;
    e.flags = CK_ENDPOINT_SIMULATED | CK_ENDPOINT_VIRTUAL;
    e.vid = line.vid.value_or(0);
    e.pid = line.pid.value_or(0);
    ipc::put_text(e.serial, line.serial);
    ipc::put_text(e.product, line.name);
    ipc::put_text(e.kind, line.kind);
    ipc::put_text(e.path, "scan");
    const auto score = entry.probe(&e);
    if (score < 0 || score > 100)
      return farewell(sender, "The plugin's probe answers " + std::to_string(score) + ", which is not from 0 to 100.",
                      exit_refused);
  }
  sender.post(hello_of(options, manifest, entry), 1000);
  return exit_ok;
}

int loop(HostOptions& options, const ipc::Manifest& manifest, Sender& sender) {
  // Nothing is streamed in a scan; and the sandbox lets nobody make a file as long as a large pool.
  const ipc::PoolShape shape = options.scan ? ipc::PoolShape{1, 64} : manifest.pool;
  const ipc::PoolWriter pool(options.scan ? ipc::make_sealed_memory(shape.bytes()) : std::move(options.pool), shape);
  ipc::Poller poller;
  poller.add(options.channel.native(), from_application);
  HostTable host(pool, sender, manifest.id, [&] { poller.wake(); });
  std::unique_ptr<VirtualLink> link;
  if (options.bus) link = std::make_unique<VirtualLink>(std::move(*options.bus));
  Transport transport([&](const ck_endpoint& endpoint) {
    if ((endpoint.flags & CK_ENDPOINT_VIRTUAL) == 0) return open_hardware(endpoint);
    return link ? open_virtual(*link, endpoint)
                : Opened{nullptr, CK_E_UNSUPPORTED, "this host has no virtual bus"};
  });
  host.set_transport(&transport);
  const Plugin plugin(manifest, host);
  const ck_entry& entry = plugin.entry();
  if (options.scan) return scan(options, manifest, entry, sender);
  OpenDevice device(entry, host, sender, manifest.simulated, options.state_file);

  sender.post(hello_of(options, manifest, entry), 1000);
  for (const std::string& field : manifest.unknown_fields)
    host.log(CK_LOG_INFO, "the manifest has an unknown field: " + field);

  std::vector<std::byte> bytes;
  for (;;) {
    poller.wait(-1);
    if (host.take_main_request()) device.on_main();
    for (;;) {
      const ipc::Received got = options.channel.receive(bytes);
      if (got == ipc::Received::nothing) break;
      if (got == ipc::Received::closed) {
        if (options.orphaned) options.orphaned();
        return exit_ok;
      }
      std::string why = "a message is too large";
      const auto message =
          got == ipc::Received::message ? ipc::decode(bytes, ipc::From::application, why) : std::nullopt;
      if (!message)
        return farewell(sender, "The application said something impossible: " + why, exit_protocol);
      if (!std::visit(Obey(device, host, sender, options.allow_faults), *message)) return exit_ok;
    }
  }
}

}  // namespace

int run_host(HostOptions options) {
  Sender sender(options.channel);
  try {
    const ipc::Manifest manifest = ipc::read_manifest(options.manifest_path);
    const int code = loop(options, manifest, sender);
    Trace::dump();
    return code;
  } catch (const ipc::ManifestError& e) {
    return farewell(sender, e.what(), exit_manifest);
  } catch (const LoadError& e) {
    return farewell(sender, e.what(), e.code);
  } catch (const std::exception& e) {
    return farewell(sender, std::string("The plugin host cannot work: ") + e.what(), exit_refused);
  }
}

}  // namespace caukham::pluginhost
