// Header-only C++17 side of the ABI: derive from Device, name your class in CK_PLUGIN, and no exception, wrong thread
// or wrong state can cross the border unnoticed. Nothing here is part of the ABI; it is compiled into the plugin.
#pragma once
#include <atomic>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>

#include "../entry.h"
#include "../ext/params.h"
#include "../ext/state.h"
#include "../ext/transport.h"

namespace caukham::sdk {

// Copies text into a fixed field, cut at a UTF-8 character boundary, always terminated.
template <std::size_t N>
void set_text(char (&field)[N], std::string_view text) {
  std::size_t n = text.size() < N - 1 ? text.size() : N - 1;
  if (n < text.size())
    while (n > 0 && (static_cast<unsigned char>(text[n]) & 0xC0) == 0x80) --n;
  std::memcpy(field, text.data(), n);
  std::memset(field + n, 0, N - n);
}

// The host's table with C++ manners. Copyable; valid until the device's close returns.
class Host {
 public:
  explicit Host(const ck_host* table) : table_(table) {}
  const ck_host* table() const { return table_; }
  std::int64_t now_ns() const { return table_->now_ns(table_); }
  ck_result emit(const ck_event& event) const { return table_->emit(table_, &event); }
  void log(ck_log_level level, const std::string& text) const { table_->log(table_, level, text.c_str()); }
  void request_main() const { table_->request_main(table_); }
  template <class Table>
  const Table* extension(const char* id) const {
    return static_cast<const Table*>(table_->get_extension(table_, id));
  }
  const ck_host_transport* transport() const { return extension<ck_host_transport>(CK_EXT_TRANSPORT); }

 private:
  const ck_host* table_;
};

// A borrowed slot: filled and committed, or given back by the destructor. [stream & started]
class Slot {
 public:
  Slot(const Host& host, std::uint32_t stream, std::uint32_t bytes) : host_(host.table()) {
    result_ = host_->acquire(host_, stream, bytes, &buffer_);
  }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  ~Slot() {
    if (result_ == CK_OK) host_->release(host_, &buffer_);
  }
  explicit operator bool() const { return result_ == CK_OK; }
  ck_result result() const { return result_; }
  void* data() const { return buffer_.data; }
  std::uint32_t capacity() const { return buffer_.bytes; }
  ck_result commit(const ck_chunk& chunk) {
    if (result_ != CK_OK) return result_;
    result_ = CK_E_STATE;  // the slot is the host's from here on, whatever commit answers
    return host_->commit(host_, &buffer_, &chunk);
  }

 private:
  const ck_host* host_;
  ck_buffer buffer_{};
  ck_result result_;
};

inline ck_chunk make_chunk(std::uint32_t stream) {
  ck_chunk chunk{};
  chunk.size = sizeof chunk;
  chunk.stream = stream;
  return chunk;
}

inline ck_event make_event(ck_event_kind kind, std::int64_t time_ns, std::uint32_t stream = UINT32_MAX) {
  ck_event event{};
  event.size = sizeof event;
  event.kind = kind;
  event.time_ns = time_ns;
  event.stream = stream;
  return event;
}

// An open transport port, closed by the destructor.
class Port {
 public:
  Port() = default;
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;
  ~Port() { close(); }
  ck_result open(const Host& host, const ck_endpoint& endpoint) {
    close();
    api_ = host.transport();
    if (!api_) return CK_E_UNSUPPORTED;
    return api_->open(host.table(), &endpoint, &port_);
  }
  void close() {
    if (port_) api_->close(port_);
    port_ = nullptr;
  }
  bool is_open() const { return port_ != nullptr; }
  ck_result read(std::uint8_t ep, void* data, std::uint32_t capacity, std::uint32_t timeout_ms) const {
    return port_ ? api_->read(port_, ep, data, capacity, timeout_ms) : CK_E_STATE;
  }
  ck_result write(std::uint8_t ep, const void* data, std::uint32_t bytes, std::uint32_t timeout_ms) const {
    return port_ ? api_->write(port_, ep, data, bytes, timeout_ms) : CK_E_STATE;
  }
  const ck_host_transport* api() const { return api_; }
  ck_port* raw() const { return port_; }
  void cancel(bool on) const {
    if (port_) api_->cancel(port_, on ? 1 : 0);
  }

 private:
  const ck_host_transport* api_ = nullptr;
  ck_port* port_ = nullptr;
};

// Derive from this. Constructors may throw; virtual functions may throw: the barrier turns it into CK_E_INTERNAL and
// a log line. Threads and states are checked before your code runs.
class Device {
 public:
  Device(const ck_host* host, const ck_endpoint& endpoint) : host_(host), endpoint_(endpoint) {}
  virtual ~Device() = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  virtual std::uint32_t stream_count() const = 0;
  virtual ck_result stream_info(std::uint32_t index, ck_stream_info& out) const = 0;
  virtual ck_result configure(std::uint32_t /*enabled_mask*/) { return CK_OK; }
  virtual ck_result start() = 0;
  virtual ck_result stop() = 0;
  virtual void on_main() {}
  virtual const void* get_extension(const char* /*id*/) { return nullptr; }

  const Host& host() const { return host_; }
  const ck_endpoint& endpoint() const { return endpoint_; }

