// Windows reads report descriptors itself and tells what is in them.
#include <windows.h>

extern "C" {
#include <hidsdi.h>
}

#include <vector>

#include "ipc/handle.hpp"
#include "ipc/win32/windows.hpp"
#include "pluginhost/transport/hid_reports.hpp"

namespace caukham::pluginhost {
namespace {

// Any value or button with a number gives all of the device's reports one.
bool any_number(PHIDP_PREPARSED_DATA data, HIDP_REPORT_TYPE type, USHORT values, USHORT buttons) {
  std::vector<HIDP_VALUE_CAPS> value(values);
  if (values && HidP_GetValueCaps(type, value.data(), &values, data) == HIDP_STATUS_SUCCESS)
    for (USHORT i = 0; i < values; ++i)
      if (value[i].ReportID != 0) return true;
  std::vector<HIDP_BUTTON_CAPS> button(buttons);
  if (buttons && HidP_GetButtonCaps(type, button.data(), &buttons, data) == HIDP_STATUS_SUCCESS)
    for (USHORT i = 0; i < buttons; ++i)
      if (button[i].ReportID != 0) return true;
  return false;
}

}  // namespace

bool reports_are_numbered(const ck_endpoint&, const std::string& path, int) {
  // Asking for no right at all is allowed whoever holds the device.
  ipc::Handle device(::CreateFileW(ipc::wide(path).c_str(), 0, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING, 0, nullptr));
  PHIDP_PREPARSED_DATA data = nullptr;
  if (device.native() == INVALID_HANDLE_VALUE || !HidD_GetPreparsedData(device.native(), &data)) return false;
  HIDP_CAPS caps{};
  const bool numbered =
      HidP_GetCaps(data, &caps) == HIDP_STATUS_SUCCESS &&
      (any_number(data, HidP_Input, caps.NumberInputValueCaps, caps.NumberInputButtonCaps) ||
       any_number(data, HidP_Output, caps.NumberOutputValueCaps, caps.NumberOutputButtonCaps) ||
       any_number(data, HidP_Feature, caps.NumberFeatureValueCaps, caps.NumberFeatureButtonCaps));
  HidD_FreePreparsedData(data);
  return numbered;
}

}  // namespace caukham::pluginhost
