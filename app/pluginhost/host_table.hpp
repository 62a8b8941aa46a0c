// ck_host as a plugin sees it: slots of the pool, chunks, events, log. Every call is checked for arguments,
// thread and state; a plugin that breaks a rule gets an error code, and a line in the log names the call and
// the rule.
#pragma once
#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "caukham/host.h"
#include "ipc/pool.hpp"
#include "ipc/streams.hpp"
#include "pluginhost/sender.hpp"

namespace caukham::pluginhost {

class Transport;

// Lives on the [main] thread, which is the one that constructs it. One device at a time.
class HostTable {
 public:
  // `plugin` names the culprit in the log; `wake` makes the main loop look at take_main_request(). [any thread]
  HostTable(const ipc::PoolWriter& pool, Sender& sender, std::string plugin, std::function<void()> wake);

  const ck_host* table() const { return &table_; }
  static HostTable& of(const ck_host* host) { return *static_cast<HostTable*>(host->ctx); }

  // [main]
  void set_transport(Transport* transport) { transport_ = transport; }
  Transport* transport() const { return transport_; }
  // `left_off`: bits of streams that this host cannot use.
  void set_streams(const ipc::StreamTable& streams, std::uint32_t left_off);
  // From before ck_entry.open to after close.
  void set_open(bool open) { open_ = open; }
  // Chunks are accepted from begin() to end(); end() takes back what the plugin still holds.
  void begin();
  void end();
  // The application gives a slot back. False: it did not have it.
  bool slot_free(std::uint32_t slot);
  // request_main has been called since the last time.
  bool take_main_request() { return main_requested_.exchange(false); }
  // The last line of level ERROR, and forgets it: the reason behind a failed open.
  std::string take_last_error();

  // [any]
  bool on_main() const { return std::this_thread::get_id() == main_; }
  void log(ck_log_level level, const std::string& text);
  // A rule was broken: at most 20 lines a device, so that a broken plugin cannot flood the log.
  void plugin_misbehaves(const char* call, const char* rule);

 private:
  enum class Holder : std::uint8_t { host, plugin, application };
  struct Slot {
    Holder holder = Holder::host;
    std::uint32_t stream = 0, bytes = 0;
    std::thread::id thread;  // the one that borrowed it
  };

  ck_result acquire(std::uint32_t stream, std::uint32_t bytes, ck_buffer* out);
  ck_result commit(const ck_buffer& buffer, ck_chunk chunk);
  void release(const ck_buffer& buffer);
  ck_result emit(const ck_event& event);
  // Why this thread may not handle slots now, or null. Caller holds the lock.
  const char* wrong_now();
  static const char* wrong_thread(const Slot& slot);
  // The plugin's slot behind `buffer`, or null. Caller holds the lock.
  Slot* held(const ck_buffer& buffer);
  void take_back(std::uint32_t slot);

  ck_host table_{};
  const ipc::PoolWriter& pool_;
  Sender& sender_;
  const std::string plugin_;
  std::function<void()> wake_;
  Transport* transport_ = nullptr;
  std::thread::id main_ = std::this_thread::get_id();
  std::atomic<bool> main_requested_{false}, open_{false};
  std::atomic<int> misbehaviours_{0};

  std::mutex mutex_;
  ipc::StreamTable streams_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::uint64_t next_seq_[CK_MAX_STREAMS] = {};
  bool was_full_[CK_MAX_STREAMS] = {};  // since the last chunk that was sent
  bool started_ = false;
  std::uint32_t left_off_ = 0;
  std::string last_error_;
};

}  // namespace caukham::pluginhost
