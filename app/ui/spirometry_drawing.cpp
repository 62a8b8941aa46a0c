// What the spirometry pane draws: the steps of a manoeuvre, the curves, the blows so far, and what the session still needs.
#include <algorithm>
#include <array>
#include <cmath>

#include "core/i18n.hpp"
#include "ui/spirometry_pane.hpp"
#include "ui/words.hpp"

namespace caukham::ui {
using core::tr;
namespace {
const std::array<wxColour, 6> colours = {wxColour(0x1E, 0x63, 0xC4), wxColour(0xC4, 0x5A, 0x00),
                                         wxColour(0x1B, 0x7F, 0x4B), wxColour(0x8E, 0x24, 0xAA),
                                         wxColour(0x00, 0x83, 0x8F), wxColour(0x6D, 0x4C, 0x41)};
const wxColour& colour_of(std::uint32_t manoeuvre) {
  return colours[(manoeuvre + colours.size() - 1) % colours.size()];
}
// Between two labels of an axis to `end`, when at most `fits` have room.
int step_for(double end, int fits) {
  for (const int step : {1, 2, 5})
    if (end / step <= fits) return step;
  return 10;
}
}  // namespace

void SpirometryPane::draw_steps(wxDC& dc, const wxRect& where) {
  const auto& p = palette();
  const std::array<wxString, 4> steps = {
      words("Breathe in, as deep as you can"), words("Blow out hard and fast!"),
      words("Keep blowing, keep blowing..."), words("Breathe in again. Well done!")};
  const auto phase = breath_.phase();
  const int now = phase == Breath::Phase::blowing ? (breath_.blown_s() < 1.0 ? 1 : 2)
                  : phase == Breath::Phase::plateau || phase == Breath::Phase::ended ? 3
                                                                                     : 0;
  const int width = where.width / 4;
  for (int i = 0; i < 4; ++i) {
    wxRect r(where.x + i * width, where.y, width - px(8), where.height);
    const bool here = i == now;
    fill_rounded(dc, r, px(8), here ? p.accent : p.ground, here ? p.accent : p.line);
    dc.SetTextForeground(here ? p.on_accent : p.muted);
    dc.SetFont(font(22, Weight::bold));
    dc.DrawLabel(wxString::Format("%d", i + 1), wxRect(r.x + px(8), r.y, px(24), r.height), wxALIGN_CENTER);
    dc.SetFont(font(14, here ? Weight::bold : Weight::normal));
    const auto lines = wrap(dc, steps[static_cast<std::size_t>(i)], r.width - px(46), 2);
    const int room = r.height - (i == 2 ? px(8) : 0);  // above the incentive
    int y = r.y + std::max(0, (room - static_cast<int>(lines.size()) * dc.GetCharHeight()) / 2);
    for (const auto& line : lines) {
      dc.DrawText(line, r.x + px(38), y);
      y += dc.GetCharHeight();
    }
    if (i == 2) {  // the incentive: six seconds to fill
      const double done = std::clamp(breath_.blown_s() / 6.0, 0.0, 1.0);
      dc.SetPen(*wxTRANSPARENT_PEN);
      dc.SetBrush(wxBrush(done >= 1 ? p.good : p.warning));
      dc.DrawRectangle(r.x + px(6), r.GetBottom() - px(7), static_cast<int>((r.width - px(12)) * done),
                       px(5));
    }
  }
}

void SpirometryPane::draw_plot(wxDC& dc, const wxRect& where, Plot kind) {
  const auto& p = palette();
  double most_volume = 4, most_flow = 8, most_time = 6;
  const auto widen = [&](const std::vector<float>& t, const std::vector<float>& v,
                         const std::vector<float>& f) {
    for (float x : t) most_time = std::max(most_time, static_cast<double>(x));
    for (float x : v) most_volume = std::max(most_volume, static_cast<double>(x) * 1.05);
    for (float x : f) most_flow = std::max(most_flow, static_cast<double>(x) * 1.05);
  };
  for (const auto& b : blows_) widen(b.time_s, b.volume_l, b.flow_l_s);
  widen(breath_.time_s(), breath_.volume_l(), breath_.flow_l_s());
  // What a device may say is without bounds, an axis is not: beyond it the curve leaves the frame.
  most_volume = std::min(most_volume, 15.0);
  most_flow = std::min(most_flow, 20.0);
  most_time = std::min(most_time, 30.0);
  const double x_max = kind == Plot::flow_volume ? std::ceil(most_volume) : std::ceil(most_time);
  const double y_max = kind == Plot::flow_volume ? std::ceil(most_flow / 2) * 2 : std::ceil(most_volume);
  const int margin = large_ ? px(34) : px(4), bottom = large_ ? px(24) : px(4), top = large_ ? px(26) : px(2);
  const wxRect area(where.x + margin, where.y + top, std::max(8, where.width - margin - px(10)),
                    std::max(8, where.height - top - bottom));
  dc.SetBrush(wxBrush(p.card));
  dc.SetPen(wxPen(p.line));
  dc.DrawRectangle(area);
  // Just outside the frame is far enough: dashes to a million litres a second take the drawing library minutes.
  const auto to_x = [&](double v) { return area.x + std::clamp(v / x_max, -0.5, 1.5) * area.width; };
  const auto to_y = [&](double v) { return area.GetBottom() - std::clamp(v / y_max, -0.5, 1.5) * area.height; };
  if (large_) {
    dc.SetFont(font(14));
    dc.SetTextForeground(p.muted);
    const int x_step = step_for(x_max, area.width / px(24)), y_step = step_for(y_max, area.height / px(20));
    for (int v = 0; v <= static_cast<int>(x_max); v += x_step) {
      dc.SetPen(wxPen(p.line));
      dc.DrawLine(static_cast<int>(to_x(v)), area.y, static_cast<int>(to_x(v)), area.GetBottom());
      dc.DrawLabel(wxString::Format("%d", v),
                   wxRect(static_cast<int>(to_x(v)) - px(12), area.GetBottom() + 2, px(24), bottom),
                   wxALIGN_CENTER_HORIZONTAL);
    }
    for (int v = 0; v <= static_cast<int>(y_max); v += y_step) {
      dc.SetPen(wxPen(p.line));
      dc.DrawLine(area.x, static_cast<int>(to_y(v)), area.GetRight(), static_cast<int>(to_y(v)));
      dc.DrawLabel(wxString::Format("%d", v),
                   wxRect(where.x, static_cast<int>(to_y(v)) - px(9), margin - px(5), px(18)),
                   wxALIGN_RIGHT | wxALIGN_CENTER_VERTICAL);
    }
    dc.SetFont(font(14, Weight::bold));
    dc.SetTextForeground(p.text);
    draw_text(dc,
              words(kind == Plot::flow_volume ? core::tr_later("Flow (L/s) over volume (L)")
                                              : core::tr_later("Volume (L) over time (s)")),
              wxRect(area.x, where.y, area.width, top));
  }
  const std::unique_ptr<wxGraphicsContext> gc(wxGraphicsContext::CreateFromUnknownDC(dc));
  if (!gc) return;
  gc->Clip(area.x, area.y, area.width, area.height);
  const auto curve = [&](const std::vector<float>& t, const std::vector<float>& v,
                         const std::vector<float>& f, const wxColour& colour, double width, bool dashed) {
    const auto& xs = kind == Plot::flow_volume ? v : t;
    const auto& ys = kind == Plot::flow_volume ? f : v;
    const std::size_t n = std::min(xs.size(), ys.size());
    if (n < 2) return;
    auto path = gc->CreatePath();
    path.MoveToPoint(to_x(static_cast<double>(xs[0])), to_y(static_cast<double>(ys[0])));
    for (std::size_t i = 1; i < n; ++i)
      path.AddLineToPoint(to_x(static_cast<double>(xs[i])), to_y(static_cast<double>(ys[i])));
    gc->SetPen(
        gc->CreatePen(wxGraphicsPenInfo(colour, width, dashed ? wxPENSTYLE_SHORT_DASH : wxPENSTYLE_SOLID)));
    gc->StrokePath(path);
  };
  const auto phase = breath_.phase();
  const bool blowing = phase == Breath::Phase::blowing || phase == Breath::Phase::plateau;
  for (const auto& b : blows_)
    curve(b.time_s, b.volume_l, b.flow_l_s, colour_of(b.manoeuvre),
          !blowing && &b == &blows_.back() ? 3.0 : 1.6, false);
  if (!large_ && !blowing && blows_.empty()) {  // an empty frame would look broken
    dc.SetFont(font(14));
    dc.SetTextForeground(p.muted);
    draw_text(dc, words("No blow yet"), area, wxALIGN_CENTER);
  }
  if (blowing || blows_.empty())
    curve(breath_.time_s(), breath_.volume_l(), breath_.flow_l_s(), p.danger, 3.0, true);
}

void SpirometryPane::draw_list(wxDC& dc, const wxRect& where) {
  const auto& p = palette();
  if (blows_.empty()) {
    dc.SetFont(font(15));
    dc.SetTextForeground(p.muted);
    int y = where.y + px(8);
    for (const auto& line :
         wrap(dc, words("Three good blows are needed. Each one is kept by itself."), where.width, 3)) {
      dc.DrawText(line, where.x + px(4), y);
      y += dc.GetCharHeight() + px(2);
    }
    return;
  }
  const int row = px(34), fits = std::max(1, (where.height + 2) / row);
  const std::size_t first =
      blows_.size() > static_cast<std::size_t>(fits) ? blows_.size() - static_cast<std::size_t>(fits) : 0;
  int y = where.y;
  for (std::size_t i = first; i < blows_.size(); ++i, y += row) {
    const auto& b = blows_[i];
    const bool current = i + 1 == blows_.size();
    const wxRect r(where.x, y, where.width, row - px(3));
    fill_rounded(dc, r, px(6), current ? p.accent_soft : p.card, current ? p.accent : p.line);
    dc.SetPen(*wxTRANSPARENT_PEN);
    dc.SetBrush(wxBrush(colour_of(b.manoeuvre)));
    dc.DrawRectangle(r.x + px(6), r.y + px(6), px(6), r.height - px(12));
    using Use = station::SpirometryCard::Use;
    int x = r.x + px(22);
    const auto piece = [&](const std::string& text, const wxColour& colour, int gap) {
      dc.SetTextForeground(colour);
      const wxString shown = to_wx(text);
      const int width = std::min(dc.GetTextExtent(shown).x, std::max(0, r.GetRight() - x));
      draw_text(dc, shown, wxRect(x, r.y, width + 2, r.height));
      x += width + px(gap);
    };
    const auto worth = [&](Use use) {  // accepted, only usable, or neither
      piece(use == Use::acceptable ? "\u2713" : use == Use::usable ? "(\u2713)" : "\u2717",
            use == Use::acceptable ? p.good : use == Use::usable ? p.warning : p.danger, 14);
    };
    dc.SetFont(font(15, Weight::bold));
    piece(std::to_string(b.manoeuvre), p.text, 14);
    piece("FVC " + core::decimal(b.fvc_l, 2) + " L", p.text, 5);
    worth(b.fvc);
    piece("FEV1 " + core::decimal(b.fev1_l, 2) + " L", p.text, 5);
    worth(b.fev1);
    piece("PEF " + core::decimal(b.pef_l_s, 1) + " L/s", p.text, 16);
    dc.SetFont(font(14));
    const bool several = b.reasons.find(", ") != std::string::npos;  // one alone stands in the sentence already
    piece((several ? b.reasons + " \u00b7 " : "") + b.words,
          b.fvc == Use::acceptable && b.fev1 == Use::acceptable ? p.muted : p.warning, 0);
  }
}

// The best values against what is predicted, or what is missing for that; below, what the session still needs.
void SpirometryPane::draw_session(wxDC& dc, const wxRect& where) {
  const auto& p = palette();
  const int width = height_->GetPosition().x - where.x - px(12);
  dc.SetTextForeground(p.text);
  std::string values;
  for (const auto& v : session_.values) {
    values += (values.empty() ? "" : "   ") + v.name + " " + core::decimal(v.value, 2) + (v.unit.empty() ? "" : " " + v.unit);
    if (v.percent && !v.unit.empty()) values += " " + core::decimal(*v.percent, 0) + " %";
    if (v.z) values += " z " + core::decimal(*v.z, 1);
  }
  if (session_.fev1_grade == 0) values = tr("No blow yet");
  dc.SetFont(font(15, Weight::bold));
  if (dc.GetTextExtent(to_wx(values)).x > width) dc.SetFont(font(14, Weight::bold));  // half a measured value says another thing
  draw_text(dc, to_wx(values), wxRect(where.x, where.y, width, where.height / 2));
  const int after = std::min(width, dc.GetTextExtent(to_wx(values)).x + px(24));
  dc.SetFont(font(14));
  dc.SetTextForeground(p.muted);
  if (session_.missing.empty()) {
    const std::string how = session_.reference.empty() ? std::string()
                                                       : tr("Predicted by {0}, no BTPS correction.", session_.reference);
    return draw_text(dc, to_wx(session_.hint.empty() ? how : session_.hint + " " + how),
                     wxRect(where.x, where.y + where.height / 2, width, where.height / 2));
  }
  // Both sentences whole where the rows have room: one beside the measured values, or both below them, what is missing last:
  // it begins with its point, and the button beside it says the same.
  const int half = where.height / 2, gap = px(12);
  const int hint = dc.GetTextExtent(to_wx(session_.hint)).x + gap, missing = dc.GetTextExtent(to_wx(session_.missing)).x;
  const bool hint_beside = hint <= width - after, missing_beside = !hint_beside && hint + missing > width && missing <= width - after;
  const int y = where.y + half;
  const wxRect upper(where.x + after, where.y, width - after, half);
  draw_text(dc, to_wx(session_.hint), hint_beside ? upper : wxRect(where.x, y, missing_beside ? width : hint, half));
  dc.SetTextForeground(p.warning);
  const int before = hint_beside ? 0 : hint;
  draw_text(dc, to_wx(session_.missing), missing_beside ? upper : wxRect(where.x + before, y, width - before, half));
}

void SpirometryPane::draw(wxDC& dc, const wxRect&) {
  const wxRect b = body();
  dc.SetPen(*wxTRANSPARENT_PEN);
  dc.SetBrush(wxBrush(palette().card));
  dc.DrawRectangle(b);
  if (!large_) {
    draw_plot(dc, b, Plot::flow_volume);
  } else {
    const int steps = px(list_rows() < 3 ? 42 : 50), list = b.GetBottom() - session_place().y;
    draw_session(dc, session_place());
    draw_steps(dc, wxRect(b.x + px(8), b.y + px(6), b.width - px(8), steps));
    const int plot_top = b.y + steps + px(14), plot_height = b.height - steps - list - px(16);
    draw_plot(dc, wxRect(b.x + px(4), plot_top, b.width / 2 - px(4), plot_height), Plot::flow_volume);
    draw_plot(dc, wxRect(b.x + b.width / 2, plot_top, b.width / 2 - px(4), plot_height), Plot::volume_time);
    draw_list(dc, wxRect(b.x + px(10), session_place().GetBottom() + px(3), b.width - px(20), list - px(58)));
  }
  if (!live())
    cover(dc, to_wx(state_words(card_.state)));
  else
    now_on_screen(newest_ns_);
}

}  // namespace caukham::ui
