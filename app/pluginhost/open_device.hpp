// The plugin's device between open and close, and what the application has been told about it.
#pragma once
#include "caukham/ext/params.h"
#include "ipc/streams.hpp"
#include "pluginhost/host_table.hpp"
#include "pluginhost/kept_state.hpp"

namespace caukham::pluginhost {

// [main]
class OpenDevice {
 public:
  enum class State : std::uint8_t { closed, idle, started };

  // `state_file`: where to keep what the device wants kept; "" nowhere.
  OpenDevice(const ck_entry& entry, HostTable& host, Sender& sender, bool simulated, std::string state_file)
      : entry_(entry), host_(host), sender_(sender), simulated_(simulated),
        kept_(std::move(state_file), [&host](ck_log_level level, const std::string& text) { host.log(level, text); }) {}
  ~OpenDevice() { close(); }
  OpenDevice(const OpenDevice&) = delete;
  OpenDevice& operator=(const OpenDevice&) = delete;

  State state() const { return state_; }
  // Each sends its answer. A command that the state does not allow is answered with CK_E_STATE.
  void open(const ck_endpoint& endpoint);
  void configure(std::uint32_t enabled_mask);
  void start();
  void stop();
  void close();
  void param_get(std::uint32_t id);
  void param_set(std::uint32_t id, double value);
  void on_main();

 private:
  // Announces streams and parameters; the number of each, or why the device cannot be used.
  ck_result announce(std::uint32_t& streams, std::uint32_t& params, std::string& why);
  void describe_in_words(ipc::Param& param);
  void answer(const ipc::Message& message) { sender_.post(message, 1000); }

  const ck_entry& entry_;
  HostTable& host_;
  Sender& sender_;
  const bool simulated_;  // by the manifest
  KeptState kept_;
  bool endpoint_simulated_ = false;
  State state_ = State::closed;
  const ck_device* device_ = nullptr;
  const ck_device_params* params_ = nullptr;
};

}  // namespace caukham::pluginhost
