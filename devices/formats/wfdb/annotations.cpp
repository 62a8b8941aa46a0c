#include "devices/formats/wfdb/annotations.hpp"

#include <cstdlib>
#include <string_view>

namespace caukham::formats {
namespace {

constexpr std::size_t max_bytes = 16u << 20;
// Letters by code; ' ' where there is none.
constexpr std::string_view letters = " NLRaVFJASEj/Q~ | sT*D\"=pB^t+u?![]en@xf()r";
static_assert(letters.size() == 42);
constexpr unsigned skip = 59, num = 60, sub = 61, chn = 62, aux = 63, note = 22;
constexpr std::string_view resolution_key = "## time resolution: ";

[[noreturn]] void fail(const char* what) { throw WfdbError(std::string("annotation file: ") + what); }

struct Out {
  std::vector<std::uint8_t> bytes;
  void word(unsigned code, unsigned low) {
    bytes.push_back(static_cast<std::uint8_t>(low));
    bytes.push_back(static_cast<std::uint8_t>(code << 2 | low >> 8));
  }
};

}  // namespace

char annotation_letter(std::uint8_t code) {
  return code < letters.size() && letters[code] != ' ' ? letters[code] : '\0';
}

std::uint8_t annotation_code(char letter) {
  const auto at = letter == ' ' ? std::string_view::npos : letters.find(letter);
  return at == std::string_view::npos ? 0 : static_cast<std::uint8_t>(at);
}

bool is_beat(char letter) {
  return letter != '\0' && std::string_view("NLRBAaJSjenVrEF/fQ?").find(letter) != std::string_view::npos;
}

WfdbAnnotations parse_annotations(std::span<const std::uint8_t> bytes) {
  if (bytes.size() > max_bytes) fail("more than 16 MiB, not one");
  if (bytes.size() < 2) fail("empty");
  WfdbAnnotations out;
  std::int64_t time = 0;
  std::uint8_t channel = 0;
  std::int8_t number = 0;
  bool placed = false;  // a skip alone is no annotation
  std::size_t at = 0;
  for (;;) {
    if (bytes.size() - at < 2) fail("it is cut off, or not an annotation file: the end mark is missing");
    const unsigned word = static_cast<unsigned>(bytes[at] | bytes[at + 1] << 8);
    const unsigned code = word >> 10, low = word & 0x3FF;
    at += 2;
    if (word == 0) break;
    auto* last = placed ? &out.list.back() : nullptr;
    if (code == skip) {
      if (bytes.size() - at < 4) fail("it is cut off inside a time");
      const std::uint32_t jump = static_cast<std::uint32_t>(bytes[at] << 16) | static_cast<std::uint32_t>(bytes[at + 1]) << 24 |
                                 bytes[at + 2] | static_cast<std::uint32_t>(bytes[at + 3] << 8);
      time += static_cast<std::int32_t>(jump);
      at += 4;
    } else if (code == num || code == sub || code == chn || code == aux) {
      if (!last) fail("not one: a remark stands before the first annotation");
      if (code == num) last->number = number = static_cast<std::int8_t>(low);
      if (code == sub) last->subtype = static_cast<std::int8_t>(low);
      if (code == chn) last->channel = channel = static_cast<std::uint8_t>(low);
      if (code == aux) {
        const std::size_t n = low & 0xFF, padded = n + n % 2;
        if (low > 0xFF || bytes.size() - at < padded) fail("it is cut off inside a text");
        last->aux.assign(reinterpret_cast<const char*>(bytes.data() + at), n);
        while (!last->aux.empty() && last->aux.back() == '\0') last->aux.pop_back();
        at += padded;
        // A remark at time 0 may carry the file's own clock.
        if (last->code == note && last->sample == 0 && last->aux.starts_with(resolution_key)) {
          const double hz = std::strtod(last->aux.c_str() + resolution_key.size(), nullptr);
          if (!(hz >= 0.1 && hz <= 1e6)) fail("its time resolution makes no sense");
          out.resolution_hz = hz;
        }
      }
    } else if (code > 49) {
      fail("not one: it holds codes that do not exist");
    } else {
      time += low;
      if (time < 0) fail("a time before the record's beginning");
      if (code == 0) continue;  // a pause longer than fits, without an annotation
      WfdbAnnotation a;
      a.sample = static_cast<std::uint64_t>(time);
      a.code = static_cast<std::uint8_t>(code);
      a.letter = annotation_letter(a.code);
      a.channel = channel;
      a.number = number;
      out.list.push_back(std::move(a));
      placed = true;
    }
  }
  return out;
}

std::vector<std::uint8_t> encode_annotations(const WfdbAnnotations& from) {
  Out out;
  std::uint64_t time = 0;
  int channel = 0, number = 0;
  const auto add = [&](const WfdbAnnotation& a) {
    const unsigned code = a.letter ? annotation_code(a.letter) : a.code;
    if (code < 1 || code > 49) fail("an annotation has a letter that does not exist");
    if (a.sample < time) fail("the annotations are not in the order of time");
    if (a.aux.size() > 255) fail("a text is longer than 255 bytes");
    std::uint64_t step = a.sample - time;
    time = a.sample;
    if (step > 0x3FF) {
      if (step > 0x7FFFFFFF) fail("more than 2^31 samples lie between two annotations");
      out.word(skip, 0);
      for (int shift : {16, 24, 0, 8}) out.bytes.push_back(static_cast<std::uint8_t>(step >> shift));
      step = 0;
    }
    out.word(code, static_cast<unsigned>(step));
    if (a.subtype) out.word(sub, static_cast<std::uint8_t>(a.subtype));
    if (a.channel != channel) out.word(chn, static_cast<unsigned>(channel = a.channel));
    if (a.number != number) out.word(num, static_cast<std::uint8_t>(number = a.number));
    if (!a.aux.empty()) {
      out.word(aux, static_cast<unsigned>(a.aux.size()));
      out.bytes.insert(out.bytes.end(), a.aux.begin(), a.aux.end());
      if (a.aux.size() % 2) out.bytes.push_back(0);
    }
  };
  if (from.resolution_hz > 0 && (from.list.empty() || !from.list.front().aux.starts_with(resolution_key))) {
    WfdbAnnotation clock;
    clock.letter = '"';
    std::string hz = std::to_string(from.resolution_hz);
    while (hz.back() == '0') hz.pop_back();
    if (hz.back() == '.') hz.pop_back();
    clock.aux = std::string(resolution_key) + hz;
    add(clock);
  }
  for (const auto& a : from.list) add(a);
  out.word(0, 0);
  return std::move(out.bytes);
}

}  // namespace caukham::formats
