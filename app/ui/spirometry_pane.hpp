// Forced breathing: four steps in words, both loops, and every blow with its sentence.
#pragma once
#include "ui/breath.hpp"
#include "ui/pane.hpp"

namespace caukham::ui {

class SpirometryPane : public Pane {
 public:
  using Pane::Pane;
  void show(const station::StreamCardUi& card, const station::Snapshot& snapshot) override;
  bool tick(std::int64_t now_ns) override;

 protected:
  void draw(wxDC& dc, const wxRect& update) override;

 private:
  enum class Plot : std::uint8_t { flow_volume, volume_time };
  void draw_steps(wxDC& dc, const wxRect& where);
  void draw_plot(wxDC& dc, const wxRect& where, Plot kind);
  void draw_list(wxDC& dc, const wxRect& where);

  Breath breath_;
  std::uint64_t next_sample_ = 0;
  std::int64_t newest_ns_ = 0, last_draw_ns_ = 0;
  std::vector<station::SpirometryCard> blows_;
};

}  // namespace caukham::ui
