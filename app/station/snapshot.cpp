// What the desk shows: put together some seven times a second from what has changed.
#include <algorithm>

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "station/station_impl.hpp"

namespace caukham::station {

using core::tr;

namespace {
constexpr std::int64_t disk_every_ns = 3'000'000'000;  // asking a disk may take milliseconds, and nobody reads faster
constexpr std::uint64_t disk_low_bytes = 300'000'000;  // a quarter of an hour of everything at once
}  // namespace

void StationImpl::tick() {
  const auto now = core::now_ns();
  if (!record_ && now >= record_again_ns_) open_record();
  if (record_) backlog_.run(now);
  if (streams_changed_.exchange(false)) tell_streams();
  if (desk_ && !desk_->over()) {
    act_now("storing a clip", [this] { finish_clips(); });
    if (!desk_->running()) act_now("closing the exam", [this] { step_closing(); });
  }
  look_at_disk();
  publish_snapshot();
}

void StationImpl::look_at_disk() {
  const auto now = core::now_ns();
  if (!record_ || now - disk_looked_ns_ < disk_every_ns) return;
  disk_looked_ns_ = now;
  draft_.disk_free_bytes = record::free_bytes(record_->layout().root);
}

// The one sentence about what stands in the way; the worst first.
std::string StationImpl::trouble_now() const {
  if (!record_trouble_.empty()) return record_trouble_;
  if (!backlog_.trouble().empty()) return backlog_.trouble();
  if (desk_ && !desk_->recorder_trouble.empty()) return desk_->recorder_trouble;
  if (draft_.disk_free_bytes && draft_.disk_free_bytes < disk_low_bytes)
    return tr("Only {0} MB are left on the disk. Free some space before it is full.",
              std::to_string(draft_.disk_free_bytes / 1'000'000));
  return {};
}

void StationImpl::publish_snapshot() {
  draft_.trouble = trouble_now();
  const bool stuck = !backlog_.trouble().empty() || (desk_ && !desk_->recorder_trouble.empty());
  if (troubled_ && !stuck) notice(Notice::Level::info, tr("Saving works again."));
  if (stuck != troubled_) disk_looked_ns_ = INT64_MIN / 2;
  troubled_ = stuck;
  draft_.closing = closing_words();

  auto next = std::make_shared<Snapshot>(draft_);
  next->devices = hub_.devices();
  std::map<core::StreamId, StreamTotals> totals;
  if (desk_) {
    for (auto& t : desk_->recorder ? desk_->recorder->totals() : desk_->totals) totals[t.info.id] = std::move(t);
    next->captures = desk_->captures;
    next->asks = desk_->asks;
    next->spirometry = desk_->spirometry;
    next->spirometry_session = desk_->spirometry_session;
    next->height_cm = desk_->height_cm;
    next->chat = desk_->chat;
    next->guests = desk_->guests;
    next->advice = desk_->advice;
    next->clip_running = !desk_->clips.empty();
  }
  next->session_open = meeting_ != nullptr;
  if (plugins_) next->plugins = plugins_->card();
  for (const auto& device : next->devices) {
    if (device.state == core::DeviceState::live) live_.insert(device.id);
    else if (live_.erase(device.id)) electrodes_.erase(device.id);  // it says them anew when it is back
  }
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
    if (info.kind == core::StreamKind::video && card.state == core::DeviceState::live)
      card.picture = pictures_.card(info.id, core::now_ns());
    card.info = std::move(info);
    next->streams.push_back(std::move(card));
  }
  for (const auto& [key, mark] : pointers_) next->pointers.push_back(mark);
  next->version = snapshot_->version + 1;
  snapshot_ = std::move(next);
}

}  // namespace caukham::station
