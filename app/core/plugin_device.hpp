// One device and the plugin host that drives it: the conversation of ipc/messages.hpp as a state machine. Private to
// the supervisor; everything runs on its one thread and nothing here ever waits.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/supervisor.hpp"
#include "core/timeline.hpp"
#include "ipc/flight.hpp"
#include "ipc/messages.hpp"
#include "ipc/poller.hpp"
#include "ipc/pool.hpp"
#include "ipc/process.hpp"
#include "ipc/streams.hpp"

namespace caukham::core {

// What a device needs of the house.
struct DeviceHouse {
  Hub& hub;
  ipc::Poller& poller;
  const SupervisorSettings& settings;
  std::function<StreamId()> new_stream_id;
  std::function<void(ipc::Process)> bury;               // killed, to be reaped when the system has ended it
  std::function<void(const ProcessUse&)> report_use;    // replaces the entry of the same pid while it runs
  std::function<void(DeviceId, std::vector<ParamStatus>)> report_params;
  Plugins* plugins;  // null: everything may run
};

class PluginDevice {
 public:
  PluginDevice(DeviceHouse& house, DeviceId id, std::shared_ptr<HotplugSource> source, const ipc::Manifest& manifest,
               const ck_endpoint& endpoint, std::string identity);
  PluginDevice(const PluginDevice&) = delete;
  PluginDevice& operator=(const PluginDevice&) = delete;

  const DeviceStatus& status() const { return status_; }
  const ck_endpoint& endpoint() const { return endpoint_; }
  const HotplugSource* source() const { return source_.get(); }
  const ipc::Manifest& manifest() const { return manifest_; }
  bool plugged() const { return plugged_; }
  bool process_runs() const { return process_.started(); }

  void arrived(const ck_endpoint& endpoint);  // also the first time
  void left();
  void shut_down();  // drain, close, quit; process_runs() becomes false
  void resume();     // after shut_down: begins again if it is plugged in
  void restart();
  // Its plugin has been switched off, removed, or may run again: ends what runs, or begins.
  void reconsider();
  void set_param(const std::string& name, double value, Supervisor::ParamDone done);
  void inject(ipc::FaultKind kind);

  // The poller's tags of this device: id * 2 and id * 2 + 1.
  void on_channel();
  void on_output();
  // Deadlines and heartbeat. Returns when it wants to be called again at the latest.
  std::int64_t tick(std::int64_t now);

 private:
  enum class Phase { idle, waiting, hello, opening, starting, live, stopping, closing, quitting };
  struct KnownStream {
    StreamInfo info;
    ck_stream_info wire;
    Timeline timeline;
    std::uint32_t spoilt = 0;  // pictures dropped here since the last good one
    std::int64_t doubt_told_ns = 0;
  };
  struct Param {
    ck_param_info info;
    double value;
    std::string text;
    std::vector<std::string> words;
  };

  void begin();
  void enter(Phase phase, int deadline_ms);
  void end_process(const char* gap_reason);
  // `technical` for the log, `words` for the nurse: what happened, a whole sentence.
  void fail(const std::string& technical, const std::string& words, const char* gap_reason);
  void lie(const std::string& how);
  void ended_by_itself();
  void closed_down();
  void reopen(const std::string& why);  // asked for by the plugin: closed in order and begun again
  void set_state(DeviceState state, std::string problem);
  void send(const ipc::Message& message);
  void flush();
  void note_use(bool running);
  void note(const std::string& text);  // into the plugin's own tail of lines
  // False after the device was ended for using too much.
  bool watch_use(std::int64_t now);
  // What remains of a plugin host that failed, as a file for the technician. Before end_process.
  void report_crash(const std::string& technical);

  void handle(const ipc::Message& message);
  void on_hello(const ipc::Hello& hello);
  void on_opened(const ipc::Opened& opened);
  void on_chunk(const ipc::ChunkReady& ready);
  void on_event(const ck_event& event);
  void on_param_answer(const ipc::ParamAnswer& answer);
  void on_log(const ipc::Log& line);
  void refused(const char* command, ck_result result, const std::string& text);
  void announce_streams();
  void announce_params();
  StreamInfo describe(const ck_stream_info& wire) const;
  KnownStream* known(std::uint32_t wire_id);
  std::int64_t plausible(std::int64_t time_ns) const;
  void complain(const std::string& text);  // into the log, a bounded number of times a minute

  DeviceHouse& house_;
  const ipc::Manifest& manifest_;
  std::shared_ptr<HotplugSource> source_;
  ck_endpoint endpoint_;
  DeviceStatus status_;
  std::string room_;  // in the log

  Phase phase_ = Phase::idle;
  bool plugged_ = false, shutting_down_ = false, begin_again_ = false, drained_ = true;
  std::int64_t deadline_ns_ = 0, ping_at_ns_ = 0, gone_at_ns_ = 0;
  int pings_unanswered_ = 0;
  std::uint64_t ping_token_ = 0;
  std::deque<std::int64_t> failures_ns_;
  std::size_t failures_in_a_row_ = 0;                  // without having settled between
  std::int64_t first_chunk_ns_ = 0, last_chunk_ns_ = 0;  // arrivals since it began; 0: none
  std::string farewell_, sandbox_, ended_words_;
  bool forbidden_ = false;
  std::int64_t began_ns_ = 0, usage_at_ns_ = 0, cpu_since_ns_ = 0;
  double cpu_at_ = 0;  // seconds used at cpu_since_ns_
  double seen_cpu_ = 0;  // what was last looked at
  std::uint64_t seen_bytes_ = 0;

  ipc::Process process_;
  ipc::Channel channel_;
  ipc::Handle output_;
  std::string output_line_;
  std::deque<std::string> tail_;  // its newest lines, for a crash report
  std::optional<ipc::PoolReader> pool_;
  ipc::Handle flight_handle_;
  ipc::Mapping flight_;
  std::deque<ipc::Message> outbox_;
  std::vector<std::byte> buffer_;
  ipc::StreamTable table_;
  std::vector<KnownStream> streams_;  // survive restarts
  std::vector<Param> params_;
  std::map<std::uint32_t, std::deque<Supervisor::ParamDone>> param_waiting_;
  std::int64_t second_began_ns_ = 0, minute_began_ns_ = 0;
  unsigned messages_this_second_ = 0, complaints_this_minute_ = 0;
};

}  // namespace caukham::core
