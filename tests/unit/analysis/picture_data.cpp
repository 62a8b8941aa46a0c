// Picture quality on the simulated scopes' scenes and on a real dermoscopy picture (ISIC_0000000: sharp, photographed
// with a wrong white balance, the skin is light blue). argv[1] or CAUKHAM_TEST_DATA: the folder; exit 77 without it.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "analysis/picture/quality.hpp"
#include "devices/phantom/jpeg.hpp"

using namespace caukham;
using analysis::picture::Verdict;

namespace {

int failures = 0;

analysis::picture::Quality judged(const devices::Canvas& c) {
  analysis::picture::View v;
  v.layout = analysis::picture::Layout::i420_full;
  v.width = c.width;
  v.height = c.height;
  v.plane[0] = c.y, v.plane[1] = c.u, v.plane[2] = c.v;
  v.stride[0] = static_cast<std::size_t>(c.width), v.stride[1] = v.stride[2] = static_cast<std::size_t>(c.width / 2);
  return analysis::picture::measure(v);
}

void must(const analysis::picture::Quality& q, const char* what, const char* key, Verdict want) {
  const auto* f = q.find(key);
  const bool good = f && f->verdict == want;
  std::printf("%s %s: %s is %s (%.2f)\n", good ? "ok  " : "FAIL", what, key, f ? name_of(f->verdict) : "missing",
              f && f->value ? *f->value : 0.0);
  failures += good ? 0 : 1;
}

// Twice, every pixel becomes the mean of its (2r+1)² neighbours: σ of about 0.41 (2r+1), nearly a Gaussian. One such
// box alone leaves fine ripples, which pass for edges: see the limits in edges.hpp.
devices::Canvas smeared(devices::Canvas c, int r, int times = 2) {
  if (times == 0) return c;
  const auto sharp = c.y;
  for (int y = r; y < c.height - r; ++y)
    for (int x = r; x < c.width - r; ++x) {
      int sum = 0;
      for (int j = -r; j <= r; ++j)
        for (int i = -r; i <= r; ++i) sum += sharp[static_cast<std::size_t>((y + j) * c.width + x + i)];
      c.y[static_cast<std::size_t>(y * c.width + x)] = static_cast<std::uint8_t>(sum / ((2 * r + 1) * (2 * r + 1)));
    }
  return smeared(std::move(c), r, times - 1);
}

void scene(devices::Scene which, const char* name) {
  devices::PhantomOptions options;
  options.scene = which;
  devices::Phantom phantom(options);
  devices::Canvas picture;
  if (!devices::decode_jpeg(phantom.jpeg(1), options.width, options.height, picture)) std::abort();
  const auto q = judged(picture);
  for (const char* key : {"in_view", "underexposed", "overexposed", "sharpness", "glare"}) must(q, name, key, Verdict::good);
  must(judged(smeared(picture, 4)), "the same, smeared", "sharpness", Verdict::poor);
}

}  // namespace

int main(int argc, char** argv) {
  scene(devices::Scene::ear, "ear");
  scene(devices::Scene::skin, "skin");
  if (failures) return 1;
  const char* set = std::getenv("CAUKHAM_TEST_DATA");
  const std::filesystem::path file = std::filesystem::path(set ? set : argc > 1 ? argv[1] : "") / "dermoscopy/ISIC_0000000.jpg";
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    std::printf("skipped: there is no %s\n", file.string().c_str());
    return 77;
  }
  const std::vector<std::uint8_t> bytes((std::istreambuf_iterator<char>(in)), {});
  devices::Canvas picture;
  if (!devices::decode_jpeg(bytes, 1024, 768, picture)) return 1;
  const auto q = judged(picture);
  for (const char* key : {"in_view", "underexposed", "overexposed", "sharpness", "glare"}) must(q, "ISIC_0000000", key, Verdict::good);
  must(q, "ISIC_0000000", "colour_cast", Verdict::poor);
  must(judged(smeared(picture, 6)), "ISIC_0000000, smeared", "sharpness", Verdict::poor);
  return failures ? 1 : 0;
}
