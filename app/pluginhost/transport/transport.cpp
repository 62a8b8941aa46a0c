#include "pluginhost/transport/transport.hpp"

#include <atomic>
#include <cstring>
#include <thread>

#include "ipc/validate.hpp"
#include "pluginhost/host_table.hpp"
#include "pluginhost/transport/trace.hpp"

using caukham::pluginhost::HostTable;
using caukham::pluginhost::PortBackend;

// What the plugin holds as an opaque pointer.
struct ck_port {
  std::unique_ptr<PortBackend> backend;
  HostTable* host;
  bool video;
  std::atomic<bool> reading{false}, writing{false};
};

namespace caukham::pluginhost {
namespace {

constexpr std::uint32_t max_timeout_ms = 10000;

// Marks a direction of a port as in use for the length of one call.
class InUse {
 public:
  InUse(ck_port* port, std::atomic<bool>& flag, const char* call) : flag_(flag), mine_(!flag.exchange(true)) {
    if (!mine_) port->host->plugin_misbehaves(call, "two threads use one direction of a port at once");
  }
  ~InUse() {
    if (mine_) flag_ = false;
  }
  explicit operator bool() const { return mine_; }

 private:
  std::atomic<bool>& flag_;
  bool mine_;
};

// No exception crosses the border.
template <class Call>
ck_result guarded(const ck_port* port, const char* name, Call call) noexcept {
  try {
    return call();
  } catch (const std::exception& e) {
    port->host->log(CK_LOG_ERROR, std::string("transport ") + name + ": " + e.what());
  }
  return CK_E_INTERNAL;
}

bool sane(const ck_port* port, const void* data, std::uint32_t bytes, std::uint32_t timeout_ms) {
  const std::uint32_t most = port->video ? CK_TRANSPORT_MAX_PICTURE : CK_TRANSPORT_MAX_TRANSFER;
  return data && bytes >= 1 && bytes <= most && timeout_ms >= 1 && timeout_ms <= max_timeout_ms;
}

std::span<const std::uint8_t> moved(const void* data, ck_result result) {
  return {static_cast<const std::uint8_t*>(data), static_cast<std::size_t>(result > 0 ? result : 0)};
}

ck_result CK_ABI t_open(const ck_host* host, const ck_endpoint* endpoint, ck_port** out) {
  if (!host || !endpoint || !out) return CK_E_INVALID;
  *out = nullptr;
  HostTable& table = HostTable::of(host);
  if (ipc::wrong_with(*endpoint)) return CK_E_INVALID;
  try {
    Opened opened = table.transport()->open(*endpoint);
    if (!opened.port) {
      table.log(CK_LOG_ERROR, opened.why);
      return opened.result < 0 ? opened.result : CK_E_IO;
    }
    *out = new ck_port{std::move(opened.port), &table, endpoint->link == CK_LINK_VIDEO};
    Trace::note("open", 0, CK_OK, {});
    return CK_OK;
  } catch (const std::exception& e) {
    table.log(CK_LOG_ERROR, std::string("transport open: ") + e.what());
    return CK_E_INTERNAL;
  }
}

void CK_ABI t_close(ck_port* port) {
  if (!port) return;
  if (port->reading || port->writing) {
    port->host->plugin_misbehaves("transport close", "a call is still running on the port");
    port->backend->cancel(true);
    while (port->reading || port->writing) std::this_thread::yield();
  }
  Trace::note("close", 0, CK_OK, {});
  delete port;
}

ck_result CK_ABI t_control(ck_port* port, std::uint8_t request_type, std::uint8_t request,
                           std::uint16_t value, std::uint16_t index, void* data, std::uint16_t length,
                           std::uint32_t timeout_ms) {
  if (!port || (length > 0 && !data) || timeout_ms < 1 || timeout_ms > max_timeout_ms) return CK_E_INVALID;
  return guarded(port, "control", [&]() -> ck_result {
    const InUse use(port, port->writing, "transport control");
    if (!use) return CK_E_STATE;
    const ck_result r = port->backend->control({request_type, request, value, index},
                                               {static_cast<std::uint8_t*>(data), length}, timeout_ms);
    Trace::note("control", request, r, moved(data, r));
    return r;
  });
}

ck_result CK_ABI t_claim(ck_port* port, std::uint8_t interface) {
  return port ? guarded(port, "claim", [&] { return port->backend->claim(interface); }) : CK_E_INVALID;
}
ck_result CK_ABI t_set_alternate(ck_port* port, std::uint8_t interface, std::uint8_t alternate) {
  return port ? guarded(port, "set_alternate",
                        [&] { return port->backend->set_alternate(interface, alternate); })
              : CK_E_INVALID;
}
ck_result CK_ABI t_clear_halt(ck_port* port, std::uint8_t endpoint) {
  return port ? guarded(port, "clear_halt", [&] { return port->backend->clear_halt(endpoint); })
              : CK_E_INVALID;
}
ck_result CK_ABI t_set_baud(ck_port* port, std::uint32_t baud) {
  return port ? guarded(port, "set_baud", [&] { return port->backend->set_baud(baud); }) : CK_E_INVALID;
}

ck_result CK_ABI t_read(ck_port* port, std::uint8_t endpoint, void* data, std::uint32_t capacity,
                        std::uint32_t timeout_ms) {
  if (!port || !sane(port, data, capacity, timeout_ms) || (endpoint != 0 && (endpoint & 0x80) == 0))
    return CK_E_INVALID;
  return guarded(port, "read", [&]() -> ck_result {
    const InUse use(port, port->reading, "transport read");
    if (!use) return CK_E_STATE;
    const ck_result r =
        port->backend->read(endpoint, {static_cast<std::uint8_t*>(data), capacity}, timeout_ms);
    if (r != CK_E_AGAIN) Trace::note("in", endpoint, r, moved(data, r));
    return r;
  });
}

ck_result CK_ABI t_write(ck_port* port, std::uint8_t endpoint, const void* data, std::uint32_t bytes,
                         std::uint32_t timeout_ms) {
  if (!port || !sane(port, data, bytes, timeout_ms) || bytes > CK_TRANSPORT_MAX_TRANSFER ||
      (endpoint & 0x80) != 0)
    return CK_E_INVALID;
  return guarded(port, "write", [&]() -> ck_result {
    const InUse use(port, port->writing, "transport write");
    if (!use) return CK_E_STATE;
    const ck_result r =
        port->backend->write(endpoint, {static_cast<const std::uint8_t*>(data), bytes}, timeout_ms);
    Trace::note("out", endpoint, r, moved(data, r));
    return r;
  });
}

void CK_ABI t_cancel(ck_port* port, std::int32_t cancelled) {
  if (port) port->backend->cancel(cancelled != 0);
}

constexpr ck_host_transport the_table = {t_open,     t_close, t_control, t_claim, t_set_alternate,
                                         t_clear_halt, t_set_baud, t_read, t_write, t_cancel};

}  // namespace

const ck_host_transport* Transport::table() const { return &the_table; }

void Transport::allow(const std::optional<ck_endpoint>& endpoint) {
  std::lock_guard lock(mutex_);
  allowed_ = endpoint;
}

Opened Transport::open(const ck_endpoint& endpoint) {
  {
    std::lock_guard lock(mutex_);
    if (!allowed_ || allowed_->link != endpoint.link || allowed_->flags != endpoint.flags ||
        std::strcmp(allowed_->path, endpoint.path) != 0)
      return {nullptr, CK_E_DENIED, "a plugin may open only the endpoint it was given"};
  }
  return opener_(endpoint);
}

Opened open_hardware(const ck_endpoint& endpoint) {
  switch (endpoint.link) {
    case CK_LINK_USB: return open_usb(endpoint);
    case CK_LINK_HID: return open_hid(endpoint);
    case CK_LINK_SERIAL: return open_serial(endpoint);
    default:
      return {nullptr, CK_E_UNSUPPORTED, "a class camera is reached through the system, not the transport"};
  }
}

}  // namespace caukham::pluginhost
