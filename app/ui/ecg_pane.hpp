// Twelve leads on millimetre paper. A pen sweeps over a bitmap that is kept: at each tick only the new
// columns and the bar ahead of them are drawn and shown again, so that an hour of ECG costs a few percent of
// one core.
#pragma once
#include "ui/controls.hpp"
#include "ui/ecg_trace.hpp"
#include "ui/pane.hpp"

namespace caukham::ui {

class EcgPane : public Pane {
 public:
  EcgPane(wxWindow* parent, station::Desk& desk, const core::StreamInfo& info, Settings& settings,
          std::function<void()> settings_changed);
  void show(const station::StreamCardUi& card, const station::Snapshot& snapshot) override;
  bool tick(std::int64_t now_ns) override;
  std::int64_t shown_ns() const override { return frozen_ ? trace_.newest_ns() : 0; }
  void set_large(bool large) override;
  void settings_changed() override;
  void next_speed();
  void next_gain();
  void next_layout();
  void next_filter();
  std::string filter_words() const;  // as it stands below the paper

 protected:
  void draw(wxDC& dc, const wxRect& update) override;
  void resized() override;
  wxString header_note() const override;

 private:
  struct Drawn {
    double x = -1, y = 0;
  };
  double scale() const;  // px a mm
  int bottom_height() const;
  bool warns() const { return large_ && off_seen_ != 0 && live(); }
  wxRect sheet() const;  // paper, px in this window
  Sweep sweep_of(const Strip& strip) const;
  void rebuild();  // paper and traces from what is kept
  void draw_paper(wxDC& dc, const wxSize& size);
  void advance(std::uint64_t from, std::uint64_t to, bool refresh);
  wxRect clear_ahead(wxDC& dc, const Strip& strip, const Sweep& sweep, std::uint64_t from, std::uint64_t to);
  void draw_hole(wxDC& dc, const Strip& strip, const Sweep& sweep, std::uint64_t from, std::uint64_t to);
  void draw_torso(wxDC& dc, const wxRect& sheet);
  wxString off_words() const;
  std::string localised_filter() const;
  void changed_by_hand();

  Settings& settings_;
  std::function<void()> on_settings_;
  EcgTrace trace_;
  bool usable_ = false, settling_ = false;
  wxBitmap paper_, ink_;
  std::vector<Strip> strips_;
  std::vector<wxRect> hole_words_;  // on ink_
  std::uint64_t drawn_to_ = 0;
  std::uint32_t off_seen_ = 0;
  int names_width_ = 0;  // px left of the pulses
  int silent_s_ = 0;     // whole seconds since the newest sample; 0 while they come
  std::vector<Button*> tools_;
};

}  // namespace caukham::ui
