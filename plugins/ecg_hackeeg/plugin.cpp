// The plugin for HackEEG boards with an ADS1298: eight leads as the converter gives them, 24-bit LSB, with lead-off.
#include <algorithm>
#include <atomic>
#include <cstring>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "board.hpp"
#include "devices/ecg_hackeeg/registers.hpp"
#include "devices/signals/device_clock.hpp"

namespace caukham::plugins::hackeeg {
namespace {

using wire::Continuity;

constexpr const char* lead_names[wire::channels] = {"I", "II", "V1", "V2", "V3", "V4", "V5", "V6"};
constexpr std::int64_t silence_ns = 2'000'000'000;  // a stream that pauses this long is worth telling
constexpr std::int64_t drain_ns = 600'000'000;      // stop must be done within a second

enum Param : std::uint32_t { param_rate = 1, param_gain = 2, param_mode = 3 };

class EcgDevice final : public sdk::Device {
 public:
  EcgDevice(const ck_host* host, const ck_endpoint& endpoint) : Device(host, endpoint), board_(this->host()) {
    ck_result r = board_.open(endpoint);
    if (r >= 0) r = board_.wake_up();
    if (r < 0) throw sdk::Refusal{r};
    describe_params();
  }
  ~EcgDevice() override { finish(); }

  std::uint32_t stream_count() const override { return 1; }

  ck_result stream_info(std::uint32_t, ck_stream_info& out) const override {
    out.id = 0;
    out.kind = CK_STREAM_WAVEFORM;
    out.format = CK_FORMAT_I32;
    out.channels = wire::channels;
    out.rate_hz = settings_.rate_hz;
    out.tick_hz = 1e6;
    out.scale = devices::hackeeg::uv_per_lsb(devices::hackeeg::vref_v(devices::hackeeg::config3_2v4), settings_.gain);
    out.digital_min = -8388608;
    out.digital_max = 8388607;
    sdk::set_text(out.name, "ecg");
    sdk::set_text(out.unit, "uV");
    for (std::size_t i = 0; i < wire::channels; ++i) sdk::set_text(out.labels[i], lead_names[i]);
    return CK_OK;
  }

  ck_result start() override {
    ck_result r = board_.wake_up();
    if (r >= 0) r = board_.configure(settings_);
    wire::Decoded first;
    if (r >= 0) r = board_.start_stream(first);
    if (r < 0) return r;
    stopping_ = false;
    thread_ = std::thread([this, first = std::move(first)]() mutable { acquire(std::move(first)); });
    return CK_OK;
  }

  ck_result stop() override {
    stopping_ = true;
    const ck_result r = board_.ask_stop();  // its acknowledgement ends the thread, behind the last frame
    if (thread_.joinable()) thread_.join();
    return r == CK_E_GONE ? CK_OK : r;
  }

 private:
  void finish() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }

  // The [stream] thread: until stop's acknowledgement, the device's leaving, or a line that stays broken.
  void acquire(wire::Decoded decoded) {
    continuity_ = Continuity(static_cast<std::uint32_t>(1'000'000 / settings_.rate_hz));
    clock_.reset();
    electrodes_.reset();
    batch_.clear();
    batch_lost_ = 0;
    batch_flags_ = CK_CHUNK_DISCONT;
    last_time_ns_ = 0;
    bool told_silence = false;
    int failures = 0;
    std::int64_t heard_ns = host().now_ns(), stop_ns = 0;
    take(decoded.frames);
    for (;;) {
      decoded = {};
      const ck_result r = board_.read(decoded, stopping_ ? 20 : 100);
      const auto now_ns = host().now_ns();
      take(decoded.frames);
      garbage_ += decoded.garbage_bytes;
      if (r == CK_E_GONE) {
        say(CK_EVENT_GONE, "the ECG's serial port has gone");
        break;
      }
      failures = r < 0 && r != CK_E_AGAIN ? failures + 1 : 0;
      if (failures == 10) {
        say(CK_EVENT_WARNING, "The ECG's USB line fails again and again. Unplug the ECG and plug it in again.");
        break;
      }
      if (!decoded.frames.empty()) {
        heard_ns = now_ns;
        told_silence = false;
      } else if (!told_silence && !stopping_ && now_ns - heard_ns > silence_ns) {
        told_silence = true;
        say(CK_EVENT_WARNING, "The ECG is connected but sends nothing. If this lasts, unplug it and plug it in again.");
      }
      if (!stopping_) continue;
      if (stop_ns == 0) stop_ns = now_ns;
      if (!decoded.replies.empty() || now_ns - stop_ns > drain_ns) break;
    }
    commit();
    if (garbage_ || continuity_.rejected())
      host().log(CK_LOG_WARNING, "ECG line: " + std::to_string(garbage_) + " bytes and " +
                                     std::to_string(continuity_.rejected()) + " frames were damaged and left out");
    garbage_ = 0;
  }

  void take(const std::vector<wire::Frame>& frames) {
    if (frames.empty()) return;
    const auto arrival_ns = host().now_ns();
    accepted_.clear();
    for (const auto& frame : frames) continuity_.push(frame, accepted_);
    for (std::size_t i = 0; i < accepted_.size(); ++i) {
      const auto& a = accepted_[i];
      if (a.discontinuity) {
        commit();
        batch_flags_ |= CK_CHUNK_DISCONT;
        if (a.lost_unknown) batch_flags_ |= CK_CHUNK_LOST_UNKNOWN;
        batch_lost_ += a.lost;
        if (a.lost_unknown) clock_.reset();  // the board's clock starts from somewhere else
      }
      // What arrived together arrived when its newest sample did; one observation for each stretch of one clock.
      if (i == 0 || a.lost_unknown) clock_.observe(device_ns(accepted_[newest_of_stretch(i)]), arrival_ns);
      batch_.push_back(a);
      if (batch_.size() >= static_cast<std::size_t>(settings_.rate_hz / 50)) commit();
    }
  }

