#include "analysis/picture/colour.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace caukham::analysis::picture {
namespace {

// White: D50 (ASTM E308); CIE 15:2004's exact fractions for L*a*b*. sRGB's curve: IEC 61966-2-1.
constexpr double white_x = 0.96422, white_z = 0.82521;
constexpr double epsilon = 216.0 / 24389, kappa = 24389.0 / 27;
constexpr double degree = std::numbers::pi / 180;

double linear_of(double coded) {
  const double v = coded / 255;
  return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
}
double coded_of(double v) {
  if (v <= 0) return 0;
  return 255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * std::pow(v, 1 / 2.4) - 0.055);
}
double bend(double t) { return t > epsilon ? std::cbrt(t) : (kappa * t + 16) / 116; }
double straight(double f) { return f * f * f > epsilon ? f * f * f : (116 * f - 16) / kappa; }
double hue_of(double a, double b) {
  if (a == 0 && b == 0) return 0;
  const double h = std::atan2(b, a) / degree;
  return h < 0 ? h + 360 : h;
}

}  // namespace

Rgb to_linear(Rgb c) { return {linear_of(c.r), linear_of(c.g), linear_of(c.b)}; }
Rgb to_coded(Rgb l) { return {coded_of(l.r), coded_of(l.g), coded_of(l.b)}; }

Xyz to_xyz(Rgb c) {
  return {0.4360747 * c.r + 0.3850649 * c.g + 0.1430804 * c.b, 0.2225045 * c.r + 0.7168786 * c.g + 0.0606169 * c.b,
          0.0139322 * c.r + 0.0971045 * c.g + 0.7141733 * c.b};
}
Rgb to_rgb(Xyz c) {
  return {3.1338561 * c.x - 1.6168667 * c.y - 0.4906146 * c.z, -0.9787684 * c.x + 1.9161415 * c.y + 0.0334540 * c.z,
          0.0719453 * c.x - 0.2289914 * c.y + 1.4052427 * c.z};
}

Lab to_lab(Xyz c) {
  const double x = bend(c.x / white_x), y = bend(c.y), z = bend(c.z / white_z);
  return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}
Lab to_lab(Rgb linear) { return to_lab(to_xyz(linear)); }
Xyz to_xyz(Lab c) {
  const double y = (c.l + 16) / 116;
  return {white_x * straight(y + c.a / 500), straight(y), white_z * straight(y - c.b / 200)};
}

double delta_e2000(Lab p, Lab q) {
  // Names as in the paper, equations 2 to 22.
  const double seventh = std::pow(25.0, 7);
  const double mean_c7 = std::pow((std::hypot(p.a, p.b) + std::hypot(q.a, q.b)) / 2, 7);
  const double g = 0.5 * (1 - std::sqrt(mean_c7 / (mean_c7 + seventh)));
  const double a1 = (1 + g) * p.a, a2 = (1 + g) * q.a;
  const double c1 = std::hypot(a1, p.b), c2 = std::hypot(a2, q.b), h1 = hue_of(a1, p.b), h2 = hue_of(a2, q.b);
  const bool grey = c1 * c2 == 0;
  double dh = grey ? 0 : h2 - h1;
  if (dh > 180) dh -= 360;
  if (dh < -180) dh += 360;
  const double dl = q.l - p.l, dc = c2 - c1, dhh = 2 * std::sqrt(c1 * c2) * std::sin(dh / 2 * degree);
  const double l = (p.l + q.l) / 2, c = (c1 + c2) / 2;
  double h = h1 + h2;
  if (!grey) {
    if (std::abs(h1 - h2) <= 180) h /= 2;
    else h = h < 360 ? (h + 360) / 2 : (h - 360) / 2;
  }
  const double t = 1 - 0.17 * std::cos((h - 30) * degree) + 0.24 * std::cos(2 * h * degree) +
                   0.32 * std::cos((3 * h + 6) * degree) - 0.20 * std::cos((4 * h - 63) * degree);
  const double turn = 30 * std::exp(-std::pow((h - 275) / 25, 2));
  const double c7 = std::pow(c, 7), rc = 2 * std::sqrt(c7 / (c7 + seventh));
  const double sl = 1 + 0.015 * (l - 50) * (l - 50) / std::sqrt(20 + (l - 50) * (l - 50));
  const double sc = 1 + 0.045 * c, sh = 1 + 0.015 * c * t, rt = -std::sin(2 * turn * degree) * rc;
  const double el = dl / sl, ec = dc / sc, eh = dhh / sh;
  return std::sqrt(std::max(0.0, el * el + ec * ec + eh * eh + rt * ec * eh));
}

}  // namespace caukham::analysis::picture
