// Header-only C++17 side of the ABI: derive from Device, name your class in CK_PLUGIN, and no exception, wrong thread
// or wrong state can cross the border unnoticed. Nothing here is part of the ABI; it is compiled into the plugin.
#pragma once
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "../ext/state.h"
#include "host.hpp"
#include "params.hpp"
#include "thread.hpp"

namespace caukham::sdk {

// Derive from this. Your constructor opens the hardware (throw Refusal, or anything, when it cannot), your destructor
// gives it back. Every virtual function may throw: the barrier turns it into CK_E_INTERNAL and a log line. Threads and
// states are checked before your code runs; what is wrong is logged as HOST_MISBEHAVING with function, state and plugin.
// All of them are called on [main].
class Device {
 public:
  Device(const ck_host* host, const ck_endpoint& endpoint) : host_(host), endpoint_(endpoint) {}
  virtual ~Device() = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  // As in device.h. `out` is of this header's version, zeroed but for its size.
  virtual std::uint32_t stream_count() const = 0;
  virtual ck_result stream_info(std::uint32_t index, ck_stream_info& out) const = 0;
  virtual ck_result configure(std::uint32_t /*enabled_mask*/) { return CK_OK; }
  virtual ck_result start() = 0;
  virtual ck_result stop() = 0;
  virtual void on_main() {}
  // Tables of your own; "ck.device.params/1" and "ck.device.state/1" are answered from params() and keeps_state().
  virtual const void* get_extension(const char* /*id*/) { return nullptr; }

  // What to keep between sessions, as in ext/state.h.
  virtual bool keeps_state() const { return false; }
  virtual std::vector<std::uint8_t> save_state() { return {}; }
  virtual ck_result load_state(const std::uint8_t* /*data*/, std::size_t /*bytes*/) { return CK_E_UNSUPPORTED; }

  const Host& host() const { return host_; }
  const ck_endpoint& endpoint() const { return endpoint_; }
  bool started() const { return started_; }  // [main]
  // Filled by your constructor.
  Params& params() { return params_; }

  // The table handed across the border; made by open_device below.
  const ck_device* table(const char* plugin_id) {
    plugin_ = plugin_id;
    table_ = {this, c_stream_count, c_stream_info, c_configure, c_start, c_stop, c_close, c_on_main, c_get_extension};
    return &table_;
  }

 private:
  enum class When { idle, started, open };
  static Device& self(const ck_device* device) { return *static_cast<Device*>(device->ctx); }

  // Runs `call` behind the barrier.
  template <class Call>
  static ck_result guarded(const ck_device* device, const char* name, When when, Call call) noexcept {
    if (!device || !device->ctx) return CK_E_INVALID;
    Device& d = self(device);
    try {
      if (std::this_thread::get_id() != d.main_) return d.host_misbehaves(name, "on another thread than [main]");
      if (when == When::idle && d.started_) return d.host_misbehaves(name, "while started");
      if (when == When::started && !d.started_) return d.host_misbehaves(name, "while not started");
      return call(d);
    } catch (const std::exception& e) {
      d.log_throw(name, e.what());
    } catch (...) {
      d.log_throw(name, "something that is no std::exception");
    }
    return CK_E_INTERNAL;
  }
  ck_result host_misbehaves(const char* name, const char* how) const {
    host_.log(CK_LOG_HOST_MISBEHAVING, std::string(plugin_) + ": ck_device." + name + " called " + how);
    return CK_E_STATE;
  }
  void log_throw(const char* name, const char* what) const noexcept {
    try {
      host_.log(CK_LOG_PLUGIN_MISBEHAVING, std::string(plugin_) + ": " + name + " threw: " + what);
    } catch (...) {
      host_.table()->log(host_.table(), CK_LOG_PLUGIN_MISBEHAVING, "an exception, and no memory to tell of it");
    }
  }

