#include "ui/trouble_window.hpp"

#include <wx/clipbrd.h>
#include <wx/init.h>

#include "ui/native.hpp"
#include "ui/trouble_dialog.hpp"

namespace caukham::ui {

TroubleDialog::TroubleDialog(const Trouble& trouble)
    : wxDialog(nullptr, wxID_ANY, "Caukham", wxDefaultPosition, wxDefaultSize, wxDEFAULT_DIALOG_STYLE),
      all_(trouble.title + "\n" + trouble.words + "\n\n" + trouble.details + "\n") {
  const auto& p = palette();
  const int width = px(620);
  auto* page = make_panel(this, p.card);
  auto* column = new wxBoxSizer(wxVERTICAL);
  column->Add(new Words(page, to_wx(trouble.title), 22, Weight::bold, p.danger, width), 0, wxEXPAND | wxALL, px(16));
  column->Add(new Words(page, to_wx(trouble.words), 17, Weight::normal, p.text, width), 0, wxEXPAND | wxLEFT | wxRIGHT, px(16));
  column->Add(new Words(page, to_wx(trouble.details), 14, Weight::normal, p.muted, width), 0, wxEXPAND | wxALL, px(16));
  auto* row = new wxBoxSizer(wxHORIZONTAL);
  copy_ = new Button(page, words("Copy the details"), [this] { copy(); });
  auto* close = new Button(page, words("Close"), [this] { IsModal() ? EndModal(wxID_CLOSE) : static_cast<void>(Close()); }, ButtonStyle::primary);
  row->Add(copy_);
  row->AddStretchSpacer(1);
  row->Add(close);
  column->Add(row, 0, wxEXPAND | wxLEFT | wxRIGHT | wxBOTTOM, px(16));
  page->SetSizer(column);
  auto* all = new wxBoxSizer(wxVERTICAL);
  all->Add(page, 1, wxEXPAND);
  SetSizerAndFit(all);
  Centre();
  close->SetFocus();
  Bind(wxEVT_CHAR_HOOK, [this](wxKeyEvent& e) {
    if (e.GetKeyCode() == WXK_ESCAPE) Close();
    else e.Skip();
  });
}

void TroubleDialog::copy() {
  if (!wxTheClipboard->Open()) return;
  wxTheClipboard->SetData(new wxTextDataObject(to_wx(all_)));
  wxTheClipboard->Flush();  // it outlives this program
  wxTheClipboard->Close();
  copy_->set_label(words("Copied"));
}

bool show_trouble(const Trouble& trouble) {
  if (!native::has_screen()) return false;
  wxApp::SetInstance(new wxApp);
  const wxInitializer started;
  if (!started.IsOk()) return false;
  set_text_scale(native::desktop_text_scale());
  choose_palette(wxSystemSettings::GetAppearance().IsDark());
  TroubleDialog(trouble).ShowModal();
  return true;
}

}  // namespace caukham::ui
