#include <chrono>
#include <future>
#include <mutex>

#include "ui/main_frame.hpp"
#include "ui/pch/wx_pch.hpp"

namespace caukham::ui {
namespace {

std::mutex guard;
MainFrame* open_window = nullptr;  // for the script; the window thread alone touches what it points to

class App : public wxApp {
 public:
  App(station::Desk& desk, const WindowOptions& options) : desk_(desk), options_(options) {}
  bool OnInit() override {  // not wxApp's own: the command line is read by main()
    wxImage::AddHandler(new wxJPEGHandler);
    wxImage::AddHandler(new wxPNGHandler);
    auto* frame = new MainFrame(desk_, options_);
    frame->Bind(wxEVT_DESTROY, [frame](wxWindowDestroyEvent& e) {
      if (e.GetEventObject() == frame) {
        const std::lock_guard lock(guard);
        open_window = nullptr;
      }
      e.Skip();
    });
    frame->Show();
    {
      const std::lock_guard lock(guard);
      open_window = frame;
    }
    if (options_.opened) options_.opened();
    return true;
  }

 private:
  station::Desk& desk_;
  WindowOptions options_;
};

template <class Act>
bool on_window(Act act) {
  const std::lock_guard lock(guard);
  if (!open_window) return false;
  open_window->CallAfter([frame = open_window, act] { act(*frame); });
  return true;
}
}  // namespace

int run_window(station::Desk& desk, const WindowOptions& options) {
  wxApp::SetInstance(new App(desk, options));
  char name[] = "caukham";
  char* arguments[] = {name, nullptr};
  int count = 1;
  return wxEntry(count, arguments);
}

bool save_screenshot(const std::filesystem::path& file) {
  auto done = std::make_shared<std::promise<bool>>();
  auto written = done->get_future();
  if (!on_window([file, done](MainFrame& frame) {
        frame.poll();  // what the script has just caused is on the picture
        done->set_value(frame.save_screenshot(file));
      }))
    return false;
  if (wxIsMainThread()) return true;  // this thread must go back to its loop first
  done.reset();
  try {
    return written.wait_for(std::chrono::seconds(10)) == std::future_status::ready && written.get();
  } catch (const std::future_error&) {
    return false;  // the window was closed before
  }
}
bool close_window() {
  return on_window([](MainFrame& frame) { frame.Close(true); });
}

}  // namespace caukham::ui
