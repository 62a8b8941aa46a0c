#include "session/messages.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "json/json_text.hpp"

namespace caukham::session {
namespace {

using Json = nlohmann::json;

constexpr double exact = 9007199254740992.0;  // 2^53: beyond it a JavaScript number is no longer itself
constexpr std::size_t max_listed = 256;       // streams or stills in one `have`

struct Malformed { std::string why; };

const Json& member(const Json& object, const char* key) {
  const auto at = object.find(key);
  if (at == object.end()) throw Malformed{std::string(key) + " is missing"};
  return *at;
}

double number(const Json& object, const char* key, double low, double high) {
  const Json& value = member(object, key);
  if (!value.is_number()) throw Malformed{std::string(key) + " is not a number"};
  const double v = value.get<double>();
  if (!(v >= low && v <= high)) throw Malformed{std::string(key) + " is out of range"};
  return v;
}

std::uint64_t whole(const Json& object, const char* key, double high = exact) {
  const double v = number(object, key, 0, high);
  if (v != std::floor(v)) throw Malformed{std::string(key) + " is not a whole number"};
  return static_cast<std::uint64_t>(v);
}

StreamNumber stream(const Json& object) {
  return static_cast<StreamNumber>(whole(object, "stream", 4294967295.0));
}

bool boolean(const Json& object, const char* key) {
  const Json& value = member(object, key);
  if (!value.is_boolean()) throw Malformed{std::string(key) + " is not true or false"};
  return value.get<bool>();
}

// The length of the UTF-8 character at `at` (the parser has checked the text), and its code point.
std::size_t next(const std::string& text, std::size_t at, std::uint32_t& point) {
  const auto c = static_cast<unsigned char>(text[at]);
  const std::size_t length = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
  point = length == 1 ? c : c & (0x7FU >> length);
  for (std::size_t i = 1; i < length && at + i < text.size(); ++i)
    point = (point << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
  return length;
}

bool hidden(std::uint32_t p, bool lines) {
  if (lines && (p == '\n' || p == '\t')) return false;
  return p < 0x20 || (p >= 0x7F && p < 0xA0) || (p >= 0x202A && p <= 0x202E) ||
         (p >= 0x2066 && p <= 0x2069) || p == 0x2028 || p == 0x2029 || p == 0xFEFF;
}

// A person's words: at most `limit` characters.
std::string words(const Json& object, const char* key, std::size_t limit, bool lines = false) {
  const Json& value = member(object, key);
  if (!value.is_string()) throw Malformed{std::string(key) + " is not text"};
  const auto& text = value.get_ref<const std::string&>();
  std::string out;
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::uint32_t point = 0;
    const auto length = next(text, at, point);
    if (!hidden(point, lines)) out.append(text, at, length);
    if (++count > limit) throw Malformed{std::string(key) + " is too long"};
    at += length;
  }
  const auto first = out.find_first_not_of(" \n\t");
  return first == std::string::npos ? std::string()
                                    : out.substr(first, out.find_last_not_of(" \n\t") - first + 1);
}

std::string optional_words(const Json& object, const char* key, std::size_t limit, bool lines = false) {
  const auto at = object.find(key);
  return at == object.end() || at->is_null() ? std::string() : words(object, key, limit, lines);
}

// A machine's word: printable ASCII.
std::string token(const Json& object, const char* key, std::size_t limit, bool may_be_empty = false) {
  const Json& value = member(object, key);
  if (!value.is_string()) throw Malformed{std::string(key) + " is not text"};
  auto text = value.get<std::string>();
  if (text.size() > limit || (text.empty() && !may_be_empty))
    throw Malformed{std::string(key) + " has a wrong length"};
  if (std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x21 || c > 0x7E; }))
    throw Malformed{std::string(key) + " has characters that do not belong there"};
  return text;
}

std::string one_of(const Json& object, const char* key, std::initializer_list<const char*> allowed,
                   bool optional = false) {
  if (optional && (!object.contains(key) || object[key].is_null())) return {};
  const auto text = token(object, key, 32, optional);
  if (text.empty() && optional) return text;
  if (std::none_of(allowed.begin(), allowed.end(), [&](const char* a) { return text == a; }))
    throw Malformed{std::string(key) + " has an unknown value"};
  return text;
}

std::vector<std::pair<std::uint32_t, std::uint64_t>> listed(const Json& object, const char* key,
                                                            const char* id) {
  std::vector<std::pair<std::uint32_t, std::uint64_t>> out;
  const Json& list = member(object, key);
  if (!list.is_array() || list.size() > max_listed)
    throw Malformed{std::string(key) + " is not a short list"};
  for (const Json& item : list) {
    if (!item.is_object()) throw Malformed{std::string(key) + " has an item that is no object"};
    out.emplace_back(static_cast<std::uint32_t>(whole(item, id, 4294967295.0)), whole(item, "next"));
  }
  return out;
}