  static std::uint32_t CK_ABI c_stream_count(const ck_device* device) {
    const ck_result n = guarded(device, "stream_count", When::idle,
                                [](Device& d) { return static_cast<ck_result>(d.stream_count()); });
    return n < 0 ? 0u : static_cast<std::uint32_t>(n);
  }
  static ck_result CK_ABI c_stream_info(const ck_device* device, std::uint32_t index, ck_stream_info* out) {
    return guarded(device, "stream_info", When::idle, [&](Device& d) -> ck_result {
      if (index >= d.stream_count() || !out || out->size < CK_STREAM_INFO_SIZE_1_0) return CK_E_INVALID;
      ck_stream_info info{};
      info.size = sizeof info;
      const ck_result r = d.stream_info(index, info);
      if (r >= 0) to_wire(out, info);
      return r;
    });
  }
  static ck_result CK_ABI c_configure(const ck_device* device, std::uint32_t mask) {
    return guarded(device, "configure", When::idle, [&](Device& d) -> ck_result {
      std::uint32_t known = 0;
      for (std::uint32_t i = 0; i < d.stream_count(); ++i) {
        ck_stream_info info{};
        info.size = sizeof info;
        if (d.stream_info(i, info) >= 0 && info.id < 32) known |= 1u << info.id;
      }
      return mask == 0 || (mask & ~known) != 0 ? CK_E_INVALID : d.configure(mask);
    });
  }
  static ck_result CK_ABI c_start(const ck_device* device) {
    return guarded(device, "start", When::idle, [](Device& d) {
      const ck_result r = d.start();
      if (r >= 0) d.started_ = true;
      return r;
    });
  }
  static ck_result CK_ABI c_stop(const ck_device* device) {
    return guarded(device, "stop", When::started, [](Device& d) {
      d.started_ = false;
      return d.stop();
    });
  }
  static void CK_ABI c_close(const ck_device* device) {
    if (guarded(device, "close", When::idle, [](Device&) { return CK_OK; }) == CK_OK) delete &self(device);
  }
  static void CK_ABI c_on_main(const ck_device* device) {
    guarded(device, "on_main", When::open, [](Device& d) {
      d.on_main();
      return CK_OK;
    });
  }
  static const void* CK_ABI c_get_extension(const ck_device* device, const char* id) {
    const void* found = nullptr;
    guarded(device, "get_extension", When::open, [&](Device& d) {
      if (!id) return CK_OK;
      found = d.get_extension(id);
      if (!found && std::strcmp(id, CK_EXT_PARAMS) == 0 && !d.params_.empty()) found = &params_table;
      if (!found && std::strcmp(id, CK_EXT_STATE) == 0 && d.keeps_state()) found = &state_table;
      return CK_OK;
    });
    return found;
  }

  static std::uint32_t CK_ABI p_count(const ck_device* device) {
    const ck_result n =
        guarded(device, "params.count", When::open, [](Device& d) { return static_cast<ck_result>(d.params_.count()); });
    return n < 0 ? 0u : static_cast<std::uint32_t>(n);
  }
  static ck_result CK_ABI p_info(const ck_device* device, std::uint32_t index, ck_param_info* out) {
    return guarded(device, "params.info", When::open, [&](Device& d) { return d.params_.info(index, out); });
  }
  static ck_result CK_ABI p_get(const ck_device* device, std::uint32_t id, double* value) {
    return guarded(device, "params.get", When::open, [&](Device& d) { return d.params_.get(id, value); });
  }
  static ck_result CK_ABI p_set(const ck_device* device, std::uint32_t id, double value) {
    return guarded(device, "params.set", When::open, [&](Device& d) { return d.params_.set(id, value, d.started_); });
  }
  static ck_result CK_ABI p_text(const ck_device* device, std::uint32_t id, double value, char* out) {
    return guarded(device, "params.text", When::open, [&](Device& d) { return d.params_.text(id, value, out); });
  }
  static ck_result CK_ABI s_save(const ck_device* device, void* data, std::uint32_t capacity) {
    return guarded(device, "state.save", When::idle, [&](Device& d) -> ck_result {
      const auto state = d.save_state();
      if (state.size() > CK_STATE_MAX) return CK_E_INTERNAL;
      if (data && state.size() <= capacity && !state.empty()) std::memcpy(data, state.data(), state.size());
      return static_cast<ck_result>(state.size());
    });
  }
  static ck_result CK_ABI s_load(const ck_device* device, const void* data, std::uint32_t bytes) {
    return guarded(device, "state.load", When::idle, [&](Device& d) -> ck_result {
      if (!data || bytes > CK_STATE_MAX) return CK_E_INVALID;
      return d.load_state(static_cast<const std::uint8_t*>(data), bytes);
    });
  }
  static constexpr ck_device_params params_table{p_count, p_info, p_get, p_set, p_text};
  static constexpr ck_device_state state_table{s_save, s_load};

