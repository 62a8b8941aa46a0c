#include "fake_desk.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "devices/phantom/phantom.hpp"
#include "devices/signals/ecgsyn.hpp"
#include "devices/signals/spirometry.hpp"
#include "media/picture.hpp"

namespace caukham::test {
namespace {
constexpr std::int64_t second_ns = 1'000'000'000, past_ns = 30 * second_ns;

core::StreamInfo stream(core::StreamId id, const char* kind, const char* name, core::StreamKind what) {
  core::StreamInfo info;
  info.id = id;
  info.device = id;
  info.kind = what;
  info.device_kind = kind;
  info.device_name = name;
  info.simulated = true;
  return info;
}
}  // namespace

FakeDesk::FakeDesk() : start_ns_(core::now_ns() - past_ns) {
  loop_ = devices::ecgsyn(500, {.heart_rate_bpm = 74, .wander_uv = 60, .beats = 32, .seed = 7});
  auto first = std::make_shared<station::Snapshot>();
  first->version = 1;
  first->ready = true;
  first->simulated = true;
  first->side = "left";
  first->disk_free_bytes = 212'000'000'000;
  snapshot_ = first;
  const auto quiet = devices::tidal_breath(100);
  for (int i = 0; i < 2; ++i) breath_.insert(breath_.end(), quiet.begin(), quiet.end());
  const auto blow = devices::synthetic_manoeuvre({3.4, 2.8, 6.9}, 100).flow_lps;
  breath_.insert(breath_.end(), blow.begin(), blow.end());
  media::MjpegDecoder decoder;
  for (const auto& [id, scene] :
       {std::pair{ear, devices::Scene::ear}, std::pair{skin, devices::Scene::skin}}) {
    devices::Phantom phantom({.scene = scene});
    Scope scope{id, {}, {}};
    for (std::uint32_t i = 0; i < 12; ++i) {
      const auto bytes = phantom.jpeg(i * 3);
      scope.jpegs.push_back(std::make_shared<const std::vector<std::uint8_t>>(bytes.begin(), bytes.end()));
      const auto picture = decoder.to_i420(*scope.jpegs.back(), 0, i);
      if (picture) scope.pictures.push_back(std::make_shared<media::Picture>(*picture));
    }
    scopes_.push_back(std::move(scope));
  }
}

void FakeDesk::plug_all() {
  edit([](station::Snapshot& s) {
    auto ear_info = stream(ear, "otoscope", "Useeplus otoscope", core::StreamKind::video);
    auto skin_info = stream(skin, "dermatoscope", "UVC dermatoscope", core::StreamKind::video);
    auto ecg_info = stream(ecg, "ecg", "HackEEG 8", core::StreamKind::waveform);
    ecg_info.labels = {"I", "II", "V1", "V2", "V3", "V4", "V5", "V6"};
    ecg_info.rate_hz = 500;
    ecg_info.unit = "uV";
    auto flow_info = stream(flow, "spirometer", "Go Direct Spirometer", core::StreamKind::waveform);
    flow_info.labels = {"flow"};
    flow_info.rate_hz = 100;
    flow_info.scale = 0.001;
    flow_info.unit = "L/s";
    for (auto& info : {ear_info, skin_info, ecg_info, flow_info}) {
      core::DeviceStatus d;
      d.id = info.device;
      d.state = core::DeviceState::live;
      d.kind = info.device_kind;
      d.name = info.device_name;
      d.simulated = true;
      s.devices.push_back(d);
      station::StreamCardUi card;
      card.info = info;
      card.state = core::DeviceState::live;
      if (d.kind == "ecg") {
        card.heart_rate_bpm = 74;
        card.electrodes_known = 0x3FF;
      }
      s.streams.push_back(card);
    }
  });
}

void FakeDesk::open_with(const std::string& name) {
  edit([&](station::Snapshot& s) {
    s.patient = {};
    if (!name.empty())
      s.patient = {"p1", name, "1979-03-08", "female", "001179001234", "DN4759122135078", "0912345678", true};
    s.exam = {"e1", name.empty() ? "" : "p1", name, "đau tai trái 3 ngày", "open", core::to_unix_ns(core::now_ns()), 0, true};
    s.recording_since_ns = core::now_ns() - 134 * second_ns;
  });
}

void FakeDesk::set_state(core::StreamId id, core::DeviceState state) {
  edit([&](station::Snapshot& s) {
    for (auto& c : s.streams)
      if (c.info.id == id) c.state = state;
    for (auto& d : s.devices)
      if (d.id == id) d.state = state;
  });
}

void FakeDesk::set_electrodes_off(std::uint32_t mask) {
  edit([&](station::Snapshot& s) {
    for (auto& c : s.streams)
      if (c.info.id == ecg) c.electrodes_off = mask;
  });
}

void FakeDesk::lose_ecg(double ago, double length) {
  const std::lock_guard lock(mutex_);
  const double now = static_cast<double>(core::now_ns() - start_ns_) / 1e9;
  holes_.push_back({static_cast<std::uint64_t>((now - ago) * 500), static_cast<std::uint64_t>(length * 500)});
}

void FakeDesk::add_blows() {
  edit([](station::Snapshot& s) {
    using Use = station::SpirometryCard::Use;
    std::uint32_t number = 0;
    for (const auto& [blow, words, reasons] :
         {std::tuple{devices::BlowParams{3.31, 2.62, 6.1}, "Good blow.", ""},
          std::tuple{devices::BlowParams{3.12, 2.55, 4.8}, "Slow start: blow harder at the very beginning.", "slow start"},
          std::tuple{devices::BlowParams{3.42, 2.80, 6.9}, "Good blow.", ""}}) {
      const auto m = devices::synthetic_manoeuvre(blow, 100);
      const auto use = *reasons ? Use::usable : Use::acceptable;
      station::SpirometryCard card{++number, blow.fvc_l, blow.fev1_l, blow.pef_lps, 6.4, core::tr(words), {}, {}, {},
                                   use,      use,        *reasons ? core::tr(reasons) : ""};
      float volume = 0;
      for (std::size_t i = m.blow_start;
           i < m.flow_lps.size() && m.flow_lps[i] > -0.05F && i < m.blow_start + 640; ++i) {
        volume += m.flow_lps[i] / 100;
        card.time_s.push_back(static_cast<float>(i - m.blow_start) / 100);
        card.volume_l.push_back(volume);
        card.flow_l_s.push_back(m.flow_lps[i]);
      }
      s.spirometry.push_back(card);
    }
    auto& session = s.spirometry_session;
    session.fev1_grade = session.fvc_grade = 'B';
    session.hint = core::tr("One more good blow is needed.");
    session.values = {{"FEV1", "L", 2.80, {}, {}}, {"FVC", "L", 3.42, {}, {}}, {"FEV1/FVC", "", 0.82, {}, {}}};
    session.missing = core::tr("Enter {0} for predicted values.", core::tr("the height"));
  });
}

void FakeDesk::note(const std::string& act) {
  const std::lock_guard lock(mutex_);
  acts_.push_back(act);
}
bool FakeDesk::did(const std::string& act) const {
  const auto all = acts();
  return std::find(all.begin(), all.end(), act) != all.end();
}
std::uint64_t FakeDesk::drawn_count(core::StreamId id) const {
  const std::lock_guard lock(mutex_);
  const auto found = drawn_.find(id);
  return found == drawn_.end() ? 0 : found->second;
}
std::int64_t FakeDesk::worst_draw_ns(core::StreamId id) const {
  const std::lock_guard lock(mutex_);
  const auto found = worst_.find(id);
  return found == worst_.end() ? 0 : found->second;
}

std::shared_ptr<const station::Snapshot> FakeDesk::snapshot() const {
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

station::WaveformWindow FakeDesk::waveform(core::StreamId id, std::uint64_t from) const {
  const std::lock_guard lock(mutex_);
  station::WaveformWindow out;
  const double rate = id == ecg ? 500 : 100;
  bool live = false;
  for (const auto& c : snapshot_->streams)
    live = live || (c.info.id == id && c.state == core::DeviceState::live);
  if (!live || (id != ecg && id != flow)) return out;
  const std::int64_t now = core::now_ns();
  const auto end = static_cast<std::uint64_t>(static_cast<double>(now - start_ns_) / 1e9 * rate);
  const auto kept = static_cast<std::uint64_t>(20 * rate);
  from = std::max(from, end > kept ? end - kept : 0);
  const auto lost = [&](std::uint64_t n) {
    return id == ecg && std::any_of(holes_.begin(), holes_.end(),
                                    [n](const Hole& h) { return n >= h.first && n < h.first + h.length; });
  };
  for (std::uint64_t n = from; n < end; ++n) {
    if (lost(n)) continue;
    if (out.runs.empty() || out.runs.back().first_sample + out.runs.back().count != n)
      out.runs.push_back(
          {n, 0, start_ns_ + static_cast<std::int64_t>(static_cast<double>(n) / rate * 1e9), {}});
    auto& run = out.runs.back();
    ++run.count;
    if (id == ecg)
      for (float v : loop_.at(n)) run.samples.push_back(static_cast<std::int32_t>(std::lround(v)));
    else
      run.samples.push_back(
          static_cast<std::int32_t>(std::lround(breathing_ ? breath_[n % breath_.size()] * 1000 : 0)));
  }
  out.newest_ns = start_ns_ + static_cast<std::int64_t>(static_cast<double>(end) / rate * 1e9);
  if (id == ecg)
    for (const auto& hole : holes_) out.holes.push_back({hole.first, hole.length, "unplugged"});
  return out;
}

std::shared_ptr<const media::Picture> FakeDesk::picture(core::StreamId id) const {
  const std::lock_guard lock(mutex_);
  for (const auto& scope : scopes_) {
    if (scope.id != id || scope.pictures.empty()) continue;
    static std::map<core::StreamId, std::pair<std::int64_t, std::shared_ptr<media::Picture>>> shown;
    auto& [frame, picture] = shown[id];
    const std::int64_t number = (core::now_ns() - start_ns_) / 40'000'000;  // 25 a second
    if (number != frame && !(pictures_stand_ && picture)) {
      frame = number;
      const std::size_t n = scope.pictures.size();
      const auto at = static_cast<std::size_t>(number) % (2 * n);
      picture = std::make_shared<media::Picture>(*scope.pictures[at < n ? at : 2 * n - 1 - at]);
      picture->time_ns = core::now_ns();
    }
    return picture;
  }
  return nullptr;
}

void FakeDesk::drawn(core::StreamId id, std::int64_t sensed, std::int64_t drawn_ns) {
  const std::lock_guard lock(mutex_);
  ++drawn_[id];
  worst_[id] = std::max(worst_[id], drawn_ns - sensed);
}

void FakeDesk::search(const std::string& text) {
  note("search " + text);
  edit([&](station::Snapshot& s) {
    s.found.clear();
    if (text.empty()) return;
    s.found.push_back({"p1", "Nguyễn Thị Ánh", "1979-03-08", "female", "001179001234", "DN4759122135078",
                       "0912345678", true});
    s.found.push_back({"p2", "Nguyễn Thị Ánh Nguyệt", "1991", "female", "", "", "0987654321", true});
    s.found.push_back({"p3", "Nguyễn Văn Ánh", "1958-11-30", "male", "001058004321", "", "", true});
  });
}
void FakeDesk::create_patient(const station::PatientCard& card) {
  note("create " + card.name + " " + card.birth_date + " " + card.sex);
  edit([&](station::Snapshot& s) {
    auto saved = card;
    saved.id = "p9";
    s.found = {saved};
  });
}
void FakeDesk::open_exam(const std::string& id, const std::string&) {
  note("open_exam " + id);
  std::string name;
  for (const auto& p : snapshot()->found)
    if (p.id == id) name = p.name;
  open_with(name);
}
void FakeDesk::close_exam() {
  note("close_exam");
  edit([](station::Snapshot& s) {  // as the station does: what was finished stays known
    s.exam.state = "closed";
    s.exam.captures = static_cast<std::uint32_t>(s.captures.size());
    s.recording_since_ns = 0;
  });
}

void FakeDesk::name_exam(const std::string& exam, const std::string& patient, const std::string&) {
  note("name_exam " + exam + " " + patient);
  edit([&](station::Snapshot& s) {
    for (const auto& p : s.found)
      if (p.id == patient) s.patient = p;
    s.exam.patient_id = patient;
    s.exam.patient_name = s.patient.name;
  });
}

void FakeDesk::add_capture(const std::string& kind, const std::string& device_kind, const std::string& side,
                           core::StreamId id) {
  std::shared_ptr<const std::vector<std::uint8_t>> jpeg;
  for (const auto& scope : scopes_)
    if (scope.id == id && !scope.jpegs.empty())
      jpeg = scope.jpegs[static_cast<std::size_t>(captures_) % scope.jpegs.size()];
  edit([&](station::Snapshot& s) {
    station::CaptureCard c;
    c.id = "c" + std::to_string(++captures_);
    c.kind = kind;
    c.device_kind = device_kind;
    c.side = side;
    c.durable = true;
    c.simulated = true;
    if (kind == "still") c.quality = {station::PictureCard::Verdict::good, "Sharp and well lit."};
    c.jpeg = jpeg;
    s.captures.push_back(c);
  });
}
void FakeDesk::capture_still(core::StreamId id, const std::string& ask, std::int64_t picture_ns) {
  {
    const std::lock_guard lock(mutex_);
    taken_ns_ = picture_ns;
  }
  note("still " + std::to_string(id) + (ask.empty() ? "" : " " + ask));
  add_capture("still", id == ear ? "otoscope" : "dermatoscope", id == ear ? snapshot()->side : "", id);
  edit([&](station::Snapshot& s) {
    for (auto& a : s.asks.edit())
      if (a.id == ask) a.state = "done";
  });
}
void FakeDesk::capture_clip(core::StreamId id, int seconds, const std::string& ask) {
  note("clip " + std::to_string(id) + " " + std::to_string(seconds) + (ask.empty() ? "" : " " + ask));
  add_capture("clip", id == ear ? "otoscope" : "dermatoscope", "", id);
}
void FakeDesk::capture_ecg(int seconds, const std::string& ask, std::int64_t until_ns) {
  {
    const std::lock_guard lock(mutex_);
    taken_ns_ = until_ns;
  }
  note("ecg " + std::to_string(seconds) + (ask.empty() ? "" : " " + ask));
  add_capture("ecg", "ecg", "", 0);
}
void FakeDesk::remove_capture(const std::string& id) {
  note("remove " + id);
  edit([&](station::Snapshot& s) {
    for (auto& c : s.captures.edit())
      if (c.id == id) c.removed = true;
  });
}
void FakeDesk::undo_remove(const std::string& id) {
  note("undo " + id);
  edit([&](station::Snapshot& s) {
    for (auto& c : s.captures.edit())
      if (c.id == id) c.removed = false;
  });
}
void FakeDesk::set_side(const std::string& side) {
  note("side " + side);
  edit([&](station::Snapshot& s) { s.side = side; });
}
void FakeDesk::open_session() {
  note("open_session");
  edit([](station::Snapshot& s) {
    s.session_open = true;
    s.invitation_link = "https://192.168.1.20:8443/#s=Zk3v9QmT1xWcB7nR4yHd";
    s.invitation_code = "482913";
    s.line_words = "";
    s.line_kbit_s = 1240;
  });
}
void FakeDesk::admit(const std::string& guest) {
  note("admit " + guest);
  edit([&](station::Snapshot& s) {
    for (auto& g : s.guests.edit())
      if (g.id == guest) g.state = "admitted";
  });
}
void FakeDesk::set_muted(bool muted) {
  note(muted ? "mute" : "unmute");
  edit([&](station::Snapshot& s) { s.muted = muted; });
}

void FakeDesk::set_height(double cm) {
  note("height " + std::to_string(static_cast<int>(cm)));
  edit([&](station::Snapshot& s) {
    s.height_cm = cm;
    if (s.spirometry_session.values.empty()) return;
    s.spirometry_session.reference = "GLI 2022";
    s.spirometry_session.missing.clear();
    s.spirometry_session.values[0].percent = 92;
    s.spirometry_session.values[0].z = -0.53;
    s.spirometry_session.values[1].percent = 101;
    s.spirometry_session.values[1].z = 0.08;
    s.spirometry_session.values[2].percent = 98;
    s.spirometry_session.values[2].z = -0.21;
  });
}

void FakeDesk::install_plugins() {
  const auto plugin = [](const char* id, const char* name, const char* vendor, const char* kind, core::PluginState state) {
    core::PluginInfo p;
    p.id = id;
    p.folder = std::string("/opt/caukham/plugins/") + id;
    p.name = name;
    p.vendor = vendor;
    p.version = "1.4.0";
    p.kind = kind;
    p.state = state;
    p.signature = trust::State::trusted;
    p.signer = vendor;
    p.sandbox = "full";
    return p;
  };
  using enum core::PluginState;
  auto ours = plugin("org.caukham.ecg-hackeeg", "HackEEG ECG", "Caukham", "ecg", running);
  ours.third_party = false;
  ours.processes = 1;
  ours.cpu_seconds = 12.3;
  ours.resident_bytes = 9 << 20;
  ours.restarts = ours.crashes = 1;
  for (int n = 0; n < 30; ++n) ours.log_tail.push_back("2026-01-31T08:00:0" + std::to_string(n % 10) + "Z streaming at 500 Hz");
  auto theirs = plugin("vn.example.scope", "Ống soi tai Example", "Example Devices Co., Ltd.", "otoscope", failing);
  theirs.crashes = 4;
  theirs.restarts = 3;
  theirs.reason = core::tr("The driver program of {0} has stopped by itself.", theirs.name);
  auto naked = plugin("org.test.naked", "Test spirometer", "somebody", "spirometer", running);
  naked.signature = trust::State::no_signature;
  naked.signer.clear();
  naked.processes = 1;
  auto changed = plugin("org.test.changed", "Dermatoscope X", "Example", "dermatoscope", disabled);
  changed.signature = trust::State::tampered;
  changed.reason = core::tr("The driver program {0} was changed after it was signed, so it is not used. Call the technician.",
                            changed.name);
  core::PluginInfo half;
  half.name = "half-copied";
  half.folder = "/opt/caukham/plugins/half-copied";
  half.state = core::PluginState::broken;
  half.reason = "manifest.json: unexpected end of input";
  edit([&](station::Snapshot& s) { s.plugins.installed = {ours, theirs, naked, changed, half}; });
}

void FakeDesk::switch_plugin(const std::string& id, bool enabled) {
  note((enabled ? "enable_plugin " : "disable_plugin ") + id);
  edit([&](station::Snapshot& s) {
    for (auto& p : s.plugins.installed.edit()) {
      if (p.id != id) continue;
      p.enabled = enabled;
      p.state = enabled ? core::PluginState::idle : core::PluginState::disabled;
    }
  });
}
void FakeDesk::remove_plugin(const std::string& id) {
  note("remove_plugin " + id);
  edit([&](station::Snapshot& s) { std::erase_if(s.plugins.installed.edit(), [&](const auto& p) { return p.id == id; }); });
}
void FakeDesk::allow_third_party(bool allowed) {
  note(std::string("third_party ") + (allowed ? "yes" : "no"));
  edit([&](station::Snapshot& s) { s.plugins.third_party = allowed; });
}

}  // namespace caukham::test
