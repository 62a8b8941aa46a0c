#include "analysis/picture/quality.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "analysis/picture/colour.hpp"
#include "analysis/picture/edges.hpp"
#include "analysis/picture/motion.hpp"

namespace caukham::analysis::picture {
namespace {

constexpr const char* tr_later(const char* key) { return key; }  // marks for xgettext; translated where it is shown

constexpr const char* own = "Caukham: chosen on rendered scenes of known blur, exposure and glare";
constexpr double black_luma = 12;            // of 255
constexpr double dark_luma = 45;             // of 255, L* 18: the darkest skin (L* about 25 and more) lies above it
constexpr double least_structure = 2.0;      // %
constexpr double dark_limit = 50, white_limit = 10, glare_limit = 1.0;  // % of the field
constexpr double speck = 0.001;              // of the field: a moist spot's sparkle is no glare
// Height of the picture over this is the widest edge (σ) that is called sharp; FWHM 2.355 σ is then 1/85 of the height.
constexpr double heights_per_width = 200, least_width_px = 1.5;
constexpr const char* sharpness_source =
    "Caukham: full width at half maximum of an edge within 1/85 of the picture's height, 0.18 mm of a 15 mm field, "
    "about one line of a pigment network; never below 1.5 pixels";
// During 1/30 s of exposure a speed v smears over v/30, σ = v/(30 √12): that may be as wide as the widest sharp edge.
const double speed_limit = 30 * std::sqrt(12.0) / heights_per_width * 100;  // % of the height a second: 52
constexpr const char* motion_source = "Caukham: smear within 1/30 s no wider than the sharpness limit";
constexpr double cast_limit = 20;            // C*ab of the mean
constexpr double cold_limit = 50;            // %

Finding good(Finding f, const char* sentence) { f.verdict = Verdict::good; f.sentence = sentence; return f; }
Finding poor(Finding f, const char* sentence) { f.verdict = Verdict::poor; f.sentence = sentence; return f; }
Finding unknown(Finding f, const char* sentence) {
  f.value.reset();
  f.verdict = Verdict::cannot_tell;
  f.sentence = sentence;
  return f;
}
Finding within(Finding f, const char* yes, const char* no) {
  const bool fine = f.more_is_better ? *f.value >= f.limit : *f.value <= f.limit;
  return fine ? good(f, yes) : poor(f, no);
}

struct Light { double median = 0, deviation = 0, dark = 0, white = 0, glare = 0; };  // luma 0…255; % of the field

Light light_of(const Cells& c) {
  Light l;
  const bool any = c.field_cells > c.size() / 20;
  std::vector<float> lumas;
  double sum = 0, squares = 0, dark = 0, white = 0;
  for (std::size_t i = 0; i < c.size(); ++i) {
    if (any && !c.field[i]) continue;
    lumas.push_back(c.luma[i]);
    sum += c.luma[i];
    squares += static_cast<double>(c.luma[i]) * c.luma[i];
    dark += c.luma[i] < dark_luma;
    white += c.white[i];
  }
  const double n = static_cast<double>(lumas.size());
  std::nth_element(lumas.begin(), lumas.begin() + static_cast<std::ptrdiff_t>(lumas.size() / 2), lumas.end());
  l.median = lumas[lumas.size() / 2];
  l.deviation = std::sqrt(std::max(0.0, squares / n - sum / n * (sum / n)));
  l.dark = 100 * dark / n;
  l.white = 100 * white / n;
  for (const auto blob : white_blobs(c))
    if (static_cast<double>(blob) >= std::max(2.0, speck * n)) l.glare += 100 * static_cast<double>(blob) / n;
  return l;
}

// What can be said of the colour without a chart. Grey world (Buchsbaum, "A spatial processor model for object colour
// perception", J. Franklin Institute 310 (1980) 1–26) holds where many hues are there; tissue alone is never grey. But
// lit by white light tissue is never greener or bluer than it is red: blood and melanin absorb short waves more
// (Anderson & Parrish, "The optics of human skin", J. Invest. Dermatol. 77 (1981) 13–19).
Finding cast_of(const Cells& c) {
  Finding f{"colour_cast", {}, "1", cast_limit, false, Verdict::cannot_tell, "", own};
  std::array<double, 6> sector{};
  double n = 0, cold = 0, counted = 0;
  Rgb mean;
  for (std::size_t i = 0; i < c.size(); ++i) {
    if (!c.field[i] || c.luma[i] < dark_luma || c.white[i] > 0) continue;
    const double r = c.red[i], g = c.green[i], b = c.blue[i], top = std::max({r, g, b}), low = std::min({r, g, b});
    ++n;
    cold += g > r + 8 || b > r + 8;
    if (i % 4 == 0) {  // the mean of a quarter of the cells is the mean; the power function is dear
      const Rgb linear = to_linear({r, g, b});
      mean = {mean.r + linear.r, mean.g + linear.g, mean.b + linear.b};
      ++counted;
    }
    if (top - low < 40) continue;
    double hue = top == r ? (g - b) / (top - low) : top == g ? 2 + (b - r) / (top - low) : 4 + (r - g) / (top - low);
    hue = hue < 0 ? hue + 6 : hue;
    sector[static_cast<std::size_t>(std::min(5.0, hue))] += 1;
  }
  if (n < 0.2 * static_cast<double>(c.size()))
    return unknown(f, tr_later("Colours cannot be judged: too little of the picture is well lit."));
  const auto hues = std::count_if(sector.begin(), sector.end(), [&](double s) { return s > 0.03 * n; });
  if (hues >= 4 && counted > 0) {
    f.source = "grey world, Buchsbaum 1980; limit chosen by Caukham";
    const Lab lab = to_lab(Rgb{mean.r / counted, mean.g / counted, mean.b / counted});
    f.value = std::hypot(lab.a, lab.b);
    return within(f, tr_later("The colours look neutral."), tr_later("Colour cast: check the lamp and the camera's white balance."));
  }
  if (100 * cold / n > cold_limit) {
    f.value = 100 * cold / n;
    f.unit = "%";
    f.limit = cold_limit;
    f.source = "tissue in white light is redder than green or blue, Anderson & Parrish 1981; limit chosen by Caukham";
    return poor(f, tr_later("Colour cast: check the lamp and the camera's white balance."));
  }
  return unknown(f, tr_later("Colours cannot be judged without a colour chart in the picture."));
}

Finding motion_of(const Cells& c, std::int64_t time_ns, const Before* before, int height) {
  Finding f{"motion", {}, "%/s", speed_limit, false, Verdict::cannot_tell, "", motion_source};
  const auto passed_ns = before ? time_ns - before->time_ns : 0;
  if (!before || passed_ns <= 0 || passed_ns > 1'000'000'000)
    return unknown(f, tr_later("One picture alone shows no movement."));
  const auto m = motion_between(before->cells, c);
  if (!m.comparable) return unknown(f, tr_later("Too little is in view to see movement."));
  if (!m.found) return poor(f, tr_later("The picture jumps: hold still."));
  f.value = 100 * std::hypot(m.dx_px, m.dy_px) / height / (static_cast<double>(passed_ns) * 1e-9);
  return within(f, tr_later("Held still."), tr_later("Moving: hold still."));
}

// The picture's luma plane; made when the view has none.
Luma luma_of(const View& v, std::vector<std::uint8_t>& made) {
  if (v.layout != Layout::rgb24) return {v.plane[0].data(), v.stride[0], v.width, v.height};
  const auto w = static_cast<std::size_t>(v.width);
  made.resize(w * static_cast<std::size_t>(v.height));
  for (std::size_t y = 0; y < static_cast<std::size_t>(v.height); ++y) {
    const auto* p = v.plane[0].data() + y * v.stride[0];
    auto* out = made.data() + y * w;
    for (std::size_t x = 0; x < w; ++x)
      out[x] = static_cast<std::uint8_t>((19595 * p[3 * x] + 38470 * p[3 * x + 1] + 7471 * p[3 * x + 2] + 32768) >> 16);
  }
  return {made.data(), w, v.width, v.height};
}

// Blocks of the edge grid that lie well inside the field: a round picture's rim is always sharp, and so is what a
// camera burns into the picture's corners.
std::array<std::uint8_t, block_columns * block_rows> inner_blocks(const Cells& c) {
  std::array<std::uint8_t, block_columns * block_rows> inner{};
  for (int by = 1; by + 1 < block_rows; ++by) {
    for (int bx = 1; bx + 1 < block_columns; ++bx) {
      bool all = true;
      for (int y = by * c.rows / block_rows; y < (by + 1) * c.rows / block_rows && all; ++y)
        for (int x = bx * c.columns / block_columns; x < (bx + 1) * c.columns / block_columns && all; ++x)
          all = c.field[static_cast<std::size_t>(y) * static_cast<std::size_t>(c.columns) + static_cast<std::size_t>(x)];
      inner[static_cast<std::size_t>(by * block_columns + bx)] = all;
    }
  }
  return inner;
}

}  // namespace

const char* name_of(Verdict v) {
  return v == Verdict::good ? "good" : v == Verdict::poor ? "poor" : "cannot_tell";
}

const Finding* Quality::find(const char* key) const {
  const auto at = std::find_if(findings.begin(), findings.end(), [&](const Finding& f) { return !std::strcmp(f.key, key); });
  return at == findings.end() ? nullptr : &*at;
}

void conclude(Quality& q) {
  q.verdict = Verdict::cannot_tell;
  q.sentence = tr_later("The picture's quality cannot be told.");
  const Finding* open = nullptr;
  for (const auto& f : q.findings) {
    if (f.verdict == Verdict::poor) {
      q.verdict = Verdict::poor;
      q.sentence = f.sentence;
      return;
    }
    // A movement or a cast that cannot be known does not make a picture doubtful; the others do.
    const bool needed = std::strcmp(f.key, "motion") != 0 && std::strcmp(f.key, "colour_cast") != 0;
    if (!open && needed && f.verdict == Verdict::cannot_tell) open = &f;
  }
  if (q.findings.empty()) return;
  if (open) {
    q.sentence = open->sentence;
    return;
  }
  q.verdict = Verdict::good;
  q.sentence = tr_later("Sharp and well lit.");
}

Quality measure(const View& view, std::int64_t time_ns, const Before* before, Before* after) {
  Quality q;
  q.width = view.width;
  q.height = view.height;
  if (q.error = problem_of(view); !q.error.empty()) {
    conclude(q);
    return q;
  }
  Cells cells = cells_of(view);
  const auto light = light_of(cells);
  std::vector<std::uint8_t> made;
  const auto edges = measure_edges(luma_of(view, made), inner_blocks(cells));
  q.brightness_percent = light.median / 2.55;
  q.noise_percent = edges.noise * 100 / (view.layout == Layout::i420_limited ? 219 : 255);
  q.field_percent = 100.0 * static_cast<double>(cells.field_cells) / static_cast<double>(cells.size());

  Finding seen{"in_view", light.deviation / 2.55, "%", least_structure, true, Verdict::good, "", own};
  const bool black = light.median < black_luma && light.white < 1, flat = *seen.value < least_structure && !edges.width_px;
  if (black) seen = poor(seen, tr_later("The picture is black: is the lamp on and the cap off?"));
  else if (flat) seen = poor(seen, tr_later("Nothing is in view: bring the tip to the ear or the skin."));
  else seen = good(seen, tr_later("Something is in view."));
  const bool empty = seen.verdict == Verdict::poor;
  q.findings.push_back(seen);

  q.findings.push_back(within({"underexposed", light.dark, "%", dark_limit, false, Verdict::good, "",
                               "Caukham: half of the field below L* 18, darker than the darkest skin"},
                              tr_later("Bright enough."), tr_later("Too dark: more light, or move closer.")));
  q.findings.push_back(within({"overexposed", light.white, "%", white_limit, false, Verdict::good, "", own},
                              tr_later("Not too bright."), tr_later("Too bright: less light, or move back a little.")));

  q.findings.push_back(motion_of(cells, time_ns, before, view.height));

  Finding sharp{"sharpness", edges.width_px, "{pixel}", std::max(least_width_px, view.height / heights_per_width), false,
                Verdict::cannot_tell, "", sharpness_source};
  if (empty || !sharp.value) sharp = unknown(sharp, tr_later("Too little detail is in view to judge the sharpness."));
  else sharp = within(sharp, tr_later("Sharp."), tr_later("Not sharp: change the distance slowly until it is."));
  q.findings.push_back(sharp);

  Finding glare{"glare", light.glare, "%", glare_limit, false, Verdict::good, "", own};
  q.findings.push_back(light.white > white_limit || empty
                           ? unknown(glare, tr_later("Glare cannot be judged in this picture."))
                           : within(glare, tr_later("No glare."), tr_later("Glare: tilt a little.")));
  q.findings.push_back(cast_of(cells));
  conclude(q);
  if (after) *after = {std::move(cells), time_ns};
  return q;
}

}  // namespace caukham::analysis::picture
