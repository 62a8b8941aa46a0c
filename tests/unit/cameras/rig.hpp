// A plugin host in one object: no processes, no pool, and a clock that jumps to when the device model has something,
// so that seconds of video take milliseconds and the same thing happens every time.
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include <caukham/entry.h>
#include <caukham/ext/transport.h>

#include "devices/model/model.hpp"

namespace test {

struct Chunk {
  ck_chunk header;
  caukham::devices::Bytes bytes;
};

class Rig {
 public:
  explicit Rig(caukham::devices::DeviceModel* model = nullptr) : model_(model) {
    host.abi_major = CK_ABI_MAJOR;
    host.ctx = this;
    host.now_ns = [](const ck_host* h) { auto& r = self(h); const std::lock_guard lock(r.guard_); return r.now_; };
    host.acquire = [](const ck_host* h, std::uint32_t, std::uint32_t bytes, ck_buffer* out) -> ck_result {
      auto& r = self(h);
      if (bytes > r.slot_.size()) return CK_E_INVALID;
      if (r.full > 0) return --r.full, CK_E_FULL;
      *out = {r.slot_.data(), static_cast<std::uint32_t>(r.slot_.size()), 0};
      return CK_OK;
    };
    host.commit = [](const ck_host* h, const ck_buffer* b, const ck_chunk* c) -> ck_result {
      auto& r = self(h);
      const auto* p = static_cast<const std::uint8_t*>(b->data);
      std::size_t n = 0;
      {
        const std::lock_guard lock(r.guard_);
        r.chunks.push_back({*c, {p, p + c->bytes}});
        n = r.chunks.size();
      }
      if (r.on_chunk) r.on_chunk(n);
      r.changed_.notify_all();
      return CK_OK;
    };
    host.release = [](const ck_host*, const ck_buffer*) {};
    host.emit = [](const ck_host* h, const ck_event* e) -> ck_result {
      auto& r = self(h);
      {
        const std::lock_guard lock(r.guard_);
        r.events.push_back(*e);
      }
      r.changed_.notify_all();
      return CK_OK;
    };
    host.log = [](const ck_host* h, ck_log_level, const char* text) {
      auto& r = self(h);
      const std::lock_guard lock(r.guard_);
      r.logged += std::string(text) + "\n";
    };
    host.request_main = [](const ck_host*) {};
    host.get_extension = [](const ck_host*, const char* id) -> const void* {
      return std::strcmp(id, CK_EXT_TRANSPORT) == 0 ? transport() : nullptr;
    };
  }

  ck_endpoint endpoint(ck_link link) const {
    ck_endpoint e{};
    e.size = sizeof e;
    e.link = link;
    if (model_ != nullptr) {
      e.flags = CK_ENDPOINT_SIMULATED | CK_ENDPOINT_VIRTUAL;
      e.vid = model_->identity().vid;
      e.pid = model_->identity().pid;
    }
    return e;
  }

  // Waits for a condition over chunks and events, ten real seconds at most.
  bool wait(const std::function<bool()>& done) {
    std::unique_lock lock(guard_);
    return changed_.wait_for(lock, std::chrono::seconds(10), done);
  }
  bool has_event(ck_event_kind kind) const {
    for (const auto& e : events)
      if (e.kind == kind) return true;
    return false;
  }
  void hold() { held_ = true; }  // the device has nothing more to say; reads wait for cancel (call inside on_chunk)
  void resume() { held_ = false; }  // while stopped
  void unplug() {
    const std::lock_guard lock(guard_);
    gone_ = true;
    held_ = false;
    changed_.notify_all();
  }
  std::int64_t now() const { return now_; }

  ck_host host{};
  std::function<void(std::size_t)> on_chunk;  // on the plugin's thread, after chunk number n
  int full = 0;                               // so many acquires find the pool full
  std::vector<Chunk> chunks;
  std::vector<ck_event> events;
  std::string logged;

 private:
  static Rig& self(const ck_host* h) { return *static_cast<Rig*>(h->ctx); }
  static Rig& self(ck_port* p) { return *reinterpret_cast<Rig*>(p); }

  static ck_result read(ck_port* port, std::uint8_t ep, void* data, std::uint32_t capacity, std::uint32_t timeout_ms) {
    using caukham::devices::Io;
    Rig& r = self(port);
    std::unique_lock lock(r.guard_);
    r.changed_.wait(lock, [&] { return !r.held_ || r.cancelled_; });
    const std::int64_t deadline = r.now_ + std::int64_t{timeout_ms} * 1'000'000;
    while (true) {
      if (r.cancelled_) return CK_E_AGAIN;
      if (r.gone_) return CK_E_GONE;
      caukham::devices::Bytes b;
      switch (r.model_->in(ep, capacity, r.now_, b)) {
        case Io::ok: std::memcpy(data, b.data(), b.size()); return static_cast<ck_result>(b.size());
        case Io::stall: return CK_E_STALL;
        case Io::gone: return CK_E_GONE;
        case Io::later: break;
      }
      const std::int64_t due = r.model_->next_due_ns(ep, r.now_);
      if (due > deadline) return r.now_ = deadline, CK_E_AGAIN;
      r.now_ = std::max(due, r.now_ + 1);
    }
  }

  static const ck_host_transport* transport() {
    static const ck_host_transport table{
        [](const ck_host* h, const ck_endpoint*, ck_port** out) -> ck_result {
          *out = reinterpret_cast<ck_port*>(&self(h));
          return self(h).gone_ ? CK_E_GONE : CK_OK;
        },
        [](ck_port*) {},
        [](ck_port*, std::uint8_t, std::uint8_t, std::uint16_t, std::uint16_t, void*, std::uint16_t, std::uint32_t) -> ck_result { return CK_E_STALL; },
        [](ck_port* p, std::uint8_t) -> ck_result { return self(p).gone_ ? CK_E_GONE : CK_OK; },
        [](ck_port* p, std::uint8_t i, std::uint8_t a) -> ck_result {
          const std::lock_guard lock(self(p).guard_);
          if (self(p).gone_) return CK_E_GONE;
          self(p).model_->set_alternate(i, a);
          return CK_OK;
        },
        [](ck_port* p, std::uint8_t ep) -> ck_result {
          const std::lock_guard lock(self(p).guard_);
          if (self(p).gone_) return CK_E_GONE;
          self(p).model_->clear_halt(ep);
          return CK_OK;
        },
        [](ck_port*) -> ck_result { return CK_E_UNSUPPORTED; },
        [](ck_port*, const ck_serial_line*) -> ck_result { return CK_E_UNSUPPORTED; },
        read,
        [](ck_port* p, std::uint8_t ep, const void* data, std::uint32_t bytes, std::uint32_t) -> ck_result {
          const std::lock_guard lock(self(p).guard_);
          if (self(p).gone_) return CK_E_GONE;
          const auto io = self(p).model_->out(ep, {static_cast<const std::uint8_t*>(data), bytes}, self(p).now_);
          return io == caukham::devices::Io::ok ? static_cast<ck_result>(bytes) : CK_E_STALL;
        },
        [](ck_port* p, std::int32_t cancelled) {
          const std::lock_guard lock(self(p).guard_);
          self(p).cancelled_ = cancelled != 0;
          self(p).changed_.notify_all();
        }};
    return &table;
  }

  caukham::devices::DeviceModel* model_;
  std::mutex guard_;
  std::condition_variable changed_;
  std::int64_t now_ = 5'000'000'000;
  bool held_ = false, cancelled_ = false, gone_ = false;
  caukham::devices::Bytes slot_ = caukham::devices::Bytes(1 << 20);
};

}  // namespace test
