#include "ui/calibrate.hpp"

#include "ui/controls.hpp"
#include "ui/native.hpp"
#include "ui/words.hpp"

namespace caukham::ui {

void open_card_ruler(wxWindow* parent, Settings& settings, std::function<void()> changed) {
  auto* frame =
      new wxFrame(parent, wxID_ANY, words("Millimetres of this screen"), wxDefaultPosition, wxDefaultSize,
                  wxCAPTION | wxCLOSE_BOX | wxFRAME_FLOAT_ON_PARENT | wxFRAME_TOOL_WINDOW);
  frame->SetExtraStyle(wxWS_EX_BLOCK_EVENTS);  // keys pressed here are not the examination's
  auto* panel = make_panel(frame, palette().card);
  auto* column = new wxBoxSizer(wxVERTICAL);
  column->Add(
      new Words(
          panel,
          words("Hold an identity or bank card against the box. Press - and + until both are equally wide."),
          16, Weight::bold, palette().text, px(640), 2),
      0, wxALL, px(14));
  auto* box = new wxWindow(panel, wxID_ANY, wxDefaultPosition, wxSize(px(660), px(230)), wxBORDER_NONE);
  box->SetBackgroundStyle(wxBG_STYLE_PAINT);
  const auto monitor = native::monitor_of(parent);
  if (settings.px_per_mm <= 0) settings.px_per_mm = pixels_per_mm(monitor.width_px, monitor.width_mm, 0);
  box->Bind(wxEVT_PAINT, [box, &settings](wxPaintEvent&) {
    wxAutoBufferedPaintDC dc(box);
    dc.SetBackground(wxBrush(palette().card));
    dc.Clear();
    constexpr double card_high_mm = 53.98;  // ISO/IEC 7810 ID-1
    fill_rounded(dc,
                 wxRect(px(14), 0, static_cast<int>(card_mm * settings.px_per_mm),
                        static_cast<int>(card_high_mm * settings.px_per_mm)),
                 10, palette().accent_soft, palette().accent);
  });
  column->Add(box, 0, wxEXPAND);
  auto* row = new wxBoxSizer(wxHORIZONTAL);
  const auto step = [&settings, box, changed](double by) {
    settings.px_per_mm += by;
    box->Refresh();
    changed();
  };
  row->Add(new Button(panel, "-", [step] { step(-0.01); }), 1, wxRIGHT, px(8));
  row->Add(new Button(panel, "+", [step] { step(0.01); }), 1, wxRIGHT, px(8));
  row->Add(new Button(
               panel, words("Done"), [frame] { frame->Close(); }, ButtonStyle::primary, Icon::check),
           1);
  column->Add(row, 0, wxEXPAND | wxALL, px(14));
  panel->SetSizer(column);
  auto* top = new wxBoxSizer(wxVERTICAL);
  top->Add(panel, 1, wxEXPAND);
  frame->SetSizerAndFit(top);
  frame->Show();
}

}  // namespace caukham::ui
