// Pictures for the simulated scopes: an ear drum, a pigmented lesion with colour chart and ruler, or a folder of
// JPEG files. Whatever it shows, SIMULATED is burnt into it, with a picture counter for people and one for machines.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "devices/model/model.hpp"

namespace caukham::devices {

enum class Scene : std::uint8_t { ear, skin };

struct PhantomOptions {
  Scene scene = Scene::ear;
  int width = 640, height = 480;   // pixels, multiples of 16, at most 2048
  int quality = 80;                // libjpeg's 1…100
  bool jfif_header = true;         // false: no APP0, as UVC cameras send it
  bool huffman_tables = true;      // false: no DHT, the reader must know the standard tables (ITU-T T.81 Annex K.3)
  int hold = 20;                   // folder only: pictures each file is shown for
};

// Planar 4:2:0 full-range YCbCr; edges are multiples of 16.
struct Canvas {
  int width = 0, height = 0;
  std::vector<std::uint8_t> y, u, v;
  Canvas() = default;
  Canvas(int w, int h);
  void set_rgb(int x, int y, float r, float g, float b);  // chroma of the pixel with even x and y counts
};

// Not thread-safe. The first of a scene and size renders it (0.3 s at 640×480, kept for the process); a picture then 
// costs one copy and one JPEG encoding, about 1 ms at 640×480.
class Phantom {
 public:
  // The scene drifts slowly; equal options and counters give equal bytes.
  explicit Phantom(const PhantomOptions& options);
  // Plays *.jpg/*.jpeg of a folder in the order of their names, fitted into options' size; at most 32 files of at
  // most 8 MiB. Null: `why` says what is wrong with the folder.
  static std::unique_ptr<Phantom> from_folder(const std::string& folder, const PhantomOptions& options, std::string& why);

  Bytes jpeg(std::uint32_t counter);
  int width() const { return options_.width; }
  int height() const { return options_.height; }

 private:
  using Bases = std::shared_ptr<const std::vector<Canvas>>;
  Phantom(const PhantomOptions& options, Bases bases, int margin);
  static Bases render(const PhantomOptions& options);
  PhantomOptions options_;
  Bases bases_;
  int margin_ = 0;       // pixels by which a base is larger on every side: room for the drift
  Canvas frame_;
};

// The machine's counter: 16 blocks of 8×8 pixels, white is 1, most significant first, from x = width − 144,
// y = height − 24. `luma` is the decoded picture's Y plane (or grey). Empty when a block is neither black nor white.
std::optional<std::uint16_t> read_counter(const std::uint8_t* luma, int stride, int width, int height);

}  // namespace caukham::devices
