#include "ipc/messages.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "ipc/validate.hpp"

namespace caukham::ipc {
namespace {

struct Head {
  std::uint32_t size;  // of the whole message
  std::uint32_t type;  // index in Message + 1
};
static_assert(sizeof(Head) == 8 && sizeof(Hello) == 404 && sizeof(Open) == sizeof(ck_endpoint) && sizeof(Opened) == 524 &&
              sizeof(Stream) == sizeof(ck_stream_info) && sizeof(Param) == sizeof(ck_param_info) + 8 + 33 * CK_NAME_SIZE && sizeof(ChunkReady) == 72 &&
              sizeof(EventReady) == 256 && sizeof(Log) == 516 && sizeof(ParamSet) == 16 &&
              sizeof(ParamAnswer) == 16);

template <std::size_t N>
const char* unended(const char (&text)[N]) {
  return std::memchr(text, 0, N) ? nullptr : "text without an end";
}
const char* check_result(ck_result r) { return r > 0 || r < -64 ? "an impossible result" : nullptr; }

// What can be wrong inside one message; those without an overload cannot be.
template <class T>
const char* check(const T&) { return nullptr; }
const char* check(const Hello& m) {
  if (m.direct_hardware > 1) return "a flag that is neither 0 nor 1";
  if (m.sandbox > SandboxLevel::full) return "an impossible sandbox";
  if (const char* why = unended(m.id)) return why;
  if (const char* why = unended(m.sandbox_words)) return why;
  return unended(m.version);
}
const char* check(const Farewell& m) { return unended(m.text); }
const char* check(const Open& m) { return wrong_with(m.endpoint); }
const char* check(const Opened& m) {
  if (m.streams > CK_MAX_STREAMS || m.params > max_params) return "too many streams or parameters";
  if (m.result == CK_OK && m.streams == 0) return "an open device without streams";
  if (const char* why = check_result(m.result)) return why;
  return unended(m.text);
}
const char* check(const Stream& m) { return wrong_with(m.info); }
const char* check(const Param& m) {
  if (!std::isfinite(m.value)) return "a parameter whose value is not a number";
  for (const auto& words : m.words)
    if (unended(words)) return "a parameter's words without an end";
  return unended(m.text) ? "a parameter's text without an end" : wrong_with(m.info);
}
const char* check(const Configure& m) { return m.enabled_mask == 0 ? "no stream switched on" : nullptr; }
const char* check(const Configured& m) { return check_result(m.result); }
const char* check(const Started& m) { return check_result(m.result); }
const char* check(const Stopped& m) { return check_result(m.result); }
const char* check(const ChunkReady& m) {
  return m.pool_was_full > 1 ? "a mark that is neither yes nor no" : wrong_with(m.chunk);
}
const char* check(const EventReady& m) { return wrong_with(m.event); }
const char* check(const Log& m) {
  if (m.level < CK_LOG_DEBUG || m.level > CK_LOG_PLUGIN_MISBEHAVING) return "an impossible log level";
  return unended(m.text);
}
const char* check(const ParamSet& m) {
  return std::isfinite(m.value) ? nullptr : "a value that is not a number";
}
const char* check(const ParamAnswer& m) {
  return std::isfinite(m.value) ? check_result(m.result) : "a value that is not a number";
}
const char* check(const Fault& m) {
  return m.kind < FaultKind::crash || m.kind > FaultKind::lie ? "an unknown fault" : nullptr;
}

template <class T>
constexpr bool from_host = std::disjunction_v<
    std::is_same<T, Hello>, std::is_same<T, Farewell>, std::is_same<T, Opened>, std::is_same<T, Stream>,
    std::is_same<T, Param>, std::is_same<T, Configured>, std::is_same<T, Started>, std::is_same<T, Stopped>,
    std::is_same<T, Closed>, std::is_same<T, ChunkReady>, std::is_same<T, EventReady>, std::is_same<T, Log>,
    std::is_same<T, ParamAnswer>, std::is_same<T, Pong>>;

constexpr std::array<std::string_view, std::variant_size_v<Message>> names = {
    "Hello", "Farewell", "Open",   "Opened", "Stream", "Param",      "Configure", "Configured", "Start",
    "Started", "Stop",   "Stopped", "Close", "Closed", "Quit",       "ChunkReady", "SlotFree",  "EventReady",
    "Log",   "ParamGet", "ParamSet", "ParamAnswer", "Ping", "Pong",  "Fault"};

template <std::size_t I>
std::optional<Message> decode_as(std::span<const std::byte> body, From from, std::string& why) {
  using T = std::variant_alternative_t<I, Message>;
  static_assert(std::is_trivially_copyable_v<T>);
  const std::string name(names[I]);
  if (from_host<T> != (from == From::plugin_host))
    return why = name + " is not this peer's to send", std::nullopt;
  if (body.size() != sizeof(T)) return why = name + " has the wrong size", std::nullopt;
  T message;
  std::memcpy(&message, body.data(), sizeof message);
  if (const char* wrong = check(message)) return why = name + ": " + wrong, std::nullopt;
  return Message(std::in_place_index<I>, message);
}

using Decoder = std::optional<Message> (*)(std::span<const std::byte>, From, std::string&);
template <std::size_t... I>
constexpr auto make_decoders(std::index_sequence<I...>) {
  return std::array<Decoder, sizeof...(I)>{&decode_as<I>...};
}
constexpr auto decoders = make_decoders(std::make_index_sequence<std::variant_size_v<Message>>());

}  // namespace

std::optional<Message> decode(std::span<const std::byte> bytes, From from, std::string& why) {
  Head head;
  if (bytes.size() < sizeof head) return why = "a message is shorter than its head", std::nullopt;
  std::memcpy(&head, bytes.data(), sizeof head);
  if (head.size != bytes.size()) return why = "a message is not as long as it says", std::nullopt;
  if (head.type < 1 || head.type > decoders.size())
    return why = "a message is of an unknown type", std::nullopt;
  return decoders[head.type - 1](bytes.subspan(sizeof head), from, why);
}

std::vector<std::byte> encode(const Message& message) {
  return std::visit(
      [&](const auto& body) {
        std::vector<std::byte> out(sizeof(Head) + sizeof body);
        const Head head{static_cast<std::uint32_t>(out.size()),
                        static_cast<std::uint32_t>(message.index() + 1)};
        std::memcpy(out.data(), &head, sizeof head);
        std::memcpy(out.data() + sizeof head, &body, sizeof body);
        return out;
      },
      message);
}

Sent post(Channel& channel, const Message& message, int wait_ms) {
  return channel.send_within(encode(message), wait_ms);
}

std::string_view name_of(const Message& message) { return names[message.index()]; }

std::string_view name_of(ck_result result) {
  constexpr std::array<std::string_view, 13> results = {
      "CK_OK",        "CK_E_GONE", "CK_E_AGAIN",     "CK_E_INVALID",  "CK_E_STATE",  "CK_E_UNSUPPORTED",
      "CK_E_IO",      "CK_E_FULL", "CK_E_NO_MEMORY", "CK_E_PROTOCOL", "CK_E_DENIED", "CK_E_STALL",
      "CK_E_INTERNAL"};
  if (result > 0) return "CK_OK";
  return result > -13 ? results[static_cast<std::size_t>(-result)] : "an unknown result";
}

}  // namespace caukham::ipc
