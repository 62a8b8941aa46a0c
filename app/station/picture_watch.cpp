#include "station/picture_watch.hpp"

#include <algorithm>
#include <utility>

#include "analysis/picture/json.hpp"
#include "core/clock.hpp"
#include "json/json_text.hpp"

namespace caukham::station {
namespace {

namespace picture = analysis::picture;

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t card_lasts_ns = 2 * second_ns;
constexpr std::int64_t movement_within_ns = second_ns / 2;  // two looks further apart say nothing about a shaking hand

picture::View view_of(const media::Picture& p) {
  picture::View view;
  view.layout = picture::Layout::i420_limited;
  view.width = p.width;
  view.height = p.height;
  const std::span<const std::uint8_t> bytes(p.bytes);
  view.plane[0] = bytes.first(p.offset_u());
  view.plane[1] = bytes.subspan(p.offset_u(), p.offset_v() - p.offset_u());
  view.plane[2] = bytes.subspan(p.offset_v());
  view.stride[0] = static_cast<std::size_t>(p.stride_y);
  view.stride[1] = view.stride[2] = static_cast<std::size_t>(p.stride_uv);
  return view;
}

PictureCard card_of(const picture::Quality& quality) {
  PictureCard card;
  if (!quality.error.empty()) return card;
  switch (quality.verdict) {
    case picture::Verdict::good: card.verdict = PictureCard::Verdict::good; break;
    case picture::Verdict::poor: card.verdict = PictureCard::Verdict::poor; break;
    case picture::Verdict::cannot_tell: break;
  }
  card.sentence = quality.sentence;
  return card;
}

// Movement is told against the picture that was looked at just before, when there is one.
void judge_now(const core::Chunk& still, bool look_for_chart, const media::PicturePtr& before,
               const PictureWatch::Judged& done) {
  media::MjpegDecoder decoder;
  const auto decoded = decoder.to_i420(still.picture, still.time_ns, still.first_sample);
  if (!decoded) {
    picture::Quality quality;
    quality.error = "The picture cannot be decoded: " + decoder.error();
    return done(card_of(quality), json_text(picture::to_json(quality), 1) + "\n");
  }
  picture::Before earlier;
  const auto apart = before ? decoded->time_ns - before->time_ns : 0;
  const bool comparable = apart > 0 && apart < movement_within_ns;
  if (comparable) picture::measure(view_of(*before), before->time_ns, nullptr, &earlier);
  const auto view = view_of(*decoded);
  const auto quality = picture::measure(view, decoded->time_ns, comparable ? &earlier : nullptr);
  const auto json = look_for_chart ? picture::to_json(quality, picture::find_chart(view)) : picture::to_json(quality);
  done(card_of(quality), json_text(json, 1) + "\n");
}

}  // namespace

// What good and poor mean is known of ears and skin, not of faces and rooms.
bool is_judged(const core::StreamInfo& info) {
  return info.device_kind == "otoscope" || info.device_kind == "dermatoscope";
}

PictureWatch::PictureWatch() : thread_([this] { run(); }) {}

PictureWatch::~PictureWatch() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
  }
  ready_.notify_one();
  thread_.join();
}

void PictureWatch::offer(core::StreamId stream, media::PicturePtr offered) {
  {
    const std::scoped_lock lock(mutex_);
    auto& camera = cameras_[stream];
    if (offered->time_ns - camera.looked_at_ns < picture::LiveQuality::interval_ns && camera.looked_at_ns <= offered->time_ns)
      return;
    camera.waiting = std::move(offered);
  }
  ready_.notify_one();
}

PictureCard PictureWatch::card(core::StreamId stream, std::int64_t now_ns) const {
  const std::scoped_lock lock(mutex_);
  const auto found = cameras_.find(stream);
  if (found == cameras_.end() || now_ns - found->second.looked_at_ns > card_lasts_ns) return {};
  return found->second.card;
}

void PictureWatch::judge(core::StreamId stream, core::ChunkPtr still, bool chart, Judged done) {
  {
    const std::scoped_lock lock(mutex_);
    stills_.push_back({stream, std::move(still), chart, std::move(done)});
  }
  ready_.notify_one();
}

std::uint64_t PictureWatch::looks() const {
  const std::scoped_lock lock(mutex_);
  return looks_;
}
std::int64_t PictureWatch::slowest_ns() const {
  const std::scoped_lock lock(mutex_);
  return slowest_ns_;
}

void PictureWatch::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (!stills_.empty()) {
      const auto still = std::move(stills_.front());
      stills_.pop_front();
      const auto camera = cameras_.find(still.stream);
      const auto before = camera == cameras_.end() ? nullptr : camera->second.before;
      lock.unlock();
      judge_now(*still.picture, still.chart, before, still.done);
      lock.lock();
      continue;
    }
    const auto next = std::find_if(cameras_.begin(), cameras_.end(), [](const auto& c) { return c.second.waiting != nullptr; });
    if (next != cameras_.end() && !ending_) {
      const auto waiting = std::exchange(next->second.waiting, nullptr);
      const auto stream = next->first;
      lock.unlock();
      look(stream, waiting);
      lock.lock();
      continue;
    }
    if (ending_) return;
    ready_.wait(lock);
  }
}

// No camera is ever taken out of the map, so that a reference lives through the look.
void PictureWatch::look(core::StreamId stream, const media::PicturePtr& newest) {
  picture::LiveQuality* live = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    live = &cameras_[stream].live;
  }
  const auto began = core::now_ns();
  const auto card = card_of(live->look(view_of(*newest), newest->time_ns));
  const auto took = core::now_ns() - began;
  const std::scoped_lock lock(mutex_);
  auto& camera = cameras_[stream];
  camera.card = card;
  camera.before = newest;
  camera.looked_at_ns = newest->time_ns;
  ++looks_;
  slowest_ns_ = std::max(slowest_ns_, took);
}

}  // namespace caukham::station
