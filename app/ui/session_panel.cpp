#include "ui/session_panel.hpp"

#include <qrencode.h>

#include <algorithm>

#include "core/i18n.hpp"
#include "ui/words.hpp"

namespace caukham::ui {
using core::tr;

wxBitmap qr_bitmap(const std::string& text, int most_px) {
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M), &QRcode_free);
  if (!code) return {};
  constexpr int quiet = 4;  // modules, ISO/IEC 18004
  const int all = code->width + 2 * quiet, module = std::max(2, most_px / all),
            side = all * module;  // whole px: crisp
  wxImage image(side, side);
  image.SetRGB(wxRect(0, 0, side, side), 255, 255, 255);
  for (int y = 0; y < code->width; ++y)
    for (int x = 0; x < code->width; ++x)
      if (code->data[y * code->width + x] & 1)
        image.SetRGB(wxRect((x + quiet) * module, (y + quiet) * module, module, module), 0, 0, 0);
  return wxBitmap(image);
}

SessionPanel::SessionPanel(wxWindow* parent, station::Desk& desk, SessionActs acts)
    : wxPanel(parent), desk_(desk), acts_(std::move(acts)) {
  SetBackgroundColour(palette().ground);
  auto* column = new wxBoxSizer(wxVERTICAL);
  list_ = new wxScrolledWindow(this, wxID_ANY, wxDefaultPosition, wxDefaultSize,
                               wxVSCROLL | wxBORDER_NONE | wxTAB_TRAVERSAL);
  list_->SetBackgroundColour(palette().ground);
  list_->SetScrollRate(0, px(20));
  list_->SetSizer(new wxBoxSizer(wxVERTICAL));
  column->Add(list_, 1, wxEXPAND);
  talk_ = new wxBoxSizer(wxVERTICAL);
  chat_ = new Words(this, {}, 14, Weight::normal, palette().text, px(278), 4);
  talk_->Add(chat_, 0, wxEXPAND | wxBOTTOM, px(4));
  auto* row = new wxBoxSizer(wxHORIZONTAL);
  chat_field_ = make_field(this, words("Message to the specialist"), words("Write a message..."), [this] {
    const std::string text = to_utf8(chat_field_->GetValue().Strip(wxString::both));
    if (!text.empty()) desk_.send_chat(text);
    chat_field_->Clear();
  });
  mute_ = new Button(
      this, {}, [this] { desk_.set_muted(!desk_.snapshot()->muted); }, ButtonStyle::normal, Icon::mic, "M");
  row->Add(chat_field_, 1, wxRIGHT, px(6));
  row->Add(mute_, 0);
  talk_->Add(row, 0, wxEXPAND);
  column->Add(talk_, 0, wxEXPAND | wxTOP, px(6));
  auto* padded = new wxBoxSizer(wxVERTICAL);
  padded->Add(column, 1, wxEXPAND | wxALL, px(10));
  SetSizer(padded);
}

int SessionPanel::inner_width() const { return px(260); }

wxPanel* SessionPanel::card(wxSizer* column, const wxColour& colour) {
  auto* panel = make_panel(list_, colour);
  panel->SetSizer(new wxBoxSizer(wxVERTICAL));
  column->Add(panel, 0, wxEXPAND | wxBOTTOM, px(8));
  return panel;
}

void SessionPanel::show(const station::Snapshot& s, const std::string& first_ask) {
  first_ask_ = first_ask;
  std::string key = core::language() + (at_desk(s) ? "+" : "-") + (s.session_open ? "o" : "c") +
                    s.invitation_link + s.invitation_code + s.advice + "|" + first_ask + "|" + s.side +
                    (invite_again_ ? "i" : "");
  for (const auto& g : s.guests) key += "|" + g.id + g.state + g.name;
  for (const auto& a : s.asks) key += "|" + a.id + a.state;
  if (key != key_) {
    key_ = key;
    rebuild(s);
  }
  wxString lines;
  const std::size_t first = s.chat.size() > 3 ? s.chat.size() - 3 : 0;
  for (std::size_t i = first; i < s.chat.size(); ++i) lines += (lines.empty() ? "" : "\n") + to_wx(s.chat[i]);
  if (lines != chat_->text()) {
    chat_->set_text(lines);
    Layout();
  }
  const bool talk = s.session_open;
  if (talk_->IsShown(std::size_t{0}) != talk) {
    talk_->ShowItems(talk);
    Layout();
  }
  mute_->set_icon(s.muted ? Icon::mic_off : Icon::mic);
  mute_->set_on(s.muted);
}