  // The table handed across the border; made by Entry below.
  const ck_device* table() {
    table_ = {this, c_stream_count, c_stream_info, c_configure, c_start, c_stop, c_close, c_on_main, c_get_extension};
    return &table_;
  }

 private:
  static Device& self(const ck_device* device) { return *static_cast<Device*>(device->ctx); }

  // Runs `call` behind the barrier. `want_started`: -1 either, 0 idle, 1 started.
  template <class Call>
  static ck_result guarded(const ck_device* device, const char* name, int want_started, Call call) noexcept {
    Device& d = self(device);
    if (std::this_thread::get_id() != d.main_) return d.host_misbehaves(name, "called on another thread than [main]");
    if (want_started >= 0 && d.started_ != (want_started == 1))
      return d.host_misbehaves(name, want_started ? "called while not started" : "called while started");
    try {
      return call(d);
    } catch (const std::exception& e) {
      d.host_.log(CK_LOG_PLUGIN_MISBEHAVING, std::string(name) + " threw: " + e.what());
    } catch (...) {
      d.host_.log(CK_LOG_PLUGIN_MISBEHAVING, std::string(name) + " threw something");
    }
    return CK_E_INTERNAL;
  }
  ck_result host_misbehaves(const char* name, const char* how) noexcept {
    char text[160];
    std::snprintf(text, sizeof text, "ck_device.%s %s", name, how);
    host_.table()->log(host_.table(), CK_LOG_HOST_MISBEHAVING, text);
    return CK_E_STATE;
  }

  static std::uint32_t CK_ABI c_stream_count(const ck_device* device) {
    const ck_result n =
        guarded(device, "stream_count", 0, [](Device& d) { return static_cast<ck_result>(d.stream_count()); });
    return n < 0 ? 0u : static_cast<std::uint32_t>(n);
  }
  static ck_result CK_ABI c_stream_info(const ck_device* device, std::uint32_t index, ck_stream_info* out) {
    return guarded(device, "stream_info", 0, [&](Device& d) -> ck_result {
      if (index >= d.stream_count() || !out || out->size < sizeof *out) return CK_E_INVALID;
      return d.stream_info(index, *out);
    });
  }
  static ck_result CK_ABI c_configure(const ck_device* device, std::uint32_t mask) {
    return guarded(device, "configure", 0, [&](Device& d) { return mask ? d.configure(mask) : CK_E_INVALID; });
  }
  static ck_result CK_ABI c_start(const ck_device* device) {
    return guarded(device, "start", 0, [](Device& d) {
      const ck_result r = d.start();
      if (r >= 0) d.started_ = true;
      return r;
    });
  }
  static ck_result CK_ABI c_stop(const ck_device* device) {
    return guarded(device, "stop", 1, [](Device& d) {
      d.started_ = false;
      return d.stop();
    });
  }
  static void CK_ABI c_close(const ck_device* device) {
    if (guarded(device, "close", 0, [](Device&) { return CK_OK; }) == CK_OK) delete &self(device);
  }
  static void CK_ABI c_on_main(const ck_device* device) {
    guarded(device, "on_main", -1, [](Device& d) {
      d.on_main();
      return CK_OK;
    });
  }
  static const void* CK_ABI c_get_extension(const ck_device* device, const char* id) {
    const void* found = nullptr;
    guarded(device, "get_extension", -1, [&](Device& d) {
      found = id ? d.get_extension(id) : nullptr;
      return CK_OK;
    });
    return found;
  }

  Host host_;
  ck_endpoint endpoint_;
  ck_device table_{};
  std::thread::id main_ = std::this_thread::get_id();
  bool started_ = false;
};

// What a device's constructor throws when it cannot open: the result becomes the answer of ck_entry.open.
struct Refusal {
  ck_result result;
};

// Opens a DeviceClass(const ck_host*, const ck_endpoint&) behind the barrier.
template <class DeviceClass>
ck_result CK_ABI open_device(const ck_host* host, const ck_endpoint* endpoint, const ck_device** out) noexcept {
  if (!host || !endpoint || !out || endpoint->size < sizeof *endpoint) return CK_E_INVALID;
  *out = nullptr;
  try {
    *out = (new DeviceClass(host, *endpoint))->table();
    return CK_OK;
  } catch (const Refusal& refusal) {
    return refusal.result < 0 ? refusal.result : CK_E_INTERNAL;
  } catch (const std::exception& e) {
    host->log(host, CK_LOG_ERROR, e.what());
  } catch (...) {
    host->log(host, CK_LOG_PLUGIN_MISBEHAVING, "open threw something");
  }
  return CK_E_INTERNAL;
}

inline ck_result CK_ABI no_init(const char*) { return CK_OK; }
inline void CK_ABI no_deinit() {}

}  // namespace caukham::sdk

// Once, at namespace scope of the plugin's main file. `probe` is int32_t(const ck_endpoint*).
#define CK_PLUGIN(DeviceClass, plugin_id, plugin_version, probe)                                             \
  extern "C" CK_EXPORT const ck_entry ck_plugin_entry_1 = {                                                  \
      CK_ABI_MAJOR, CK_ABI_MINOR, plugin_id, plugin_version, ::caukham::sdk::no_init, ::caukham::sdk::no_deinit, \
      probe, ::caukham::sdk::open_device<DeviceClass>}
