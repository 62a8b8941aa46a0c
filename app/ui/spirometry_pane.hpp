// Forced breathing: four steps in words, both loops, every blow with what it is worth and why, and all together: grade,
// best values, and how they compare with what is predicted.
#pragma once
#include "ui/breath.hpp"
#include "ui/controls.hpp"
#include "ui/pane.hpp"

namespace caukham::ui {

class SpirometryPane : public Pane {
 public:
  SpirometryPane(wxWindow* parent, station::Desk& desk, const core::StreamInfo& info);
  void show(const station::StreamCardUi& card, const station::Snapshot& snapshot) override;
  bool tick(std::int64_t now_ns) override;
  void set_large(bool large) override;
  void enter_height();  // the field for it takes the keyboard

 protected:
  void draw(wxDC& dc, const wxRect& update) override;
  void resized() override;
  wxString header_note() const override;

 private:
  enum class Plot : std::uint8_t { flow_volume, volume_time };
  void draw_steps(wxDC& dc, const wxRect& where);
  void draw_plot(wxDC& dc, const wxRect& where, Plot kind);
  void draw_list(wxDC& dc, const wxRect& where);
  void draw_session(wxDC& dc, const wxRect& where);
  wxRect session_place() const;  // empty when there is no room, or the pane is small
  int list_rows() const;
  void height_entered();
  void put_height_away();

  Breath breath_;
  std::uint64_t next_sample_ = 0;
  std::int64_t newest_ns_ = 0, last_draw_ns_ = 0;
  std::vector<station::SpirometryCard> blows_;
  station::SpirometrySession session_;
  std::string session_key_;
  double height_cm_ = 0;
  Button* height_ = nullptr;
  wxTextCtrl* height_field_ = nullptr;
};

}  // namespace caukham::ui
