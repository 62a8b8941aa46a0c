#include "station/station.hpp"

#include <nlohmann/json.hpp>

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "core/log.hpp"
#include "station/station_impl.hpp"

namespace caukham::station {

using core::tr;

StationImpl::StationImpl(const Options& options)
    : options_(options),
      installation_(find_installation(options.program_folder)),
      started_ns_(core::now_ns()),
      worker_([this] { publish_snapshot(); }, std::chrono::milliseconds(150)) {
  core::set_language(options_.language, installation_.locale.string());
  LiveView::Handlers handlers;
  handlers.picture = [this](core::StreamId stream, std::shared_ptr<const media::Picture> picture) {
    const std::scoped_lock lock(link_mutex_);
    if (meeting_link_) meeting_link_->picture(stream, std::move(picture));
  };
  handlers.waveform = [this](const core::Chunk& chunk, const core::StreamInfo& info) {
    if (info.device_kind == "ecg") {
      const double bpm = heart_.add(chunk, info);
      const std::scoped_lock lock(shared_mutex_);
      heart_rate_[chunk.stream] = bpm;
    } else if (info.device_kind == "spirometer" && breathing_.add(chunk, info)) {
      worker_.post([this, stream = chunk.stream] { on_flow(stream); });
    }
  };
  handlers.event = [this](const core::Event& event) { worker_.post([this, event] { on_device_event(event); }); };
  handlers.changed = [this] { streams_changed_ = true; };
  view_ = std::make_unique<LiveView>(hub_, std::move(handlers));
  worker_.start();
  worker_.post([this] { begin(); });
}

StationImpl::~StationImpl() {
  worker_.post([this] {
    if (desk_ && !desk_->closed) act_now("closing the exam", [this] { finish_exam(); });
  });
  worker_.stop();  // closing may have posted more; that is done too
  devices_.reset();
  view_.reset();
}

void StationImpl::begin() {
  act_now("opening the record", [this] {
    record_ = record::Record::open({.folder = options_.data_folder});
    const auto recovery = record_->recover("station");
    for (const auto& unfinished : recovery.unfinished) {
      if (unfinished.files.empty()) continue;
      notice(Notice::Level::warning,
             tr("An examination of {0} was interrupted; its recordings are kept and can be finished.",
                core::iso8601_utc(unfinished.exam.opened_ns)));
    }
  });
  if (record_)
    for (const auto& exam : record_->recent_exams(20)) draft_.recent_exams.push_back(card_of(exam));
  act_now("starting the devices", [this] {
    devices_ = std::make_unique<Devices>(hub_, installation_, options_);
  });
  draft_.simulated = options_.simulate;
  draft_.ready = record_ != nullptr && devices_ != nullptr;
  usable_ns_ = core::now_ns() - started_ns_;
}

void StationImpl::act_now(const char* what, const std::function<void()>& task) {
  try {
    task();
  } catch (const record::RecordError& e) {
    notice(Notice::Level::problem, e.what());
  } catch (const std::exception& e) {
    core::log_error("station", std::string(what) + ": " + e.what());
    notice(Notice::Level::problem, e.what());
  }
}

void StationImpl::act(const char* what, std::function<void()> task) {
  worker_.post([this, what, task = std::move(task)] {
    if (!record_) return notice(Notice::Level::problem, tr("The record is not open; nothing can be stored."));
    act_now(what, task);
  });
}

void StationImpl::act_in_exam(const char* what, std::function<void()> task) {
  act(what, [this, task = std::move(task)] {
    if (!desk_ || desk_->closed)
      return notice(Notice::Level::warning, tr("No examination is open. Choose a patient first."));
    task();
  });
}

void StationImpl::notice(Notice::Level level, const std::string& words) {
  draft_.notices.push_back({++notices_, level, words, core::to_unix_ns(core::now_ns())});
  if (draft_.notices.size() > 20) draft_.notices.erase(draft_.notices.begin());
}

std::shared_ptr<const Snapshot> StationImpl::snapshot() const {
  const std::scoped_lock lock(shared_mutex_);
  return snapshot_;
}

void StationImpl::publish_snapshot() {
  if (streams_changed_.exchange(false)) tell_streams();
  if (desk_) act_now("storing a clip", [this] { finish_clips(false); });
  auto next = std::make_shared<Snapshot>(draft_);
  next->devices = hub_.devices();
  std::map<core::StreamId, StreamTotals> totals;
  if (desk_) {
    for (auto& t : desk_->recorder ? desk_->recorder->totals() : desk_->totals) totals[t.info.id] = std::move(t);
    next->captures = desk_->captures;
    next->asks = desk_->asks;
    next->spirometry = desk_->spirometry;
    next->chat = desk_->chat;
    next->advice = desk_->advice;
    next->clip_running = !desk_->clips.empty();
  }
  for (const auto& [id, guest] : guests_) next->guests.push_back(guest);
  next->session_open = meeting_ != nullptr;
  if (record_) next->disk_free_bytes = record::free_bytes(record_->layout().root);
  const std::scoped_lock lock(shared_mutex_);
  for (auto& info : hub_.streams()) {
    StreamCardUi card;
    for (const auto& device : next->devices)
      if (device.id == info.device) card.state = device.state;
    if (const auto found = totals.find(info.id); found != totals.end()) {
      card.samples = found->second.recorded;
      card.lost = found->second.lost;
      card.gaps = found->second.gaps;
    }
    if (const auto off = electrodes_.find(info.device); off != electrodes_.end()) {
      card.electrodes_off = off->second.off;
      card.electrodes_known = off->second.known;
    }
    if (const auto rate = heart_rate_.find(info.id); rate != heart_rate_.end()) card.heart_rate_bpm = rate->second;
    card.info = std::move(info);
    next->streams.push_back(std::move(card));
  }
  for (const auto& [key, mark] : pointers_) next->pointers.push_back(mark);
  next->version = snapshot_->version + 1;
  snapshot_ = std::move(next);
}

void StationImpl::drawn(core::StreamId, std::int64_t sensed_ns, std::int64_t drawn_ns) {
  to_window_.add_ns(drawn_ns - sensed_ns);
}

void StationImpl::restart_device(core::DeviceId device) {
  act("restarting a device", [this, device] { devices_->supervisor().restart(device); });
}

void StationImpl::simulate(const std::string& command) {
  act("simulating", [this, command] { devices_->simulate(command); });
}

std::unique_ptr<Station> make_station(const Options& options) { return std::make_unique<StationImpl>(options); }

}  // namespace caukham::station
