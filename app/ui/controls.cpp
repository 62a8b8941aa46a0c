#include "ui/controls.hpp"

#include <algorithm>

#include "ui/native.hpp"

namespace caukham::ui {

Button::Button(wxWindow* parent, const wxString& label, std::function<void()> act, ButtonStyle style,
               Icon icon, const wxString& key)
    : wxWindow(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize,
               wxWANTS_CHARS | wxBORDER_NONE | wxTAB_TRAVERSAL),
      label_(label),
      key_(key),
      act_(std::move(act)),
      style_(style),
      icon_(icon) {
  SetBackgroundStyle(wxBG_STYLE_PAINT);
  SetBackgroundColour(parent->GetBackgroundColour());
  describe();
  Bind(wxEVT_PAINT, &Button::paint, this);
  Bind(wxEVT_ENTER_WINDOW, [this](wxMouseEvent&) {
    hover_ = true;
    Refresh();
  });
  Bind(wxEVT_LEAVE_WINDOW, [this](wxMouseEvent&) {
    hover_ = down_ = false;
    Refresh();
  });
  Bind(wxEVT_LEFT_DOWN, [this](wxMouseEvent&) {
    down_ = true;
    SetFocus();
    Refresh();
  });
  Bind(wxEVT_LEFT_DCLICK, [this](wxMouseEvent&) {
    down_ = true;
    Refresh();
  });
  Bind(wxEVT_LEFT_UP, [this](wxMouseEvent&) {
    const bool pressed = down_;
    down_ = false;
    Refresh();
    if (pressed) CallAfter([this] { press(); });  // the act may destroy this button
  });
  Bind(wxEVT_SET_FOCUS, [this](wxFocusEvent& e) {
    Refresh();
    e.Skip();
  });
  Bind(wxEVT_KILL_FOCUS, [this](wxFocusEvent& e) {
    Refresh();
    e.Skip();
  });
  Bind(wxEVT_KEY_DOWN, [this](wxKeyEvent& e) {
    const int code = e.GetKeyCode();
    if (code == WXK_RETURN || code == WXK_NUMPAD_ENTER || code == WXK_SPACE)
      CallAfter([this] { press(); });
    else if (code == WXK_TAB)
      Navigate(e.ShiftDown() ? 0 : static_cast<int>(wxNavigationKeyEvent::IsForward));
    else
      e.Skip();
  });
}

void Button::describe() {
  const wxString all = note_.empty() ? label_ : label_ + ", " + note_;
  native::describe(this, to_utf8(key_.empty() ? all : all + " (" + key_ + ")"), true);
}
void Button::set_label(const wxString& label) {
  if (label == label_) return;
  label_ = label;
  describe();
  InvalidateBestSize();
  Refresh();
}
void Button::set_key(const wxString& key) {
  if (key == key_) return;
  key_ = key;
  describe();
  InvalidateBestSize();
  Refresh();
}
void Button::set_note(const wxString& note) {
  if (note == note_) return;
  note_ = note;
  describe();
  InvalidateBestSize();
  Refresh();
}
void Button::set_style(ButtonStyle style) {
  if (style == style_) return;
  style_ = style;
  Refresh();
}
void Button::set_on(bool on) {
  if (on == on_) return;
  on_ = on;
  Refresh();
}
bool Button::Enable(bool enable) {
  const bool changed = wxWindow::Enable(enable);
  if (changed) Refresh();
  return changed;
}

wxSize Button::DoGetBestClientSize() const {
  wxClientDC dc(const_cast<Button*>(this));
  dc.SetFont(font(16, Weight::bold));
  int width = dc.GetTextExtent(label_).x + px(28);
  if (!note_.empty()) {
    dc.SetFont(font(14));
    width = std::max(width, dc.GetTextExtent(note_).x + px(28));
  }
  if (icon_ != Icon::none) width += label_.empty() ? px(16) : px(30);
  if (!key_.empty()) {
    dc.SetFont(font(14));
    width += dc.GetTextExtent(key_).x + px(24);
  }
  return {std::max(width, px(44)), px(note_.empty() ? 46 : 60)};
}

void Button::paint(wxPaintEvent&) {
  wxAutoBufferedPaintDC dc(this);
  const auto& p = palette();
  dc.SetBackground(wxBrush(GetParent()->GetBackgroundColour()));
  dc.Clear();
  wxColour fill = p.card, text = p.text, border = p.line;
  switch (style_) {
    case ButtonStyle::normal: break;
    case ButtonStyle::primary:
      fill = border = p.accent;
      text = p.on_accent;
      break;
    case ButtonStyle::danger:
      fill = p.card;
      border = text = p.danger;
      break;
    case ButtonStyle::quiet:
      fill = border = GetParent()->GetBackgroundColour();
      text = p.accent;
      break;
    case ButtonStyle::practice:
      fill = border = p.practice;
      text = p.on_accent;
      break;
  }
  if (on_) {
    fill = p.accent_soft;
    border = text = p.accent;
  }
  if (!IsEnabled()) {
    fill = p.ground;
    text = p.muted;
    border = p.line;
  } else if (down_)
    fill = fill.ChangeLightness(88);
  else if (hover_)
    fill = fill.ChangeLightness(style_ == ButtonStyle::primary ? 112 : 96);
  const wxSize size = GetClientSize();
  wxRect r(wxPoint(0, 0), size);
  r.Deflate(2);
  fill_rounded(dc, r, px(8), fill, border);
  if (HasFocus()) {  // a ring of its own, inside the border: seen on every fill
    dc.SetBrush(*wxTRANSPARENT_BRUSH);
    dc.SetPen(wxPen(style_ == ButtonStyle::primary ? p.on_accent : p.focus, 2, wxPENSTYLE_SOLID));
    wxRect ring = r;
    ring.Deflate(3);
    dc.DrawRoundedRectangle(ring, px(6));
    dc.SetPen(wxPen(p.focus, 2));
    dc.DrawRoundedRectangle(wxRect(wxPoint(1, 1), wxSize(size.x - 2, size.y - 2)), px(9));
  }
  dc.SetTextForeground(text);
  dc.SetFont(font(14));
  const int key_width = key_.empty() ? 0 : dc.GetTextExtent(key_).x + px(14);
  dc.SetFont(font(16, Weight::bold));
  const int icon_width = icon_ == Icon::none ? 0 : px(22);
  const int gap = icon_width && !label_.empty() ? px(8) : 0;
  const int space = r.width - px(20) - icon_width - gap - (key_width ? key_width + px(8) : 0);
  const int label_width = std::min(dc.GetTextExtent(label_).x, space);
  const int used = icon_width + gap + label_width + (key_width ? key_width + px(8) : 0);
  int x = left_ ? r.x + px(12) : r.x + (r.width - used) / 2;
  if (icon_width) draw_icon(dc, icon_, wxRect(x, r.y + (r.height - px(22)) / 2, px(22), px(22)), text);
  x += icon_width + gap;
  if (note_.empty()) {
    draw_text(dc, label_, wxRect(x, r.y, left_ ? space : label_width + 2, r.height));
  } else {
    draw_text(dc, label_, wxRect(x, r.y + px(6), space, r.height / 2 - px(4)));
    dc.SetFont(font(14));
    if (style_ != ButtonStyle::primary && IsEnabled()) dc.SetTextForeground(p.muted);
    draw_text(dc, note_, wxRect(x, r.y + r.height / 2, space, r.height / 2 - px(6)));
  }
  if (key_width) {
    const wxRect cap(left_ ? r.GetRight() - key_width - px(8) : x + label_width + px(8),
                     r.y + (r.height - px(24)) / 2, key_width, px(24));
    dc.SetBrush(*wxTRANSPARENT_BRUSH);
    dc.SetPen(wxPen(text));
    dc.DrawRoundedRectangle(cap, px(4));
    dc.SetFont(font(14));
    dc.SetTextForeground(text);
    dc.DrawLabel(key_, cap, wxALIGN_CENTER);
  }
}

Words::Words(wxWindow* parent, const wxString& text, int size, Weight weight, const wxColour& colour,
             int width, int lines)
    : wxWindow(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize, wxBORDER_NONE),
      text_(text),
      size_(size),
      width_(width),
      lines_(lines),
      weight_(weight),
      colour_(colour.IsOk() ? colour : palette().text) {
  SetBackgroundStyle(wxBG_STYLE_PAINT);
  native::describe(this, to_utf8(text_), false);
  Bind(wxEVT_PAINT, &Words::paint, this);
  Bind(wxEVT_SIZE, [this](wxSizeEvent& e) {
    Refresh();
    e.Skip();
  });
}
void Words::set_text(const wxString& text) {
  if (text == text_) return;
  text_ = text;
  native::describe(this, to_utf8(text_), false);
  InvalidateBestSize();
  Refresh();
}
void Words::set_colour(const wxColour& colour) {
  if (colour == colour_) return;
  colour_ = colour;
  Refresh();
}

wxSize Words::DoGetBestClientSize() const {
  wxClientDC dc(const_cast<Words*>(this));
  dc.SetFont(font(size_, weight_));
  const int line = dc.GetCharHeight() + px(2);
  if (width_ <= 0) return {dc.GetTextExtent(text_).x + 2, line};
  const wxArrayString broken = wrap(dc, text_, width_, lines_);
  return {width_, line * static_cast<int>(std::max<std::size_t>(broken.size(), 1))};
}

void Words::paint(wxPaintEvent&) {
  wxAutoBufferedPaintDC dc(this);
  dc.SetBackground(wxBrush(GetParent()->GetBackgroundColour()));
  dc.Clear();
  dc.SetFont(font(size_, weight_));
  dc.SetTextForeground(colour_);
  const int line = dc.GetCharHeight() + px(2);
  const wxSize size = GetClientSize();
  if (width_ <= 0) {
    draw_text(dc, text_, wxRect(wxPoint(0, 0), size));
    return;
  }
  const wxArrayString broken = wrap(dc, text_, size.x, lines_);
  int y = std::max(0, (size.y - line * static_cast<int>(broken.size())) / 2);
  for (const auto& text : broken) {
    draw_text(dc, text, wxRect(0, y, size.x, line));
    y += line;
  }
}

wxTextCtrl* make_field(wxWindow* parent, const wxString& name, const wxString& hint,
                       std::function<void()> enter) {
  auto* field =
      new wxTextCtrl(parent, wxID_ANY, wxString(), wxDefaultPosition, wxSize(-1, px(44)), wxTE_PROCESS_ENTER);
  field->SetFont(font(17));
  field->SetHint(hint);
  field->SetName(name);
  field->SetMaxLength(300);
  native::describe(field, to_utf8(name), false);
  if (enter) field->Bind(wxEVT_TEXT_ENTER, [enter](wxCommandEvent&) { enter(); });
  return field;
}

}  // namespace caukham::ui
