#include "core/win32/device_watch.hpp"

#include <dbt.h>

namespace caukham::core {

DeviceWatch::DeviceWatch(std::span<const GUID> kinds) {
  std::promise<HWND> ready;
  auto window = ready.get_future();
  thread_ = std::thread([this, kinds, &ready] { run(kinds, std::move(ready)); });
  try {
    window_ = window.get();
  } catch (...) {
    thread_.join();
    throw;
  }
}

DeviceWatch::~DeviceWatch() {
  ::PostMessageW(window_, WM_CLOSE, 0, 0);
  thread_.join();
}

void DeviceWatch::tell(std::function<void()> changed) {
  const std::lock_guard lock(mutex_);
  changed_ = std::move(changed);
}

// A window belongs to its thread, so all of its life is here.
void DeviceWatch::run(std::span<const GUID> kinds, std::promise<HWND> ready) {
  HWND window = nullptr;
  try {
    WNDCLASSW kind{};
    kind.lpfnWndProc = receive;
    kind.hInstance = ::GetModuleHandleW(nullptr);
    kind.lpszClassName = window_class;
    if (!::RegisterClassW(&kind) && ::GetLastError() != ERROR_CLASS_ALREADY_EXISTS) ipc::throw_last_error("RegisterClass");
    window = ::CreateWindowExW(0, window_class, L"", 0, 0, 0, 0, 0, HWND_MESSAGE, nullptr, kind.hInstance, nullptr);
    if (!window) ipc::throw_last_error("CreateWindowEx");
    ::SetWindowLongPtrW(window, GWLP_USERDATA, reinterpret_cast<LONG_PTR>(this));
    for (const auto& guid : kinds) {
      DEV_BROADCAST_DEVICEINTERFACE_W filter{};
      filter.dbcc_size = sizeof filter;
      filter.dbcc_devicetype = DBT_DEVTYP_DEVICEINTERFACE;
      filter.dbcc_classguid = guid;
      // It ends with the window.
      if (!::RegisterDeviceNotificationW(window, &filter, DEVICE_NOTIFY_WINDOW_HANDLE)) ipc::throw_last_error("RegisterDeviceNotification");
    }
    ready.set_value(window);
  } catch (...) {
    if (window) ::DestroyWindow(window);
    ready.set_exception(std::current_exception());
    return;
  }
  for (MSG message; ::GetMessageW(&message, nullptr, 0, 0) > 0;) ::DispatchMessageW(&message);
}

LRESULT CALLBACK DeviceWatch::receive(HWND window, UINT message, WPARAM what, LPARAM about) {
  if (message == WM_DEVICECHANGE && (what == DBT_DEVICEARRIVAL || what == DBT_DEVICEREMOVECOMPLETE)) {
    auto& self = *reinterpret_cast<DeviceWatch*>(::GetWindowLongPtrW(window, GWLP_USERDATA));
    const std::lock_guard lock(self.mutex_);
    if (self.changed_) self.changed_();
    return TRUE;
  }
  if (message == WM_DESTROY) ::PostQuitMessage(0);
  return ::DefWindowProcW(window, message, what, about);
}

}  // namespace caukham::core
