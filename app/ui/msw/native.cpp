#include "ui/native.hpp"

#include "ui/pch/wx_pch.hpp"

#include <wx/access.h>
#include <wx/msw/private.h>

namespace caukham::ui::native {
namespace {

#if wxUSE_ACCESSIBILITY
class Described : public wxAccessible {
 public:
  Described(wxWindow* window, wxString name, bool button) : wxAccessible(window), name_(std::move(name)), button_(button) {}
  wxAccStatus GetName(int child, wxString* name) override {
    if (child != wxACC_SELF) return wxACC_NOT_IMPLEMENTED;
    *name = name_;
    return wxACC_OK;
  }
  wxAccStatus GetRole(int child, wxAccRole* role) override {
    if (child != wxACC_SELF || !button_) return wxACC_NOT_IMPLEMENTED;
    *role = wxROLE_SYSTEM_PUSHBUTTON;
    return wxACC_OK;
  }

 private:
  wxString name_;
  bool button_;
};
#endif

}  // namespace

void describe(wxWindow* control, const std::string& name_utf8, bool button) {
  // A field's label is what is written in it.
  if (!dynamic_cast<wxTextEntry*>(control)) control->SetLabel(wxString::FromUTF8(name_utf8));
#if wxUSE_ACCESSIBILITY
  control->SetAccessible(new Described(control, wxString::FromUTF8(name_utf8), button));
#else
  (void)button;
#endif
}

Monitor monitor_of(const wxWindow* window) {
  const HMONITOR monitor = ::MonitorFromWindow(window->GetHWND(), MONITOR_DEFAULTTONEAREST);
  MONITORINFOEXW info{};
  info.cbSize = sizeof info;
  if (!monitor || !::GetMonitorInfoW(monitor, &info)) return {};
  const HDC dc = ::CreateDCW(info.szDevice, nullptr, nullptr, nullptr);
  if (!dc) return {};
  const Monitor found{static_cast<int>(info.rcMonitor.right - info.rcMonitor.left), ::GetDeviceCaps(dc, HORZSIZE)};
  ::DeleteDC(dc);
  return found;
}

// The accessibility setting "text size", 100 to 225 per cent; the screen's own scaling wx does.
double desktop_text_scale() {
  DWORD percent = 100, size = sizeof percent;
  const auto result = ::RegGetValueW(HKEY_CURRENT_USER, L"Software\\Microsoft\\Accessibility", L"TextScaleFactor", RRF_RT_REG_DWORD,
                                     nullptr, &percent, &size);
  return result == ERROR_SUCCESS && percent >= 100 && percent <= 225 ? percent / 100.0 : 1.0;
}

bool has_screen() { return true; }

void let_to_front(int pid) { ::AllowSetForegroundWindow(static_cast<DWORD>(pid)); }

bool render_png(wxWindow* window, const std::string& path) {
  int width = 0, height = 0;
  window->GetClientSize(&width, &height);
  if (width < 1 || height < 1) return false;
  wxBitmap picture(width, height, 24);
  {
    // What the window and all in it have painted, which the desktop keeps also where others cover it. Not PrintWindow:
    // wine paints no children with it.
    ::RedrawWindow(window->GetHWND(), nullptr, nullptr, RDW_UPDATENOW | RDW_ALLCHILDREN);
    const HDC painted = ::GetDCEx(window->GetHWND(), nullptr, DCX_CACHE);
    wxMemoryDC dc(picture);
    const bool copied = painted && ::BitBlt(static_cast<HDC>(dc.GetHDC()), 0, 0, width, height, painted, 0, 0, SRCCOPY);
    if (painted) ::ReleaseDC(window->GetHWND(), painted);
    if (!copied) return false;
  }
  if (!wxImage::FindHandler(wxBITMAP_TYPE_PNG)) wxImage::AddHandler(new wxPNGHandler);
  return picture.ConvertToImage().SaveFile(wxString::FromUTF8(path), wxBITMAP_TYPE_PNG);
}

}  // namespace caukham::ui::native
