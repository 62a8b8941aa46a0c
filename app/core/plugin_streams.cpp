// The part of PluginDevice that deals with samples: streams, chunks, events, parameters, as the hub sees them.
#include <algorithm>
#include <cstring>

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "core/plugin_device.hpp"

namespace caukham::core {
namespace {
using Bytes = std::span<const std::byte>;
constexpr std::int64_t doubt_period_ns = 10'000'000'000;

// True when everything that a listener was told about the stream still holds.
bool same_stream(const ck_stream_info& a, const ck_stream_info& b) {
  return a.kind == b.kind && a.format == b.format && a.channels == b.channels && a.rate_hz == b.rate_hz &&
         a.tick_hz == b.tick_hz && a.scale == b.scale && a.offset == b.offset && a.digital_min == b.digital_min &&
         a.digital_max == b.digital_max && a.width == b.width && a.height == b.height &&
         ipc::text_of(a.name) == ipc::text_of(b.name) && ipc::text_of(a.unit) == ipc::text_of(b.unit) &&
         std::equal(a.labels, a.labels + std::min(a.channels, std::uint32_t{CK_MAX_CHANNELS}), b.labels,
                    [](const auto& x, const auto& y) { return ipc::text_of(x) == ipc::text_of(y); });
}

// One pass over memory that the other process may still write to; only the copy is looked at. Values beyond what the
// converter can give are cut to it (the record's files hold no others); returns how many.
template <class Sample>
std::size_t widen(Bytes from, const ck_stream_info& info, std::vector<std::int32_t>& into) {
  into.resize(from.size() / sizeof(Sample));
  std::size_t cut = 0;
  for (std::size_t n = 0; n < into.size(); ++n) {
    Sample sample;
    std::memcpy(&sample, from.data() + n * sizeof(Sample), sizeof(Sample));
    into[n] = std::clamp<std::int32_t>(sample, info.digital_min, info.digital_max);
    cut += into[n] != sample;
  }
  return cut;
}

bool is_jpeg(const std::vector<std::uint8_t>& bytes) {
  return bytes.size() >= 4 && bytes[0] == 0xff && bytes[1] == 0xd8 && bytes[bytes.size() - 2] == 0xff &&
         bytes[bytes.size() - 1] == 0xd9;
}
}  // namespace

PluginDevice::KnownStream* PluginDevice::known(std::uint32_t wire_id) {
  for (auto& stream : streams_)
    if (stream.wire.id == wire_id) return &stream;
  return nullptr;
}

StreamInfo PluginDevice::describe(const ck_stream_info& wire) const {
  StreamInfo info;
  info.device = status_.id;
  info.kind = wire.kind == CK_STREAM_VIDEO ? StreamKind::video : StreamKind::waveform;
  info.device_kind = status_.kind;
  info.device_name = status_.name;
  info.device_identity = status_.identity;
  info.name = ipc::text_of(wire.name);
  info.unit = ipc::text_of(wire.unit);
  if (info.kind == StreamKind::waveform)
    for (std::uint32_t n = 0; n < wire.channels && n < CK_MAX_CHANNELS; ++n)
      info.labels.push_back(ipc::text_of(wire.labels[n]));
  info.rate_hz = wire.rate_hz;
  info.tick_hz = wire.tick_hz;
  info.scale = wire.scale;
  info.offset = wire.offset;
  info.digital_min = wire.digital_min;
  info.digital_max = wire.digital_max;
  info.width = wire.width;
  info.height = wire.height;
  info.simulated = status_.simulated;
  info.unsigned_plugin = status_.unsigned_plugin;
  return info;
}

// A stream that comes back as it was keeps its number and its grid; one that has changed is another stream.
void PluginDevice::announce_streams() {
  const auto described = table_.all();
  for (const auto& wire : described) status_.simulated = status_.simulated || (wire.flags & CK_STREAM_SIMULATED);
  std::erase_if(streams_, [&](const KnownStream& old) {
    const bool stays = std::any_of(described.begin(), described.end(), [&](const auto& wire) {
      return wire.id == old.wire.id && same_stream(wire, old.wire) && old.info.simulated == status_.simulated;
    });
    if (!stays) house_.hub.publish(StreamEnded{old.info.id});
    return !stays;
  });
  for (const auto& wire : described) {
    if (known(wire.id)) continue;
    auto info = describe(wire);
    info.id = house_.new_stream_id();
    const Timeline::Shape shape{wire.rate_hz, wire.tick_hz, wire.kind == CK_STREAM_VIDEO};
    streams_.push_back({info, wire, Timeline(shape)});
    house_.hub.publish(StreamAdded{info});
  }
}

void PluginDevice::announce_params() {
  std::vector<ParamStatus> list;
  for (const auto& [info, value, text, words] : params_) {
    ParamStatus p;
    p.id = info.id;
    p.name = ipc::text_of(info.name);
    p.label = ipc::text_of(info.label);
    p.unit = ipc::text_of(info.unit);
    p.value = value;
    p.minimum = info.minimum;
    p.maximum = info.maximum;
    p.step = info.step;
    if (info.flags & CK_PARAM_LIST) p.values.assign(info.values, info.values + std::min<std::uint32_t>(info.value_count, CK_MAX_VALUES));
    p.words = words;
    p.text = text;
    p.settable = info.flags & CK_PARAM_SET;
    p.live = info.flags & CK_PARAM_LIVE;
    p.recorded = (info.flags & CK_PARAM_RECORD) ||
                 std::count(manifest_.recorded_params.begin(), manifest_.recorded_params.end(), p.name) > 0;
    list.push_back(std::move(p));
  }
  house_.report_params(status_.id, std::move(list));
}

void PluginDevice::on_chunk(const ipc::ChunkReady& ready) {
  const auto arrival = now_ns();
  if (!first_chunk_ns_) first_chunk_ns_ = arrival;
  last_chunk_ns_ = arrival;
  ck_chunk header = ready.chunk;
  if (const char* wrong = table_.accept(header)) return lie(wrong);
  auto* stream = known(header.stream);
  const auto data = pool_->take(ready.slot, header.bytes);
  if (!stream || !data) return lie("a chunk's slot does not exist, is too small, or was not its to give");

  auto chunk = std::make_shared<Chunk>();
  std::size_t cut = 0;
  if (stream->wire.format == CK_FORMAT_MJPEG) {
    const auto* first = reinterpret_cast<const std::uint8_t*>(data->data());
    chunk->picture.assign(first, first + data->size());
  } else {
    cut = stream->wire.format == CK_FORMAT_I16 ? widen<std::int16_t>(*data, stream->wire, chunk->samples)
                                               : widen<std::int32_t>(*data, stream->wire, chunk->samples);
  }
  pool_->give_back(ready.slot);
  send(ipc::SlotFree{ready.slot});

  if (stream->wire.format == CK_FORMAT_MJPEG && !is_jpeg(chunk->picture)) {
    stream->spoilt += 1 + header.lost;
    return complain("a picture of " + stream->info.name + " is not a whole JPEG and was dropped");
  }
  header.lost += std::exchange(stream->spoilt, 0);
  const auto placed = stream->timeline.place(header, arrival, ready.pool_was_full != 0);
  if (placed.note) complain(stream->info.name + ": " + placed.note);
  if (cut) complain(stream->info.name + ": " + std::to_string(cut) + " values beyond the converter's range were cut");
  if (!placed.keep) return;

  chunk->stream = stream->info.id;
  chunk->first_sample = placed.first_sample;
  chunk->count = header.count;
  chunk->lost = static_cast<std::uint32_t>(std::min<std::uint64_t>(placed.lost, UINT32_MAX));
  chunk->time_ns = placed.time_ns;
  chunk->device_ticks = header.device_ticks;
  chunk->time_error_ns = placed.time_error_ns;
  chunk->discontinuous = placed.discontinuous;
  chunk->sensor_invalid = header.flags & CK_CHUNK_SENSOR_INVALID;
  if (placed.gap) {
    auto gap = *placed.gap;
    gap.stream = stream->info.id;
    house_.hub.publish(gap);
  }
  if (placed.clock_doubted && arrival - stream->doubt_told_ns > doubt_period_ns) {
    stream->doubt_told_ns = arrival;
    house_.hub.publish(Event{status_.id, stream->info.id, EventKind::clock_doubted, placed.time_ns, {},
                             tr_later("The device's clock has jumped. Times go on by this computer's clock.")});
  }
  house_.hub.publish(ChunkPtr(std::move(chunk)));
}

std::int64_t PluginDevice::plausible(std::int64_t time_ns) const {
  constexpr std::int64_t second = 1'000'000'000;
  const auto now = now_ns();
  return time_ns > now + second || time_ns < now - 30 * second ? now : time_ns;
}

void PluginDevice::on_event(const ck_event& event) {
  Event out;
  out.device = status_.id;
  if (event.stream != UINT32_MAX) {
    const auto* stream = known(event.stream);
    if (!stream) return lie("an event of a stream that was never described");
    out.stream = stream->info.id;
  }
  out.kind = static_cast<EventKind>(event.kind);
  out.time_ns = plausible(event.time_ns);
  std::copy(std::begin(event.value), std::end(event.value), out.value);
  out.text = ipc::text_of(event.text);
  house_.hub.publish(out);
  if (event.kind == CK_EVENT_GONE && phase_ == Phase::live && !gone_at_ns_)
    gone_at_ns_ = now_ns() + house_.settings.gone_ms * std::int64_t{1'000'000};  // else it is started again
  if (event.kind == CK_EVENT_REOPEN && phase_ == Phase::live) reopen(out.text);
}

}  // namespace caukham::core