  Host host_;
  ck_endpoint endpoint_;
  ck_device table_{};
  Params params_;
  const char* plugin_ = "";
  std::thread::id main_ = std::this_thread::get_id();
  bool started_ = false;
};

// What a device's constructor throws when it cannot open: the result becomes the answer of ck_entry.open.
struct Refusal {
  ck_result result;
};

// Opens a DeviceClass(const ck_host*, const ck_endpoint&) behind the barrier.
template <class DeviceClass>
ck_result open_device(const char* plugin_id, const ck_host* host, const ck_endpoint* endpoint,
                      const ck_device** out) noexcept {
  if (!host || !endpoint || !out || endpoint->size < CK_ENDPOINT_SIZE_1_0) return CK_E_INVALID;
  *out = nullptr;
  try {
    *out = (new DeviceClass(host, from_wire(endpoint)))->table(plugin_id);
    return CK_OK;
  } catch (const Refusal& refusal) {
    return refusal.result < 0 ? refusal.result : CK_E_INTERNAL;
  } catch (const std::exception& e) {
    host->log(host, CK_LOG_ERROR, e.what());
  } catch (...) {
    host->log(host, CK_LOG_PLUGIN_MISBEHAVING, "open threw something that is no std::exception");
  }
  return CK_E_INTERNAL;
}

inline ck_result CK_ABI no_init(const ck_host*, const char*) { return CK_OK; }
inline void CK_ABI no_deinit() {}
inline const void* CK_ABI no_extension(const char*) { return nullptr; }

// ck_entry.probe around int32_t(const ck_endpoint&), which sees an endpoint of this header's version.
template <std::int32_t (*probe)(const ck_endpoint&)>
std::int32_t CK_ABI guarded_probe(const ck_endpoint* endpoint) noexcept {
  try {
    return endpoint ? probe(from_wire(endpoint)) : 0;
  } catch (...) {
    return 0;
  }
}

}  // namespace caukham::sdk

// Once, at namespace scope of the plugin's main file. `probe` is int32_t(const ck_endpoint&); init, deinit and extension
// are C functions as in ck_entry.
#define CK_PLUGIN_WITH(DeviceClass, plugin_id, plugin_version, probe, init, deinit, extension)                     \
  static ck_result CK_ABI ck_plugin_open_(const ck_host* host, const ck_endpoint* endpoint, const ck_device** out) { \
    return ::caukham::sdk::open_device<DeviceClass>(plugin_id, host, endpoint, out);                               \
  }                                                                                                                \
  extern "C" CK_EXPORT const ck_entry ck_plugin_entry_1 = {                                                        \
      CK_ABI_MAJOR,    CK_ABI_MINOR, plugin_id, plugin_version, init, deinit, ::caukham::sdk::guarded_probe<probe>, \
      ck_plugin_open_, extension}
#define CK_PLUGIN(DeviceClass, plugin_id, plugin_version, probe)                                  \
  CK_PLUGIN_WITH(DeviceClass, plugin_id, plugin_version, probe, ::caukham::sdk::no_init,          \
                 ::caukham::sdk::no_deinit, ::caukham::sdk::no_extension)
