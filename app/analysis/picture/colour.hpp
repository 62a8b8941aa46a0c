// Colours between a camera's sRGB and CIE L*a*b* under D50, and how different two of them look. Pure.
#pragma once

namespace caukham::analysis::picture {

struct Rgb { double r = 0, g = 0, b = 0; };
struct Xyz { double x = 0, y = 0, z = 0; };          // D50, Y 0…1
struct Lab { double l = 0, a = 0, b = 0; };          // D50

// 0…255 sRGB-coded → 0…1 linear, and back (not clipped to 255; below 0 stays 0). IEC 61966-2-1:1999.
Rgb to_linear(Rgb coded);
Rgb to_coded(Rgb linear);
// sRGB's D65 white is adapted to D50 by Bradford; matrices of Lindbloom (brucelindbloom.com, RGB/XYZ matrices, sRGB D50).
Xyz to_xyz(Rgb linear);
Rgb to_rgb(Xyz xyz);
// CIE 15:2004 with D50 0.96422, 1, 0.82521 (ICC.1). Negative XYZ, which a fit may give, goes along the straight part.
Lab to_lab(Xyz xyz);
Lab to_lab(Rgb linear);
Xyz to_xyz(Lab lab);

// CIE ΔE2000, kL = kC = kH = 1, as Sharma, Wu & Dalal, "The CIEDE2000 color-difference formula", Color Research and
// Application 30 (2005) 21–30 write it down; their 34 pairs are in the tests.
double delta_e2000(Lab one, Lab other);

}  // namespace caukham::analysis::picture
