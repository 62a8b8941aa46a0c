// The newest picture of a scope or camera, with the specialist's pointer on top.
#pragma once
#include "media/picture.hpp"
#include "ui/pane.hpp"

namespace caukham::ui {

class PicturePane : public Pane {
 public:
  using Pane::Pane;
  void show(const station::StreamCardUi& card, const station::Snapshot& snapshot) override;
  bool tick(std::int64_t now_ns) override;
  std::int64_t shown_ns() const override;

 protected:
  void draw(wxDC& dc, const wxRect& update) override;
  void resized() override { shown_ = nullptr; }

 private:
  wxRect frame() const;  // where the picture lies, aspect kept
  wxRect stage() const;  // the body without the line about the picture's quality
  void draw_quality(wxDC& dc) const;
  bool convert();        // picture_ → bitmap_ in the frame's size
  void draw_pointers(wxDC& dc, const wxRect& frame);

  std::shared_ptr<const media::Picture> picture_, shown_, compared_;
  media::PictureScaler scaler_;
  std::vector<std::uint8_t> rgb_;
  wxBitmap bitmap_;
  std::vector<station::PointerMark> pointers_;
  std::string side_;
  station::PictureCard quality_, next_quality_;  // what stands there, and what may replace it
  std::int64_t next_quality_ns_ = 0;
  std::int64_t age_ns_ = 0, compared_at_ns_ = 0;
  int age_shown_s_ = 0;
};

}  // namespace caukham::ui
