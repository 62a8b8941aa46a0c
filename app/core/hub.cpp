#include "core/hub.hpp"

#include <algorithm>

namespace caukham::core {

Inbox::Inbox(Limits limits) : limits_(limits) {}

std::vector<Item> Inbox::take(std::chrono::milliseconds timeout) {
  Queue taken;
  {
    std::unique_lock lock(mutex_);
    ready_.wait_for(lock, timeout, [this] { return closed_ || !items_.empty(); });
    taken.swap(items_);
    pictures_.clear();
    overflows_.clear();
    waveforms_ = 0;
  }
  return {std::make_move_iterator(taken.begin()), std::make_move_iterator(taken.end())};
}

void Inbox::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  ready_.notify_all();
}

bool Inbox::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

void Inbox::put(const Item& item) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  if (const auto* chunk = std::get_if<ChunkPtr>(&item)) {
    if ((*chunk)->picture.empty())
      put_limited(item, (*chunk)->stream);
    else
      put_picture(*chunk);
  } else if (const auto* gap = std::get_if<Gap>(&item)) {
    put_limited(item, gap->stream);
  } else if (const auto* event = std::get_if<Event>(&item)) {
    put_limited(item, event->stream);
  } else {
    items_.push_back(item);
  }
  ready_.notify_one();
}

void Inbox::put_picture(const ChunkPtr& picture) {
  auto& queued = pictures_[picture->stream];
  while (!queued.empty() && queued.size() >= limits_.pictures) {
    items_.erase(queued.front());
    queued.pop_front();
  }
  if (limits_.pictures == 0) return;  // this listener wants no pictures
  items_.push_back(picture);
  queued.push_back(std::prev(items_.end()));
}

void Inbox::put_limited(const Item& item, StreamId stream) {
  // Once a stream has begun to miss, it misses until the queue is taken: one hole, not a sieve.
  if (const auto known = overflows_.find(stream); known != overflows_.end()) {
    ++std::get<Overflow>(*known->second).chunks;
  } else if (waveforms_ >= limits_.waveform_chunks) {
    items_.push_back(Overflow{stream, 1});
    overflows_.emplace(stream, std::prev(items_.end()));
  } else {
    items_.push_back(item);
    ++waveforms_;
  }
}

std::shared_ptr<Inbox> Hub::subscribe(Inbox::Limits limits) {
  auto inbox = std::make_shared<Inbox>(limits);
  const std::lock_guard lock(mutex_);
  for (const auto& device : devices_) inbox->put(device);
  for (const auto& info : streams_) inbox->put(StreamAdded{info});
  inboxes_.push_back(inbox);
  return inbox;
}

void Hub::unsubscribe(const std::shared_ptr<Inbox>& inbox) {
  const std::lock_guard lock(mutex_);
  std::erase(inboxes_, inbox);
  if (inbox) inbox->close();
}

// The lock is held while the inboxes are filled, so that a listener who comes now gets every item exactly once:
// in what is present, or afterwards. Filling is a list node a listener; taking out does not hold this lock.
void Hub::publish(const Item& item) {
  const std::lock_guard lock(mutex_);
  if (const auto* added = std::get_if<StreamAdded>(&item)) {
    const auto same = [&](const StreamInfo& s) { return s.id == added->info.id; };
    if (auto it = std::find_if(streams_.begin(), streams_.end(), same); it != streams_.end())
      *it = added->info;
    else
      streams_.push_back(added->info);
  } else if (const auto* ended = std::get_if<StreamEnded>(&item)) {
    std::erase_if(streams_, [&](const StreamInfo& s) { return s.id == ended->stream; });
  } else if (const auto* status = std::get_if<DeviceStatus>(&item)) {
    const auto same = [&](const DeviceStatus& d) { return d.id == status->id; };
    if (auto it = std::find_if(devices_.begin(), devices_.end(), same); it != devices_.end())
      *it = *status;
    else
      devices_.push_back(*status);
  }
  for (const auto& inbox : inboxes_) inbox->put(item);
}

std::vector<StreamInfo> Hub::streams() const {
  const std::lock_guard lock(mutex_);
  return streams_;
}

std::optional<StreamInfo> Hub::stream(StreamId id) const {
  const std::lock_guard lock(mutex_);
  for (const auto& info : streams_)
    if (info.id == id) return info;
  return std::nullopt;
}

std::vector<DeviceStatus> Hub::devices() const {
  const std::lock_guard lock(mutex_);
  return devices_;
}

}  // namespace caukham::core
