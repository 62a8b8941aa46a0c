// The device's end of the transport in a test: a device model in this very process behind ck.host.transport/1, and what
// can go wrong between the two, on demand and by seed.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "caukham/ext/transport.h"
#include "devices/model/model.hpp"

namespace caukham::plugincheck {

enum class Trouble : std::uint8_t {
  none,
  silent,    // the device says nothing
  swallow,   // what it says gets lost on the way
  truncate,  // transfers end early
  corrupt,   // bits flip
  noise,     // random bytes as fast as they are read
  lies,      // the first bytes of a transfer, where sizes and counters stand, say the impossible
  errors,    // calls fail with the errors the headers name
};

// Thread-safe; one a test.
class Wire {
 public:
  // `model` null: nothing is plugged in.
  explicit Wire(std::unique_ptr<devices::DeviceModel> model) : model_(std::move(model)) {}

  bool has_device() const { return model_ != nullptr; }
  const devices::DeviceModel* model() const { return model_.get(); }
  static const ck_host_transport* table();
  ck_port* open(const ck_endpoint& endpoint, ck_result& result);

  void unplug();
  void plug();
  // The device leaves at the n-th transport call from now (1: the next); 0: it stays.
  void unplug_at_call(std::uint64_t n);
  void trouble(Trouble kind, std::uint64_t seed);
  bool act(const std::string& what);

  std::uint64_t calls() const { return calls_; }
  int open_ports() const { return open_ports_; }
  std::uint64_t bytes_in() const { return bytes_in_; }
  // What the plugin did with the transport that it may not, each once.
  std::vector<std::string> misuse();

 private:
  friend struct WirePort;
  friend struct WireTable;
  enum class Way : std::uint8_t { in, out };
  // Counts the call and answers what ends it at once: CK_E_GONE, an error of the trouble's. Caller holds the lock.
  ck_result before_call(bool may_fail);
  void spoil(devices::Bytes& bytes);
  void note(const std::string& what);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::unique_ptr<devices::DeviceModel> model_;
  bool plugged_ = true;
  std::uint64_t leave_in_ = 0;
  Trouble trouble_ = Trouble::none;
  std::mt19937_64 random_;
  std::atomic<std::uint64_t> calls_{0}, bytes_in_{0};
  std::atomic<int> open_ports_{0};
  std::vector<std::string> misuse_;
};

}  // namespace caukham::plugincheck
