// The host's table with C++ manners: Host, Slot, Port, and helpers for the wire structs. Header-only C++17, compiled into
// the plugin; nothing here is part of the ABI.
#pragma once
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "../entry.h"
#include "../ext/transport.h"

namespace caukham::sdk {

// Copies text into a fixed field, cut at a UTF-8 character boundary, always terminated.
inline void set_text(char* field, std::size_t size, std::string_view text) {
  std::size_t n = text.size() < size - 1 ? text.size() : size - 1;
  if (n < text.size())
    while (n > 0 && (static_cast<unsigned char>(text[n]) & 0xC0) == 0x80) --n;
  std::memcpy(field, text.data(), n);
  std::memset(field + n, 0, size - n);
}
template <std::size_t N>
void set_text(char (&field)[N], std::string_view text) {
  set_text(field, N, text);
}

// A wire struct of the other side, which may be shorter or longer than ours: what it does not have is 0.
// `size` may claim nonsense only if the other side is broken; then nothing is copied.
template <class Struct>
Struct from_wire(const Struct* wire) {
  Struct own{};
  if (wire && wire->size >= sizeof wire->size && wire->size <= 65536)
    std::memcpy(&own, wire, wire->size < sizeof own ? wire->size : sizeof own);
  own.size = sizeof own;
  return own;
}
// Fills the other side's `out`, no further than it has room.
template <class Struct>
void to_wire(Struct* out, const Struct& own) {
  const auto room = out->size;
  std::memcpy(out, &own, room < sizeof own ? room : sizeof own);
  out->size = room < sizeof own ? room : static_cast<std::uint32_t>(sizeof own);
}

inline ck_chunk make_chunk(std::uint32_t stream) {
  ck_chunk chunk{};
  chunk.size = sizeof chunk;
  chunk.stream = stream;
  return chunk;
}

inline ck_event make_event(ck_event_kind kind, std::int64_t time_ns, std::uint32_t stream = CK_WHOLE_DEVICE) {
  ck_event event{};
  event.size = sizeof event;
  event.kind = kind;
  event.time_ns = time_ns;
  event.stream = stream;
  return event;
}

// Copyable; valid until the device's close returns. Every function as in host.h.
class Host {
 public:
  explicit Host(const ck_host* table) : table_(table) {}
  const ck_host* table() const { return table_; }
  std::int64_t now_ns() const { return table_->now_ns(table_); }
  ck_result emit(const ck_event& event) const { return table_->emit(table_, &event); }
  void log(ck_log_level level, const std::string& text) const { table_->log(table_, level, text.c_str()); }
  void request_main() const { table_->request_main(table_); }
  // An event about the whole device, now. [any & open]
  ck_result say(ck_event_kind kind, std::string_view text) const {
    ck_event event = make_event(kind, now_ns());
    set_text(event.text, text);
    return emit(event);
  }
  // Null when the host does not offer it.
  template <class Table>
  const Table* extension(const char* id) const {
    return static_cast<const Table*>(table_->get_extension(table_, id));
  }
  const ck_host_transport* transport() const { return extension<ck_host_transport>(CK_EXT_TRANSPORT); }

 private:
  const ck_host* table_;
};

// A borrowed slot: filled and committed, or given back by the destructor. [stream & started, one thread]
class Slot {
 public:
  Slot(const Host& host, std::uint32_t stream, std::uint32_t bytes) : host_(host.table()) {
    result_ = host_->acquire(host_, stream, bytes, &buffer_);
  }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  ~Slot() {
    if (result_ == CK_OK) host_->release(host_, &buffer_);
  }
  // False: result() says why, and there is nothing to fill.
  explicit operator bool() const { return result_ == CK_OK; }
  ck_result result() const { return result_; }
  void* data() const { return buffer_.data; }
  std::uint32_t capacity() const { return buffer_.bytes; }
  // Once; the slot is the host's from here on, whatever commit answers.
  ck_result commit(const ck_chunk& chunk) {
    if (result_ != CK_OK) return result_;
    result_ = CK_E_STATE;
    return host_->commit(host_, &buffer_, &chunk);
  }

 private:
  const ck_host* host_;
  ck_buffer buffer_{};
  ck_result result_;
};

// An open transport port, closed by the destructor. Every function as in ext/transport.h; CK_E_STATE while not open.
class Port {
 public:
  Port() = default;
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;
  ~Port() { close(); }
  ck_result open(const Host& host, const ck_endpoint& endpoint) {
    close();
    api_ = host.transport();
    if (!api_) return CK_E_UNSUPPORTED;
    return api_->open(host.table(), &endpoint, &port_);
  }
  void close() {
    if (port_) api_->close(std::exchange(port_, nullptr));
  }
  bool is_open() const { return port_ != nullptr; }
  ck_result read(std::uint8_t ep, void* data, std::uint32_t capacity, std::uint32_t timeout_ms) const {
    return port_ ? api_->read(port_, ep, data, capacity, timeout_ms) : CK_E_STATE;
  }
  ck_result write(std::uint8_t ep, const void* data, std::uint32_t bytes, std::uint32_t timeout_ms) const {
    return port_ ? api_->write(port_, ep, data, bytes, timeout_ms) : CK_E_STATE;
  }
  ck_result set_line(std::uint32_t baud, std::uint8_t data_bits = 8, ck_parity parity = CK_PARITY_NONE,
                     std::uint8_t stop_bits = 1, ck_flow flow = CK_FLOW_NONE) const {
    const ck_serial_line line{sizeof line, baud, data_bits, parity, stop_bits, flow, 1, 1, {0, 0}};
    return port_ ? api_->set_line(port_, &line) : CK_E_STATE;
  }
  void cancel(bool on) const {
    if (port_) api_->cancel(port_, on ? 1 : 0);
  }
  const ck_host_transport* api() const { return api_; }
  ck_port* raw() const { return port_; }

 private:
  const ck_host_transport* api_ = nullptr;
  ck_port* port_ = nullptr;
};

}  // namespace caukham::sdk
