// The hub: everything a device says, handed to everyone who listens, without anyone waiting for anyone.
#pragma once
#include <chrono>
#include <condition_variable>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/types.hpp"

namespace caukham::core {

// A listener's own queue. The hub puts in and never waits; one thread takes out.
// Waveform chunks, gaps and events are kept up to `waveform_chunks`; what does not fit is counted in one Overflow a
// stream, which stands in the queue where the first missing item would have stood. Of video only the newest
// `pictures` per stream are kept, older ones are dropped: a view wants the newest (a recorder asks for more).
// What says that streams and devices come and go is always kept.
class Inbox {
 public:
  struct Limits {
    std::size_t waveform_chunks = 6000;  // two minutes of 20 ms chunks
    std::size_t pictures = 3;            // per stream
  };
  explicit Inbox(Limits limits);
  Inbox() : Inbox(Limits{}) {}

  // Everything queued, in order; waits at most `timeout` for the first item. Empty: nothing came, or closed and
  // everything has been taken.
  std::vector<Item> take(std::chrono::milliseconds timeout);
  // Wakes a waiting take() for good; what is queued can still be taken, nothing more comes in. [any thread]
  void close();
  bool closed() const;

 private:
  friend class Hub;
  using Queue = std::list<Item>;
  void put(const Item& item);
  void put_picture(const ChunkPtr& picture);
  void put_limited(const Item& item, StreamId stream);

  const Limits limits_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  Queue items_;
  std::map<StreamId, std::deque<Queue::iterator>> pictures_;  // those in items_, oldest first
  std::map<StreamId, Queue::iterator> overflows_;             // those in items_
  std::size_t waveforms_ = 0;                                 // limited items in items_
  bool closed_ = false;
};

class Hub {
 public:
  // A new listener first receives DeviceStatus and StreamAdded for all that is present. [any thread]
  std::shared_ptr<Inbox> subscribe(Inbox::Limits limits = {});
  // Closes the inbox; what it still holds can be taken. [any thread]
  void unsubscribe(const std::shared_ptr<Inbox>& inbox);

  // Publishing. Costs one copy of a shared pointer a listener; never waits for one. [any thread; calls for one stream
  // must come in its order]
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
