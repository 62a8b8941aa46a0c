#include "ipc/validate.hpp"

#include <cmath>
#include <cstdint>
#include <cstring>

namespace caukham::ipc {
namespace {

template <std::size_t N>
bool terminated(const char (&field)[N]) {
  return std::memchr(field, 0, N) != nullptr;
}

constexpr std::int32_t most_digital = 1 << 23;  // 24 bit converters, see ck_stream_info
constexpr double most_rate_hz = 1e6;
constexpr std::uint32_t most_pixels = 16384;  // one side

const char* wrong_with_waveform(const ck_stream_info& s) {
  if (s.format != CK_FORMAT_I16 && s.format != CK_FORMAT_I32)
    return "a waveform stream has a format that is not a waveform's";
  if (!std::isfinite(s.scale) || s.scale == 0)
    return "a waveform stream has a scale that is 0 or not a number";
  if (!std::isfinite(s.offset)) return "a waveform stream has an offset that is not a number";
  if (s.digital_min >= s.digital_max || s.digital_min < -most_digital || s.digital_max > most_digital - 1)
    return "a waveform stream has a digital range that is empty or wider than 24 bits";
  return nullptr;
}

const char* wrong_with_video(const ck_stream_info& s) {
  if (s.format != CK_FORMAT_MJPEG) return "a video stream has a format that is not a picture's";
  if (s.channels != 1) return "a video stream has more than one channel";
  if (s.width == 0 || s.height == 0 || s.width > most_pixels || s.height > most_pixels)
    return "a video stream has an impossible picture size";
  return nullptr;
}

std::uint32_t sample_bytes(ck_format format) { return format == CK_FORMAT_I16 ? 2 : 4; }

}  // namespace

bool usable(ck_stream_kind kind, ck_format format) {
  return (kind == CK_STREAM_WAVEFORM && (format == CK_FORMAT_I16 || format == CK_FORMAT_I32)) ||
         (kind == CK_STREAM_VIDEO && format == CK_FORMAT_MJPEG);
}

const char* wrong_with(const ck_endpoint& e) {
  if (e.size != sizeof e) return "an endpoint has the wrong size";
  if (e.link < CK_LINK_USB || e.link > CK_LINK_PLUGIN) return "an endpoint has an unknown kind of link";
  if (!terminated(e.serial) || !terminated(e.product) || !terminated(e.manufacturer) || !terminated(e.kind) || !terminated(e.path))
    return "an endpoint has text without an end";
  return nullptr;
}

const char* wrong_with(const ck_stream_info& s) {
  if (s.size != sizeof s) return "a stream description has the wrong size";
  if (s.id >= CK_MAX_STREAMS) return "a stream has an id that is too large";
  if (s.channels < 1 || s.channels > CK_MAX_CHANNELS) return "a stream has an impossible number of channels";
  if (!std::isfinite(s.rate_hz) || s.rate_hz <= 0 || s.rate_hz > most_rate_hz)
    return "a stream has an impossible rate";
  if (!std::isfinite(s.tick_hz) || s.tick_hz < 0) return "a stream has an impossible clock frequency";
  if (!terminated(s.name) || !terminated(s.unit) || s.name[0] == 0)
    return "a stream has no proper name or unit";
  if (!terminated(s.filter) || !terminated(s.sensor)) return "a stream's filter or sensor is text without an end";
  for (const auto& label : s.labels)
    if (!terminated(label)) return "a stream has a channel label without an end";
  if (s.kind == CK_STREAM_WAVEFORM) return wrong_with_waveform(s);
  if (s.kind == CK_STREAM_VIDEO) return wrong_with_video(s);
  return "a stream is of an unknown kind";
}

const char* wrong_with(const ck_param_info& p) {
  if (p.size != sizeof p) return "a parameter has the wrong size";
  if (p.value_count > CK_MAX_VALUES) return "a parameter lists too many values";
  if (!terminated(p.name) || !terminated(p.label) || !terminated(p.unit) || p.name[0] == 0)
    return "a parameter has no proper name, label or unit";
  if (!std::isfinite(p.minimum) || !std::isfinite(p.maximum) || !std::isfinite(p.step) ||
      !std::isfinite(p.preset) || p.minimum > p.maximum || p.step < 0)
    return "a parameter has an impossible range";
  if (p.stream != CK_WHOLE_DEVICE && p.stream >= CK_MAX_STREAMS)
    return "a parameter belongs to an impossible stream";
  if ((p.flags & CK_PARAM_TEXT) != 0 && (p.flags & CK_PARAM_SET) != 0)
    return "a parameter that is only text can be set";
  if ((p.flags & CK_PARAM_LIST) != 0 && p.value_count == 0)
    return "a parameter allows only listed values and lists none";
  for (std::uint32_t i = 0; i < p.value_count; ++i)
    if (!std::isfinite(p.values[i])) return "a parameter lists a value that is not a number";
  return nullptr;
}

const char* wrong_with(const ck_event& e) {
  if (e.size != sizeof e) return "an event has the wrong size";
  if (e.kind < CK_EVENT_BUTTON || e.kind > last_event_kind) return "an event is of an unknown kind";
  if (e.time_ns < 0) return "an event happened before time began";
  if (e.stream != UINT32_MAX && e.stream >= CK_MAX_STREAMS) return "an event belongs to an impossible stream";
  if (!terminated(e.text)) return "an event has text without an end";
  return nullptr;
}

const char* wrong_with(const ck_chunk& c) {
  if (c.size != sizeof c) return "a chunk header has the wrong size";
  if (c.stream >= CK_MAX_STREAMS) return "a chunk belongs to an impossible stream";
  if (c.time_ns < 0) return "a chunk was sensed before time began";
  if (c.count == 0 || c.bytes == 0) return "a chunk is empty";
  if (c.reserved[0] != 0 || c.reserved[1] != 0)
    return "a chunk has reserved fields in use";
  return nullptr;
}

const char* wrong_with(const ck_chunk& c, const ck_stream_info& s) {
  if (const char* why = wrong_with(c)) return why;
  if (c.stream != s.id) return "a chunk belongs to another stream";
  if (s.kind == CK_STREAM_VIDEO) {
    if (c.count != 1) return "a picture chunk does not hold exactly one picture";
    return c.bytes < 4 ? "a picture is too short to be one" : nullptr;
  }
  if (std::uint64_t{c.count} * s.channels * sample_bytes(s.format) != c.bytes)
    return "a chunk's bytes are not its samples times its channels";
  return nullptr;
}

}  // namespace caukham::ipc
