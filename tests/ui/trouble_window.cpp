// The window that says why Caukham did not start.
#include <wx/clipbrd.h>

#include "bench.hpp"
#include "core/i18n.hpp"
#include "ui/native.hpp"
#include "ui/trouble_dialog.hpp"

using namespace caukham;
using namespace caukham::test;

namespace {

const ui::Trouble trouble{"Không mở được Caukham",
                          "Bản cài đặt không đầy đủ: thiếu thư mục chương trình điều khiển (đã tìm trong C:\\Program Files\\Caukham\\bin\\..\\lib\\"
                          "caukham\\plugins). Hãy cài đặt lại Caukham.",
                          "Caukham 0.1.0, 2026-11-22T17:30:04Z\nC:\\Program Files\\Caukham\\bin\\caukham.exe --data D:\\Trạm y tế"};

void wipe_clipboard() {
  if (!wxTheClipboard->Open()) return;
  wxTheClipboard->Clear();
  wxTheClipboard->Close();
}
wxString on_clipboard() {
  wxTextDataObject text;
  if (wxTheClipboard->Open()) {
    wxTheClipboard->GetData(text);
    wxTheClipboard->Close();
  }
  return text.GetText();
}

}  // namespace

TEST_CASE("why Caukham did not start is said in full, can be copied, and is closed by a button") {
  core::set_language("vi", core::locale_folder());
  auto* dialog = new ui::TroubleDialog(trouble);
  dialog->Show();
  REQUIRE(until([&] { return dialog->IsShownOnScreen(); }));
  CHECK(words_saying(dialog, "Không mở được"));
  CHECK(words_saying(dialog, "Hãy cài đặt lại"));
  CHECK(words_saying(dialog, "--data D:"));
  run_for(300);
  CHECK(ui::native::render_png(dialog, (pictures() / "no-start-vi.png").string()));
  wipe_clipboard();
  auto* copy = button(dialog, "Copy the details");
  REQUIRE(copy);
  copy->press();
  const auto copied = on_clipboard();
  for (const auto& part : {trouble.title, trouble.words, trouble.details}) CHECK(copied.Contains(wxString::FromUTF8(part)));
  CHECK(button(dialog, "Copied"));
  auto* close = button(dialog, "Close");
  REQUIRE(close);
  wxWeakRef<ui::TroubleDialog> open(dialog);
  close->press();
  CHECK(until([&] { return !open || !open->IsShown(); }));
  if (open) open->Destroy();
}

TEST_CASE("whoever starts Caukham once more gets the window that is open") {
  FakeDesk desk;
  bool asked = true;
  ui::WindowOptions options;
  options.language = "vi";
  options.settings_file = fs::temp_directory_path() / "caukham-ui-once-more.json";
  options.asked_to_show = [&] { return std::exchange(asked, false); };
  auto* frame = new ui::MainFrame(desk, options);  // not shown yet: as one that has been put away
  REQUIRE_FALSE(frame->IsShown());
  CHECK(until([&] { return frame->IsShown(); }));
  CHECK_FALSE(asked);
  frame->Destroy();
  run_for(20);
  fs::remove(options.settings_file);
}
