// One wx for all tests of the window.
#define CATCH_CONFIG_RUNNER
#include "bench.hpp"

using namespace caukham::test;

int main(int argc, char** argv) {
  fs::create_directories(pictures());
  wxApp::SetInstance(new wxApp);
  int none = 0;
  if (!wxEntryStart(none, static_cast<char**>(nullptr)) || !wxTheApp->CallOnInit())
    return 77;  // no screen: skipped
  wxImage::AddHandler(new wxPNGHandler);
  wxImage::AddHandler(new wxJPEGHandler);
  wxTheApp->SetExitOnFrameDelete(false);
  int result = 1;
  {
    wxGUIEventLoop loop;
    const wxEventLoopActivator active(&loop);
    result = Catch::Session().run(argc, argv);
  }
  wxEntryCleanup();
  return result;
}
