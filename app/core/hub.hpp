// The hub: everything a device says, handed to everyone who listens, without anyone waiting for anyone.
#pragma once
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/types.hpp"

namespace caukham::core {

// A listener's own queue. The hub puts in and never waits; one thread takes out.
// Waveform chunks, gaps and events are kept up to `waveform_chunks` (then Overflow says what is missing); of video
// only the newest `pictures` per stream are kept, older ones are dropped: a view wants the newest.
class Inbox {
 public:
  struct Limits {
    std::size_t waveform_chunks = 6000;  // two minutes of 20 ms chunks
    std::size_t pictures = 3;            // per stream
  };
  explicit Inbox(Limits limits);
  Inbox() : Inbox(Limits{}) {}

  // Everything queued, in order; waits at most `timeout` for the first item. Empty: nothing came, or closed.
  std::vector<Item> take(std::chrono::milliseconds timeout);
  // Wakes a waiting take() for good. [any thread]
  void close();
  bool closed() const;

 private:
  friend class Hub;
  void put(const Item& item, bool is_picture, StreamId stream);
  Limits limits_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Item> items_;
  std::vector<std::pair<StreamId, std::size_t>> pictures_;
  std::vector<std::pair<StreamId, std::uint64_t>> missed_;
  std::size_t waveforms_ = 0;
  bool closed_ = false;
};

class Hub {
 public:
  // A new listener first receives StreamAdded and DeviceStatus for all that is present. [any thread]
  std::shared_ptr<Inbox> subscribe(Inbox::Limits limits = {});
  void unsubscribe(const std::shared_ptr<Inbox>& inbox);

  // Publishing. [any thread; calls for one stream must come in its order]
  void publish(const Item& item);

  std::vector<StreamInfo> streams() const;
  std::optional<StreamInfo> stream(StreamId id) const;
  std::vector<DeviceStatus> devices() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Inbox>> inboxes_;
  std::vector<StreamInfo> streams_;
  std::vector<DeviceStatus> devices_;
};

}  // namespace caukham::core
