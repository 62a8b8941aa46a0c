// Half hours of made ambulatory records as files, for whatever reads WFDB: beats_records FOLDER [first seed=1000] [count=12]
// Format 212 as the arrhythmia databases have it, 200 units a mV about 1024, the true beats as .atr.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "devices/formats/wfdb/annotations.hpp"
#include "tests/lib/ambulatory.hpp"

using namespace caukham;

namespace {

void save(const std::filesystem::path& path, const std::vector<std::uint8_t>& bytes) {
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

unsigned digits(float uv) { return static_cast<unsigned>(std::clamp(std::lround(uv / 5) + 1024L, 0L, 2047L)); }

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::printf("usage: beats_records FOLDER [first seed] [count]\n"), 2;
  const std::filesystem::path folder = argv[1];
  const std::uint64_t first = argc > 2 ? std::stoull(argv[2]) : 1000, count = argc > 3 ? std::stoull(argv[3]) : 12;
  for (auto seed = first, written = std::uint64_t{0}; written < count; ++seed) {
    if (tests::lone_tall_p(tests::mixture(seed))) continue;  // no record tells such a P wave from a beat
    ++written;
    const auto c = tests::half_hour(seed).ecg;
    const auto name = std::to_string(seed);
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i < c.samples(); ++i) {
      const unsigned a = digits(c.uv[0][i]), b = digits(c.uv[1][i]);
      bytes.insert(bytes.end(), {static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(a >> 8 | (b >> 8) << 4), static_cast<std::uint8_t>(b)});
    }
    save(folder / (name + ".dat"), bytes);
    formats::WfdbAnnotations truth;
    for (const auto& b : c.truth) {
      formats::WfdbAnnotation a;
      a.sample = b.sample, a.letter = static_cast<char>(b.type);
      truth.list.push_back(a);
    }
    save(folder / (name + ".atr"), formats::encode_annotations(truth));
    const auto mix = tests::mixture(seed);
    std::ofstream head(folder / (name + ".hea"));
    head << name << " 2 " << c.fs_hz << ' ' << c.samples() << '\n';
    for (const auto& lead : c.leads) head << name << ".dat 212 200 11 1024 0 0 0 " << lead << '\n';
    head << "# SIMULATED: " << tests::name(mix.rhythm) << " / " << tests::name(mix.own) << " / " << tests::name(mix.disturbance) << '\n';
  }
}