void SessionPanel::add_invitation(wxSizer* column, const station::Snapshot& s, bool short_form) {
  const auto& p = palette();
  auto* panel = card(column, p.card);
  auto* inside = panel->GetSizer();
  if (short_form) {
    inside->Add(new Button(
                    panel, words("Invite one more"),
                    [this] {
                      invite_again_ = true;
                      desk_.new_invitation();
                    },
                    ButtonStyle::quiet, Icon::plus),
                0, wxEXPAND);
    return;
  }
  const int border = px(10);
  inside->Add(new Words(panel, words("Invite the specialist"), 16, Weight::bold, p.text, inner_width()), 0,
              wxLEFT | wxTOP, border);
  if (s.invitation_link.empty()) {
    inside->Add(
        new Words(panel, words("Preparing the invitation..."), 15, Weight::normal, p.muted, inner_width()), 0,
        wxALL, border);
    return;
  }
  const wxBitmap code = qr_bitmap(s.invitation_link, px(176));
  if (code.IsOk()) {
    auto* picture = new wxStaticBitmap(panel, wxID_ANY, wxBitmapBundle::FromBitmap(code));
    picture->SetName(words("QR code of the invitation"));
    inside->Add(picture, 0, wxALIGN_CENTER | wxTOP, px(8));
  }
  inside->Add(new Words(panel, words("Or read this code aloud:"), 14, Weight::normal, p.muted, inner_width()),
              0, wxLEFT | wxTOP, border);
  std::string digits = s.invitation_code;
  if (digits.size() == 6) digits.insert(3, "  ");
  inside->Add(new Words(panel, to_wx(digits), 36, Weight::bold, p.text), 0, wxALIGN_CENTER | wxTOP, px(2));
  inside->Add(new Words(panel, to_wx(s.invitation_link), 14, Weight::normal, p.accent, inner_width(), 3), 0,
              wxLEFT | wxTOP, border);
  inside->Add(new Button(
                  panel, words("New code"), [this] { desk_.new_invitation(); }, ButtonStyle::quiet),
              0, wxALIGN_CENTER | wxBOTTOM, px(4));
}

void SessionPanel::add_guests(wxSizer* column, const station::Snapshot& s) {
  const auto& p = palette();
  const int border = px(10);
  for (const auto& g : s.guests) {
    if (g.state != "knocking") continue;
    auto* panel = card(column, p.warning_soft);
    auto* inside = panel->GetSizer();
    inside->Add(
        new Words(panel, words("Someone asks to come in"), 14, Weight::bold, p.warning, inner_width()), 0,
        wxLEFT | wxTOP, border);
    inside->Add(new Words(panel, to_wx(g.name), 20, Weight::bold, p.text, inner_width(), 2), 0,
                wxLEFT | wxTOP, border);
    inside->Add(new Words(panel, to_wx(g.organisation), 15, Weight::normal, p.text, inner_width(), 2), 0,
                wxLEFT, border);
    auto* row = new wxBoxSizer(wxHORIZONTAL);
    const std::string id = g.id;
    row->Add(new Button(
                 panel, words("Admit"),
                 [this, id] {
                   invite_again_ = false;
                   desk_.admit(id);
                 },
                 ButtonStyle::primary, Icon::check, "F6"),
             3, wxRIGHT, px(6));
    row->Add(new Button(panel, words("Refuse"), [this, id] { desk_.refuse_guest(id); }), 2);
    inside->Add(row, 0, wxEXPAND | wxALL, border);
  }
  wxPanel* panel = nullptr;
  for (const auto& g : s.guests) {
    if (g.state != "admitted" && g.state != "away") continue;
    if (!panel) {
      panel = card(column, p.card);
      panel->GetSizer()->Add(
          new Words(panel, words("Who is looking now"), 14, Weight::bold, p.muted, inner_width()), 0,
          wxLEFT | wxTOP, border);
    }
    const bool here = g.state == "admitted";
    const std::string line = g.name + (g.organisation.empty() ? "" : " \u00b7 " + g.organisation);
    panel->GetSizer()->Add(new Words(panel, to_wx((here ? "\u25cf " : "\u25cb ") + line), 16, Weight::bold,
                                     here ? p.good : p.muted, inner_width(), 2),
                           0, wxLEFT | wxTOP, border);
    if (!here)
      panel->GetSizer()->Add(
          new Words(panel, words("Line lost, will come back"), 14, Weight::normal, p.warning, inner_width()),
          0, wxLEFT, border);
  }
  if (panel) panel->GetSizer()->AddSpacer(border);
}

