// The application's side of one plugin host, for tests: starts it isolated in a process or on a thread of the
// test, speaks the protocol, copies every chunk out of the pool and checks everything that can be checked
// about it.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "ipc/manifest.hpp"
#include "ipc/messages.hpp"
#include "ipc/process.hpp"
#include "ipc/streams.hpp"

namespace caukham::tests {

enum class Way { thread, process };

class PluginSession {
 public:
  struct Options {
    std::string manifest;
    Way way = Way::process;
    std::optional<ipc::Channel> bus;
    std::vector<std::string> arguments, environment;
  };
  explicit PluginSession(Options options);
  ~PluginSession();

  // What one stream has delivered since it was first announced.
  struct Seen {
    ck_stream_info info{};
    std::uint64_t chunks = 0, samples = 0, lost = 0, disconts = 0, after_full_pool = 0;
    std::int64_t first_ns = 0, last_ns = 0;
  };
  std::map<std::uint32_t, Seen> streams;
  std::map<std::string, ipc::Param> params;
  std::vector<ck_event> events;
  std::vector<std::string> log;            // every line, with its level
  std::vector<std::string> misbehaviours;  // lines that say who misbehaved
  std::vector<std::string> lies;           // what the host said that cannot be; a good host never
  std::string farewell, open_text;
  std::optional<ipc::Hello> hello;
  bool ended = false;        // end of the channel
  bool give_slots_back = true;
  void give_back(std::uint32_t slot);  // one that was kept

  // Listens until `enough` (asked after every message) or the time is over.
  bool until(const std::function<bool()>& enough, int timeout_ms);
  bool until_hello(int timeout_ms = 10000);

  // Commands; CK_E_AGAIN when no answer came in time or the host ended.
  ck_result open(const ck_endpoint& endpoint);
  ck_result configure(std::uint32_t mask);
  ck_result start();
  ck_result stop();
  bool close();
  std::optional<ipc::ParamAnswer> param_get(std::uint32_t id);
  std::optional<ipc::ParamAnswer> param_set(std::uint32_t id, double value);
  bool ping(int timeout_ms = 2000);
  void post(const ipc::Message& message);
  // Quit, and the host's exit code (process: words beside it). -1: had to be killed.
  int quit(int timeout_ms = 5000);

  std::uint64_t samples() const;  // of all streams
  bool saw(ck_event_kind kind) const;
  const ipc::Manifest& manifest() const { return manifest_; }
  ipc::Process& process() { return process_; }
  ipc::Channel& channel() { return channel_; }
  std::string words_at_end;

 private:
  template <class T>
  std::optional<T> ask(const ipc::Message& question, int timeout_ms);
  void hear(const ipc::Message& message);
  void hear_chunk(const ipc::ChunkReady& m);
  void hear_log(const ipc::Log& m);

  ipc::Manifest manifest_;
  std::unique_ptr<ipc::PoolReader> pool_;
  ipc::Channel channel_;
  ipc::Process process_;
  std::thread thread_;
  int thread_code_ = -1;
  ipc::StreamTable table_;
  bool listing_ = false;
  std::optional<ipc::Message> answer_;
};

}  // namespace caukham::tests
