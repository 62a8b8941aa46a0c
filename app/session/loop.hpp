// The meeting's own thread: everything of a meeting happens on it, one thing after the other.
#pragma once
#include <chrono>
#include <functional>
#include <memory>

namespace boost::asio { class io_context; }

namespace caukham::session {

class Loop {
 public:
  Loop();
  ~Loop();  // stop()
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Runs `work` on the loop's thread, later, in order. After stop() it is dropped. [any thread]
  void post(std::function<void()> work);
  // Again and again until the loop stops. [any thread]
  void every(std::chrono::milliseconds interval, std::function<void()> work);
  // Waits for what runs right now, forgets the rest, joins. [any thread but the loop's]
  void stop();
  bool is_here() const;  // on the loop's thread?

  boost::asio::io_context& context();  // for server.cpp

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace caukham::session
