// A desk for the window's tests: canned snapshots, a synthetic ECG, rendered scopes and blows; every act is
// written down. Nothing of it is used by the program.
#pragma once
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "devices/signals/ecg_loop.hpp"
#include "station/desk.hpp"

namespace caukham::test {

class FakeDesk : public station::Desk {
 public:
  static constexpr core::StreamId ear = 11, skin = 12, ecg = 13, flow = 14;

  FakeDesk();

  // Changes the snapshot as the station would, under a new version.
  template <class Edit>
  void edit(Edit change) {
    const std::lock_guard lock(mutex_);
    auto fresh = std::make_shared<station::Snapshot>(*snapshot_);
    change(*fresh);
    ++fresh->version;
    snapshot_ = fresh;
  }
  void install_plugins();  // one of each kind that a nurse may meet
  void plug_all();  // the four devices, live
  void open_with(const std::string& name);
  void set_state(core::StreamId stream, core::DeviceState state);
  void set_electrodes_off(std::uint32_t mask);
  void lose_ecg(double seconds_ago, double length_s);  // a hole in the ECG
  void freeze_pictures(bool frozen) {
    const std::lock_guard lock(mutex_);
    pictures_stand_ = frozen;
  }
  void add_blows();
  void breathe() {
    const std::lock_guard lock(mutex_);
    breathing_ = true;
  }  // the spirometer is at the mouth

  std::vector<std::string> acts() const {
    const std::lock_guard lock(mutex_);
    return acts_;
  }
  bool did(const std::string& act) const;
  std::uint64_t drawn_count(core::StreamId stream) const;
  std::int64_t worst_draw_ns(core::StreamId stream) const;

  std::shared_ptr<const station::Snapshot> snapshot() const override;
  station::WaveformWindow waveform(core::StreamId, std::uint64_t from_sample) const override;
  std::shared_ptr<const media::Picture> picture(core::StreamId) const override;
  void drawn(core::StreamId, std::int64_t sensed_ns, std::int64_t drawn_ns) override;
  void search(const std::string& text) override;
  void create_patient(const station::PatientCard&) override;
  void open_exam(const std::string& patient_id, const std::string& reason) override;
  void close_exam() override;
  void name_exam(const std::string& exam, const std::string& patient, const std::string& why) override;
  void capture_still(core::StreamId, const std::string& ask, std::int64_t picture_ns) override;
  void hold_picture(core::StreamId id, std::int64_t picture_ns) override {
    const std::lock_guard lock(mutex_);
    held_[id] = picture_ns;
  }
  std::int64_t held(core::StreamId id) const {
    const std::lock_guard lock(mutex_);
    const auto found = held_.find(id);
    return found == held_.end() ? 0 : found->second;
  }
  std::int64_t taken_ns() const {
    const std::lock_guard lock(mutex_);
    return taken_ns_;
  }  // the picture or moment that the last capture asked for
  void capture_clip(core::StreamId, int seconds, const std::string& ask) override;
  void capture_ecg(int seconds, const std::string& ask, std::int64_t until_ns) override;
  void remove_capture(const std::string& id) override;
  void undo_remove(const std::string& id) override;
  void set_side(const std::string& side) override;
  void open_session() override;
  void new_invitation() override { note("new_invitation"); }
  void admit(const std::string& guest) override;
  void refuse_guest(const std::string& guest) override { note("refuse_guest " + guest); }
  void refuse_ask(const std::string& ask, const std::string&) override { note("refuse_ask " + ask); }
  void send_chat(const std::string& text) override { note("chat " + text); }
  void set_muted(bool muted) override;
  void set_height(double cm) override;
  void enable_plugin(const std::string& id) override { switch_plugin(id, true); }
  void disable_plugin(const std::string& id) override { switch_plugin(id, false); }
  void remove_plugin(const std::string& id) override;
  void allow_third_party(bool allowed) override;
  void restart_device(core::DeviceId id) override { note("restart " + std::to_string(id)); }
  void simulate(const std::string& command) override { note("simulate " + command); }

 private:
  struct Scope {
    core::StreamId id;
    std::vector<std::shared_ptr<media::Picture>> pictures;
    std::vector<std::shared_ptr<const std::vector<std::uint8_t>>> jpegs;
  };
  void note(const std::string& act);
  void switch_plugin(const std::string& id, bool enabled);
  void add_capture(const std::string& kind, const std::string& device_kind, const std::string& side,
                   core::StreamId scope);

  mutable std::mutex mutex_;
  std::shared_ptr<const station::Snapshot> snapshot_;
  std::vector<std::string> acts_;
  devices::EcgLoop loop_;
  std::vector<float> breath_;
  std::vector<Scope> scopes_;
  std::int64_t start_ns_ = 0;
  struct Hole {
    std::uint64_t first, length;
  };
  std::vector<Hole> holes_;
  bool pictures_stand_ = false, breathing_ = false;
  std::map<core::StreamId, std::uint64_t> drawn_;
  std::map<core::StreamId, std::int64_t> held_;
  std::int64_t taken_ns_ = 0;
  std::map<core::StreamId, std::int64_t> worst_;
  int captures_ = 0;
};

}  // namespace caukham::test
