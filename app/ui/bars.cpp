#include "ui/bars.hpp"

#include <algorithm>

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "ui/native.hpp"
#include "ui/words.hpp"

namespace caukham::ui {
using core::tr;

class TopBar::Face : public wxWindow {
 public:
  explicit Face(wxWindow* parent)
      : wxWindow(parent, wxID_ANY, wxDefaultPosition, wxSize(-1, px(52)), wxBORDER_NONE) {
    SetBackgroundStyle(wxBG_STYLE_PAINT);
    Bind(wxEVT_PAINT, &Face::paint, this);
    Bind(wxEVT_SIZE, [this](wxSizeEvent& e) {
      Refresh();
      e.Skip();
    });
  }
  bool AcceptsFocus() const override { return false; }
  void show(const station::Snapshot& s) {
    const bool open = at_desk(s);
    std::string name =
        open ? (s.patient.name.empty() ? tr("Name not known yet") : s.patient.name) : std::string("Caukham");
    std::string rest = open ? patient_words(s.patient, false) : tr("No examination is open");
    if (open && !s.exam.reason.empty()) rest += (rest.empty() ? "" : " \u00b7 ") + s.exam.reason;
    const std::string line = s.session_open ? s.line_words : "";
    const std::string brief_line = s.session_open ? brief_line_words(s.line_words, s.line_kbit_s) : "";
    const std::int64_t since_ns = s.exam.running() ? s.recording_since_ns : 0;
    if (name == name_ && rest == rest_ && line == line_ && brief_line == brief_line_ && since_ns == since_ns_ &&
        s.simulated == simulated_)
      return;
    name_ = name;
    rest_ = rest;
    line_ = line;
    brief_line_ = brief_line;
    since_ns_ = since_ns;
    simulated_ = s.simulated;
    native::describe(this, name + ", " + rest, false);
    Refresh();
  }
  void tick(std::int64_t now) {
    const std::int64_t second = since_ns_ ? (now - since_ns_) / 1'000'000'000 : -1;
    if (second != second_) Refresh();
    second_ = second;
  }

