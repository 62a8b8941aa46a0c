// Stills, clips and strips: taken at once, acknowledged when durable.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "core/words.hpp"
#include "station/ecg_strip.hpp"
#include "station/station_impl.hpp"

namespace caukham::station {

using core::tr;

Taken StationImpl::begin_capture(const std::string& kind, const core::StreamInfo* stream, const std::string& asked_by,
                                 std::int64_t taken_ns, const std::string& words) {
  Taken taken;
  auto& capture = taken.capture;
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
  taken.index = desk_->captures.size();
  CaptureCard card;
  card.id = "new-" + std::to_string(taken.index);  // until the record has given its own
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
  // The record's number at once where it can be had, so that the card keeps one name.
  if (backlog_.empty()) try {
      card.id = record_->add_capture(actor_, capture);
      capture.id = card.id;
    } catch (const record::RecordError&) {  // store_capture() says why, and tries again
    }
  desk_->captures.push_back(std::move(card));
  return taken;
}

void StationImpl::store_capture(const Taken& taken, const std::string& actor,
                                std::function<std::string(const std::string&)> attach,
                                std::function<void(const CaptureCard&)> stored) {
  const auto asked_ns = core::now_ns();
  store([this, taken = Taken(taken), actor, attach = std::move(attach), stored = std::move(stored), asked_ns]() mutable {
    if (taken.capture.id.empty()) {
      taken.capture.id = record_->add_capture(actor, taken.capture);
      desk_->captures.edit()[taken.index].id = taken.capture.id;
    }
    const auto sha256 = attach(taken.capture.id);
    auto& card = desk_->captures.edit()[taken.index];
    card.durable = true;
    card.sha256 = sha256;
    to_durable_.add_ns(core::now_ns() - asked_ns);
    tell({{"type", "capture"}, {"id", card.id}, {"kind", card.kind}, {"label", card.words}, {"durable", true}});
    if (stored) stored(CaptureCard(card));
  });
}

std::optional<std::size_t> StationImpl::capture_by_id(const std::string& id) const {
  for (std::size_t n = 0; n < desk_->captures.size(); ++n)
    if (desk_->captures[n].id == id) return n;
  return {};
}

void StationImpl::capture_still(core::StreamId stream, const std::string& ask, std::int64_t picture_ns) {
  const auto now = core::now_ns();
  act_in_exam("taking a still", [this, stream, ask, now, picture_ns] {
    if (picture_ns == 0) return take_still(stream, ask, now, view_->newest_jpeg(stream));
    const auto picture = view_->jpeg_at(stream, picture_ns);
    if (!picture)
      return notice(Notice::Level::warning,
                    tr("The picture on the screen is not there any more; nothing was taken. Take a new one."));
    take_still(stream, ask, picture->time_ns, picture);
  });
}

// An old picture is never stored as a new one: `asked_ns` is when the picture was wanted.
void StationImpl::take_still(core::StreamId stream, const std::string& ask, std::int64_t asked_ns,
                             const core::ChunkPtr& picture) {
  const auto info = hub_.stream(stream);
  if (!info || !picture || asked_ns - picture->time_ns > 1'000'000'000)
    return notice(Notice::Level::warning, tr("There is no live picture to capture. Check the camera's cable."));
  if (backlog_.size() > 300)
    return notice(Notice::Level::problem, tr("Too much waits to be saved; nothing was taken. Free some space first."));
  const auto* request = ask.empty() ? open_ask(stream, "still") : ask_by_id(ask);
  const std::string asked_by = request ? request->guest_name : "", request_id = request ? request->id : "";
  if (request && !request->side.empty()) draft_.side = request->side;
  const auto taken = begin_capture("still", &*info, asked_by, picture->time_ns, "");
  auto jpeg = std::make_shared<const std::vector<std::uint8_t>>(picture->picture);
  desk_->captures.edit()[taken.index].jpeg = jpeg;
  publish_snapshot();  // the frozen frame is in the tray before the disk has answered
  store_capture(taken, actor_,
                [this, jpeg, name = info->device_kind + ".jpg"](const std::string& capture) {
                  return record_->attach(actor_, capture, std::as_bytes(std::span(*jpeg)), "image/jpeg", name);
                },
                [this, jpeg, stream, request_id, sensed_ns = picture->time_ns](const CaptureCard& card) {
                  {
                    const std::scoped_lock lock(link_mutex_);
                    if (meeting_link_) meeting_link_->still(card.id, stream, card.side, "", jpeg, card.sha256, sensed_ns);
                  }
                  if (!request_id.empty()) answer_ask(request_id, "done", card.id, "");
                });
  if (is_judged(*info)) judge_still(taken.index, *info, picture);
}

// How good the picture is, is stored beside it: whoever judges the ear later knows what the picture can show.
void StationImpl::judge_still(std::size_t index, const core::StreamInfo& info, const core::ChunkPtr& picture) {
  ++desk_->being_judged;
  const bool chart = info.device_kind == "dermatoscope";  // skin is photographed beside one, an ear is not
  pictures_.judge(info.id, picture, chart, [this, index, exam = desk_->exam.id, name = info.device_kind + "-quality.json"](
                                        const PictureCard& card, const std::string& json) {
    worker_.post([this, index, exam, name, card, json] {
      if (!desk_ || desk_->exam.id != exam) return;
      --desk_->being_judged;
      desk_->captures.edit()[index].quality = card;
      store([this, index, name, json] {  // behind the picture itself, which has an id by then
        record_->attach(actor_, desk_->captures[index].id, std::as_bytes(std::span(json)), "application/json", name);
      });
    });
  });
}

void StationImpl::capture_clip(core::StreamId stream, int seconds, const std::string& ask) {
  act_in_exam("starting a clip", [this, stream, seconds, ask] {
    const auto info = hub_.stream(stream);
    if (!info || info->kind != core::StreamKind::video)
      return notice(Notice::Level::warning, tr("There is no camera to film with."));
    const auto* request = ask.empty() ? open_ask(stream, "clip") : ask_by_id(ask);
    const std::string request_id = request ? request->id : "";
    const auto taken = begin_capture("clip", &*info, request ? request->guest_name : "", core::now_ns(), "");
    const auto path = desk_->folder / ("clip-" + std::to_string(taken.index) + ".mkv");
    desk_->clips.push_back(
        std::make_unique<ClipRecorder>(hub_, *info, path, std::clamp(seconds, 1, 120), taken, request_id));
  });
}

void StationImpl::finish_clips() {
  auto& clips = desk_->clips;
  for (auto it = clips.begin(); it != clips.end();) {
    if (!(*it)->done()) {
      ++it;
      continue;
    }
    const std::unique_ptr<ClipRecorder> clip = std::move(*it);
    it = clips.erase(it);
    const auto result = clip->finish();
    const auto taken = clip->taken();
    if (result.pictures == 0) {
      notice(Notice::Level::warning, tr("The clip is empty: no picture came from the camera."));
      desk_->captures.edit()[taken.index].removed = true;
      if (!taken.capture.id.empty())
        store([this, id = taken.capture.id] { record_->remove_capture("station", id, "no picture arrived"); });
      continue;
    }
    if (!result.problem.empty()) notice(Notice::Level::problem, result.problem);
    desk_->captures.edit()[taken.index].jpeg = result.first_jpeg;
    store_capture(taken, actor_,
                  [this, path = result.path](const std::string& capture) {
                    return record_->attach_file(actor_, capture, path, "video/x-matroska", "clip.mkv",
                                                record::Record::Take::move);
                  },
                  [this, ask = clip->ask()](const CaptureCard& card) {
                    if (!ask.empty()) answer_ask(ask, "done", card.id, "");
                  });
    if (desk_->captures[taken.index].removed && taken.capture.id.empty())  // taken away before the record knew it
      store([this, index = taken.index] {
        record_->remove_capture(actor_, desk_->captures[index].id, "removed at the bedside");
      });
  }
}

void StationImpl::capture_ecg(int seconds, const std::string& ask, std::int64_t until_ns) {
  act_in_exam("storing an ECG strip",
              [this, seconds, ask, until_ns] { take_ecg(std::clamp(seconds, 1, 60), ask, until_ns); });
}

// The last `seconds` that were recorded until then, as a small BDF+ file of its own.
void StationImpl::take_ecg(int seconds, const std::string& ask, std::int64_t until_ns) {
  const auto asked_ns = core::now_ns();
  for (const auto& totals : desk_->recorder->totals()) {
    if (totals.info.device_kind != "ecg") continue;
    const auto strip = desk_->folder / ("strip-" + std::to_string(asked_ns) + ".bdf");
    if (!cut_strip(totals.path, strip, seconds, until_ns ? until_ns - totals.first_sample_ns : INT64_MAX)) break;
    const auto* request = ask.empty() ? open_ask(totals.info.id, "ecg") : ask_by_id(ask);
    const std::string request_id = request ? request->id : "";
    const auto taken = begin_capture("ecg", &totals.info, request ? request->guest_name : "",
                                     until_ns ? until_ns : asked_ns, tr("{0} s strip", std::to_string(seconds)));
    return store_capture(taken, actor_,
                         [this, strip](const std::string& capture) {
                           return record_->attach_file(actor_, capture, strip, "application/x-bdf", "ecg-strip.bdf",
                                                       record::Record::Take::move);
                         },
                         [this, request_id](const CaptureCard& card) {
                           if (!request_id.empty()) answer_ask(request_id, "done", card.id, "");
                         });
  }
  notice(Notice::Level::warning, tr("There is no ECG to store yet. Connect the ECG and wait a second."));
}

void StationImpl::remove_capture(const std::string& id) {
  act_on_exam("removing a capture", [this, id] {
    const auto index = capture_by_id(id);
    if (!index || desk_->captures[*index].removed) return;
    desk_->captures.edit()[*index].removed = true;
    store([this, index = *index] {
      if (desk_->captures[index].id.starts_with("new-")) return;  // a clip that still runs: finish_clips() does it
      record_->remove_capture(actor_, desk_->captures[index].id, "removed at the bedside");
    });
  });
}

void StationImpl::undo_remove(const std::string& id) {
  act_on_exam("restoring a capture", [this, id] {
    const auto index = capture_by_id(id);
    if (!index || !desk_->captures[*index].removed) return;
    desk_->captures.edit()[*index].removed = false;
    store([this, index = *index] {
      if (desk_->captures[index].id.starts_with("new-")) return;
      record_->restore_capture(actor_, desk_->captures[index].id);
    });
  });
}

void StationImpl::set_side(const std::string& side) {
  worker_.post([this, side] { draft_.side = side == "left" || side == "right" ? side : ""; });
}

void StationImpl::set_height(double cm) {
  act_on_exam("entering the height", [this, cm] {
    if (!(cm >= 50 && cm <= 250))
      return notice(Notice::Level::warning, tr("A height lies between 50 and 250 cm. Enter it again."));
    desk_->height_cm = cm;
    note(actor_, "height entered", {{"cm", cm}});
    tell_breathing_of_patient();
  });
}

// Predicted values, and the limits for small children, depend on who breathes.
void StationImpl::tell_breathing_of_patient() {
  const auto& p = desk_->patient;
  breathing_.set_patient({age_at(p.birth_date, desk_->exam.opened_ns), p.sex, desk_->height_cm});
  desk_->spirometry = breathing_.manoeuvres();
  desk_->spirometry_session = breathing_.session();
}

void StationImpl::on_device_event(const core::Event& event) {
  if (event.kind == core::EventKind::electrodes) {
    electrodes_[event.device] = {static_cast<std::uint32_t>(event.value[0]), static_cast<std::uint32_t>(event.value[1])};
    nlohmann::json off = nlohmann::json::array(), known = nlohmann::json::array();
    for (std::size_t bit = 0; bit < core::electrode_names.size(); ++bit) {
      if (event.value[0] >> bit & 1) off.push_back(core::electrode_names[bit]);
      if (event.value[1] >> bit & 1) known.push_back(core::electrode_names[bit]);
    }
    for (const auto& info : hub_.streams())
      if (info.device == event.device)
        tell({{"type", "event"}, {"stream", info.id}, {"device_kind", info.device_kind}, {"event", "electrodes"},
              {"off", off}, {"known", known}});
  } else if (event.kind == core::EventKind::button && event.value[1] == 1) {
    if (!desk_ || !desk_->running()) return;
    for (const auto& info : hub_.streams()) {
      if (info.device != event.device || info.kind != core::StreamKind::video) continue;
      const auto held = view_->held_jpeg(info.id);  // a frozen picture is what the nurse sees
      act_now("taking a still", [&] {
        take_still(info.id, "", held ? held->time_ns : event.time_ns, held ? held : view_->newest_jpeg(info.id));
      });
    }
  } else if (event.kind == core::EventKind::warning || event.kind == core::EventKind::clock_doubted) {
    // A maker's words are in whatever language, the core's have a translation; which device it is is said in ours.
    std::string name;
    for (const auto& device : hub_.devices())
      if (device.id == event.device) name = device.name;
    notice(Notice::Level::warning, tr("The device {0} reports: {1}", name, tr(event.text.c_str())));
  }
}

void StationImpl::on_flow(core::StreamId stream) {
  if (!desk_ || desk_->over()) return;
  desk_->spirometry = breathing_.manoeuvres();
  desk_->spirometry_session = breathing_.session();
  if (desk_->spirometry.empty()) return;
  const auto& newest = desk_->spirometry.back();
  tell({{"type", "spirometry"}, {"stream", stream}, {"manoeuvre", newest.manoeuvre}, {"fvc_l", newest.fvc_l},
        {"fev1_l", newest.fev1_l}, {"pef_l_s", newest.pef_l_s}, {"words", newest.words}});
}

}  // namespace caukham::station
