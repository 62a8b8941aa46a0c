#include "plots.hpp"

#include <algorithm>
#include <cairo.h>
#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace report {
namespace {

class Page {
 public:
  Page(const std::string& file, int width, int height)
      : file_(file), surface_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)), c(cairo_create(surface_)) {
    cairo_set_source_rgb(c, 1, 1, 1);
    cairo_paint(c);
    cairo_select_font_face(c, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(c, 13);
    cairo_set_line_width(c, 1);
  }
  ~Page() {
    cairo_destroy(c);
    const auto status = cairo_surface_write_to_png(surface_, file_.c_str());
    if (status != CAIRO_STATUS_SUCCESS) std::fprintf(stderr, "%s: %s\n", file_.c_str(), cairo_status_to_string(status));
    cairo_surface_destroy(surface_);
  }
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;
  void text(double x, double y, const std::string& s) const {
    cairo_set_source_rgb(c, 0.1, 0.1, 0.1);
    cairo_move_to(c, x, y);
    cairo_show_text(c, s.c_str());
  }
  void line(double x0, double y0, double x1, double y1) const {
    cairo_move_to(c, x0, y0);
    cairo_line_to(c, x1, y1);
    cairo_stroke(c);
  }

 private:
  std::string file_;
  cairo_surface_t* surface_;

 public:
  cairo_t* c;
};

}  // namespace

void strip(const std::string& file, const std::string& title, const caukham::analysis::ecg::Recording& ecg, const Marks& marks,
           double from_s, double to_s) {
  constexpr double left = 60, width = 1180, row = 110, top = 50;
  const auto n = ecg.channels.size();
  const Page p(file, 1280, static_cast<int>(top + row * static_cast<double>(n) + 40));
  p.text(10, 20, title);
  const double end_s = std::min(to_s, static_cast<double>(ecg.samples()) / ecg.fs_hz);
  const auto x_of = [&](double s) { return left + width * (s - from_s) / (to_s - from_s); };
  const double bottom = top + row * static_cast<double>(n);
  cairo_set_source_rgb(p.c, 0.95, 0.85, 0.85);
  for (double s = std::ceil(from_s * 5) / 5; s <= to_s; s += 0.2) p.line(x_of(s), top, x_of(s), bottom);
  for (std::size_t ch = 0; ch < n; ++ch) {
    const auto& uv = ecg.channels[ch].uv;
    const auto a = static_cast<std::size_t>(from_s * ecg.fs_hz), b = std::min(uv.size(), static_cast<std::size_t>(end_s * ecg.fs_hz));
    float low = 1e9f, high = -1e9f;
    for (std::size_t i = a; i < b; ++i)
      if (std::isfinite(uv[i])) low = std::min(low, uv[i]), high = std::max(high, uv[i]);
    const double scale = (row - 14) / std::max(static_cast<double>(high - low), 200.0), middle = static_cast<double>(low + high) / 2;
    const double y0 = top + row * (static_cast<double>(ch) + 0.5);
    cairo_set_source_rgb(p.c, 0, 0, 0);
    bool pen = false;
    for (std::size_t i = a; i < b; ++i) {
      if (!std::isfinite(uv[i])) {
        pen = false;
        continue;
      }
      const double x = x_of(static_cast<double>(i) / ecg.fs_hz), y = y0 - (static_cast<double>(uv[i]) - middle) * scale;
      if (pen) cairo_line_to(p.c, x, y);
      else cairo_move_to(p.c, x, y);
      pen = true;
    }
    cairo_stroke(p.c);
    p.text(8, y0, ecg.channels[ch].lead);
  }
  for (const auto& beat : marks.found) {
    const double s = static_cast<double>(beat.sample) / ecg.fs_hz;
    if (s < from_s || s > end_s) continue;
    const bool v = beat.type == caukham::analysis::ecg::BeatType::ventricular;
    cairo_set_source_rgb(p.c, v ? 0.8 : 0.1, 0.2, v ? 0.1 : 0.8);
    cairo_move_to(p.c, x_of(s), top);
    cairo_line_to(p.c, x_of(s) - 5, top - 10);
    cairo_line_to(p.c, x_of(s) + 5, top - 10);
    cairo_close_path(p.c);
    if (v) cairo_fill(p.c);
    else cairo_stroke(p.c);
    cairo_set_source_rgba(p.c, 0.1, 0.2, 0.8, 0.25);
    p.line(x_of(s), top, x_of(s), bottom);
  }
  cairo_set_source_rgb(p.c, 0, 0.55, 0.2);
  for (const auto& beat : marks.truth) {
    const double s = static_cast<double>(beat.sample) / ecg.fs_hz;
    if (s >= from_s && s <= end_s) p.line(x_of(s), bottom + 2, x_of(s), bottom + 12);
  }
  char footer[160];
  std::snprintf(footer, sizeof footer, "%.1f to %.1f s; lines every 0.2 s; triangles: found (filled: ventricular)%s", from_s, end_s,
                marks.truth.empty() ? "" : "; green: true");
  p.text(left, bottom + 30, footer);
}