Knock knock(const Json& j) {
  if (whole(j, "v") != 1) throw Malformed{"v is not 1: station and console are of different versions"};
  Knock out;
  if (j.contains("secret")) out.secret = token(j, "secret", 128);
  else {
    out.code = token(j, "code", 6);
    if (out.code.size() != 6 || out.code.find_first_not_of("0123456789") != std::string::npos)
      throw Malformed{"code is not six digits"};
  }
  out.name = words(j, "name", 80);
  if (out.name.empty()) throw Malformed{"name is empty"};
  out.organisation = optional_words(j, "organisation", 120);
  return out;
}

// SDP and candidates are lines of text; what they mean is libwebrtc's to check, which was built for hostile
// ones.
std::string raw(const Json& object, const char* key, std::size_t limit) {
  const Json& value = member(object, key);
  if (!value.is_string()) throw Malformed{std::string(key) + " is not text"};
  auto text = value.get<std::string>();
  if (text.size() > limit) throw Malformed{std::string(key) + " is too long"};
  if (text.find('\0') != std::string::npos) throw Malformed{std::string(key) + " has a zero byte"};
  return text;
}

Signal signal_of(const std::string& type, const Json& j) {
  if (type == "knock") return knock(j);
  if (type == "resume") return Resume{token(j, "token", 128)};
  if (type == "answer") return Answer{raw(j, "sdp", max_signal_bytes)};
  if (type == "candidate") {
    Candidate out{raw(j, "candidate", 1024), {}};
    if (j.contains("mid") && !j["mid"].is_null()) out.mid = token(j, "mid", 32, true);
    return out;
  }
  if (type == "pong") return Pong{static_cast<std::int64_t>(whole(j, "t"))};
  if (type == "leave") return Leave{};
  return Unknown{type};
}

std::string digest_of(const Json& j) {
  const auto text = token(j, "digest", 64);
  if (text.size() != 64 || text.find_first_not_of("0123456789abcdef") != std::string::npos)
    throw Malformed{"digest is not 64 lower-case hexadecimal digits"};
  return text;
}

Control control_of(const std::string& type, const Json& j) {
  if (type == "have") {
    Have out{listed(j, "streams", "id"), {}};
    if (j.contains("stills") && !j["stills"].is_null()) out.stills = listed(j, "stills", "number");
    return out;
  }
  if (type == "got") return Got{whole(j, "bytes")};
  if (type == "time")
    return TimeAnswer{static_cast<std::int64_t>(whole(j, "t0")),
                      static_cast<std::int64_t>(number(j, "t1", 0, exact))};
  if (type == "drawn")
    return DrawnReport{stream(j), static_cast<std::int64_t>(whole(j, "time_ns")),
                       static_cast<std::int64_t>(number(j, "console_ns", 0, exact))};
  if (type == "digest")
    return DigestReport{stream(j), whole(j, "records"), whole(j, "samples"), digest_of(j)};
  if (type == "pointer") {
    Pointer out;
    out.stream = stream(j);
    out.visible = boolean(j, "visible");
    out.x = number(j, "x", 0, 1);
    out.y = number(j, "y", 0, 1);
    return out;
  }
  if (type == "ask_capture") {
    CaptureAsk out;
    out.id = token(j, "id", 64);
    out.stream = j.contains("stream") && !j["stream"].is_null() ? stream(j) : 0;
    out.kind = one_of(j, "kind", {"still", "clip", "ecg", "spirometry"});
    out.side = one_of(j, "side", {"left", "right"}, true);
    out.site = optional_words(j, "site", 80);
    out.text = optional_words(j, "text", 500, true);
    return out;
  }
  if (type == "chat") {
    ChatLine out{{}, words(j, "text", 2000, true)};
    if (out.text.empty()) throw Malformed{"text is empty"};
    return out;
  }
  if (type == "advice") {
    Advice out;
    out.id = token(j, "id", 64);
    out.finding = words(j, "finding", 4000, true);
    out.conclusion = words(j, "conclusion", 4000, true);
    out.next_step = words(j, "next_step", 4000, true);
    out.urgency = one_of(j, "urgency", {"routine", "soon", "urgent"});
    return out;
  }
  return Unknown{type};
}

template <typename Out, typename Make>
bool parse(std::string_view text, std::size_t limit, Out& out, std::string& why, Make make) {
  if (text.size() > limit) {
    why = "the message is too long";
    return false;
  }
  try {
    const Json j = json_of(text);
    if (j.is_discarded()) throw Malformed{"the message is not JSON"};
    if (!j.is_object()) throw Malformed{"the message is no JSON object"};
    out = make(token(j, "type", 32), j);
    return true;
  } catch (const Malformed& m) {
    why = m.why;
  } catch (const Json::exception&) {
    why = "the message is not JSON";
  }
  return false;
}

}  // namespace

bool parse_signal(std::string_view text, Signal& out, std::string& why) {
  return parse(text, max_signal_bytes, out, why, signal_of);
}

bool parse_control(std::string_view text, Control& out, std::string& why) {
  return parse(text, max_control_bytes, out, why, control_of);
}

}  // namespace caukham::session
