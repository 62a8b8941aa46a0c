#include "plugincheck/wire.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstring>

#include "plugincheck/bench.hpp"
#include "pluginhost/wire.hpp"

namespace caukham::plugincheck {
namespace {

constexpr std::uint32_t max_timeout_ms = 10000;

ck_result from_io(devices::Io io) {
  switch (io) {
    case devices::Io::ok: return CK_OK;
    case devices::Io::later: return CK_E_AGAIN;
    case devices::Io::stall: return CK_E_STALL;
    case devices::Io::gone: return CK_E_GONE;
  }
  return CK_E_IO;
}

std::chrono::steady_clock::time_point at(std::int64_t ns) {
  return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(ns));
}

}  // namespace

// What a plugin holds as ck_port.
struct WirePort {
  Wire& wire;
  ck_endpoint endpoint;
  // By endpoint address, its direction in bit 7; HID and serial have 0 for both.
  std::array<std::atomic<bool>, 256> busy{};
  std::atomic<bool> controlling{false};
  std::atomic<int> running{0};
  bool cancelled = false;

  static WirePort& of(ck_port* port) { return *reinterpret_cast<WirePort*>(port); }

  // One user an endpoint and direction; a second one is noted and refused.
  struct Use {
    Use(WirePort& port, std::atomic<bool>& flag, const char* call)
        : port_(port), flag_(flag), free_(!flag.exchange(true)) {
      ++port.running;
      if (!free_) {
        std::lock_guard lock(port.wire.mutex_);
        port.wire.note(std::string("two threads were in ") + call + " of one endpoint at once");
      }
    }
    ~Use() {
      if (free_) flag_ = false;
      --port_.running;
    }
    explicit operator bool() const { return free_; }

   private:
    WirePort& port_;
    std::atomic<bool>& flag_;
    bool free_;
  };

  bool sane(const void* data, std::uint32_t bytes, std::uint32_t most, std::uint32_t timeout_ms, const char* call) {
    if (data && bytes >= 1 && bytes <= most && timeout_ms >= 1 && timeout_ms <= max_timeout_ms) return true;
    std::lock_guard lock(wire.mutex_);
    wire.note(std::string(call) + " was called with arguments out of range (" + std::to_string(bytes) +
              " bytes, time " + std::to_string(timeout_ms) + " ms)");
    return false;
  }

