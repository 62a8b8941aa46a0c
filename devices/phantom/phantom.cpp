#include "devices/phantom/phantom.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <tuple>

#include "devices/phantom/jpeg.hpp"
#include "devices/phantom/scenes.hpp"

namespace caukham::devices {
namespace {

constexpr int drift_margin = 16;
constexpr int block = 8, bits = 16;

std::uint8_t byte(float v) { return static_cast<std::uint8_t>(std::clamp(v + 0.5F, 0.0F, 255.0F)); }

PhantomOptions bounded(PhantomOptions o) {
  o.width = std::clamp(o.width, 320, 2048) & ~15;
  o.height = std::clamp(o.height, 240, 2048) & ~15;
  o.quality = std::clamp(o.quality, 1, 100);
  o.hold = std::max(1, o.hold);
  return o;
}

void copy_window(const Canvas& from, int x, int y, Canvas& to) {
  const auto plane = [](const std::vector<std::uint8_t>& a, int a_stride, int ax, int ay, std::vector<std::uint8_t>& b, int w, int h) {
    for (int row = 0; row < h; ++row)
      std::copy_n(a.begin() + static_cast<std::ptrdiff_t>(ay + row) * a_stride + ax, w, b.begin() + static_cast<std::ptrdiff_t>(row) * w);
  };
  plane(from.y, from.width, x, y, to.y, to.width, to.height);
  plane(from.u, from.width / 2, x / 2, y / 2, to.u, to.width / 2, to.height / 2);
  plane(from.v, from.width / 2, x / 2, y / 2, to.v, to.width / 2, to.height / 2);
}

void stamp_blocks(Canvas& c, std::uint16_t counter) {
  const int left = c.width - bits * block - 2 * block, top = c.height - 3 * block;
  for (int bit = 0; bit < bits; ++bit) {
    const std::uint8_t luma = (counter >> (bits - 1 - bit) & 1) != 0 ? 235 : 20;
    for (int y = top; y < top + block; ++y)
      std::fill_n(c.y.begin() + static_cast<std::ptrdiff_t>(y) * c.width + left + bit * block, block, luma);
  }
  for (int y = top / 2; y < (top + block) / 2; ++y) {
    std::fill_n(c.u.begin() + static_cast<std::ptrdiff_t>(y) * (c.width / 2) + left / 2, bits * block / 2, std::uint8_t{128});
    std::fill_n(c.v.begin() + static_cast<std::ptrdiff_t>(y) * (c.width / 2) + left / 2, bits * block / 2, std::uint8_t{128});
  }
}

}  // namespace

Canvas::Canvas(int w, int h)
    : width(w), height(h), y(static_cast<std::size_t>(w) * static_cast<std::size_t>(h)), u(y.size() / 4), v(y.size() / 4) {}

void Canvas::set_rgb(int px, int py, float r, float g, float b) {
  if (px < 0 || py < 0 || px >= width || py >= height) return;
  y[static_cast<std::size_t>(py * width + px)] = byte(0.299F * r + 0.587F * g + 0.114F * b);  // JFIF, BT.601 full range
  if (px % 2 != 0 || py % 2 != 0) return;
  const auto at = static_cast<std::size_t>(py / 2 * (width / 2) + px / 2);
  u[at] = byte(128 - 0.168736F * r - 0.331264F * g + 0.5F * b);
  v[at] = byte(128 + 0.5F * r - 0.418688F * g - 0.081312F * b);
}

Phantom::Bases Phantom::render(const PhantomOptions& o) {
  static std::mutex guard;
  static std::map<std::tuple<Scene, int, int>, Bases> kept;
  const std::lock_guard lock(guard);
  Bases& bases = kept[{o.scene, o.width, o.height}];
  if (bases) return bases;
  auto one = std::make_shared<std::vector<Canvas>>();
  Canvas& canvas = one->emplace_back(o.width + 2 * drift_margin, o.height + 2 * drift_margin);
  o.scene == Scene::ear ? scene::draw_ear(canvas, drift_margin) : scene::draw_skin(canvas, drift_margin);
  return bases = std::move(one);
}

Phantom::Phantom(const PhantomOptions& options) : Phantom(options, render(bounded(options)), drift_margin) {}

Phantom::Phantom(const PhantomOptions& options, Bases bases, int margin)
    : options_(bounded(options)), bases_(std::move(bases)), margin_(margin), frame_(options_.width, options_.height) {}

std::unique_ptr<Phantom> Phantom::from_folder(const std::string& folder, const PhantomOptions& wish, std::string& why) {
  namespace fs = std::filesystem;
  const PhantomOptions options = bounded(wish);
  std::vector<fs::path> files;
  std::error_code failed;
  for (fs::directory_iterator at(fs::u8path(folder), failed), end; !failed && at != end; at.increment(failed)) {
    std::string kind = at->path().extension().string();
    std::transform(kind.begin(), kind.end(), kind.begin(), [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
    if (kind == ".jpg" || kind == ".jpeg") files.push_back(at->path());
  }
  if (failed) return why = "the picture folder cannot be read: " + folder, nullptr;
  std::sort(files.begin(), files.end());
  std::vector<Canvas> bases;
  for (const fs::path& file : files) {
    if (bases.size() == 32) break;
    if (fs::file_size(file, failed) > 8U << 20 || failed) continue;
    std::ifstream in(file, std::ios::binary);
    const Bytes bytes{std::istreambuf_iterator<char>(in), {}};
    Canvas canvas;
    if (decode_jpeg(bytes, options.width, options.height, canvas)) bases.push_back(std::move(canvas));
  }
  if (bases.empty()) return why = "the picture folder holds no readable .jpg file: " + folder, nullptr;
  return std::unique_ptr<Phantom>(new Phantom(options, std::make_shared<const std::vector<Canvas>>(std::move(bases)), 0));
}

Bytes Phantom::jpeg(std::uint32_t counter) {
  const Canvas& base = (*bases_)[counter / static_cast<std::uint32_t>(options_.hold) % bases_->size()];
  // A hand that is not quite still: two slow sines, in steps of two pixels so that the chroma moves along.
  const double t = counter * 0.045;
  const auto drift = [this](double s) { return margin_ + static_cast<int>(std::lround(s * margin_ * 0.45)) * 2; };
  copy_window(base, drift(std::sin(t)), drift(0.6 * std::sin(0.73 * t + 1)), frame_);
  const int scale = std::max(2, options_.height / 240);
  scene::write_text(frame_, 8, 8, scale, "SIMULATED");
  char text[16];
  std::snprintf(text, sizeof text, "%06u", counter % 1000000U);
  scene::write_text(frame_, 8, frame_.height - 9 * scale - 8, scale, text);
  stamp_blocks(frame_, static_cast<std::uint16_t>(counter));
  return encode_jpeg(frame_, options_);
}

std::optional<std::uint16_t> read_counter(const std::uint8_t* luma, int stride, int width, int height) {
  if (width < 320 || height < 240) return std::nullopt;
  const int left = width - bits * block - 2 * block, top = height - 3 * block;
  unsigned value = 0;
  for (int bit = 0; bit < bits; ++bit) {
    int sum = 0;  // the middle 4×4: neighbours bleed into the edges after a video codec
    for (int y = 2; y < 6; ++y)
      for (int x = 2; x < 6; ++x) sum += luma[static_cast<std::ptrdiff_t>(top + y) * stride + left + bit * block + x];
    if (sum > 16 * 96 && sum < 16 * 160) return std::nullopt;
    value = value << 1 | static_cast<unsigned>(sum >= 16 * 160);
  }
  return static_cast<std::uint16_t>(value);
}

}  // namespace caukham::devices
