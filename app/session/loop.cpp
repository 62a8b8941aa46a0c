#include "session/loop.hpp"

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <thread>

#include "core/log.hpp"

namespace caukham::session {

namespace asio = boost::asio;

struct Loop::Impl {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard = asio::make_work_guard(context);
  std::atomic<bool> stopped{false};
  std::thread thread;

  // What one message breaks must not end the others: it is logged and the loop goes on.
  void run() {
    while (!stopped) {
      try {
        context.run();
        return;
      } catch (const std::exception& e) {
        core::log_error("session", std::string("on the meeting's thread: ") + e.what());
      }
    }
  }
};

namespace {

struct Repeat : std::enable_shared_from_this<Repeat> {
  Repeat(asio::io_context& context, std::chrono::milliseconds every, std::function<void()> what)
      : timer(context), interval(every), work(std::move(what)) {}
  void arm() {
    timer.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (error) return;
      // Armed before the work: an exception in it must not end the clock. Missed beats are not made up for.
      self->timer.expires_after(self->interval);
      self->arm();
      self->work();
    });
  }
  asio::steady_timer timer;
  std::chrono::milliseconds interval;
  std::function<void()> work;
};

}  // namespace

Loop::Loop() : impl_(std::make_unique<Impl>()) {
  impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

Loop::~Loop() { stop(); }

void Loop::post(std::function<void()> work) {
  if (!impl_->stopped) asio::post(impl_->context, std::move(work));
}

void Loop::every(std::chrono::milliseconds interval, std::function<void()> work) {
  auto repeat = std::make_shared<Repeat>(impl_->context, interval, std::move(work));
  repeat->timer.expires_after(interval);
  repeat->arm();
}

void Loop::stop() {
  if (impl_->stopped.exchange(true)) return;
  impl_->context.stop();
  if (impl_->thread.joinable()) impl_->thread.join();
}

bool Loop::is_here() const { return std::this_thread::get_id() == impl_->thread.get_id(); }

asio::io_context& Loop::context() { return impl_->context; }

}  // namespace caukham::session
