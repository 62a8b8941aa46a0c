// The pulse sensor's plugin in C++: glue between protocol.c and the SDK.
#include <caukham/cpp/device.hpp>

#include <algorithm>
#include <cstring>

#include "../protocol.h"

namespace {

namespace sdk = caukham::sdk;

class Pulse final : public sdk::Device {
 public:
  // Opens the line and asks who is there. Within 10 s.
  Pulse(const ck_host* host, const ck_endpoint& endpoint) : Device(host, endpoint) {
    ck_result r = port_.open(this->host(), endpoint);
    if (r >= 0) r = port_.set_line(115200);
    if (r >= 0) r = ask("V\n", "PULSE ");
    if (r < 0) {
      this->host().log(CK_LOG_ERROR, "the pulse sensor does not answer; is it switched on?");
      throw sdk::Refusal{r};
    }
    sdk::Param invert;
    invert.id = 1;
    invert.name = "invert";
    invert.label = "Turn the curve over";
    invert.flags = CK_PARAM_SWITCH | CK_PARAM_RECORD;
    invert.maximum = invert.step = 1;
    invert.get = [this] { return invert_ ? 1.0 : 0.0; };
    invert.set = [this](double value) { return invert_ = value > 0.5, CK_OK; };
    params().add(invert);
  }

  std::uint32_t stream_count() const override { return 1; }
  ck_result stream_info(std::uint32_t, ck_stream_info& out) const override {
    out.id = 0;
    out.kind = CK_STREAM_WAVEFORM;
    out.format = CK_FORMAT_I16;
    out.channels = 1;
    out.rate_hz = PULSE_RATE_HZ;
    out.scale = invert_ ? -0.01 : 0.01;
    out.digital_min = -32768;
    out.digital_max = 32767;
    sdk::set_text(out.name, "pulse");
    sdk::set_text(out.unit, "%");
    sdk::set_text(out.sensor, "photodiode");
    sdk::set_text(out.labels[0], "Pleth");
    return CK_OK;
  }

  ck_result start() override {
    const ck_result r = ask("S\n", "OK");
    if (r < 0) return r;
    discont_ = true;
    decoder_.have_number = 0;
    thread_.start(host(), [this] { acquire(); });
    return CK_OK;
  }

  ck_result stop() override {
    thread_.ask_stop();
    port_.cancel(true);  // ends a read that waits
    thread_.stop();
    port_.cancel(false);
    const ck_result r = ask("X\n", "OK");
    return r == CK_E_GONE ? CK_OK : r;
  }

 private:
  // One command and its answer; frames still under way are passed over. [main]
  ck_result ask(const char* command, const char* answer) {
    const ck_result sent = port_.write(0, command, static_cast<std::uint32_t>(std::strlen(command)), 200);
    if (sent < 0) return sent;
    const std::int64_t until_ns = host().now_ns() + 500'000'000;
    while (host().now_ns() < until_ns) {
      std::uint8_t bytes[256];
      const ck_result n = port_.read(0, bytes, sizeof bytes, 50);
      if (n < 0 && n != CK_E_AGAIN) return n;
      for (ck_result i = 0; i < n; ++i) {
        pulse_frame frame;
        if (pulse_take(&decoder_, bytes[i], &frame) == PULSE_LINE &&
            std::strncmp(decoder_.line, answer, std::strlen(answer)) == 0)
          return CK_OK;
      }
    }
    return CK_E_AGAIN;
  }

  // The [stream] thread.
  void acquire() {
    silence_.heard(host());
    while (!thread_.stopping()) {
      silence_.look(host());
      std::uint8_t bytes[256];
      const ck_result n = port_.read(0, bytes, sizeof bytes, 100);
      if (n == CK_E_GONE) {
        host().say(CK_EVENT_GONE, "the serial port has gone");
        return;
      }
      const std::int64_t now_ns = host().now_ns();
      for (ck_result i = 0; i < n; ++i) {
        pulse_frame frame;
        if (pulse_take(&decoder_, bytes[i], &frame) == PULSE_FRAME) send(frame, now_ns);
      }
    }
  }

  void send(const pulse_frame& frame, std::int64_t arrival_ns) {
    silence_.heard(host());
    lost_ += frame.missing * PULSE_FRAME_SAMPLES;
    constexpr std::int64_t frame_ns = PULSE_FRAME_SAMPLES * 1'000'000'000ll / PULSE_RATE_HZ;
    ck_chunk chunk = sdk::make_chunk(0);
    // A frame leaves when its last sample is taken: the first was sensed one frame before. Bytes that arrive together
    // must not run backwards.
    chunk.time_ns = last_ns_ = std::max(arrival_ns - frame_ns, last_ns_);
    chunk.time_error_ns = 20'000'000;  // the serial line's and the system's delay
    chunk.count = PULSE_FRAME_SAMPLES;
    chunk.bytes = sizeof frame.sample;
    chunk.lost = lost_;
    if (lost_ > 0 || discont_) chunk.flags = CK_CHUNK_DISCONT;
    sdk::Slot slot(host(), 0, chunk.bytes);
    if (slot) std::memcpy(slot.data(), frame.sample, sizeof frame.sample);
    if (slot && slot.commit(chunk) >= 0) {
      lost_ = 0;
      discont_ = false;
    } else {
      lost_ += PULSE_FRAME_SAMPLES;  // nobody reads: told with the next chunk
    }
  }

  sdk::Port port_;
  pulse_decoder decoder_{};
  bool invert_ = false, discont_ = true;
  std::uint32_t lost_ = 0;
  std::int64_t last_ns_ = 0;
  sdk::Silence silence_{"The pulse sensor is connected but sends nothing. If this lasts, unplug it and plug it in again."};
  sdk::StreamThread thread_;  // last: ends before what it uses
};

std::int32_t probe(const ck_endpoint& endpoint) {
  return endpoint.link == CK_LINK_SERIAL && endpoint.vid == 0x1209 && endpoint.pid == 0x0001 ? 100 : 0;
}

}  // namespace

CK_PLUGIN(Pulse, "org.example.pulse", "1.0.0", probe);
