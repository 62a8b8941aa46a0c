// The captures of this examination: a picture, what it is, and a tick once it is safely on the disk. [window
// thread]
#pragma once
#include "station/desk.hpp"
#include "ui/style.hpp"

namespace caukham::ui {

class Tray : public wxScrolledWindow {
 public:
  Tray(wxWindow* parent, station::Desk& desk);
  void show(const station::Snapshot& snapshot);
  void tick(std::int64_t now_ns);  // counts the ten seconds of an undo

  bool empty() const { return tiles_.empty(); }

  static constexpr std::int64_t undo_ns = 10'000'000'000;

 private:
  class Tile;
  station::Desk& desk_;
  std::map<std::string, Tile*> tiles_;
};

}  // namespace caukham::ui
