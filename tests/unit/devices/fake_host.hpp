// A plugin host without processes, pipes or real time: the plugin's library is loaded, its transport leads to a device
// model, and the clock moves only when the plugin reads. So a test of minutes takes milliseconds and every count is exact.
#pragma once
#include <caukham/entry.h>
#include <caukham/ext/params.h>
#include <caukham/ext/transport.h>

#include <boost/dll/shared_library.hpp>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "devices/model/model.hpp"

namespace caukham::test {

struct Chunk {
  ck_chunk header{};
  std::vector<std::int32_t> values;
};

class FakeHost {
  template <class F>
  auto locked(F f) const {
    std::lock_guard lock(mutex_);
    return f();
  }

 public:
  FakeHost(const char* library, devices::DeviceModel& model) : model_(model), library_(std::filesystem::absolute(library).make_preferred().string()) {
    entry_ = &library_.get<const ck_entry>(CK_ENTRY_SYMBOL);
    table_ = {CK_ABI_MAJOR, CK_ABI_MINOR, this, now, acquire, commit, release, emit, log, request_main, extension};
    transport_ = {open, close, control, claim, set_alternate, clear_halt, reset, set_line, read, write, cancel};
    endpoint_.size = sizeof endpoint_;
    endpoint_.link = static_cast<ck_link>(model.identity().link);
    endpoint_.vid = model.identity().vid;
    endpoint_.pid = model.identity().pid;
    endpoint_.flags = CK_ENDPOINT_SIMULATED;
  }

  const ck_entry& entry() const { return *entry_; }
  const ck_endpoint& endpoint() const { return endpoint_; }
  const ck_device* open_device(ck_result* result = nullptr) {
    const ck_device* device = nullptr;
    const ck_result r = entry_->open(&table_, &endpoint_, &device);
    if (result) *result = r;
    return device;
  }

  std::int64_t now() const { return locked([&] { return now_ns_; }); }
  // Lets the plugin read until the clock has moved on by duration_ns, and holds it there.
  void run(std::int64_t duration_ns) {
    std::unique_lock lock(mutex_);
    hold_ns_ = now_ns_ + duration_ns;
    changed_.notify_all();
    changed_.wait(lock, [&] { return now_ns_ >= hold_ns_ || gone_; });
  }
  // From now on the clock runs free, as stop and open need it.
  void run_free() {
    std::lock_guard lock(mutex_);
    hold_ns_ = INT64_MAX;
    changed_.notify_all();
  }
  bool act(std::string_view what) {
    std::lock_guard lock(mutex_);
    return model_.act(what, now_ns_);
  }
  // The port dies under the plugin, as when its process is killed or the cable pulled.
  void set_gone(bool gone) {
    std::lock_guard lock(mutex_);
    gone_ = gone;
    changed_.notify_all();
  }
  void refuse_slots(int n) {
    std::lock_guard lock(mutex_);
    refuse_ = n;
  }
  std::vector<Chunk> chunks() const { return locked([&] { return chunks_; }); }
  std::vector<ck_event> events(ck_event_kind kind) const {
    return locked([&] {
      std::vector<ck_event> out;
      for (const auto& e : events_)
        if (e.kind == kind) out.push_back(e);
      return out;
    });
  }
  std::string log_text() const { return locked([&] { return log_; }); }

 private:
  static FakeHost& of(const ck_host* h) { return *static_cast<FakeHost*>(h->ctx); }
  static FakeHost& of(ck_port* p) { return *reinterpret_cast<FakeHost*>(p); }

