#include "station/live_view.hpp"

namespace caukham::station {
namespace {
constexpr double kept_seconds = 30;
constexpr std::size_t kept_holes = 64;
}

LiveView::LiveView(core::Hub& hub, Handlers handlers) : hub_(hub), handlers_(std::move(handlers)) {
  inbox_ = hub_.subscribe({.waveform_chunks = 6000, .pictures = 1});
  thread_ = std::thread([this] { run(); });
}

LiveView::~LiveView() {
  inbox_->close();
  thread_.join();
  hub_.unsubscribe(inbox_);
}

void LiveView::run() {
  while (!inbox_->closed())
    for (const auto& item : inbox_->take(std::chrono::milliseconds(500))) handle(item);
}

void LiveView::handle(const core::Item& item) {
  if (const auto* added = std::get_if<core::StreamAdded>(&item)) {
    {
      const std::scoped_lock lock(mutex_);
      if (added->info.kind == core::StreamKind::waveform) waves_[added->info.id].info = added->info;
      else cameras_.try_emplace(added->info.id);
    }
    if (handlers_.changed) handlers_.changed();
  } else if (const auto* pointer = std::get_if<core::ChunkPtr>(&item)) {
    const auto& chunk = *pointer;
    if (const auto wave = waves_.find(chunk->stream); wave != waves_.end()) {
      {
        const std::scoped_lock lock(mutex_);
        auto& w = wave->second;
        w.chunks.push_back(chunk);
        w.kept += chunk->count;
        w.total += chunk->count;
        while (w.kept > w.info.rate_hz * kept_seconds) {
          w.kept -= w.chunks.front()->count;
          w.chunks.pop_front();
        }
      }
      if (handlers_.waveform) handlers_.waveform(*chunk, wave->second.info);
    } else if (const auto camera = cameras_.find(chunk->stream); camera != cameras_.end()) {
      auto picture = camera->second.decoder.to_i420(chunk->picture, chunk->time_ns, chunk->first_sample);
      if (!picture) return;  // a damaged picture is not shown; the next one follows
      {
        const std::scoped_lock lock(mutex_);
        auto& c = camera->second;
        c.recent.push_back(chunk);
        c.bytes += chunk->picture.size();
        while (c.recent.size() > 1 && (c.bytes > kept_bytes || c.recent.size() > kept_pictures)) {
          c.bytes -= c.recent.front()->picture.size();
          c.recent.pop_front();
        }
        c.picture = picture;
      }
      if (handlers_.picture) handlers_.picture(chunk->stream, picture);
    }
  } else if (const auto* gap = std::get_if<core::Gap>(&item)) {
    const std::scoped_lock lock(mutex_);
    const auto wave = waves_.find(gap->stream);
    if (wave == waves_.end()) return;
    auto& holes = wave->second.holes;
    holes.push_back({gap->first_sample, gap->length, gap->reason});
    if (holes.size() > kept_holes) holes.pop_front();
  } else if (const auto* event = std::get_if<core::Event>(&item)) {
    if (handlers_.event) handlers_.event(*event);
  } else if (std::holds_alternative<core::DeviceStatus>(item) || std::holds_alternative<core::StreamEnded>(item)) {
    if (handlers_.changed) handlers_.changed();
  }
}

WaveformWindow LiveView::waveform(core::StreamId stream, std::uint64_t from_sample) const {
  WaveformWindow window;
  const std::scoped_lock lock(mutex_);
  const auto found = waves_.find(stream);
  if (found == waves_.end()) return window;
  const auto& chunks = found->second.chunks;
  for (const auto& hole : found->second.holes)
    if (hole.first_sample + hole.length >= from_sample) window.holes.push_back(hole);
  // The window asks for the newest few chunks thirty times a second: look from the end.
  auto first = chunks.end();
  while (first != chunks.begin() && (*std::prev(first))->first_sample + (*std::prev(first))->count > from_sample) --first;
  for (auto it = first; it != chunks.end(); ++it) {
    const auto& chunk = **it;
    if (!window.runs.empty() &&
        window.runs.back().first_sample + window.runs.back().count == chunk.first_sample) {
      auto& run = window.runs.back();
      run.count += chunk.count;
      run.samples.insert(run.samples.end(), chunk.samples.begin(), chunk.samples.end());
    } else {
      window.runs.push_back({chunk.first_sample, chunk.count, chunk.time_ns, chunk.samples});
    }
    const auto past_first = chunk.count > 0 ? chunk.count - 1 : 0;
    window.newest_ns = chunk.time_ns + static_cast<std::int64_t>(past_first * 1e9 / found->second.info.rate_hz);
  }
  return window;
}

std::shared_ptr<const media::Picture> LiveView::picture(core::StreamId stream) const {
  const std::scoped_lock lock(mutex_);
  const auto found = cameras_.find(stream);
  return found == cameras_.end() ? nullptr : found->second.picture;
}

core::ChunkPtr LiveView::newest_jpeg(core::StreamId stream) const {
  const std::scoped_lock lock(mutex_);
  const auto found = cameras_.find(stream);
  return found == cameras_.end() || found->second.recent.empty() ? nullptr : found->second.recent.back();
}

core::ChunkPtr LiveView::find(const Camera& camera, std::int64_t sensed_ns) {
  if (camera.held && camera.held->time_ns == sensed_ns) return camera.held;
  for (auto it = camera.recent.rbegin(); it != camera.recent.rend(); ++it)
    if ((*it)->time_ns == sensed_ns) return *it;
  return nullptr;
}

core::ChunkPtr LiveView::jpeg_at(core::StreamId stream, std::int64_t sensed_ns) const {
  const std::scoped_lock lock(mutex_);
  const auto found = cameras_.find(stream);
  return found == cameras_.end() ? nullptr : find(found->second, sensed_ns);
}

core::ChunkPtr LiveView::held_jpeg(core::StreamId stream) const {
  const std::scoped_lock lock(mutex_);
  const auto found = cameras_.find(stream);
  return found == cameras_.end() ? nullptr : found->second.held;
}

void LiveView::hold(core::StreamId stream, std::int64_t sensed_ns) {
  const std::scoped_lock lock(mutex_);
  const auto found = cameras_.find(stream);
  if (found != cameras_.end()) found->second.held = sensed_ns ? find(found->second, sensed_ns) : nullptr;
}

std::uint64_t LiveView::samples(core::StreamId stream) const {
  const std::scoped_lock lock(mutex_);
  const auto found = waves_.find(stream);
  return found == waves_.end() ? 0 : found->second.total;
}

}  // namespace caukham::station
