// The plugin for Vernier's Go Direct Spirometer: the flow channel, found at run time by its unit and name.
//
// The device sends 32-bit floats; the stream is integers of 10 µL/s. They are rounded here, once, so that everybody
// after this point (screen, specialist, BDF+ file, export) has the same bytes and the same FEV1 from them. A step is a
// thousandth of the sensor's noise and moves an FVC by less than 0.1 mL.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "devices/signals/device_clock.hpp"
#include "link.hpp"

namespace caukham::plugins::vernier {
namespace {

constexpr double lps_per_lsb = 1e-5;
constexpr std::int32_t digital_limit = 8388607;  // ±83.9 L/s: five times the strongest cough, within 24 bits
constexpr std::int64_t silence_ns = 2'000'000'000;
constexpr std::int64_t drain_ns = 600'000'000;  // stop must be done within a second
constexpr double rates[] = {50, 100, 200};

class SpirometerDevice final : public sdk::Device {
 public:
  SpirometerDevice(const ck_host* host, const ck_endpoint& endpoint) : Device(host, endpoint), link_(this->host()) {
    wire::Status status;
    ck_result r = link_.open(endpoint);
    if (r >= 0) r = link_.discover(flow_, status);
    if (r < 0) throw sdk::Refusal{r};
    if (period_us(rate_hz_) < flow_.min_period_us) rate_hz_ = 50;
    auto event = sdk::make_event(CK_EVENT_BATTERY, this->host().now_ns());
    event.value[0] = std::min<int>(status.battery_percent, 100);
    event.value[1] = status.charger == 1;
    this->host().emit(event);
    describe_params();
  }
  ~SpirometerDevice() override {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }

  std::uint32_t stream_count() const override { return 1; }

  ck_result stream_info(std::uint32_t, ck_stream_info& out) const override {
    out.id = 0;
    out.kind = CK_STREAM_WAVEFORM;
    out.format = CK_FORMAT_I32;
    out.channels = 1;
    out.rate_hz = rate_hz_;
    out.tick_hz = 0;  // its packets carry no time
    out.scale = lps_per_lsb;
    const double limit = std::clamp(std::max(std::abs(flow_.minimum), std::abs(flow_.maximum)), 1.0, 83.0);
    out.digital_max = static_cast<std::int32_t>(std::lround(limit / lps_per_lsb));
    out.digital_min = -out.digital_max;
    sdk::set_text(out.name, "flow");
    sdk::set_text(out.unit, "L/s");
    sdk::set_text(out.labels[0], "Flow");
    return CK_OK;
  }

  ck_result start() override {
    std::vector<wire::Packet> first;
    const ck_result r = link_.start(period_us(rate_hz_), flow_.number, first);
    if (r < 0) {
      host().log(CK_LOG_ERROR, "the spirometer did not start to measure");
      return r;
    }
    stopping_ = false;
    thread_ = std::thread([this, first = std::move(first)]() mutable { acquire(std::move(first)); });
    return CK_OK;
  }

  ck_result stop() override {
    stopping_ = true;
    const ck_result r = link_.ask_stop();  // its acknowledgement ends the thread, behind the last measurement
    if (thread_.joinable()) thread_.join();
    return r == CK_E_GONE ? CK_OK : r;
  }

 private:
  static std::uint32_t period_us(int rate_hz) { return static_cast<std::uint32_t>(1'000'000 / rate_hz); }

  // The [stream] thread: until stop's acknowledgement, the device's leaving, or a line that stays broken.
  void acquire(std::vector<wire::Packet> packets) {
    counter_ = {};
    clock_.reset();
    batch_.clear();
    samples_ = 0;
    batch_lost_ = 0;
    batch_flags_ = CK_CHUNK_DISCONT;
    last_time_ns_ = last_arrival_ns_ = 0;
    bool told_silence = false;
    int failures = 0;
    std::int64_t stop_ns = 0, heard_ns = host().now_ns();
    for (;;) {
      const auto now_ns = host().now_ns();
      bool acknowledged = false;
      for (const auto& p : packets) {
        if (auto* m = std::get_if<wire::Measurement>(&p)) {
          take(*m, now_ns);
          heard_ns = now_ns;
          told_silence = false;
        } else if (auto* notice = std::get_if<wire::Notice>(&p); notice && notice->type == 0x0D) {
          commit();  // the device itself says it dropped samples; how many, the vendor does not document
          batch_flags_ |= CK_CHUNK_DISCONT | CK_CHUNK_LOST_UNKNOWN;
        } else if (auto* r = std::get_if<wire::Response>(&p)) {
          acknowledged |= stopping_ && r->command == wire::cmd_stop;
        }
      }
      if (acknowledged) break;
      if (stopping_) {
        if (stop_ns == 0) stop_ns = now_ns;
        if (now_ns - stop_ns > drain_ns) break;
      } else if (!told_silence && now_ns - heard_ns > silence_ns) {
        told_silence = true;
        say(CK_EVENT_WARNING,
            "The spirometer is connected but sends nothing. If this lasts, unplug it and plug it in again.");
      }
      packets.clear();
      const ck_result r = link_.read(packets, stopping_ ? 20 : 100);
      if (r == CK_E_GONE) {
        say(CK_EVENT_GONE, "the spirometer has been unplugged");
        break;
      }
      failures = r < 0 && r != CK_E_AGAIN ? failures + 1 : 0;
      if (failures == 10) {
        say(CK_EVENT_WARNING, "The spirometer's USB line fails again and again. Unplug it and plug it in again.");
        break;
      }
    }
    commit();
    if (link_.damaged())
      host().log(CK_LOG_WARNING, std::to_string(link_.damaged()) + " reports of the spirometer were damaged and left out");
  }

