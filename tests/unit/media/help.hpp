// Shared by the media tests.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "devices/phantom/phantom.hpp"
#include "media/picture.hpp"
#include "tests/lib/test_folder.hpp"

namespace test {

using caukham::devices::Bytes;

inline std::uint32_t seed() {
  if (const char* given = std::getenv("CAUKHAM_SEED")) return static_cast<std::uint32_t>(std::strtoul(given, nullptr, 0));
  return std::random_device{}();
}

inline Bytes jpeg(std::uint32_t n, caukham::devices::Scene scene = caukham::devices::Scene::skin, bool tables = true) {
  caukham::devices::PhantomOptions o;
  o.scene = scene;
  o.jfif_header = o.huffman_tables = tables;
  return caukham::devices::Phantom(o).jpeg(n);
}

// Peak signal to noise of the luma, dB.
inline double psnr(const caukham::media::Picture& a, const caukham::media::Picture& b) {
  double sum = 0;
  for (int y = 0; y < a.height; ++y)
    for (int x = 0; x < a.width; ++x) {
      const double d = double(a.y()[y * a.stride_y + x]) - b.y()[y * b.stride_y + x];
      sum += d * d;
    }
  return sum == 0 ? 99 : 10 * std::log10(255.0 * 255.0 * a.width * a.height / sum);
}

struct TempFile {
  explicit TempFile(const std::string& name)
      : folder("media"), path((folder / name).string()) {}
  const caukham::tests::TestFolder folder;
  const std::string path;
};

}  // namespace test