 private:
  void paint(wxPaintEvent&) {
    wxAutoBufferedPaintDC dc(this);
    const auto& p = palette();
    dc.SetBackground(wxBrush(p.card));
    dc.Clear();
    const wxSize size = GetClientSize();
    int right = size.x - px(8);
    const auto chip = [&](const wxString& text, const wxColour& fill, const wxColour& ink) {
      dc.SetFont(font(15, Weight::bold));
      const int width = dc.GetTextExtent(text).x + px(22);
      const wxRect r(right - width, px(10), width, size.y - px(20));
      fill_rounded(dc, r, px(8), fill, fill);
      dc.SetTextForeground(ink);
      dc.DrawLabel(text, r, wxALIGN_CENTER);
      right -= width + px(10);
    };
    if (!brief_line_.empty()) {
      dc.SetFont(font(15));
      wxString text = to_wx(line_);
      if (text.empty() || dc.GetTextExtent(text).x > size.x / 4) text = to_wx(brief_line_);
      const int width = std::min(dc.GetTextExtent(text).x, size.x / 4);
      dc.SetTextForeground(p.muted);
      draw_text(dc, text, wxRect(right - width, 0, width, size.y));
      right -= width + px(14);
    }
    if (simulated_) chip("SIMULATED", p.practice, p.on_accent);
    if (since_ns_)
      chip(to_wx("\u25cf " + tr("RECORDING") + " " + duration_words(core::now_ns() - since_ns_)), p.danger,
           p.on_accent);
    dc.SetFont(font(20, Weight::bold));
    dc.SetTextForeground(p.text);
    const wxString name = to_wx(name_);
    const int name_width = std::min(dc.GetTextExtent(name).x, right - px(16));
    draw_text(dc, name, wxRect(px(14), 0, name_width + 2, size.y));
    dc.SetFont(font(16));
    dc.SetTextForeground(p.muted);
    draw_text(dc, to_wx(rest_),
              wxRect(px(28) + name_width, 0, std::max(0, right - name_width - px(36)), size.y));
  }
  std::string name_, rest_, line_, brief_line_;
  std::int64_t since_ns_ = 0, second_ = -1;
  bool simulated_ = false;
};

TopBar::TopBar(wxWindow* parent, std::function<void(wxWindow*)> menu, std::function<void()> who) : wxPanel(parent) {
  SetBackgroundColour(palette().card);
  auto* row = new wxBoxSizer(wxHORIZONTAL);
  face_ = new Face(this);
  row->Add(face_, 1, wxEXPAND);
  who_ = new Button(this, words("Who is this?"), std::move(who), ButtonStyle::primary, Icon::search, "F4");
  who_->Hide();
  row->Add(who_, 0, wxALIGN_CENTER_VERTICAL | wxRIGHT, px(6));
  menu_ = new Button(
      this, words("Menu"), [this, menu] { menu(menu_); }, ButtonStyle::quiet, Icon::menu, "F10");
  row->Add(menu_, 0, wxALIGN_CENTER_VERTICAL | wxRIGHT, px(6));
  SetSizer(row);
}
void TopBar::show(const station::Snapshot& snapshot) {
  face_->show(snapshot);
  if (who_->IsShown() == unnamed(snapshot)) return;
  who_->Show(unnamed(snapshot));
  Layout();
}
void TopBar::tick(std::int64_t now_ns) { face_->tick(now_ns); }

NoticeBar::NoticeBar(wxWindow* parent, station::Desk& desk) : wxPanel(parent), desk_(desk) {
  auto* row = new wxBoxSizer(wxHORIZONTAL);
  words_ = new Words(this, {}, 16, Weight::bold, palette().text, px(600), 2);
  help_ = new Button(
      this, words("Start again"),
      [this] {
        if (restart_) desk_.restart_device(restart_);
      },
      ButtonStyle::primary);
  close_ = new Button(
      this, wxString(), [this] { dismiss(); }, ButtonStyle::quiet, Icon::cross, "Esc");
  native::describe(close_, to_utf8(words("Close this line")), true);
  row->Add(words_, 1, wxALIGN_CENTER_VERTICAL | wxLEFT | wxRIGHT, px(14));
  row->Add(help_, 0, wxALIGN_CENTER_VERTICAL | wxLEFT, px(8));
  row->Add(close_, 0, wxALIGN_CENTER_VERTICAL | wxLEFT | wxRIGHT, px(6));
  row->SetMinSize(0, close_->GetBestSize().y);  // as high without the button
  SetSizer(row);
  Hide();
}

NoticeBar::Line NoticeBar::choose(const station::Snapshot& s, std::int64_t now) {
  using Level = station::Notice::Level;
  // What keeps the examination from being saved stands before everything, and until it is over.
  if (!s.trouble.empty()) return {Level::problem, s.trouble, 0, true};
  for (const auto& d : s.devices)
    if (d.state == core::DeviceState::failed && !d.problem.empty() && d.problem != dismissed_words_)
      return {Level::problem, d.problem, d.id};
  if (!s.notices.empty() && s.notices.back().number != newest_) {
    newest_ = s.notices.back().number;
    newest_at_ns_ = now;
    said_.clear();
  }
  if (!said_.empty() && now - said_at_ns_ < 5'000'000'000) return {Level::info, said_, 0};
  if (!s.closing.empty()) return {Level::info, tr("The examination is being finished. {0}", s.closing), 0, true};
  for (const auto& d : s.devices)
    if (d.state != core::DeviceState::live && !d.problem.empty() && d.problem != dismissed_words_)
      return {Level::warning, d.problem, 0};
  if (!s.notices.empty() && newest_ > dismissed_) {
    const auto& n = s.notices.back();
    const std::int64_t stays = n.level == Level::info ? 8 : n.level == Level::warning ? 20 : 120;
    if (now - newest_at_ns_ < stays * 1'000'000'000) return {n.level, n.words, 0};
  }
  return {};
}

void NoticeBar::say(const std::string& text, std::int64_t now_ns) {
  said_ = text;
  said_at_ns_ = now_ns;
}

void NoticeBar::dismiss() {
  dismissed_ = newest_;
  dismissed_words_ = shown_;
  said_.clear();
}

bool NoticeBar::show(const station::Snapshot& s, std::int64_t now_ns) {
  using Level = station::Notice::Level;
  const Line line = choose(s, now_ns);
  if (line.words == shown_ && line.restart == restart_ && line.stays == stays_) return false;
  const bool was = IsShown();
  shown_ = line.words;
  restart_ = line.restart;
  stays_ = line.stays;
  Show(!line.words.empty());
  const auto& p = palette();
  const wxColour ground = line.level == Level::problem   ? p.danger_soft
                          : line.level == Level::warning ? p.warning_soft
                                                         : p.accent_soft;
  const wxColour ink = line.level == Level::problem   ? p.danger
                       : line.level == Level::warning ? p.warning
                                                      : p.accent;
  SetBackgroundColour(ground);
  for (auto* child : GetChildren()) child->Refresh();
  const char* mark = line.level == Level::info ? "" : "\u26a0 ";  // a sign beside the colour
  words_->set_text(to_wx(mark + line.words));
  words_->set_colour(ink);
  help_->Show(line.restart != 0);
  close_->Show(!line.stays);  // what is still true cannot be put away
  Layout();
  Refresh();
  return was != IsShown() || IsShown();
}

BottomBar::BottomBar(wxWindow* parent, BottomActs acts) : wxPanel(parent) {
  SetBackgroundColour(palette().card);
  auto* row = new wxBoxSizer(wxHORIZONTAL);
  const auto add = [&](Button* button, int share) {
    button->SetMinSize(wxSize(-1, px(56)));
    row->Add(button, share, wxALIGN_CENTER_VERTICAL | wxLEFT, px(8));
    return button;
  };
  capture_ = add(new Button(this, words("Take picture"), std::move(acts.capture), ButtonStyle::primary,
                            Icon::camera, words("Space")),
                 0);
  clip_ = add(
      new Button(this, words("Clip 10 s"), std::move(acts.clip), ButtonStyle::normal, Icon::clip, "R"), 0);
  freeze_ = add(
      new Button(this, words("Freeze"), std::move(acts.freeze), ButtonStyle::normal, Icon::freeze, "F"), 0);
  side_ = add(
      new Button(this, words("Side: LEFT"), std::move(acts.side), ButtonStyle::normal, Icon::none, "L"), 0);
  call_ = add(
      new Button(this, words("Call specialist"), std::move(acts.call), ButtonStyle::normal, Icon::call, "F5"),
      0);
  facts_ = new Words(this, {}, 15, Weight::normal, palette().muted);
  row->AddStretchSpacer(1);
  row->Add(facts_, 0, wxALIGN_CENTER_VERTICAL | wxRIGHT, px(14));
  auto* column = new wxBoxSizer(wxVERTICAL);
  column->Add(row, 1, wxEXPAND | wxTOP | wxBOTTOM, px(4));
  SetSizer(column);
}

void BottomBar::show(const station::Snapshot& s, const std::string& front, bool frozen) {
  const bool open = s.exam.running();
  capture_->Enable(open && (front == "still" || front == "ecg"));
  capture_->set_label(front == "ecg" ? words("Keep ECG 10 s") : words("Take picture"));
  clip_->Enable(open && front == "still");
  clip_->set_on(s.clip_running);
  clip_->set_label(s.clip_running ? words("Filming...") : words("Clip 10 s"));
  freeze_->Enable(open && !front.empty());
  freeze_->set_on(frozen);
  freeze_->set_label(frozen ? words("Go on") : words("Freeze"));
  side_->Enable(open);
  side_->set_label(s.side == "right"  ? words("Side: RIGHT")
                   : s.side == "left" ? words("Side: LEFT")
                                      : words("Side: ?"));
  call_->Enable(open);
  call_->set_on(s.session_open);
  call_->set_label(s.session_open ? words("Invitation") : words("Call specialist"));
  const auto waiting = std::count_if(s.captures.begin(), s.captures.end(),
                                     [](const auto& c) { return !c.durable && !c.removed; });
  std::string facts;
  if (waiting) facts = tr("{0} being saved", std::to_string(waiting)) + "  \u00b7  ";
  if (s.disk_free_bytes) facts += tr("{0} free", disk_words(s.disk_free_bytes));
  facts_->set_text(to_wx(facts));
  facts_->set_colour(s.disk_free_bytes && s.disk_free_bytes < 5'000'000'000 ? palette().danger
                                                                            : palette().muted);
  Layout();
}

}  // namespace caukham::ui