  static std::int64_t CK_ABI now(const ck_host* h) { return of(h).now(); }
  static ck_result CK_ABI acquire(const ck_host* h, std::uint32_t, std::uint32_t bytes, ck_buffer* out) {
    auto& self = of(h);
    std::lock_guard lock(self.mutex_);
    if (self.refuse_ > 0) return --self.refuse_, CK_E_FULL;
    self.slot_.assign((bytes + 3) / 4, 0x55555555);
    *out = {self.slot_.data(), bytes, 0};
    return CK_OK;
  }
  static ck_result CK_ABI commit(const ck_host* h, const ck_buffer*, const ck_chunk* chunk) {
    auto& self = of(h);
    std::lock_guard lock(self.mutex_);
    Chunk c{*chunk, self.slot_};
    c.values.resize(chunk->bytes / 4);
    self.chunks_.push_back(std::move(c));
    return CK_OK;
  }
  static void CK_ABI release(const ck_host*, const ck_buffer*) {}
  static ck_result CK_ABI emit(const ck_host* h, const ck_event* event) {
    auto& self = of(h);
    std::lock_guard lock(self.mutex_);
    self.events_.push_back(*event);
    return CK_OK;
  }
  static void CK_ABI log(const ck_host* h, ck_log_level, const char* text) {
    auto& self = of(h);
    std::lock_guard lock(self.mutex_);
    self.log_ += std::string(text) + "\n";
  }
  static void CK_ABI request_main(const ck_host*) {}
  static const void* CK_ABI extension(const ck_host* h, const char* id) {
    return std::strcmp(id, CK_EXT_TRANSPORT) == 0 ? &of(h).transport_ : nullptr;
  }

  static ck_result CK_ABI open(const ck_host* h, const ck_endpoint*, ck_port** out) {
    *out = reinterpret_cast<ck_port*>(&of(h));
    return of(h).locked([&] { return of(h).gone_ ? CK_E_GONE : CK_OK; });
  }
  static void CK_ABI close(ck_port* p) {
    auto& self = of(p);
    std::lock_guard lock(self.mutex_);
    self.model_.act("host_closed", self.now_ns_);
  }
  static ck_result CK_ABI control(ck_port*, std::uint8_t, std::uint8_t, std::uint16_t, std::uint16_t, void*,
                                  std::uint16_t, std::uint32_t) {
    return CK_E_STALL;
  }
  static ck_result CK_ABI claim(ck_port*, std::uint8_t) { return CK_OK; }
  static ck_result CK_ABI set_alternate(ck_port*, std::uint8_t, std::uint8_t) { return CK_OK; }
  static ck_result CK_ABI clear_halt(ck_port*, std::uint8_t) { return CK_OK; }
  static ck_result CK_ABI reset(ck_port*) { return CK_OK; }
  static ck_result CK_ABI set_line(ck_port*, const ck_serial_line*) { return CK_OK; }
  static ck_result CK_ABI read(ck_port* p, std::uint8_t, void* data, std::uint32_t capacity, std::uint32_t timeout_ms) {
    auto& self = of(p);
    std::unique_lock lock(self.mutex_);
    self.changed_.wait(lock, [&] { return self.now_ns_ < self.hold_ns_ || self.gone_; });
    const std::int64_t until = self.now_ns_ + timeout_ms * 1'000'000ll;
    for (;;) {
      if (self.gone_) return CK_E_GONE;
      devices::Bytes bytes;
      if (self.model_.in(0x81, capacity, self.now_ns_, bytes) == devices::Io::ok) {
        std::memcpy(data, bytes.data(), bytes.size());
        return static_cast<ck_result>(bytes.size());
      }
      const auto due = self.model_.next_due_ns(0x81, self.now_ns_);
      self.now_ns_ = std::min({until, std::max(due, self.now_ns_ + 100'000), self.hold_ns_});
      self.changed_.notify_all();
      if (self.now_ns_ >= until || self.now_ns_ >= self.hold_ns_) return CK_E_AGAIN;
    }
  }
  static ck_result CK_ABI write(ck_port* p, std::uint8_t, const void* data, std::uint32_t bytes, std::uint32_t) {
    auto& self = of(p);
    std::lock_guard lock(self.mutex_);
    if (self.gone_) return CK_E_GONE;
    self.model_.out(0x02, {static_cast<const std::uint8_t*>(data), bytes}, self.now_ns_);
    return static_cast<ck_result>(bytes);
  }
  static void CK_ABI cancel(ck_port*, std::int32_t) {}

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  devices::DeviceModel& model_;
  boost::dll::shared_library library_;
  const ck_entry* entry_ = nullptr;
  ck_host table_{};
  ck_host_transport transport_{};
  ck_endpoint endpoint_{};
  std::int64_t now_ns_ = 77'000'000'000, hold_ns_ = INT64_MAX;
  bool gone_ = false;
  int refuse_ = 0;
  std::vector<std::int32_t> slot_;
  std::vector<Chunk> chunks_;
  std::vector<ck_event> events_;
  std::string log_;
};

}  // namespace caukham::test
