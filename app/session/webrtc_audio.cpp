// The nurse's microphone and loudspeaker through PortAudio. Each direction has its own thread and its own
// fate: a station without a microphone still hears, and a station without either keeps libwebrtc's clocks
// running in silence.
#include <portaudio.h>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>

#include "api/make_ref_counted.h"
#include "core/log.hpp"
#include "modules/audio_device/include/audio_device_default.h"
#include "session/audio_noise.hpp"
#include "session/webrtc_parts.hpp"

namespace caukham::session {
namespace {

using namespace std::chrono_literals;

constexpr int rate_hz = 48000, block = 480;  // 10 ms, libwebrtc's own step
constexpr auto block_time = 10ms;
constexpr auto retry_time = 10s;

// PortAudio is initialised once, late (only when somebody talks) and off libwebrtc's threads: asking ALSA for
// its devices may take a second.
class PortAudio {
 public:
  PortAudio() {
    quiet_audio_libraries();
    error_ = Pa_Initialize();
  }
  ~PortAudio() { if (error_ == paNoError) Pa_Terminate(); }
  PaError error() const { return error_; }
  static std::mutex& mutex() {
    static std::mutex one;  // opening and closing are not thread-safe in PortAudio
    return one;
  }

 private:
  PaError error_ = paNoError;
};

class Lane {
 public:
  explicit Lane(bool recording) : recording_(recording) {}
  ~Lane() { stop(); }

  void start() {
    if (thread_.joinable()) return;
    ending_ = false;
    thread_ = std::thread([this] { run(); });
  }
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
  }
  void want(bool wanted) {
    {
      const std::lock_guard lock(mutex_);
      wanted_ = wanted;
    }
    wake_.notify_all();
  }
  bool wanted() const {
    const std::lock_guard lock(mutex_);
    return wanted_;
  }
  // After it returns the old one is not called any more.
  void set_callback(webrtc::AudioTransport* callback) {
    const std::lock_guard lock(callback_mutex_);
    callback_ = callback;
  }

 private:
  void run() {
    std::unique_ptr<PortAudio> library;
    auto next = std::chrono::steady_clock::now();
    auto retry = next;
    std::unique_lock lock(mutex_);
    while (!ending_) {
      if (!wanted_) {
        lock.unlock();
        close_stream();
        lock.lock();
        wake_.wait(lock, [&] { return ending_ || wanted_; });
        next = std::chrono::steady_clock::now();
        continue;
      }
      lock.unlock();
      if (!stream_ && std::chrono::steady_clock::now() >= retry) {
        if (!library) {
          const std::lock_guard one(PortAudio::mutex());
          library = std::make_unique<PortAudio>();
        }
        open_stream(library->error());
        retry = std::chrono::steady_clock::now() + retry_time;
        next = std::chrono::steady_clock::now();
      }
      const bool by_device = stream_ && move_block();
      if (!by_device) {
        silent_block();
        next += block_time;
        // A computer that slept must not catch up minutes of silence.
        if (std::chrono::steady_clock::now() - next > 1s) next = std::chrono::steady_clock::now();
      }
      lock.lock();
      if (!by_device) wake_.wait_until(lock, next, [&] { return ending_ || !wanted_; });
    }
    lock.unlock();
    close_stream();
    const std::lock_guard one(PortAudio::mutex());
    library.reset();
  }

  void open_stream(PaError library) {
    const char* what = recording_ ? "microphone" : "loudspeaker";
    const std::lock_guard one(PortAudio::mutex());
    const PaDeviceIndex device = library != paNoError ? paNoDevice
                                 : recording_         ? Pa_GetDefaultInputDevice()
                                                      : Pa_GetDefaultOutputDevice();
    std::string why = library != paNoError ? Pa_GetErrorText(library) : "none is connected";
    const PaDeviceInfo* info = device == paNoDevice ? nullptr : Pa_GetDeviceInfo(device);
    if (info) {
      PaStreamParameters parameters{device, 1, paInt16,
                                    recording_ ? info->defaultLowInputLatency : info->defaultLowOutputLatency,
                                    nullptr};
      PaError error =
          Pa_OpenStream(&stream_, recording_ ? &parameters : nullptr, recording_ ? nullptr : &parameters,
                        rate_hz, block, paNoFlag, nullptr, nullptr);
      if (error == paNoError) error = Pa_StartStream(stream_);
      if (error == paNoError) {
        core::log_info("session", std::string(what) + ": " + info->name);
        said_ = false;
        return;
      }
      if (stream_) Pa_CloseStream(stream_);
      stream_ = nullptr;
      why = std::string(info->name) + ": " + Pa_GetErrorText(error);
    }
    if (!said_) core::log_warning("session", std::string("no ") + what + ", silence instead: " + why);
    said_ = true;
  }

