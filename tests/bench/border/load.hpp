// What travels in this bench: chunks of a 12-lead ECG at 1 kHz, and pictures of a 1080p30 camera; at the pace of life, or
// as fast as they are taken. Every chunk carries the time at which it was given away.
#pragma once
#include <chrono>
#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

namespace bench {

struct Load {
  bool video = false;
  std::uint32_t count = 20, channels = 12;  // of a chunk: 20 ms
  std::int64_t period_ns = 20'000'000;
  std::uint32_t bytes = 20 * 12 * 4;
};
inline Load ecg() { return {}; }
inline Load video() { return {true, 1, 1, 33'333'333, 350 * 1024}; }  // a good 1080p JPEG

// Data that pass for the real ones.
inline std::vector<std::uint8_t> data_of(const Load& load) {
  std::vector<std::uint8_t> data(load.bytes, 0);
  if (load.video) {
    data[0] = data[data.size() - 2] = 0xFF;
    data[1] = 0xD8;
    data[data.size() - 1] = 0xD9;
  }
  return data;
}

inline std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// emit(stamp_ns): false when nobody could take it.
template <class Stop, class Emit>
void produce(const Load& load, bool full_speed, Stop stop, Emit emit) {
  for (std::int64_t due_ns = now_ns(); !stop();) {
    if (!full_speed) std::this_thread::sleep_for(std::chrono::nanoseconds(due_ns - now_ns()));
    due_ns += load.period_ns;
    if (!emit(now_ns())) std::this_thread::yield();
  }
}

}  // namespace bench
