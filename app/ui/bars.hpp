// Above and below the examination: who it is, what is recorded, what went wrong, and the large buttons.
// [window thread]
#pragma once
#include "station/desk.hpp"
#include "ui/controls.hpp"

namespace caukham::ui {

// Patient, recording time, SIMULATED, the line.
class TopBar : public wxPanel {
 public:
  // `who` is asked for the patient's name, while there is none.
  TopBar(wxWindow* parent, std::function<void(wxWindow*)> menu, std::function<void()> who);
  void show(const station::Snapshot& snapshot);
  void tick(std::int64_t now_ns);

 private:
  class Face;
  Face* face_;
  Button *who_, *menu_;
};

// One line: the newest trouble that still stands, and what to do. Never a box.
class NoticeBar : public wxPanel {
 public:
  NoticeBar(wxWindow* parent, station::Desk& desk);
  // True when its height has changed and the window must lay itself out again.
  bool show(const station::Snapshot& snapshot, std::int64_t now_ns);
  void say(const std::string& words, std::int64_t now_ns);  // the window's own word, an info
  void dismiss();

 private:
  struct Line {
    station::Notice::Level level = station::Notice::Level::info;
    std::string words;
    core::DeviceId restart = 0;
    bool stays = false;
  };
  Line choose(const station::Snapshot& snapshot, std::int64_t now_ns);

  station::Desk& desk_;
  Words* words_;
  Button *help_, *close_;
  core::DeviceId restart_ = 0;
  bool stays_ = false;
  std::uint64_t newest_ = 0, dismissed_ = 0;
  std::int64_t newest_at_ns_ = 0;
  std::string said_, shown_, dismissed_words_;
  std::int64_t said_at_ns_ = INT64_MIN / 2;
};

struct BottomActs {
  std::function<void()> capture, clip, freeze, side, call;
};

class BottomBar : public wxPanel {
 public:
  BottomBar(wxWindow* parent, BottomActs acts);
  // `front`: "still", "ecg", "spirometer" or "" when nothing can be captured.
  void show(const station::Snapshot& snapshot, const std::string& front, bool frozen);

 private:
  Button *capture_, *clip_, *freeze_, *side_, *call_;
  Words* facts_;
};

}  // namespace caukham::ui