  void close_stream() {
    if (!stream_) return;
    const std::lock_guard one(PortAudio::mutex());
    Pa_AbortStream(stream_);
    Pa_CloseStream(stream_);
    stream_ = nullptr;
  }

  // One block through the device, which is the clock. False: it failed, and silence takes over.
  bool move_block() {
    std::array<std::int16_t, block> samples{};
    PaError error = paNoError;
    if (recording_) {
      error = Pa_ReadStream(stream_, samples.data(), block);
      if (error == paNoError || error == paInputOverflowed) return deliver(samples.data()), true;
    } else {
      fetch(samples.data());
      error = Pa_WriteStream(stream_, samples.data(), block);
      if (error == paNoError || error == paOutputUnderflowed) return true;
    }
    core::log_warning("session", std::string(recording_ ? "the microphone" : "the loudspeaker") +
                                     " failed, silence instead: " + Pa_GetErrorText(error));
    close_stream();
    return false;
  }

  void silent_block() {
    std::array<std::int16_t, block> samples{};
    if (recording_) deliver(samples.data());
    else fetch(samples.data());
  }

  void deliver(const std::int16_t* samples) {
    const std::lock_guard lock(callback_mutex_);
    std::uint32_t level = 0;
    if (callback_) callback_->RecordedDataIsAvailable(samples, block, 2, 1, rate_hz, 20, 0, 0, false, level);
  }
  void fetch(std::int16_t* samples) {
    const std::lock_guard lock(callback_mutex_);
    std::size_t count = 0;
    std::int64_t elapsed_ms = -1, ntp_ms = -1;
    if (callback_) callback_->NeedMorePlayData(block, 2, 1, rate_hz, samples, count, &elapsed_ms, &ntp_ms);
  }

  const bool recording_;
  mutable std::mutex mutex_;
  std::mutex callback_mutex_;
  std::condition_variable wake_;
  bool wanted_ = false, ending_ = false, said_ = false;
  webrtc::AudioTransport* callback_ = nullptr;
  PaStream* stream_ = nullptr;  // the lane's thread only
  std::thread thread_;
};

class AudioModule : public webrtc::webrtc_impl::AudioDeviceModuleDefault<webrtc::AudioDeviceModule> {
 public:
  int32_t RegisterAudioCallback(webrtc::AudioTransport* callback) override {
    microphone_.set_callback(callback);
    loudspeaker_.set_callback(callback);
    return 0;
  }
  int32_t Init() override {
    microphone_.start();
    loudspeaker_.start();
    return 0;
  }
  int32_t Terminate() override {
    microphone_.stop();
    loudspeaker_.stop();
    return 0;
  }
  int32_t StartRecording() override { return microphone_.want(true), 0; }
  int32_t StopRecording() override { return microphone_.want(false), 0; }
  bool Recording() const override { return microphone_.wanted(); }
  int32_t StartPlayout() override { return loudspeaker_.want(true), 0; }
  int32_t StopPlayout() override { return loudspeaker_.want(false), 0; }
  bool Playing() const override { return loudspeaker_.wanted(); }

 private:
  Lane microphone_{true}, loudspeaker_{false};
};

}  // namespace

rtc::scoped_refptr<webrtc::AudioDeviceModule> make_audio_module() {
  return rtc::scoped_refptr<webrtc::AudioDeviceModule>(new rtc::RefCountedObject<AudioModule>());
}

}  // namespace caukham::session