  void take(const wire::Measurement& m, std::int64_t arrival_ns) {
    const auto values = m.of(flow_.number);
    if (values.empty()) return;
    const double packet_ns = 1e9 / rate_hz_ * static_cast<double>(values.size());
    const double elapsed = last_arrival_ns_ ? static_cast<double>(arrival_ns - last_arrival_ns_) / packet_ns : 1;
    last_arrival_ns_ = arrival_ns;
    const auto missing = counter_.missing(m.counter, elapsed) * values.size();  // packets of a stream are alike
    if (missing) {
      commit();
      batch_lost_ += static_cast<std::uint32_t>(std::min<std::uint64_t>(missing, UINT32_MAX / 2));
      batch_flags_ |= CK_CHUNK_DISCONT;
      samples_ += missing;
    }
    // The sample count, the lost ones in it, is the device's clock. The newest sample was sensed when the packet left.
    clock_.observe(device_ns(samples_ + values.size() - 1), arrival_ns);
    for (double v : values) {
      if (batch_.empty()) batch_first_ = samples_;
      batch_.push_back(static_cast<std::int32_t>(
          std::clamp<double>(std::round(v / lps_per_lsb), -digital_limit, digital_limit)));
      ++samples_;
      if (batch_.size() >= static_cast<std::size_t>(std::max(1, rate_hz_ / 25))) commit();  // 40 ms
    }
  }

  std::int64_t device_ns(std::uint64_t sample) const {
    return static_cast<std::int64_t>(sample) * 1000 * static_cast<std::int64_t>(period_us(rate_hz_));
  }

  void commit() {
    if (batch_.empty()) return;
    auto chunk = sdk::make_chunk(0);
    chunk.count = static_cast<std::uint32_t>(batch_.size());
    chunk.bytes = chunk.count * 4;
    chunk.time_ns = std::max(clock_.host_ns(device_ns(batch_first_)), last_time_ns_ + 1);
    chunk.time_error_ns = static_cast<std::uint32_t>(std::min<std::int64_t>(clock_.error_ns() + 1'000'000, UINT32_MAX));
    chunk.flags = batch_flags_;
    chunk.lost = batch_lost_;
    last_time_ns_ = chunk.time_ns;
    sdk::Slot slot(host(), 0, chunk.bytes);
    if (slot) std::copy(batch_.begin(), batch_.end(), static_cast<std::int32_t*>(slot.data()));
    if (slot && slot.commit(chunk) >= 0) {
      batch_lost_ = 0;
      batch_flags_ = 0;
    } else {  // nobody reads: what is lost is told with the next chunk
      batch_lost_ += chunk.count;
      batch_flags_ |= CK_CHUNK_DISCONT;
    }
    batch_.clear();
  }

  void say(ck_event_kind kind, const char* text) {
    auto event = sdk::make_event(kind, host().now_ns());
    sdk::set_text(event.text, text);
    host().emit(event);
    host().log(CK_LOG_WARNING, text);
  }

  void describe_params() {
    sdk::Param p;
    p.id = 1;
    p.name = "rate_hz";
    p.label = "Samples per second";
    p.unit = "Hz";
    p.flags = CK_PARAM_RECORD;
    for (double rate : rates)
      if (period_us(static_cast<int>(rate)) >= flow_.min_period_us) p.values.push_back(rate);
    if (p.values.empty()) p.values = {static_cast<double>(rate_hz_)};
    p.preset = rate_hz_;
    p.get = [this] { return rate_hz_; };
    p.set = [this](double value) { return rate_hz_ = static_cast<int>(value), CK_OK; };
    params().add(std::move(p));
  }

  Link link_;
  wire::SensorInfo flow_;
  int rate_hz_ = 100;  // ATS/ERS 2019: at least 100 Hz
  std::thread thread_;
  std::atomic<bool> stopping_{false};

  // The [stream] thread's own.
  wire::PacketCounter counter_;
  devices::DeviceClock clock_;
  std::vector<std::int32_t> batch_;
  std::uint64_t samples_ = 0, batch_first_ = 0;
  std::uint32_t batch_lost_ = 0;
  ck_chunk_flags batch_flags_ = 0;
  std::int64_t last_time_ns_ = 0, last_arrival_ns_ = 0;
};

std::int32_t probe(const ck_endpoint& endpoint) {
  return endpoint.link == CK_LINK_HID && endpoint.vid == 0x08f7 && endpoint.pid == 0x0010 ? 70 : 0;
}

}  // namespace
}  // namespace caukham::plugins::vernier

// All Go Direct devices share one USB id: open() finds out whether this one measures flow.
CK_PLUGIN(caukham::plugins::vernier::SpirometerDevice, "org.caukham.spirometer-vernier", "0.1.0",
          caukham::plugins::vernier::probe);