void beats(const std::string& file, const std::string& title, const std::vector<Beat>& leads, double fs_hz, double r_at,
           const std::vector<std::pair<std::string, double>>& marks_ms) {
  constexpr double cell_w = 310, cell_h = 190;
  const int rows = static_cast<int>((leads.size() + 3) / 4);
  const Page p(file, 1260, 40 + rows * static_cast<int>(cell_h) + 10);
  p.text(10, 20, title);
  for (std::size_t k = 0; k < leads.size(); ++k) {
    const double x0 = 10 + cell_w * static_cast<double>(k % 4), y0 = 40 + cell_h * static_cast<double>(k / 4);
    p.text(x0 + 4, y0 + 14, leads[k].lead);
    if (leads[k].uv.empty()) continue;
    const auto [low, high] = std::minmax_element(leads[k].uv.begin(), leads[k].uv.end());
    const double scale = (cell_h - 40) / std::max(static_cast<double>(*high - *low), 300.0);
    const double step = (cell_w - 20) / static_cast<double>(leads[k].uv.size());
    const auto y_of = [&](float v) { return y0 + cell_h - 14 - (static_cast<double>(v - *low)) * scale; };
    for (const auto& [name, ms] : marks_ms) {
      if (!std::isfinite(ms)) continue;
      const double x = x0 + (r_at + ms / 1000 * fs_hz) * step;
      cairo_set_source_rgb(p.c, 0.85, 0.3, 0.1);
      p.line(x, y0 + 18, x, y0 + cell_h - 8);
      if (k == 0) p.text(x - 4, y0 + 14, name);
    }
    cairo_set_source_rgb(p.c, 0, 0, 0);
    for (std::size_t i = 0; i < leads[k].uv.size(); ++i) {
      const double x = x0 + static_cast<double>(i) * step, y = y_of(leads[k].uv[i]);
      if (i) cairo_line_to(p.c, x, y);
      else cairo_move_to(p.c, x, y);
    }
    cairo_stroke(p.c);
  }
}

void loops(const std::string& file, const std::string& title, const std::vector<Loop>& all) {
  constexpr double cell = 200;
  const int rows = static_cast<int>((all.size() + 5) / 6);
  const Page p(file, 6 * static_cast<int>(cell) + 20, 40 + rows * static_cast<int>(cell));
  p.text(10, 20, title);
  for (std::size_t k = 0; k < all.size(); ++k) {
    const double x0 = 30 + cell * static_cast<double>(k % 6), y0 = 40 + cell * static_cast<double>(k / 6) + cell - 30;
    double v = 1, f = 1;
    for (const auto& [volume, flow] : all[k].points) v = std::max(v, volume), f = std::max(f, flow);
    char limits[96];
    std::snprintf(limits, sizeof limits, "%s: FVC %.2f L, PEF %.2f L/s", all[k].name.c_str(), all[k].fvc_l, all[k].pef_lps);
    p.text(x0, y0 - cell + 48, limits);
    cairo_set_source_rgb(p.c, 0.7, 0.7, 0.7);
    p.line(x0, y0, x0 + cell - 40, y0);
    p.line(x0, y0, x0, y0 - cell + 55);
    cairo_set_source_rgb(p.c, 0.1, 0.2, 0.7);
    bool pen = false;
    for (const auto& [volume, flow] : all[k].points) {
      const double x = x0 + volume / v * (cell - 45), y = y0 - flow / f * (cell - 60);
      if (pen) cairo_line_to(p.c, x, y);
      else cairo_move_to(p.c, x, y);
      pen = true;
    }
    cairo_stroke(p.c);
  }
}

}  // namespace report
