// What has still to be written into the record. Everything of an exam goes through here, in order, so that a full disk
// or a locked database delays facts but loses none.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "record/error.hpp"

namespace caukham::station {

// One thread's own.
class Backlog {
 public:
  // `refused`: a task that can never succeed was given up; words for the nurse.
  explicit Backlog(std::function<void(const std::string&)> refused) : refused_(std::move(refused)) {}

  // Puts a task behind the others and does what can be done now. A task that throws full, busy, io or corrupt stays and
  // is done again later: it must bear that. One that throws anything else is given up.
  void add(std::function<void()> task, std::int64_t now_ns);
  // Tries again when it is time to. Call often.
  void run(std::int64_t now_ns);

  bool empty() const { return tasks_.empty(); }
  std::size_t size() const { return tasks_.size(); }
  // Why the oldest task does not go through, "" while it does; a sentence with what to do.
  const std::string& trouble() const { return trouble_; }
  // It is of a kind that freeing space or closing another program does not cure.
  bool broken() const { return !trouble_.empty() && fault_ != record::Fault::full && fault_ != record::Fault::busy; }
  std::int64_t since_ns() const { return since_ns_; }  // the trouble stands; 0: there is none
  void give_up();                                      // forgets the tasks; the trouble stays said until something is stored

  static constexpr std::int64_t again_ns = 2'000'000'000;

 private:
  std::function<void(const std::string&)> refused_;
  std::deque<std::function<void()>> tasks_;
  std::string trouble_;
  record::Fault fault_ = record::Fault::io;
  std::int64_t next_ns_ = 0, since_ns_ = 0;
  bool running_ = false;  // a task that adds one does not run it inside itself
};

}  // namespace caukham::station
