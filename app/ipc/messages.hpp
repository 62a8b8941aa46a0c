// What application and plugin host say to each other over their channel. Both ends come from one build, so
// the structs may change with it; nothing outside may rely on them. Fixed structs, size first, native byte
// order.
//
// The conversation (A: application, H: plugin host):
//   H Hello, once, as soon as the plugin is loaded; or H Farewell with the reason why it cannot be, then ends
//   A Open         H Log*, Stream*, Param*, then Opened, which says that the list is complete
//   A Configure    H Stream*, Param*, then Configured
//   A Start        H Started; ChunkReady and EventReady may come from here on, the first even before Started;
//                  seq counts from 0 after each Start
//   A Stop         H the last ChunkReady, then Stopped
//   A Close        H Closed; Open may follow again
//   A ParamGet | ParamSet   H ParamAnswer with the value now in force
//   A Ping         H Pong, from the thread that runs the plugin: no Pong means that it hangs. While a command
//                  is under way the Pong waits for its end, and the command's deadline counts
//   A SlotFree     after the slot of a ChunkReady has been copied
//   A Quit         H ends with code 0
// Deadlines are the application's business: 10 s for Open, 3 s for Start, 1 s for the others, then kill.
//
// decode() believes nothing: sizes, ranges, finite numbers, terminated text. What depends on the streams that
// were announced is checked by StreamTable (streams.hpp), what depends on the slots by PoolReader::take.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "caukham/entry.h"
#include "caukham/ext/params.h"
#include "ipc/channel.hpp"

namespace caukham::ipc {

inline constexpr std::size_t text_size = 512;
inline constexpr std::uint32_t max_params = 64;

// How much of the sandbox stands (pluginhost/sandbox.hpp).
enum class SandboxLevel : std::uint32_t { none = 0, partial = 1, full = 2 };

struct Hello {
  std::uint32_t abi_major, abi_minor;
  std::int32_t pid;
  std::uint32_t direct_hardware;  // 1: the plugin's manifest says that it reaches hardware past the transport
  char id[CK_NAME_SIZE], version[CK_NAME_SIZE];
  SandboxLevel sandbox;
  char sandbox_words[256];  // what of it is missing and why
};
struct Farewell {  // last words: why the host ends by itself, for the log and, first sentence, for a person
  char text[text_size];
};
struct Open {
  ck_endpoint endpoint;
};
struct Opened {
  ck_result result;
  std::uint32_t streams, params;
  char text[text_size];  // what went wrong, "" on success
};
struct Stream {
  ck_stream_info info;
};
struct Param {
  ck_param_info info;
  double value;
  char text[CK_NAME_SIZE];                   // CK_PARAM_TEXT: what to show
  char words[CK_MAX_VALUES][CK_NAME_SIZE];   // CK_PARAM_WORDS: of each listed value
};
struct Configure {
  std::uint32_t enabled_mask;
};
struct Configured {
  ck_result result;
};
struct Start {
  std::uint32_t nothing = 0;
};
struct Started {
  ck_result result;
};
struct Stop {
  std::uint32_t nothing = 0;
};
struct Stopped {
  ck_result result;
};
struct Close {
  std::uint32_t nothing = 0;
};
struct Closed {
  std::uint32_t nothing = 0;
};
struct Quit {
  std::uint32_t nothing = 0;
};
struct ChunkReady {
  ck_chunk chunk;
  // pool_was_full: 1 when a chunk of this stream found no slot, or no room in the channel, since the one before: what
  // this chunk says was lost was lost on the station, not in the device. Else 0.
  std::uint32_t slot, pool_was_full;
};
struct SlotFree {
  std::uint32_t slot;
};
struct EventReady {
  ck_event event;
};
struct Log {
  ck_log_level level;
  char text[text_size];
};
struct ParamGet {
  std::uint32_t id;
};
struct ParamSet {
  std::uint32_t id, reserved;
  double value;
};
struct ParamAnswer {
  std::uint32_t id;
  ck_result result;
  double value;
};
struct Ping {
  std::uint64_t token;
};
struct Pong {
  std::uint64_t token;
};
enum class FaultKind : std::uint32_t { crash = 1, hang = 2, flood = 3, lie = 4 };
struct Fault {  // for tests and demonstrations; obeyed only by a host started with --allow-faults
  FaultKind kind;
};

// The order is the wire's type number, counted from 1.
using Message = std::variant<Hello, Farewell, Open, Opened, Stream, Param, Configure, Configured, Start,
                             Started, Stop, Stopped, Close, Closed, Quit, ChunkReady, SlotFree, EventReady,
                             Log, ParamGet, ParamSet, ParamAnswer, Ping, Pong, Fault>;

// Who sent it: a message that is not the sender's to send is refused.
enum class From : std::uint8_t { application, plugin_host };

// Nothing: the peer lies or is broken, `why` says how in English; end the peer.
std::optional<Message> decode(std::span<const std::byte> bytes, From from, std::string& why);

std::vector<std::byte> encode(const Message& message);

// Encodes and sends, waiting at most wait_ms for room.
Sent post(Channel& channel, const Message& message, int wait_ms = 0);

// For people: the name of the message's type ("ChunkReady"), the name of a result ("CK_E_GONE").
std::string_view name_of(const Message& message);
std::string_view name_of(ck_result result);

// Text of a fixed field that may hold anything: cut at the first zero, invalid UTF-8 and control characters
// become '?'.
std::string clean_text(std::string_view field);
template <std::size_t N>
std::string text_of(const char (&field)[N]) {
  return clean_text(std::string_view(field, N));
}
// Fills a fixed field, cut at a character boundary, always terminated.
void put_text(std::span<char> field, std::string_view text);

}  // namespace caukham::ipc