void SessionPanel::add_asks(wxSizer* column, const station::Snapshot& s) {
  const auto& p = palette();
  const int border = px(10);
  for (const auto& a : s.asks) {
    if (a.state != "shown" && a.state != "accepted") continue;
    const bool first = a.id == first_ask_;
    auto* panel = card(column, p.accent_soft);
    auto* inside = panel->GetSizer();
    inside->Add(
        new Words(panel, to_wx(tr("{0} asks for", a.guest_name)), 14, Weight::normal, p.text, inner_width()),
        0, wxLEFT | wxTOP, border);
    inside->Add(new Words(panel, to_wx(ask_words(a)), 18, Weight::bold, p.text, inner_width(), 3), 0,
                wxLEFT | wxTOP, border);
    if (!a.text.empty())
      inside->Add(
          new Words(panel, to_wx("\u201c" + a.text + "\u201d"), 15, Weight::normal, p.text, inner_width(), 4),
          0, wxLEFT | wxTOP, border);
    const bool other_side = a.device_kind == "otoscope" && !a.side.empty() && a.side != s.side;
    const wxString label = other_side ? to_wx(tr("Switch to {0}", side_words(a.side))) : words("Take it");
    inside->Add(new Button(
                    panel, label, [this, a] { acts_.take(a); }, ButtonStyle::primary, Icon::none,
                    first ? words("Space") : wxString()),
                0, wxEXPAND | wxLEFT | wxRIGHT | wxTOP, border);
    inside->Add(new Button(
                    panel, words("No"), [this, id = a.id] { desk_.refuse_ask(id, ""); }, ButtonStyle::quiet),
                0, wxEXPAND | wxLEFT | wxRIGHT | wxBOTTOM, px(6));
  }
}

void SessionPanel::rebuild(const station::Snapshot& s) {
  const auto& p = palette();
  list_->Freeze();
  list_->DestroyChildren();
  auto* column = list_->GetSizer();
  column->Clear();
  add_guests(column, s);
  add_asks(column, s);
  const bool somebody = std::any_of(s.guests.begin(), s.guests.end(),
                                    [](const auto& g) { return g.state == "admitted" || g.state == "away"; });
  if (!s.advice.empty()) {
    auto* panel = card(column, p.good_soft);
    panel->GetSizer()->Add(
        new Words(panel, words("Advice of the specialist"), 14, Weight::bold, p.good, inner_width()), 0,
        wxLEFT | wxTOP, px(10));
    panel->GetSizer()->Add(new Words(panel, to_wx(s.advice), 16, Weight::normal, p.text, inner_width(), 14),
                           0, wxALL, px(10));
  }
  if (s.session_open) {
    add_invitation(column, s, somebody && !invite_again_);
  } else {
    auto* panel = card(column, p.card);
    panel->GetSizer()->Add(new Words(panel, words("Specialist"), 16, Weight::bold, p.text, inner_width()), 0,
                           wxLEFT | wxTOP, px(10));
    panel->GetSizer()->Add(
        new Words(
            panel,
            words(!at_desk(s)
                      ? core::tr_later("Choose a patient first. Then you can call a specialist who sees and "
                                       "hears this examination.")
                      : core::tr_later(
                            "Nobody is looking. Call a specialist at any moment; the examination goes on.")),
            15, Weight::normal, p.muted, inner_width()),
        0, wxALL, px(10));
    if (at_desk(s))
      panel->GetSizer()->Add(new Button(
                                 panel, words("Call specialist"), [this] { acts_.call(); },
                                 ButtonStyle::primary, Icon::call, "F5"),
                             0, wxEXPAND | wxLEFT | wxRIGHT | wxBOTTOM, px(10));
  }
  list_->FitInside();
  list_->Layout();
  list_->Thaw();
}

}  // namespace caukham::ui
