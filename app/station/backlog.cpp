#include "station/backlog.hpp"

#include "core/log.hpp"

namespace caukham::station {
namespace {

bool may_pass(record::Fault fault) {
  using enum record::Fault;
  return fault == full || fault == busy || fault == io || fault == corrupt;
}

}  // namespace

void Backlog::add(std::function<void()> task, std::int64_t now_ns) {
  tasks_.push_back(std::move(task));
  run(now_ns);
}

void Backlog::run(std::int64_t now_ns) {
  if (running_ || (!trouble_.empty() && now_ns < next_ns_)) return;
  running_ = true;
  while (!tasks_.empty()) {
    try {
      tasks_.front()();
      trouble_.clear();
      since_ns_ = 0;
    } catch (const record::RecordError& e) {
      if (may_pass(e.fault())) {
        if (trouble_.empty()) since_ns_ = now_ns;
        if (trouble_ != e.what()) core::log_error("station", std::string("storing waits: ") + e.what());
        trouble_ = e.what();
        fault_ = e.fault();
        next_ns_ = now_ns + again_ns;
        break;
      }
      core::log_error("station", std::string("not stored: ") + e.what());
      if (refused_) refused_(e.what());
    } catch (const std::exception& e) {
      core::log_error("station", std::string("not stored: ") + e.what());
      if (refused_) refused_(e.what());
    }
    tasks_.pop_front();
  }
  running_ = false;
}

void Backlog::give_up() { tasks_.clear(); }

}  // namespace caukham::station
