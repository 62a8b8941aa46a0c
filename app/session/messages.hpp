// What a console may say, checked before anything looks at it: types, lengths, ranges. Pure functions.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "session/lobby.hpp"
#include "session/meeting.hpp"

namespace caukham::session {

inline constexpr std::size_t max_signal_bytes = 64 * 1024;
inline constexpr std::size_t max_control_bytes = 16 * 1024;

// A type this station does not know: newer consoles may speak to older stations.
struct Unknown { std::string type; };

struct Resume { std::string token; };
struct Answer { std::string sdp; };
struct Candidate { std::string candidate, mid; };
struct Pong { std::int64_t t = 0; };
struct Leave {};
using Signal = std::variant<Unknown, Knock, Resume, Answer, Candidate, Pong, Leave>;

struct Have {
  std::vector<std::pair<StreamNumber, std::uint64_t>> streams;  // the next record the console lacks
  std::vector<std::pair<std::uint32_t, std::uint64_t>> stills;  // still number, byte to go on from
};
struct Got { std::uint64_t bytes = 0; };
struct TimeAnswer { std::int64_t t0 = 0, t1 = 0; };
struct DrawnReport { StreamNumber stream = 0; std::int64_t time_ns = 0, console_ns = 0; };
struct DigestReport { StreamNumber stream = 0; std::uint64_t records = 0, samples = 0; std::string digest; };
// CaptureAsk, Pointer, Advice and ChatLine come without their `guest`, which only the station knows.
using Control = std::variant<Unknown, Have, Got, TimeAnswer, DrawnReport, DigestReport, CaptureAsk, Pointer,
                             Advice, ChatLine>;

// False: `why` (English, for the log and the console) says what is malformed. Text is made fit to be shown:
// control characters and direction overrides are taken out, ends trimmed. [any thread]
bool parse_signal(std::string_view text, Signal& out, std::string& why);
bool parse_control(std::string_view text, Control& out, std::string& why);

}  // namespace caukham::session