  ck_result read(std::uint8_t ep, void* data, std::uint32_t capacity, std::uint32_t timeout_ms) {
    if (!sane(data, capacity, CK_TRANSPORT_MAX_READ, timeout_ms, "read")) return CK_E_INVALID;
    const Use use(*this, busy[ep | 0x80u], "read");
    if (!use) return CK_E_STATE;
    std::unique_lock lock(wire.mutex_);
    if (const ck_result r = wire.before_call(true); r < 0) return r;
    const std::int64_t end_ns = steady_ns() + std::int64_t{timeout_ms} * 1'000'000;
    devices::Bytes bytes;
    for (;;) {
      if (!wire.plugged_) return CK_E_GONE;
      if (cancelled) return CK_E_AGAIN;
      const std::int64_t now = steady_ns();
      if (wire.trouble_ == Trouble::noise) {
        wire.changed_.wait_until(lock, at(now + 500'000));  // a full-speed line, not a spinning one
        if (!wire.plugged_ || cancelled) continue;
        bytes.resize(1 + wire.random_() % std::min<std::uint32_t>(capacity, 512));
        for (auto& b : bytes) b = static_cast<std::uint8_t>(wire.random_());
        return hand_over(bytes, data, capacity);
      }
      const devices::Io io = wire.trouble_ == Trouble::silent ? devices::Io::later
                                                              : wire.model_->in(ep, capacity, now, bytes);
      if (io == devices::Io::ok && wire.trouble_ == Trouble::swallow) continue;
      if (io == devices::Io::ok) {
        wire.spoil(bytes);
        return hand_over(bytes, data, capacity);
      }
      if (io != devices::Io::later) return from_io(io);
      if (now >= end_ns) return CK_E_AGAIN;
      const std::int64_t due = std::max(wire.model_->next_due_ns(ep, now), now + 200'000);
      wire.changed_.wait_until(lock, at(std::min(end_ns, due)));
    }
  }

  ck_result hand_over(const devices::Bytes& bytes, void* data, std::uint32_t capacity) {
    const std::size_t n = std::min<std::size_t>(bytes.size(), capacity);
    if (n > 0) std::memcpy(data, bytes.data(), n);
    wire.bytes_in_ += n;
    return static_cast<ck_result>(n);
  }

  ck_result write(std::uint8_t ep, const void* data, std::uint32_t bytes, std::uint32_t timeout_ms) {
    if (!sane(data, bytes, CK_TRANSPORT_MAX_WRITE, timeout_ms, "write")) return CK_E_INVALID;
    const Use use(*this, busy[ep & 0x7Fu], "write");
    if (!use) return CK_E_STATE;
    std::lock_guard lock(wire.mutex_);
    if (const ck_result r = wire.before_call(true); r < 0) return r;
    if (wire.trouble_ == Trouble::silent) return static_cast<ck_result>(bytes);
    const auto io = wire.model_->out(ep, {static_cast<const std::uint8_t*>(data), bytes}, steady_ns());
    wire.changed_.notify_all();
    return io == devices::Io::ok ? static_cast<ck_result>(bytes) : from_io(io);
  }

  ck_result control(const devices::Setup& setup, void* data, std::uint32_t timeout_ms) {
    if ((setup.length > 0 && !data) || timeout_ms < 1 || timeout_ms > max_timeout_ms) return CK_E_INVALID;
    const Use use(*this, controlling, "control");
    if (!use) return CK_E_STATE;
    std::lock_guard lock(wire.mutex_);
    if (const ck_result r = wire.before_call(true); r < 0) return r;
    const bool in = (setup.request_type & 0x80) != 0;
    devices::Bytes reply;
    const auto* sent = static_cast<const std::uint8_t*>(data);
    const auto io =
        wire.model_->control(setup, in ? devices::ByteView() : devices::ByteView{sent, setup.length}, reply,
                             steady_ns());
    wire.changed_.notify_all();
    if (io != devices::Io::ok) return from_io(io);
    if (!in) return setup.length;
    wire.spoil(reply);
    return hand_over(reply, data, setup.length);
  }
};

ck_result Wire::before_call(bool may_fail) {
  ++calls_;
  if (leave_in_ > 0 && --leave_in_ == 0) plugged_ = false;
  if (!plugged_ || !model_) return CK_E_GONE;
  if (may_fail && trouble_ == Trouble::errors && random_() % 2 == 0) {
    constexpr ck_result errors[] = {CK_E_IO, CK_E_STALL, CK_E_AGAIN, CK_E_PROTOCOL, CK_E_INTERNAL};
    return errors[random_() % std::size(errors)];
  }
  return CK_OK;
}

void Wire::spoil(devices::Bytes& bytes) {
  if (bytes.empty()) return;
  switch (trouble_) {
    case Trouble::truncate: bytes.resize(random_() % (bytes.size() + 1)); break;
    case Trouble::corrupt:
      for (std::size_t i = 0, n = random_() % 4; i < n; ++i)
        bytes[random_() % bytes.size()] ^= static_cast<std::uint8_t>(1u << random_() % 8);
      break;
    case Trouble::lies: {
      constexpr std::uint8_t extremes[] = {0xFF, 0x00, 0x7F, 0x80, 0x01};
      for (std::size_t i = 0, n = std::min<std::size_t>(12, bytes.size()); i < n; ++i)
        if (random_() % 3 == 0) bytes[i] = extremes[random_() % std::size(extremes)];
      break;
    }
    default: break;
  }
}

void Wire::note(const std::string& what) {
  if (misuse_.size() < 16 && std::find(misuse_.begin(), misuse_.end(), what) == misuse_.end())
    misuse_.push_back(what);
}

std::vector<std::string> Wire::misuse() {
  std::lock_guard lock(mutex_);
  return misuse_;
}

ck_port* Wire::open(const ck_endpoint& endpoint, ck_result& result) {
  std::lock_guard lock(mutex_);
  result = before_call(true);
  if (result < 0) return nullptr;
  model_->act("host_opened", steady_ns());  // models that need not know it say false
  ++open_ports_;
  return reinterpret_cast<ck_port*>(new WirePort{*this, endpoint});
}

void Wire::unplug() {
  std::lock_guard lock(mutex_);
  plugged_ = false;
  changed_.notify_all();
}

void Wire::plug() {
  std::lock_guard lock(mutex_);
  plugged_ = true;
  leave_in_ = 0;
  if (model_) model_->act("power_cycle", steady_ns());
}

void Wire::unplug_at_call(std::uint64_t n) {
  std::lock_guard lock(mutex_);
  leave_in_ = n;
}

void Wire::trouble(Trouble kind, std::uint64_t seed) {
  std::lock_guard lock(mutex_);
  trouble_ = kind;
  random_.seed(seed);
  changed_.notify_all();
}

bool Wire::act(const std::string& what) {
  std::lock_guard lock(mutex_);
  const bool known = model_ && model_->act(what, steady_ns());
  changed_.notify_all();
  return known;
}

namespace {

ck_result CK_ABI w_open(const ck_host* host, const ck_endpoint* endpoint, ck_port** out) {
  if (!host || !endpoint || !out) return CK_E_INVALID;
  *out = nullptr;
  Bench& bench = Bench::of(host);
  if (!bench.may_open(*endpoint)) return CK_E_DENIED;
  ck_result result = CK_OK;
  *out = bench.wire().open(*endpoint, result);
  return result;
}
void CK_ABI w_close(ck_port* port);
ck_result CK_ABI w_control(ck_port* p, uint8_t type, uint8_t request, uint16_t value, uint16_t index, void* data,
                           uint16_t length, uint32_t timeout_ms) {
  return p ? WirePort::of(p).control({type, request, value, index, length}, data, timeout_ms) : CK_E_INVALID;
}
ck_result CK_ABI w_read(ck_port* p, uint8_t ep, void* data, uint32_t capacity, uint32_t timeout_ms) {
  return p ? WirePort::of(p).read(ep, data, capacity, timeout_ms) : CK_E_INVALID;
}
ck_result CK_ABI w_write(ck_port* p, uint8_t ep, const void* data, uint32_t bytes, uint32_t timeout_ms) {
  return p ? WirePort::of(p).write(ep, data, bytes, timeout_ms) : CK_E_INVALID;
}

}  // namespace

struct WireTable {
  static Wire& wire(ck_port* p) { return WirePort::of(p).wire; }
  template <class Then>
  static ck_result simple(ck_port* p, Then then) {
    if (!p) return CK_E_INVALID;
    Wire& w = wire(p);
    std::lock_guard lock(w.mutex_);
    const ck_result r = w.before_call(true);
    if (r >= 0) then(*w.model_);
    return r;
  }
  static ck_result CK_ABI claim(ck_port* p, uint8_t) {
    return simple(p, [](devices::DeviceModel&) {});
  }
  static ck_result CK_ABI set_alternate(ck_port* p, uint8_t interface, uint8_t alternate) {
    return simple(p, [&](devices::DeviceModel& m) { m.set_alternate(interface, alternate); });
  }
  static ck_result CK_ABI clear_halt(ck_port* p, uint8_t ep) {
    return simple(p, [&](devices::DeviceModel& m) { m.clear_halt(ep); });
  }
  static ck_result CK_ABI reset(ck_port* p) {
    return simple(p, [](devices::DeviceModel&) {});
  }
  static ck_result CK_ABI set_line(ck_port* p, const ck_serial_line* given) {
    ck_serial_line line;
    if (!pluginhost::take_wire(line, given, CK_SERIAL_LINE_SIZE_1_0)) return CK_E_INVALID;
    return simple(p, [](devices::DeviceModel&) {});
  }
  static void CK_ABI cancel(ck_port* p, int32_t cancelled) {
    if (!p) return;
    Wire& w = wire(p);
    std::lock_guard lock(w.mutex_);
    WirePort::of(p).cancelled = cancelled != 0;
    w.changed_.notify_all();
  }
  static void close(ck_port* p) {
    Wire& w = wire(p);
    {
      std::lock_guard lock(w.mutex_);
      if (WirePort::of(p).running > 0) {
        w.note("a port was closed while a call was running on it");
        return;  // left open: the running call must not lose its ground
      }
      if (w.model_) w.model_->act("host_closed", steady_ns());
      --w.open_ports_;
    }
    delete &WirePort::of(p);
  }
};

namespace {
void CK_ABI w_close(ck_port* port) {
  if (port) WireTable::close(port);
}
}  // namespace

const ck_host_transport* Wire::table() {
  static constexpr ck_host_transport the_table = {w_open,
                                                  w_close,
                                                  w_control,
                                                  WireTable::claim,
                                                  WireTable::set_alternate,
                                                  WireTable::clear_halt,
                                                  WireTable::reset,
                                                  WireTable::set_line,
                                                  w_read,
                                                  w_write,
                                                  WireTable::cancel};
  return &the_table;
}

}  // namespace caukham::plugincheck
