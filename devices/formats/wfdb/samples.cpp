#include "devices/formats/wfdb/samples.hpp"

#include <algorithm>
#include <limits>

namespace caukham::formats {
namespace {

constexpr std::int32_t no_sample = std::numeric_limits<std::int32_t>::min();

std::int32_t extend(std::uint32_t v, int bits) {
  return static_cast<std::int32_t>(v << (32 - bits)) >> (32 - bits);
}

// What `bytes` bytes hold, in samples; the packed formats may end inside a group.
std::uint64_t capacity(int format, std::uint64_t n) {
  switch (format) {
    case 8: case 80: return n;
    case 16: case 61: case 160: return n / 2;
    case 24: return n / 3;
    case 32: return n / 4;
    case 212: return n / 3 * 2 + (n % 3 == 2);
    case 310: return n / 4 * 3 + (n % 4 >= 2);
    case 311: return n / 4 * 3 + (n % 4 >= 2) + (n % 4 >= 3);
    default: return 0;
  }
}

// The k-th sample of a file as an ADC value; no_sample for the format's own "invalid" marker.
template <int format>
std::int32_t adc(const std::uint8_t* p, std::uint64_t k) {
  const auto word = [&](std::uint64_t at) { return static_cast<std::uint32_t>(p[at] | p[at + 1] << 8); };
  const auto marked = [](std::int32_t v, std::int32_t invalid) { return v == invalid ? no_sample : v; };
  if constexpr (format == 80) return marked(static_cast<std::int32_t>(p[k]) - 128, -128);
  if constexpr (format == 16) return marked(extend(word(2 * k), 16), -32768);
  if constexpr (format == 61) return marked(extend(static_cast<std::uint32_t>(p[2 * k] << 8 | p[2 * k + 1]), 16), -32768);
  if constexpr (format == 160) return marked(static_cast<std::int32_t>(word(2 * k)) - 32768, -32768);
  if constexpr (format == 24)
    return marked(extend(word(3 * k) | static_cast<std::uint32_t>(p[3 * k + 2]) << 16, 24), -8388608);
  if constexpr (format == 32) return static_cast<std::int32_t>(word(4 * k) | word(4 * k + 2) << 16);  // INT32_MIN marks
  if constexpr (format == 212) {  // two samples in three bytes; the middle byte holds both high nibbles
    const std::uint64_t at = k / 2 * 3;
    const std::uint32_t v = k % 2 ? (p[at + 1] & 0xF0u) << 4 | p[at + 2] : (p[at + 1] & 0x0Fu) << 8 | p[at];
    return marked(extend(v, 12), -2048);
  }
  if constexpr (format == 310) {  // three in two words: bits 1-10 of each, and the third from both words' top five
    const std::uint64_t at = k / 3 * 4;
    if (k % 3 < 2) return marked(extend(word(at + 2 * (k % 3)) >> 1 & 0x3FF, 10), -512);
    return marked(extend(word(at) >> 11 | (word(at + 2) >> 11) << 5, 10), -512);
  }
  if constexpr (format == 311) {  // three in 32 bits, lowest first; read as bytes, the last group may be cut
    const std::uint64_t at = k / 3 * 4;
    if (k % 3 == 0) return marked(extend(word(at) & 0x3FF, 10), -512);
    if (k % 3 == 1) return marked(extend(word(at + 1) >> 2 & 0x3FF, 10), -512);
    return marked(extend(word(at + 2) >> 4 & 0x3FF, 10), -512);
  }
}

struct Place {
  std::uint64_t width = 0, column = 0;  // samples a frame in this file; where ours begin
};

Place place_of(const WfdbHeader& h, std::size_t signal) {
  Place out;
  for (std::size_t i = 0; i < h.signals.size(); ++i) {
    if (h.signals[i].file != h.signals[signal].file) continue;
    if (h.signals[i].format != h.signals[signal].format)
      throw WfdbError("WFDB record: the signals of " + h.signals[signal].file + " have different formats");
    if (i == signal) out.column = out.width;
    out.width += h.signals[i].samples_per_frame;
  }
  return out;
}

// Where a file's samples begin: its first signal says so.
std::uint64_t start_of(const WfdbHeader& h, std::size_t signal) {
  for (const auto& s : h.signals)
    if (s.file == h.signals[signal].file) return s.byte_offset;
  return 0;
}

}  // namespace

bool wfdb_format_known(int format) { return capacity(format, 12) > 0; }

std::uint64_t wfdb_frames(const WfdbHeader& h, std::size_t signal, std::uint64_t file_bytes) {
  const auto& s = h.signals.at(signal);
  if (!wfdb_format_known(s.format))
    throw WfdbError("WFDB record: " + s.file + " is in format " + std::to_string(s.format) +
                    "; formats 8, 16, 24, 32, 61, 80, 160, 212, 310 and 311 are read");
  const std::uint64_t start = start_of(h, signal), width = place_of(h, signal).width;
  return start >= file_bytes ? 0 : capacity(s.format, file_bytes - start) / width;
}

WfdbSamples wfdb_samples(const WfdbHeader& h, std::size_t signal, std::span<const std::uint8_t> bytes,
                         std::uint64_t max_samples) {
  const auto& s = h.signals.at(signal);
  const std::uint64_t held = wfdb_frames(h, signal, bytes.size());
  const std::uint64_t frames = h.frames ? std::min(h.frames, held) : held;
  const Place place = place_of(h, signal);
  const std::uint64_t width = place.width, column = place.column;
  const std::uint64_t each = s.samples_per_frame;
  if (frames > max_samples / each) throw WfdbError("WFDB record: " + s.file + " holds more samples than can be read at once");
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  WfdbSamples out;
  out.physical.assign(frames * each, nan);
  if (frames == 0) return out;
  const std::uint8_t* p = bytes.data() + start_of(h, signal);
  const double scale = 1 / s.gain, zero = s.baseline;
  std::uint32_t sum = 0;
  float* to = out.physical.data();
  const auto put = [&](std::int32_t v) {
    *to++ = v == no_sample ? nan : static_cast<float>((static_cast<double>(v) - zero) * scale);
  };
  // A skewed signal is stored late: its frame 0 lies `skew` frames into the file, its end is missing.
  const std::uint64_t first = std::min<std::uint64_t>(s.skew, frames);
  const auto all = [&]<int format>() {
    constexpr std::int32_t marker = format == 212 ? -2048 : format == 80 ? -128 : format == 310 || format == 311 ? -512
                                  : format == 24 ? -8388608 : format == 32 ? no_sample : -32768;
    for (std::uint64_t f = 0; f < frames; ++f)
      for (std::uint64_t j = 0; j < each; ++j) {
        const std::int32_t v = adc<format>(p, f * width + column + j);
        sum += static_cast<std::uint32_t>(v == no_sample ? marker : v);
        if (f >= first) put(v);
      }
  };
  switch (s.format) {
    case 16: all.template operator()<16>(); break;
    case 24: all.template operator()<24>(); break;
    case 32: all.template operator()<32>(); break;
    case 61: all.template operator()<61>(); break;
    case 80: all.template operator()<80>(); break;
    case 160: all.template operator()<160>(); break;
    case 212: all.template operator()<212>(); break;
    case 310: all.template operator()<310>(); break;
    case 311: all.template operator()<311>(); break;
    case 8: {  // differences: the first one counts from the header's initial value
      std::uint32_t v = static_cast<std::uint32_t>(s.initial);
      for (std::uint64_t f = 0; f < frames; ++f)
        for (std::uint64_t j = 0; j < each; ++j) {
          v += static_cast<std::uint32_t>(static_cast<std::int8_t>(p[f * width + column + j]));
          sum += v;
          if (f >= first) put(static_cast<std::int32_t>(v));
        }
      break;
    }
  }
  out.checksum_wrong = s.checksum && h.frames && frames == h.frames &&
                       static_cast<std::uint16_t>(*s.checksum) != static_cast<std::uint16_t>(sum);
  return out;
}

}  // namespace caukham::formats
