// A healthy right ear drum as an otoscope camera shows it: skin of the canal around, pearl-grey drum with its rim,
// handle of malleus from one o'clock to the umbo, light reflex at five o'clock (front and below), the flaccid part
// above the short process, vessels along the handle, the incus shining through behind.
#include "devices/phantom/scenes.hpp"

namespace caukham::devices::scene {
namespace {

constexpr float drum_x = 0.02F, drum_y = 0.01F;   // centre, in heights from the picture's middle
constexpr float umbo_x = 0.015F, umbo_y = 0.055F;
constexpr float knob_x = 0.095F, knob_y = -0.225F;  // short process

// Radius of the drum in direction a (y grows downwards), taller than wide and leaning to the front.
float drum_radius(float a) {
  return 0.345F + 0.020F * std::cos(2 * (a - 1.25F)) + 0.007F * std::sin(3 * a + 0.6F);
}

Rgb canal(float x, float y, float r, float a) {
  const float deep = step(0.36F, 0.75F, r);
  Rgb c = mix({206, 132, 104}, {232, 172, 138}, step(0.38F, 0.60F, r));
  // rings of skin and its fine grain, drawn out towards the viewer
  const float cx = std::cos(a), sy = std::sin(a);  // not the angle itself: it has a seam at ±π
  const float wobble = cloud(cx * 1.6F + 9, sy * 1.6F + r * 5, 3);
  c = c * (1 + 0.09F * std::sin(r * 46 + 5 * wobble) * step(0.4F, 0.6F, r) + 0.16F * cloud(x * 9, y * 9, 4));
  c = c + Rgb{1.0F, 0.8F, 0.7F} * (7 * lattice(static_cast<int>(x * 900), static_cast<int>(y * 900)) * 0.5F);
  // capillaries
  const float vein = std::abs(cloud(cx * 2.3F + 3 + r * 2.0F, sy * 2.3F - r * 1.4F, 4));
  const float seen = step(0.0F, 0.35F, noise(x * 5 + 8, y * 5)) * step(0.72F, 0.45F, r);
  c = mix(c, {184, 84, 68}, 0.40F * seen * step(0.030F, 0.002F, vein));
  // the lamp sits at the top, the far edge falls into shadow
  c = c * (1.10F - 0.95F * deep * deep + 0.18F * -y);
  // wax on the floor of the canal
  const float wax = step(0.06F, 0.02F, std::hypot((x + 0.40F) * 0.75F, y - 0.27F) + 0.035F * cloud(x * 26, y * 26, 3));
  c = mix(c, Rgb{168, 104, 38} * (1 + 0.4F * cloud(x * 40, y * 40, 3)), 0.9F * wax);
  return c;
}

Rgb drum(float x, float y, float r, float a, float rim) {
  const float q = r / rim;  // 0 at the middle, 1 at the rim
  const float turn = a < 0 ? a + 6.2831853F : a;  // seam to the right, where the reflex and the rim hide it
  const float fibre = noise(turn * 26, q * 2.5F) * 0.6F + noise(turn * 61, q * 4) * 0.4F;
  Rgb c = mix({196, 188, 180}, {212, 178, 164}, step(0.25F, 1.0F, q));
  c = c * (1 + 0.028F * fibre * step(0.1F, 0.6F, q) + 0.07F * cloud(x * 6 + 2, y * 6, 3));
  c = c * (0.84F + 0.20F * step(1.0F, 0.15F, q));                           // a cone: the middle lies deeper
  c = c * (1 + 0.10F * (-(x * 0.6F) + y * 0.2F));
  // behind the drum: incus (upper back), the dark niche of the round window (lower back)
  float along = 0;
  const float incus = segment(x, y, -0.115F, -0.20F, -0.085F, -0.045F, along);
  c = mix(c, {224, 206, 184}, 0.42F * step(0.030F, 0.006F, incus));
  c = mix(c, {128, 104, 98}, 0.36F * step(0.085F, 0.015F, std::hypot(x + 0.13F, (y - 0.14F) * 1.2F)));
  // flaccid part above the folds: thinner, pinker
  const float folds = knob_y + 0.025F + 0.55F * std::abs(x - knob_x) * std::abs(x - knob_x) - 0.03F;
  const float soft = y + 0.020F * cloud(x * 11, y * 11, 2);
  c = mix(c, {206, 138, 120}, 0.72F * step(folds + 0.020F, folds - 0.060F, soft));
  c = mix(c, {232, 204, 190}, 0.34F * step(0.013F, 0.0F, std::abs(soft - folds)) * step(0.15F, 0.03F, std::abs(x - knob_x)));
  // vessels: two beside the handle, a few radial ones from the rim
  const float radial = std::abs(std::sin(a * 6 + 1.1F * noise(q * 5, a * 3)));
  c = mix(c, {178, 90, 80}, 0.30F * step(0.09F, 0.0F, radial) * step(0.66F, 1.0F, q + 0.16F * noise(x * 12, y * 12)));
  const float handle = segment(x, y, knob_x, knob_y, umbo_x, umbo_y, along);
  const float beside = std::abs(handle - 0.024F - 0.005F * noise(along * 9, 1));
  c = mix(c, {176, 78, 70}, 0.48F * step(0.006F, 0.001F, beside) * step(0.95F, 0.6F, along));
  // handle of malleus with its shadow, short process, umbo
  const float wide = 0.0175F - 0.006F * along + 0.012F * step(0.86F, 1.0F, along);
  float shade = segment(x - 0.012F, y - 0.006F, knob_x, knob_y, umbo_x, umbo_y, along);
  c = c * (1 - 0.20F * step(wide + 0.016F, wide - 0.004F, shade));
  const float bone = step(wide + 0.004F, wide - 0.006F, handle);
  c = mix(c, mix({224, 204, 180}, {250, 240, 222}, step(wide, 0, handle + 0.004F * noise(x * 60, y * 60))), 0.94F * bone);
  const float knob = std::hypot(x - knob_x - 0.004F, y - knob_y);
  c = c * (1 - 0.22F * step(0.05F, 0.022F, std::hypot(x - knob_x - 0.014F, y - knob_y - 0.012F)));
  c = mix(c, mix({228, 206, 180}, {255, 250, 240}, step(0.030F, 0.004F, std::hypot(x - knob_x + 0.006F, y - knob_y + 0.008F))),
          step(0.027F, 0.018F, knob));
  // light reflex: a wedge from the umbo to five o'clock, bright at the umbo, broken up at its foot
  const float lx = x - umbo_x, ly = y - umbo_y;
  const float from = std::hypot(lx, ly), angle = std::atan2(ly, lx) - 1.02F;
  const float edge = 0.235F + 0.05F * noise(from * 40, 2);
  const float wedge = step(edge, edge * 0.45F, std::abs(angle)) * step(0.012F, 0.035F, from) *
                      step(0.235F, 0.14F, from + 0.02F * noise(angle * 16, 9));
  c = mix(c, {255, 254, 248}, 0.93F * wedge);
  return c;
}

}  // namespace

void draw_ear(Canvas& canvas, int margin) {
  const float unit = 1.0F / static_cast<float>(canvas.height - 2 * margin);
  for (int py = 0; py < canvas.height; ++py) {
    for (int px = 0; px < canvas.width; ++px) {
      const float sx = (static_cast<float>(px) - static_cast<float>(canvas.width) / 2) * unit;
      const float sy = (static_cast<float>(py) - static_cast<float>(canvas.height) / 2) * unit;
      const float x = sx - drum_x, y = sy - drum_y;
      const float r = std::hypot(x, y), a = std::atan2(y, x);
      const float rim = drum_radius(a) + 0.004F * noise(std::cos(a) * 5, std::sin(a) * 5);
      Rgb c = canal(x, y, r, a);
      const float inside = step(rim + 0.006F, rim - 0.010F, r);
      if (inside > 0) c = mix(c, drum(x, y, r, a, rim), inside);
      // rim (annulus): pale band, open at the top, and the canal's shadow falling on the drum at its edge
      const float top = step(0.75F, 0.35F, std::abs(a + 1.35F));
      c = c * (1 - 0.34F * step(0.050F, 0.0F, std::abs(r - rim - 0.014F)) * (1 - 0.5F * top));
      const float pale = 0.30F + 0.26F * noise(std::cos(a) * 3 + 2, std::sin(a) * 3) + 0.10F * std::sin(a);
      c = mix(c, {236, 214, 196}, std::max(0.0F, pale) * step(0.024F, 0.002F, std::abs(r - rim + 0.016F)) * (1 - top));
      // two fine hairs near the viewer, out of focus
      float along = 0;
      const float hair = std::min(segment(sx, sy, 0.62F, -0.45F, 0.36F, -0.26F + 0.05F * sx, along),
                                  segment(sx, sy, 0.64F, 0.40F, 0.45F, 0.22F, along));
      c = c * (1 - 0.45F * step(0.008F, 0.001F, hair));
      // lens: darker to the corners
      c = c * (1.06F - 0.62F * step(0.42F, 0.92F, std::hypot(sx * 0.92F, sy)));
      canvas.set_rgb(px, py, c.r, c.g, c.b);
    }
  }
}

}  // namespace caukham::devices::scene
