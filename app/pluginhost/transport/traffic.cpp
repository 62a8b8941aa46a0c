#include "pluginhost/transport/traffic.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/messages.hpp"

namespace caukham::pluginhost {
namespace {

constexpr std::size_t piece_bytes = 64 * 1024;
constexpr int patience_ms = 2000;

struct Came {
  std::int64_t at_ns;
  std::uint8_t endpoint;
  std::vector<std::uint8_t> bytes;
};

struct Record {
  std::mutex mutex;
  ipc::Channel channel;
  std::string text;  // made and not yet sent
  std::int64_t rule_ns = 0;
  bool answered = true;  // the present rule needs no "quiet"
  int asking = 0;
  std::vector<Came> held;

  void say(std::string_view words) { (text += words) += '\n'; }
  void bytes(std::string line, std::span<const std::uint8_t> data) {
    constexpr char digits[] = "0123456789ABCDEF";
    line.reserve(line.size() + data.size() * 3 + 1);
    for (const auto b : data) (line += ' ') += {digits[b >> 4], digits[b & 15]};
    say(line);
  }
  // A rule that nothing was answered to, and nothing came behind, ended what was sent before it.
  void begin_rule(std::int64_t at_ns) {
    if (!answered) say("quiet");
    answered = false;
    rule_ns = at_ns;
  }
  void put(const Came& c) {
    char at[48];
    std::snprintf(at, sizeof at, "at %.3f ms", static_cast<double>(c.at_ns - rule_ns) / 1e6);
    say(c.at_ns > rule_ns ? at : "at 0 ms");
    char arrow[8] = "<";
    if (c.endpoint != 0) std::snprintf(arrow, sizeof arrow, "< %02X:", c.endpoint);
    bytes(arrow, c.bytes);
    answered = true;
  }
  // False: nobody reads any more.
  bool flush() {
    for (std::size_t at = 0; at < text.size(); at += piece_bytes) {
      const std::span<const char> piece(text.data() + at, std::min(piece_bytes, text.size() - at));
      if (channel.send_within(std::as_bytes(piece), patience_ms) != ipc::Sent::ok) return false;
    }
    text.clear();
    return true;
  }
};

// Never destroyed: a plugin's thread may outlive main.
Record& record() {
  static auto* one = new Record;
  return *one;
}

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::span<const std::uint8_t> view(const void* data, ck_result n) {
  return {static_cast<const std::uint8_t*>(data), static_cast<std::size_t>(n > 0 ? n : 0)};
}

const char* name_of(ck_link link) {
  switch (link) {
    case CK_LINK_USB: return "usb";
    case CK_LINK_HID: return "hid";
    case CK_LINK_VIDEO: return "video";
    default: return "serial";
  }
}

// What a transcript's line may hold: a "#" would begin a comment.
std::string plain(std::string out) {
  for (char& c : out)
    if (c == '#' || static_cast<unsigned char>(c) < ' ') c = ' ';
  return out;
}

}  // namespace

void Traffic::record_into(ipc::Channel to) {
  record().channel = std::move(to);
  on_ = true;
}

void Traffic::opened(const ck_endpoint& endpoint) {
  if (!on_) return;
  Record& r = record();
  const std::lock_guard lock(r.mutex);
  if (r.rule_ns == 0) {
    char numbers[40];
    std::snprintf(numbers, sizeof numbers, "vid %04X\npid %04X", endpoint.vid, endpoint.pid);
    r.say(std::string("link ") + name_of(endpoint.link) + "\n" + numbers);
    r.say("product " + plain(ipc::text_of(endpoint.product)) + "\nserial " + plain(ipc::text_of(endpoint.serial)) + "\n");
  }
  r.begin_rule(now_ns());
  r.answered = true;
  r.say("open");
  if (!r.flush()) on_ = false;
}

void Traffic::line_set(const ck_serial_line& line) {
  if (!on_) return;
  Record& r = record();
  const std::lock_guard lock(r.mutex);
  char words[96];
  std::snprintf(words, sizeof words, "# the line: %u baud, %u%c%u%s", line.baud, line.data_bits, "NOE"[line.parity],
                line.stop_bits, line.flow == CK_FLOW_RTS_CTS ? ", RTS/CTS" : "");
  r.say(words);
}

void Traffic::came(std::uint8_t endpoint, ck_result result, const void* data) {
  if (!on_ || (result <= 0 && result != CK_E_GONE)) return;
  Record& r = record();
  const std::lock_guard lock(r.mutex);
  if (result < 0) {
    r.say("# the device is gone");
  } else {
    const auto got = view(data, result);
    Came c{now_ns(), endpoint, {got.begin(), got.end()}};
    if (r.asking > 0) return r.held.push_back(std::move(c));
    r.put(c);
  }
  if (!r.flush()) on_ = false;
}

Traffic::Asking::Asking() {
  if (!on_) return;
  const std::lock_guard lock(record().mutex);
  ++record().asking;
  began_ns_ = now_ns();
}

Traffic::Asking::~Asking() {
  if (began_ns_ == 0) return;
  Record& r = record();
  const std::lock_guard lock(r.mutex);
  if (--r.asking > 0) return;
  for (const Came& c : r.held) r.put(c);
  r.held.clear();
  if (on_ && !r.flush()) on_ = false;
}

void Traffic::Asking::wrote(std::uint8_t endpoint, std::span<const std::uint8_t> data, ck_result result) const {
  if (began_ns_ == 0 || (result <= 0 && result != CK_E_STALL)) return;
  Record& r = record();
  const std::lock_guard lock(r.mutex);
  r.begin_rule(began_ns_);
  char arrow[8] = ">";
  if (endpoint != 0) std::snprintf(arrow, sizeof arrow, "> %02X:", endpoint);
  r.bytes(arrow, result < 0 ? data : data.first(static_cast<std::size_t>(result)));
  if (result < 0) r.say("stall");
}

void Traffic::Asking::asked(const Setup& setup, ck_result result, const void* data) const {
  if (began_ns_ == 0 || (result < 0 && result != CK_E_STALL)) return;
  Record& r = record();
  const std::lock_guard lock(r.mutex);
  r.begin_rule(began_ns_);
  char words[48];
  std::snprintf(words, sizeof words, "control %02X %02X %04X %04X", setup.request_type, setup.request, setup.value,
                setup.index);
  r.say(words);
  if (result == CK_E_STALL) {
    r.say("stall");
  } else if (result > 0 && (setup.request_type & 0x80) != 0) {
    r.bytes("<", view(data, result));
  } else if (result > 0) {
    r.bytes("# with", view(data, result));
  }
}

}  // namespace caukham::pluginhost
