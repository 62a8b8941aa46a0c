// A device's plugin host from its start to its end: what happens around the conversation.
#include "core/plugin_device.hpp"

#include <algorithm>
#include <system_error>

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "core/log.hpp"
#include "core/plugin_process.hpp"
#include "core/words.hpp"

namespace caukham::core {
namespace {
constexpr std::int64_t ms = 1'000'000, minute = 60'000 * ms;
}  // namespace

PluginDevice::PluginDevice(DeviceHouse& house, DeviceId id, std::shared_ptr<HotplugSource> source,
                           const ipc::Manifest& manifest, const ck_endpoint& endpoint, std::string identity)
    : house_(house), manifest_(manifest), source_(std::move(source)), endpoint_(endpoint) {
  status_.id = id;
  status_.kind = ipc::text_of(endpoint.kind);
  status_.name = endpoint.product[0] ? ipc::text_of(endpoint.product) : manifest.name;
  status_.identity = std::move(identity);
  status_.plugin_id = manifest.id;
  status_.plugin_version = manifest.version;
  room_ = "device " + std::to_string(id) + " (" + manifest.id + ")";
  status_.unsigned_plugin = house.plugins && house.plugins->unsigned_plugin(manifest.id);
  if (status_.unsigned_plugin) status_.name = tr("{0} (unsigned driver program)", status_.name);
}

// ---- what comes from outside

void PluginDevice::arrived(const ck_endpoint& endpoint) {
  endpoint_ = endpoint;
  plugged_ = true;
  gone_at_ns_ = 0;
  failures_ns_.clear();  // whoever plugs it in again has done what the last sentence asked for
  log_info(room_, "plugged in at " + ipc::text_of(endpoint.path) + ", " + status_.identity);
  if (process_.started())
    begin_again_ = !shutting_down_;  // the plugin host of before is still closing
  else if (!shutting_down_)
    begin();
}

void PluginDevice::left() {
  if (!plugged_) return;
  plugged_ = false;
  gone_at_ns_ = 0;
  begin_again_ = false;
  log_info(room_, "unplugged");
  if (phase_ == Phase::live) {
    send(ipc::Stop{});
    enter(Phase::stopping, house_.settings.command_ms);
  } else if (phase_ != Phase::stopping && phase_ != Phase::closing && phase_ != Phase::quitting) {
    end_process(gap_reason::unplugged);
  }
  set_state(DeviceState::unplugged, tr("{0} is not plugged in.", status_.name));
}

void PluginDevice::shut_down() {
  shutting_down_ = true;
  begin_again_ = false;
  if (phase_ == Phase::live) {
    send(ipc::Stop{});
    enter(Phase::stopping, house_.settings.command_ms);
  } else if (phase_ != Phase::stopping && phase_ != Phase::closing && phase_ != Phase::quitting) {
    closed_down();
  }
}

void PluginDevice::resume() {
  if (!std::exchange(shutting_down_, false) || !plugged_) return;
  failures_ns_.clear();
  if (process_.started())
    begin_again_ = true;
  else
    begin();
}

void PluginDevice::restart() {
  failures_ns_.clear();
  if (!plugged_ || shutting_down_) return;
  log_info(room_, "restart asked for");
  end_process(gap_reason::restarted);
  begin();
}

void PluginDevice::reconsider() {
  if (!house_.plugins || !plugged_ || shutting_down_) return;
  const auto words = house_.plugins->refusal(manifest_.id);
  if (words.empty()) {
    failures_ns_.clear();
    if (phase_ == Phase::idle) begin();
  } else if (!forbidden_) {
    end_process(gap_reason::restarted);
    begin();  // which refuses in words
  }
}

void PluginDevice::set_param(const std::string& name, double value, Supervisor::ParamDone done) {
  const auto refuse = [&](ck_result result) {
    if (done) done(result, value);
  };
  if (phase_ != Phase::live) return refuse(CK_E_STATE);
  for (const auto& param : params_) {
    if (ipc::text_of(param.info.name) != name) continue;
    if (!(param.info.flags & CK_PARAM_SET)) return refuse(CK_E_UNSUPPORTED);
    if (!(value >= param.info.minimum && value <= param.info.maximum)) return refuse(CK_E_INVALID);
    param_waiting_[param.info.id].push_back(std::move(done));
    send(ipc::ParamSet{param.info.id, 0, value});
    return;
  }
  refuse(CK_E_INVALID);
}

void PluginDevice::inject(ipc::FaultKind kind) {
  if (process_.started()) send(ipc::Fault{kind});
}

// ---- the process

void PluginDevice::begin() {
  begin_again_ = false;
  drained_ = true;
  pings_unanswered_ = 0;
  messages_this_second_ = 0;
  first_chunk_ns_ = last_chunk_ns_ = 0;
  farewell_.clear();
  ended_words_.clear();
  sandbox_.clear();
  table_.clear();
  params_.clear();
  forbidden_ = false;
  if (house_.plugins) {
    if (const auto words = house_.plugins->refusal(manifest_.id); !words.empty()) {
      log_warning(room_, "the plugin may not run: " + words);
      forbidden_ = true;
      enter(Phase::idle, 0);
      return set_state(DeviceState::failed, words);
    }
  }
  try {
    pool_.emplace(manifest_.pool);
    flight_handle_ = ipc::make_sealed_memory(sizeof(ipc::FlightLines));
    flight_ = ipc::Mapping(flight_handle_, sizeof(ipc::FlightLines), false);
    auto link = source_->open_link(endpoint_);
    auto started = spawn_plugin_host(house_.settings, manifest_, endpoint_, status_.identity, pool_->handle(),
                                     flight_handle_, std::move(link));
    process_ = std::move(started.process);
    channel_ = std::move(started.channel);
    output_ = std::move(started.output);
  } catch (const std::exception& e) {
    return fail(std::string("cannot start the plugin host: ") + e.what(),
                tr("The driver program of {0} cannot be started. Caukham may have to be installed again.",
                   status_.name), gap_reason::restarted);
  }
  house_.poller.add(channel_.native(), std::uint64_t{status_.id} * 2);
  if (output_.valid()) house_.poller.add(output_.native(), std::uint64_t{status_.id} * 2 + 1);
  enter(Phase::hello, house_.settings.hello_ms);
  began_ns_ = cpu_since_ns_ = now_ns();
  cpu_at_ = seen_cpu_ = 0;
  seen_bytes_ = 0;
  usage_at_ns_ = began_ns_ + house_.settings.usage_ms * ms;
  status_.simulated = status_.simulated || manifest_.simulated || (endpoint_.flags & CK_ENDPOINT_SIMULATED);
  if (failures_ns_.empty())
    set_state(DeviceState::opening, "");
  else
    set_state(DeviceState::restarting, status_.problem);
  note_use(true);
}

void PluginDevice::enter(Phase phase, int deadline_ms) {
  phase_ = phase;
  deadline_ns_ = deadline_ms > 0 ? now_ns() + deadline_ms * ms : 0;
}

void PluginDevice::end_process(const char* gap_reason) {
  if (process_.started()) {
    note_use(false);
    on_output();  // its last words
    if (channel_.valid()) house_.poller.remove(channel_.native());
    if (output_.valid()) house_.poller.remove(output_.native());
    process_.kill();
    house_.bury(std::exchange(process_, {}));
    for (auto& stream : streams_) stream.timeline.interrupt(gap_reason);
  }
  channel_.close();
  output_.reset();
  output_line_.clear();
  outbox_.clear();
  flight_ = {};
  flight_handle_.reset();
  pool_.reset();  // and with it every slot the plugin host may have held
  enter(Phase::idle, 0);
  status_.pid = 0;
  for (auto& [id, waiting] : std::exchange(param_waiting_, {}))
    for (auto& done : waiting)
      if (done) done(CK_E_GONE, 0);
}

void PluginDevice::ended_by_itself() {
  note_use(true);  // while the system still knows
  const auto status = process_.wait(20);  // its channel is closed, so that its end is a matter of microseconds
  const std::string how = status ? status->words() : "closed its channel and went on";
  ended_words_ = how;
  if (phase_ == Phase::quitting || phase_ == Phase::stopping || phase_ == Phase::closing) {
    if (phase_ != Phase::quitting) log_warning(room_, "plugin host " + how + " while it was being closed");
    return closed_down();
  }
  if (!farewell_.empty())
    return fail("plugin host gave up: " + farewell_,
                tr("The driver program of {0} cannot work: {1}", status_.name, farewell_), gap_reason::crashed);
  fail("plugin host " + how, tr("The driver program of {0} has stopped by itself.", status_.name),
       gap_reason::crashed);
}

// After an unplugging, for a pause, or at the end of the program.
void PluginDevice::closed_down() {
  const bool again = begin_again_, pause = plugged_ && shutting_down_;
  end_process(pause ? gap_reason::paused : gap_reason::unplugged);
  if (again) return begin();
  if (pause) return set_state(DeviceState::paused, "");
  set_state(DeviceState::unplugged, tr("{0} is not plugged in.", status_.name));
}

void PluginDevice::reopen(const std::string& why) {
  if (shutting_down_ || !plugged_) return;
  log_info(room_, "the plugin wants to be opened again: " + why);
  begin_again_ = true;
  send(ipc::Stop{});
  enter(Phase::stopping, house_.settings.command_ms);
}

void PluginDevice::lie(const std::string& how) {
  fail("plugin host broke the protocol and was ended: " + how,
       tr("The driver program of {0} sent data that cannot be right.", status_.name), gap_reason::lied);
}

void PluginDevice::fail(const std::string& technical, const std::string& words, const char* gap_reason) {
  log_error(room_, technical);
  note("failed: " + technical);
  if (!plugged_ || shutting_down_ || begin_again_) return closed_down();  // it was on its way out in any case
  report_crash(technical);
  end_process(gap_reason);
  const auto now = now_ns();
  while (!failures_ns_.empty() && failures_ns_.front() < now - house_.settings.restart_window_ms * ms)
    failures_ns_.pop_front();
  failures_ns_.push_back(now);
  if (last_chunk_ns_ - first_chunk_ns_ >= house_.settings.settled_ms * ms || failures_ns_.size() == 1) failures_in_a_row_ = 0;
  ++failures_in_a_row_;
  if (failures_ns_.size() > static_cast<std::size_t>(house_.settings.restarts)) {
    enter(Phase::idle, 0);
    if (house_.plugins) house_.plugins->note_trouble(manifest_.id, words);
    return set_state(DeviceState::failed,
                     words + " " +
                         tr("Starting it again did not help. Unplug the device, wait ten seconds and plug it in "
                            "again. If that does not help, call the technician."));
  }
  ++status_.restarts;
  if (house_.plugins) house_.plugins->note_restart(manifest_.id);
  const auto& backoff = house_.settings.backoff_ms;
  enter(Phase::waiting, backoff.empty() ? 1 : std::max(1, backoff[std::min(failures_in_a_row_, backoff.size()) - 1]));
  set_state(DeviceState::restarting, words + " " + tr("It is being started again."));
}

void PluginDevice::set_state(DeviceState state, std::string problem) {
  status_.state = state;
  status_.problem = std::move(problem);
  status_.pid = process_.pid();
  house_.hub.publish(status_);
}

void PluginDevice::note_use(bool running) {
  if (!process_.started()) return;
  const auto cpu = process_.cpu_seconds();
  house_.report_use({status_.id, process_.pid(), manifest_.id, running, cpu});
  if (house_.plugins)
    house_.plugins->note_process(manifest_.id, process_.pid(), running, cpu, running ? process_.resident_bytes() : 0);
}

// ---- time

std::int64_t PluginDevice::tick(std::int64_t now) {
  const auto never = now + minute;
  flush();
  if (gone_at_ns_ && now >= gone_at_ns_) {
    gone_at_ns_ = 0;
    if (plugged_ && phase_ == Phase::live)
      fail("the plugin says that the device is gone, but it is still plugged in",
           tr("{0} does not answer any more. Check its cable.", status_.name), gap_reason::restarted);
  }
  if (deadline_ns_ && now >= deadline_ns_) {
    switch (phase_) {
      case Phase::waiting: begin(); break;
      case Phase::stopping:
      case Phase::closing:
      case Phase::quitting:
        log_warning(room_, "plugin host did not close in time and was ended");
        closed_down();
        break;
      default:
        fail(phase_ == Phase::hello     ? "the plugin was not loaded in time"
             : phase_ == Phase::opening ? "the plugin did not open the device in time"
                                        : "the plugin did not start the device in time",
             tr("{0} does not answer. Check that it is switched on.", status_.name), gap_reason::hung);
    }
  }
  if (process_.started() && now >= usage_at_ns_ && !watch_use(now)) return now;
  if (phase_ == Phase::live && now >= ping_at_ns_ && drained_) {
    // Only counted when nothing is left to read: a Pong may stand behind a queue of chunks.
    if (pings_unanswered_ >= house_.settings.missed_pings) {
      fail("the plugin hangs: " + std::to_string(pings_unanswered_) + " pings without an answer",
           tr("The driver program of {0} does not answer any more.", status_.name), gap_reason::hung);
    } else {
      send(ipc::Ping{++ping_token_});
      ++pings_unanswered_;
      ping_at_ns_ = now + house_.settings.ping_ms * ms;
      note_use(true);
    }
  }
  auto next = never;
  if (deadline_ns_) next = std::min(next, deadline_ns_);
  if (gone_at_ns_) next = std::min(next, gone_at_ns_);
  if (process_.started()) next = std::min(next, usage_at_ns_);
  if (phase_ == Phase::live) next = std::min(next, ping_at_ns_);
  if (!outbox_.empty()) next = std::min(next, now + 5 * ms);
  return next;
}

}  // namespace caukham::core
