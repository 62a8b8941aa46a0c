// The nouns every room of the application shares. Plain values; thread-safe by being immutable once published.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace caukham::core {

using DeviceId = std::uint32_t;  // one physical device in one station run; survives unplugging and restarts
using StreamId = std::uint32_t;  // one stream of one device; unique in a station run, never reused

enum class StreamKind : std::uint8_t { waveform = 1, video = 2 };

// What a stream is. Physical value = sample * scale + offset, in `unit` (UCUM).
struct StreamInfo {
  StreamId id = 0;
  DeviceId device = 0;
  StreamKind kind = StreamKind::waveform;
  std::string device_kind;  // "ecg", "spirometer", "otoscope", "dermatoscope", "camera"
  std::string device_name;  // for people
  std::string device_identity;  // "serial:XYZ" or "port:1-2", for the record
  std::string name;         // "ecg", "flow", "video"
  std::string unit;
  std::vector<std::string> labels;  // one a channel
  double rate_hz = 0, tick_hz = 0;
  double scale = 1, offset = 0;
  std::int32_t digital_min = 0, digital_max = 0;
  std::uint32_t width = 0, height = 0;
  bool simulated = false;
  bool unsigned_plugin = false;  // its plugin carries no trusted signature: developer mode; to be marked
  // A breath's flow, which can be judged: a plugin may well say it is a spirometer and send something else.
  bool is_flow() const { return kind == StreamKind::waveform && device_kind == "spirometer" && unit == "L/s"; }
  std::uint32_t channels() const { return static_cast<std::uint32_t>(labels.empty() ? 1 : labels.size()); }
};

// Samples or one picture, copied out of the plugin's pool once and shared from then on.
// Samples are numbered on the stream's grid: sample n of the grid exists in the world even when it was lost, so
// first_sample of a chunk = first_sample + count of the chunk before it + what was lost between them.
struct Chunk {
  StreamId stream = 0;
  std::uint64_t first_sample = 0;  // grid number (waveform) or picture number (video, lost ones counted)
  std::uint32_t count = 0;         // samples per channel; 1 for a picture
  std::uint32_t lost = 0;          // grid samples lost immediately before this chunk
  std::int64_t time_ns = 0;        // core::now_ns() at which the first sample was sensed
  std::uint64_t device_ticks = 0;
  std::uint32_t time_error_ns = 0;
  bool discontinuous = false;
  bool sensor_invalid = false;  // the device itself says that these values are no measurements
  std::vector<std::int32_t> samples;  // waveform: interleaved, count * channels
  std::vector<std::uint8_t> picture;  // video: the camera's own JPEG
};
using ChunkPtr = std::shared_ptr<const Chunk>;

// A hole in a waveform stream: a fact with a length.
struct Gap {
  StreamId stream = 0;
  std::uint64_t first_sample = 0;  // grid number of the first lost sample
  std::uint64_t length = 0;        // samples
  std::int64_t time_ns = 0;        // of the first lost sample
  bool exact = true;               // false: estimated from host time, the device could not tell
  std::string reason;              // English key, of core/words.hpp; show it with tr(reason.c_str())
};

enum class EventKind : std::uint8_t {
  button = 1, electrodes, battery, gone, param, manoeuvre, still, warning, reopen,  // as ck_event_kind
  // The core's own: a stamp or the device's clock could not be true, so that times go on by this computer's clock from
  // the event's time on. text is an English key; at most one in ten seconds a stream.
  clock_doubted = 200
};

struct Event {
  DeviceId device = 0;
  StreamId stream = 0;  // 0: the whole device
  EventKind kind = EventKind::warning;
  std::int64_t time_ns = 0;
  std::int64_t value[5] = {};
  std::string text;
};

enum class DeviceState : std::uint8_t {
  opening,     // plugin host started, not yet streaming
  live,        // streaming
  restarting,  // the plugin died or hung; a new one is on its way
  unplugged,   // hardware is gone; waits for it
  paused,      // plugged in, but nothing is examined: begins again with the next examination
  failed       // given up; `problem` says why and what to do
};

struct DeviceStatus {
  DeviceId id = 0;
  DeviceState state = DeviceState::opening;
  std::string kind, name, identity, plugin_id, plugin_version;
  bool simulated = false;
  bool unsigned_plugin = false;  // as StreamInfo
  std::uint32_t restarts = 0;
  std::string problem;  // for the nurse, translated; empty when all is well
  int pid = 0;          // of the plugin host; 0 when none runs
};

struct StreamAdded { StreamInfo info; };
struct StreamEnded { StreamId stream = 0; };
// A subscriber's inbox was full: what it missed (the recorder must never see this; tests assert it).
struct Overflow { StreamId stream = 0; std::uint64_t chunks = 0; };

using Item = std::variant<StreamAdded, StreamEnded, ChunkPtr, Gap, Event, DeviceStatus, Overflow>;

}  // namespace caukham::core