  // Index of the last sample that shares a clock with sample i of accepted_.
  std::size_t newest_of_stretch(std::size_t i) const {
    while (i + 1 < accepted_.size() && !accepted_[i + 1].lost_unknown) ++i;
    return i;
  }
  static std::int64_t device_ns(const Continuity::Accepted& a) { return static_cast<std::int64_t>(a.ticks_us) * 1000; }

  void commit() {
    if (batch_.empty()) return;
    auto chunk = sdk::make_chunk(0);
    chunk.count = static_cast<std::uint32_t>(batch_.size());
    chunk.bytes = chunk.count * wire::channels * 4;
    chunk.device_ticks = batch_.front().ticks_us;
    chunk.time_ns = std::max(clock_.host_ns(device_ns(batch_.front())), last_time_ns_ + 1);
    chunk.time_error_ns = static_cast<std::uint32_t>(std::min<std::int64_t>(clock_.error_ns() + 1'000'000, UINT32_MAX));
    last_time_ns_ = chunk.time_ns;
    judge_electrodes(chunk.time_ns);
    sdk::Slot slot(host(), 0, chunk.bytes);
    if (!slot) {  // nobody reads: what is lost is told with the next chunk
      batch_lost_ += chunk.count;
      batch_flags_ |= CK_CHUNK_DISCONT;
      batch_.clear();
      return;
    }
    auto* out = static_cast<std::int32_t*>(slot.data());
    for (const auto& a : batch_) out = std::copy(a.frame.value.begin(), a.frame.value.end(), out);
    chunk.flags = batch_flags_;
    chunk.lost = batch_lost_;
    if (slot.commit(chunk) < 0) {
      batch_lost_ += chunk.count;
      batch_flags_ |= CK_CHUNK_DISCONT;
    } else {
      batch_lost_ = 0;
      batch_flags_ = 0;
    }
    batch_.clear();
  }

  void judge_electrodes(std::int64_t time_ns) {
    const auto now = wire::electrodes(batch_.back().frame.status, loff_sensp, loff_sensn);
    if (electrodes_ && *electrodes_ == now) return;
    electrodes_ = now;
    // A first frame that came late makes the fitted clock late for a while; nothing happens after it is told.
    auto event = sdk::make_event(CK_EVENT_ELECTRODES, std::min(time_ns, host().now_ns()), 0);
    event.value[0] = now.off;
    event.value[1] = now.known;
    host().emit(event);
  }

  void say(ck_event_kind kind, const char* text) {
    auto event = sdk::make_event(kind, host().now_ns());
    sdk::set_text(event.text, text);
    host().emit(event);
    host().log(CK_LOG_WARNING, text);
  }

  void describe_params() {
    const auto add = [&](std::uint32_t id, const char* name, const char* label, const char* unit,
                         std::vector<double> values, double preset, std::function<double()> get,
                         std::function<void(int)> set) {
      sdk::Param p;
      p.id = id;
      p.name = name;
      p.label = label;
      p.unit = unit;
      p.flags = CK_PARAM_RECORD;
      p.values = std::move(values);
      p.preset = preset;
      p.get = std::move(get);
      p.set = [set = std::move(set)](double v) { return set(static_cast<int>(v)), CK_OK; };
      if (id == param_mode) p.words = {"JSON Lines", "MessagePack"};
      params().add(std::move(p));
    };
    add(param_rate, "rate_hz", "Samples per second", "Hz", {500, 1000}, settings_.rate_hz,
        [this] { return settings_.rate_hz; }, [this](int v) { settings_.rate_hz = v; });
    add(param_gain, "gain", "Amplification", "", {1, 2, 3, 4, 6, 8, 12}, settings_.gain,
        [this] { return settings_.gain; }, [this](int v) { settings_.gain = v; });
    add(param_mode, "mode", "Transfer", "", {0, 1}, settings_.mode == wire::Mode::messagepack,
        [this] { return settings_.mode == wire::Mode::messagepack; },
        [this](int v) { settings_.mode = v ? wire::Mode::messagepack : wire::Mode::jsonlines; });
  }

  Board board_;
  Settings settings_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};

  // The [stream] thread's own.
  Continuity continuity_{2000};
  devices::DeviceClock clock_;
  std::vector<Continuity::Accepted> accepted_, batch_;
  std::uint32_t batch_lost_ = 0;
  ck_chunk_flags batch_flags_ = 0;
  std::int64_t last_time_ns_ = 0;
  std::uint64_t garbage_ = 0;
  std::optional<wire::Electrodes> electrodes_;
};

std::int32_t probe(const ck_endpoint& endpoint) {
  return endpoint.link == CK_LINK_SERIAL && endpoint.vid == 0x2341 && endpoint.pid == 0x003e ? 60 : 0;
}

}  // namespace
}  // namespace caukham::plugins::hackeeg

// A Due says nothing of the shield on it: open() finds out, so probe is not certain.
CK_PLUGIN(caukham::plugins::hackeeg::EcgDevice, "org.caukham.ecg-hackeeg", "0.1.0", caukham::plugins::hackeeg::probe);
