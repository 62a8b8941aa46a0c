#include "station/station.hpp"

#include <utility>

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "core/log.hpp"
#include "json/json_text.hpp"
#include "station/folder_use.hpp"
#include "station/station_impl.hpp"

namespace caukham::station {

using core::tr;

StationImpl::StationImpl(const Options& options)
    : options_(options),
      installation_(find_installation(options.program_folder)),
      started_ns_(core::now_ns()),
      worker_([this] { tick(); }, std::chrono::milliseconds(150)) {
  core::set_language(options_.language, installation_.locale.string());
  LiveView::Handlers handlers;
  handlers.picture = [this](core::StreamId stream, std::shared_ptr<const media::Picture> picture) {
    if (const auto info = hub_.stream(stream); info && is_judged(*info)) pictures_.offer(stream, picture);
    const std::scoped_lock lock(link_mutex_);
    if (meeting_link_) meeting_link_->picture(stream, std::move(picture));
  };
  handlers.waveform = [this](const core::Chunk& chunk, const core::StreamInfo& info) {
    if (info.device_kind == "ecg") {
      const double bpm = heart_.add(chunk, info);
      const std::scoped_lock lock(shared_mutex_);
      heart_rate_[chunk.stream] = bpm;
    } else if (info.is_flow() && breathing_.add(chunk, info)) {
      worker_.post([this, stream = chunk.stream] { on_flow(stream); });
    }
  };
  handlers.event = [this](const core::Event& event) { worker_.post([this, event] { on_device_event(event); }); };
  handlers.changed = [this] { streams_changed_ = true; };
  view_ = std::make_unique<LiveView>(hub_, std::move(handlers));
  worker_.start();
  worker_.post([this] { begin(); });
}

// An open exam is finished in order. What may never come any more (space on the disk, a repaired record) is not waited
// for: then the exam stays open in the record, its files in their folder, and the next start says so.
StationImpl::~StationImpl() {
  worker_.post([this] {
    leaving_ = true;
    if (desk_ && desk_->running()) act_now("closing the exam", [this] { begin_closing(); });
  });
  {
    std::unique_lock lock(shared_mutex_);
    over_.wait_for(lock, std::chrono::seconds(30), [this] { return exam_over_; });
  }
  worker_.stop();
  if (farewell_.joinable()) farewell_.join();
  plugins_.reset();
  devices_.reset();
  view_.reset();
}

void StationImpl::begin() {
  open_record();
  act_now("starting the devices", [this] {
    devices_ = std::make_unique<Devices>(hub_, installation_, options_);
    plugins_ = std::make_unique<PluginDesk>(devices_->supervisor(), [this](Notice::Level level, const std::string& words) {
      worker_.post([this, level, words] { notice(level, words); });
    });
  });
  act_now("reading the reference values", [this] { breathing_.read_references(installation_.reference); });
  draft_.simulated = options_.simulate || !options_.replay.empty();
  draft_.ready = record_ != nullptr && devices_ != nullptr;
  usable_ns_ = core::now_ns() - started_ns_;
}

// A full disk, a second program or a folder that is not there yet may pass: it is tried again. A damaged record waits
// for a person.
void StationImpl::open_record() {
  record_again_ns_ = INT64_MAX;
  try {
    record_ = record::Record::open({.folder = options_.data_folder});
    record_trouble_.clear();
    tell_interrupted(record_->recover("station"));
    list_recent();
    draft_.ready = devices_ != nullptr;
  } catch (const record::RecordError& e) {
    using enum record::Fault;
    if (e.fault() == full || e.fault() == busy || e.fault() == io) record_again_ns_ = core::now_ns() + Backlog::again_ns;
    core::log_error("station", std::string("the record is not open: ") + e.what());
    record_.reset();
    record_trouble_ = e.what();
  } catch (const std::exception& e) {
    core::log_error("station", std::string("the record is not open: ") + e.what());
    record_.reset();
    record_trouble_ = tr("The record could not be opened ({0}). Restart the program; call IT if it happens again.",
                         std::string(e.what()));
  }
}

// One notice, for the bar shows the newest alone. It claims no more than the recovery has found.
void StationImpl::tell_interrupted(const record::Recovery& found) {
  std::string words;
  const auto add = [&](const std::string& sentence) { words += (words.empty() ? "" : " ") + sentence; };
  const bool interrupted = options_.interrupted && !std::exchange(interruption_told_, true);
  if (interrupted)
    add(options_.crash_dump.empty() ? tr("Last time Caukham was not closed: the PC or Caukham stopped before.")
                                    : tr("Last time a fault ended Caukham."));
  bool whole = true, unfinished = false;
  for (const auto& one : found.unfinished) {
    for (const auto& file : one.files) whole = whole && file.problem.empty();
    if (one.files.empty()) continue;
    unfinished = true;
    add(tr("An examination of {0} was interrupted; its recordings are kept and can be finished.",
           core::iso8601_utc(one.exam.opened_ns)));
  }
  if (words.empty()) return;
  if (interrupted) {
    if (!whole) add(tr("Not every recording of it can be read."));
    else if (!unfinished) add(tr("What was recorded until then is kept."));
    const auto traces = options_.crash_dump.empty() ? logs_folder(record_->layout().root) : options_.crash_dump;
    add(tr("For the technician: {0}", traces.string()));
  }
  notice(Notice::Level::warning, words);
}

void StationImpl::act_now(const char* what, const std::function<void()>& task) {
  try {
    task();
  } catch (const record::RecordError& e) {
    notice(Notice::Level::problem, e.what());
  } catch (const std::exception& e) {
    core::log_error("station", std::string(what) + ": " + e.what());
    notice(Notice::Level::problem, tr("Something did not work: {0}", std::string(e.what())));
  }
}

void StationImpl::act(const char* what, std::function<void()> task) {
  worker_.post([this, what, task = std::move(task)] {
    if (!record_) return notice(Notice::Level::problem, tr("The record is not open; nothing can be stored."));
    act_now(what, task);
  });
}

void StationImpl::act_in_exam(const char* what, std::function<void()> task) {
  act_on_exam(what, [this, task = std::move(task)] {
    if (!desk_->running())
      return notice(Notice::Level::warning, tr("The examination is being finished; nothing more can be taken into it."));
    task();
  });
}

void StationImpl::act_on_exam(const char* what, std::function<void()> task) {
  act(what, [this, task = std::move(task)] {
    if (!desk_ || desk_->over())
      return notice(Notice::Level::warning, tr("No examination is open. Choose a patient first."));
    task();
  });
}

void StationImpl::notice(Notice::Level level, const std::string& words) {
  auto& notices = draft_.notices.edit();
  notices.push_back({++notices_, level, words, core::to_unix_ns(core::now_ns())});
  if (notices.size() > 20) notices.erase(notices.begin());
}

void StationImpl::store(std::function<void()> task) { backlog_.add(std::move(task), core::now_ns()); }

// A row of the audit trail about the exam at the desk.
void StationImpl::note(const std::string& actor, const std::string& action, const nlohmann::json& detail) {
  store([this, actor, action, exam = desk_ ? desk_->exam.id : "", text = json_text(detail)] {
    record_->note(actor, action, exam, text);
  });
}

std::shared_ptr<const Snapshot> StationImpl::snapshot() const {
  const std::scoped_lock lock(shared_mutex_);
  return snapshot_;
}

void StationImpl::drawn(core::StreamId, std::int64_t sensed_ns, std::int64_t drawn_ns) {
  to_window_.add_ns(drawn_ns - sensed_ns);
}

void StationImpl::restart_device(core::DeviceId device) {
  act("restarting a device", [this, device] { devices_->supervisor().restart(device); });
}

// Needs no record: a driver program may be what keeps the station from working.
void StationImpl::act_on_plugins(std::function<void(PluginDesk&)> task) {
  worker_.post([this, task = std::move(task)] {
    if (plugins_) task(*plugins_);
    else notice(Notice::Level::problem, tr("The devices could not be started; nothing can be said about them."));
  });
}
void StationImpl::enable_plugin(const std::string& id) {
  act_on_plugins([id](PluginDesk& plugins) { plugins.enable(id); });
}
void StationImpl::disable_plugin(const std::string& id) {
  act_on_plugins([id](PluginDesk& plugins) { plugins.disable(id); });
}
void StationImpl::remove_plugin(const std::string& id) {
  act_on_plugins([id](PluginDesk& plugins) { plugins.remove(id); });
}
void StationImpl::allow_third_party(bool allowed) {
  act_on_plugins([allowed](PluginDesk& plugins) { plugins.allow_third_party(allowed); });
}

void StationImpl::simulate(const std::string& command) {
  act("simulating", [this, command] { devices_->simulate(command); });
}

std::unique_ptr<Station> make_station(const Options& options) { return std::make_unique<StationImpl>(options); }

}  // namespace caukham::station
