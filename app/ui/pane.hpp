// One live device on the screen, large in the middle or small below. The pane reads the desk by itself and
// never waits: what is not there yet is simply not drawn. [window thread]
#pragma once
#include "station/desk.hpp"
#include "ui/settings.hpp"
#include "ui/style.hpp"

namespace caukham::ui {

class Pane : public wxWindow {
 public:
  Pane(wxWindow* parent, station::Desk& desk, const core::StreamInfo& info);

  // After each new snapshot.
  virtual void show(const station::StreamCardUi& card, const station::Snapshot& snapshot);
  // About 30 times a second; draws only what has changed. Returns true when a hand moves this device.
  virtual bool tick(std::int64_t now_ns) = 0;
  virtual void set_large(bool large);
  virtual void set_frozen(bool frozen);
  virtual void settings_changed() {}
  // When what is on the screen was sensed (core::now_ns), if it may be kept as it is seen: frozen, or current. 0: the
  // newest, whatever it is.
  virtual std::int64_t shown_ns() const { return 0; }
  void flash();  // a picture was taken: seen at once, before the record answers

  core::StreamId stream() const { return info_.id; }
  const core::StreamInfo& info() const { return info_; }
  bool large() const { return large_; }
  bool live() const { return card_.state == core::DeviceState::live; }
  std::function<void()> clicked;

 protected:
  virtual void draw(wxDC& dc, const wxRect& update) = 0;  // the body only
  virtual void resized() {}
  virtual wxString header_note() const { return {}; }
  wxRect body() const;
  void cover(wxDC& dc, const wxString& text) const;  // greys the body and says why
  void chip(wxDC& dc, const wxString& text, int& right, int middle, const wxColour& fill,
            const wxColour& ink) const;
  void now_on_screen(std::int64_t sensed_ns);  // after painting something new

  station::Desk& desk_;
  core::StreamInfo info_;
  station::StreamCardUi card_;
  bool large_ = false, frozen_ = false, pinned_ = false;

 public:
  void set_pinned(bool pinned) {
    if (pinned != pinned_) {
      pinned_ = pinned;
      Refresh();
    }
  }

 private:
  void paint(wxPaintEvent&);
  std::int64_t told_ns_ = 0;
  int flash_ticks_ = 0;
  wxTimer flash_timer_;
};

// The pane for a stream, owned by `parent`; null for a stream that has no picture of its own.
Pane* make_pane(wxWindow* parent, station::Desk& desk, const core::StreamInfo& info, Settings& settings,
                std::function<void()> settings_changed);

}  // namespace caukham::ui
