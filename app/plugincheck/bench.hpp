// The host's side of the SDK, as strict as the headers: one loaded plugin, at most one device, and a book of everything
// the plugin did. A test asks the bench to move the plugin through its states and then looks into the book; the bench
// itself judges nothing but what would end the process.
#pragma once
#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <thread>

#include "caukham/ext/params.h"
#include "caukham/ext/state.h"
#include "ipc/manifest.hpp"
#include "ipc/messages.hpp"
#include "plugincheck/check.hpp"
#include "plugincheck/wire.hpp"

namespace caukham::plugincheck {

inline std::int64_t steady_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// For sentences: what a function answered, how long something took.
inline std::string name(ck_result r) { return r >= 0 ? "CK_OK" : std::string(ipc::name_of(r)); }
inline std::string ms(double v) { return std::to_string(static_cast<int>(v)) + " ms"; }

// What kind of rule was broken; a test looks for its own.
enum class Rule : std::uint8_t { thread, state, slot, header, data, guard, touched, event, argument };

struct ChunkSeen {
  ck_chunk chunk;
  std::int64_t committed_ns;
};
struct EventSeen {
  ck_event event;
  std::int64_t emitted_ns;
};
struct LogSeen {
  ck_log_level level;
  std::string raw;  // as the plugin wrote it
};

struct BenchOptions {
  ipc::Manifest manifest;
  std::unique_ptr<devices::DeviceModel> model;  // null: no device
  std::string device_name;                      // for messages
  std::string recording;                        // path of an endpoint of link "plugin"; "": none
  std::string keys;                             // folder of vendors' keys; "": none
  std::uint64_t seed = 1;
};

class Loaded;  // the library

// Its thread is [main].
class Bench {
 public:
  explicit Bench(BenchOptions options);
  ~Bench();
  static Bench& of(const ck_host* host) { return *static_cast<Bench*>(host->ctx); }

  const ipc::Manifest& manifest() const { return options_.manifest; }
  Wire& wire() { return wire_; }
  const std::string& keys() const { return options_.keys; }
  std::uint64_t seed() const { return options_.seed; }
  // What was seen, for the person who reads the result.
  void note(const std::string& text) { notes_.push_back(text); }
  const std::vector<std::string>& notes() const { return notes_; }

  // Loads the library (once) and calls init. Skipped when it cannot be loaded: tests of the library say why.
  const ck_entry& entry();
  const ck_host* host() const { return &table_; }
  // The same without init; throws std::runtime_error.
  const ck_entry& load();
  void unload();  // deinit, and the library leaves

  // The endpoint a host would hand over: the model's, or one made from the manifest's first match line.
  ck_endpoint endpoint() const;
  bool may_open(const ck_endpoint& endpoint) const;
  // Skipped when there is neither a device nor a plugin that needs none.
  void need_device();
  bool generates() const;  // brings its own data: needs neither transport nor hardware

  // Calls, timed; an exception that leaves the plugin fails the test.
  ck_result open(bool ask_streams = true);
  ck_result start();
  ck_result stop();
  void close();
  ck_result configure(std::uint32_t mask);
  const ck_device* device() const { return device_; }
  template <class Call>
  auto call(const char* name, Call body);
  double last_ms() const { return last_ms_; }  // of the last call

  // Skipped unless it opens / starts / delivers: other tests say why.
  void need_open();
  void need_started();
  // Waits for `chunks` more chunks of every enabled stream.
  void need_chunks(std::size_t chunks, int timeout_ms = 6000);
  // open, start, run until both are reached, stop, close.
  void record(std::size_t chunks, int at_least_ms);

  // Serves on_main and waits; until(condition) is true when it came about.
  void run_ms(int ms);
  bool until(const std::function<bool()>& condition, int timeout_ms);

  std::vector<ck_stream_info> infos();  // of the open device, as it says them
  const ck_device_params* params();     // null: it has none
  const ck_device_state* state();

  // The book. [main]; copies.
  std::vector<ChunkSeen> chunks(std::uint32_t stream);
  std::size_t chunk_count();
  std::map<std::uint32_t, ck_stream_info> streams();
  std::vector<EventSeen> events();
  std::vector<LogSeen> logs();
  std::vector<std::string> broken(Rule rule);
  bool saw(ck_event_kind kind);
  std::int64_t started_ns() const { return started_ns_; }
  std::uint32_t largest_chunk();
  std::uint64_t refused(std::uint32_t stream);  // acquire answers with CK_E_FULL since hold(true)
  void forget();                                // begins a new page

  // No slot is free from now on.
  void hold(bool on);
  // The extension table is not there, acquire refuses everything: a host at its worst.
  void offer_transport(bool on) { transport_offered_ = on; }

 private:
  struct Slot {
    bool borrowed = false, filled = false;  // filled: given away, poisoned
    std::uint32_t stream = 0, bytes = 0, poisoned = 0;
    std::thread::id thread;  // the one that borrowed it
  };
  void set_open(bool open);
  void breaks(Rule rule, const std::string& how);
  bool right_now(const char* name);  // thread and state; caller holds the lock
  ck_result acquire(std::uint32_t stream, std::uint32_t bytes, ck_buffer* out);
  ck_result commit(const ck_buffer* buffer, const ck_chunk* chunk);
  void release(const ck_buffer* buffer);
  ck_result emit(const ck_event* event);
  void log(ck_log_level level, const char* text);
  void look_at_data(const ck_chunk& chunk, const ck_stream_info& info, const std::uint8_t* data);
  std::uint8_t* slot_data(std::uint32_t index) { return pool_.data() + index * stride_; }
  void check_poison(std::uint32_t index);

  BenchOptions options_;
  Wire wire_;
  std::unique_ptr<Loaded> loaded_;
  const ck_entry* entry_ = nullptr;
  bool initialised_ = false;
  ck_host table_{};
  const ck_device* device_ = nullptr;
  std::thread::id main_ = std::this_thread::get_id();
  bool open_ = false, started_ = false, transport_offered_ = true;
  std::int64_t started_ns_ = 0;
  double last_ms_ = 0;
  std::vector<std::string> notes_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool main_wanted_ = false, hold_ = false;
  std::size_t stride_ = 0;
  std::vector<std::uint8_t> pool_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::map<std::uint32_t, ck_stream_info> streams_;
  std::uint32_t enabled_ = 0xFFFFFFFF, largest_ = 0;
  std::map<std::uint32_t, std::vector<ChunkSeen>> chunks_;
  std::map<std::uint32_t, std::uint64_t> refused_;
  std::vector<EventSeen> events_;
  std::vector<LogSeen> logs_;
  std::vector<std::pair<Rule, std::string>> broken_;
};

template <class Call>
auto Bench::call(const char* name, Call body) {
  const std::int64_t begin = steady_ns();
  struct Timer {
    std::int64_t begin;
    double& ms;
    ~Timer() { ms = static_cast<double>(steady_ns() - begin) / 1e6; }
  } timer{begin, last_ms_};
  try {
    return body();
  } catch (const Failed&) {
    throw;
  } catch (const std::exception& e) {
    throw Failed(std::string("an exception left ") + name + ": " + e.what());
  } catch (...) {
    throw Failed(std::string("an exception left ") + name);
  }
}

}  // namespace caukham::plugincheck
