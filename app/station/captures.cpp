// Stills, clips and strips: taken at once, acknowledged when durable.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "station/ecg_strip.hpp"
#include "station/station_impl.hpp"

namespace caukham::station {

using core::tr;

std::string StationImpl::add_capture(const std::string& kind, const core::StreamInfo* stream,
                                     const std::string& asked_by, std::int64_t taken_ns, const std::string& words) {
  record::Capture capture;
  capture.exam_id = desk_->exam.id;
  capture.kind = kind;
  capture.asked_by = asked_by;
  capture.taken_ns = core::to_unix_ns(taken_ns);
  capture.text = words;
  capture.simulated = options_.simulate;
  if (stream) {
    capture.stream = stream->device_kind + "/" + stream->name;
    capture.device_id = stream->device_identity + (stream->unsigned_plugin ? " (unsigned plugin)" : "");
    capture.simulated = capture.simulated || stream->simulated;
    if (stream->device_kind == "otoscope") capture.side = draft_.side;
  }
  const auto id = record_->add_capture(actor_, capture);
  CaptureCard card;
  card.id = id;
  card.kind = kind;
  card.side = capture.side;
  card.asked_by = asked_by;
  card.words = words;
  card.taken_unix_ns = capture.taken_ns;
  card.simulated = capture.simulated;
  if (stream) {
    card.stream_name = stream->name;
    card.device_kind = stream->device_kind;
  }
  desk_->captures.push_back(std::move(card));
  return id;
}

void StationImpl::made_durable(const std::string& capture, const std::string& sha256) {
  auto* card = capture_by_id(capture);
  card->durable = true;
  card->sha256 = sha256;
  tell({{"type", "capture"}, {"id", capture}, {"kind", card->kind}, {"label", card->words}, {"durable", true}});
}

CaptureCard* StationImpl::capture_by_id(const std::string& id) {
  const auto found = std::find_if(desk_->captures.begin(), desk_->captures.end(), [&](auto& c) { return c.id == id; });
  return found == desk_->captures.end() ? nullptr : &*found;
}

void StationImpl::capture_still(core::StreamId stream, const std::string& ask) {
  const auto now = core::now_ns();
  act_in_exam("taking a still", [this, stream, ask, now] { take_still(stream, ask, now); });
}

void StationImpl::take_still(core::StreamId stream, const std::string& ask, std::int64_t asked_ns) {
  const auto info = hub_.stream(stream);
  const auto chunk = view_->newest_jpeg(stream);
  // An old picture is never stored as a new one.
  if (!info || !chunk || asked_ns - chunk->time_ns > 1'000'000'000)
    return notice(Notice::Level::warning, tr("There is no live picture to capture. Check the camera's cable."));
  auto* request = ask.empty() ? open_ask(stream, "still") : ask_by_id(ask);
  const std::string asked_by = request ? request->guest_name : "";
  const std::string request_id = request ? request->id : "";
  if (request && !request->side.empty()) draft_.side = request->side;
  const auto capture = add_capture("still", &*info, asked_by, chunk->time_ns, "");
  auto jpeg = std::make_shared<const std::vector<std::uint8_t>>(chunk->picture);
  capture_by_id(capture)->jpeg = jpeg;
  publish_snapshot();  // the frozen frame is in the tray before the disk has answered
  const auto sha = record_->attach(actor_, capture, std::as_bytes(std::span(*jpeg)), "image/jpeg",
                                   info->device_kind + ".jpg");
  made_durable(capture, sha);
  to_durable_.add_ns(core::now_ns() - asked_ns);
  {
    const std::scoped_lock lock(link_mutex_);
    if (meeting_link_)
      meeting_link_->still(capture, stream, capture_by_id(capture)->side, "", jpeg, sha, chunk->time_ns);
  }
  if (!request_id.empty()) answer_ask(request_id, "done", capture, "");
}

void StationImpl::capture_clip(core::StreamId stream, int seconds, const std::string& ask) {
  act_in_exam("starting a clip", [this, stream, seconds, ask] {
    const auto info = hub_.stream(stream);
    if (!info || info->kind != core::StreamKind::video)
      return notice(Notice::Level::warning, tr("There is no camera to film with."));
    auto* request = ask.empty() ? open_ask(stream, "clip") : ask_by_id(ask);
    const auto capture = add_capture("clip", &*info, request ? request->guest_name : "", core::now_ns(), "");
    const auto path = record_->exam_folder(desk_->exam.id) / ("clip-" + capture + ".mkv");
    desk_->clips.push_back(std::make_unique<ClipRecorder>(hub_, *info, path, std::clamp(seconds, 1, 120), capture,
                                                          request ? request->id : ""));
  });
}

void StationImpl::finish_clips(bool all) {
  auto& clips = desk_->clips;
  for (auto it = clips.begin(); it != clips.end();) {
    auto& clip = **it;
    if (!all && !clip.done()) {
      ++it;
      continue;
    }
    const auto result = clip.finish();
    const auto capture = clip.capture();
    const auto ask = clip.ask();
    it = clips.erase(it);
    if (result.pictures == 0) {
      notice(Notice::Level::warning, tr("The clip is empty: no picture came from the camera."));
      record_->remove_capture("station", capture, "no picture arrived");
      capture_by_id(capture)->removed = true;
      continue;
    }
    if (!result.problem.empty()) notice(Notice::Level::problem, result.problem);
    capture_by_id(capture)->jpeg = result.first_jpeg;
    const auto sha = record_->attach_file(actor_, capture, result.path, "video/x-matroska", "clip.mkv",
                                          record::Record::Take::move);
    made_durable(capture, sha);
    to_durable_.add_ns(core::now_ns() - result.ended_ns);
    if (!ask.empty()) answer_ask(ask, "done", capture, "");
  }
}

void StationImpl::capture_ecg(int seconds, const std::string& ask) {
  act_in_exam("storing an ECG strip", [this, seconds, ask] { take_ecg(std::clamp(seconds, 1, 60), ask); });
}

// The last `seconds` that were recorded, as a small BDF+ file of its own.
void StationImpl::take_ecg(int seconds, const std::string& ask) {
  const auto asked_ns = core::now_ns();
  for (const auto& totals : desk_->recorder->totals()) {
    if (totals.info.device_kind != "ecg") continue;
    const auto strip = record_->exam_folder(desk_->exam.id) / ("strip-" + std::to_string(asked_ns) + ".bdf");
    if (!cut_strip(totals.path, strip, seconds)) break;
    auto* request = ask.empty() ? open_ask(totals.info.id, "ecg") : ask_by_id(ask);
    const std::string request_id = request ? request->id : "";
    const auto capture = add_capture("ecg", &totals.info, request ? request->guest_name : "", asked_ns,
                                     tr("{0} s strip", std::to_string(seconds)));
    const auto sha = record_->attach_file(actor_, capture, strip, "application/x-bdf", "ecg-strip.bdf",
                                          record::Record::Take::move);
    made_durable(capture, sha);
    to_durable_.add_ns(core::now_ns() - asked_ns);
    if (!request_id.empty()) answer_ask(request_id, "done", capture, "");
    return;
  }
  notice(Notice::Level::warning, tr("There is no ECG to store yet. Connect the ECG and wait a second."));
}

void StationImpl::remove_capture(const std::string& id) {
  act_in_exam("removing a capture", [this, id] {
    auto* card = capture_by_id(id);
    if (!card || card->removed) return;
    record_->remove_capture(actor_, id, "removed at the bedside");
    card->removed = true;
  });
}

void StationImpl::undo_remove(const std::string& id) {
  act_in_exam("restoring a capture", [this, id] {
    auto* card = capture_by_id(id);
    if (!card || !card->removed) return;
    record_->restore_capture(actor_, id);
    card->removed = false;
  });
}

void StationImpl::set_side(const std::string& side) {
  worker_.post([this, side] { draft_.side = side == "left" || side == "right" ? side : ""; });
}

void StationImpl::on_device_event(const core::Event& event) {
  if (event.kind == core::EventKind::electrodes) {
    electrodes_[event.device] = {static_cast<std::uint32_t>(event.value[0]), static_cast<std::uint32_t>(event.value[1])};
    nlohmann::json off = nlohmann::json::array(), known = nlohmann::json::array();
    static constexpr const char* names[] = {"RA", "LA", "LL", "RL", "V1", "V2", "V3", "V4", "V5", "V6"};
    for (int bit = 0; bit < 10; ++bit) {
      if (event.value[0] >> bit & 1) off.push_back(names[bit]);
      if (event.value[1] >> bit & 1) known.push_back(names[bit]);
    }
    for (const auto& info : hub_.streams())
      if (info.device == event.device)
        tell({{"type", "event"}, {"stream", info.id}, {"device_kind", info.device_kind}, {"event", "electrodes"},
              {"off", off}, {"known", known}});
  } else if (event.kind == core::EventKind::button && event.value[1] == 1) {
    if (!desk_ || desk_->closed) return;
    for (const auto& info : hub_.streams())
      if (info.device == event.device && info.kind == core::StreamKind::video)
        act_now("taking a still", [&] { take_still(info.id, "", event.time_ns); });
  } else if (event.kind == core::EventKind::warning || event.kind == core::EventKind::clock_doubted) {
    notice(Notice::Level::warning, tr(event.text.c_str()));  // a plugin's words are English; ours have a translation
  }
}

void StationImpl::on_flow(core::StreamId stream) {
  if (!desk_ || desk_->closed) return;
  desk_->spirometry = breathing_.manoeuvres();
  if (desk_->spirometry.empty()) return;
  const auto& newest = desk_->spirometry.back();
  tell({{"type", "spirometry"}, {"stream", stream}, {"manoeuvre", newest.manoeuvre}, {"fvc_l", newest.fvc_l},
        {"fev1_l", newest.fev1_l}, {"pef_l_s", newest.pef_l_s}, {"words", newest.words}});
}

}  // namespace caukham::station
