// Told by the system when a device comes or goes: by messages to a window that nobody sees, because the newer way
// (CM_Register_Notification) is missing in wine and tells nothing more.
#pragma once
#include <functional>
#include <future>
#include <mutex>
#include <span>
#include <thread>

#include "ipc/win32/windows.hpp"

namespace caukham::core {

class DeviceWatch {
 public:
  static constexpr const wchar_t* window_class = L"Caukham.DeviceWatch";

  // `kinds`: classes of device interfaces. Throws std::system_error where the system cannot tell.
  explicit DeviceWatch(std::span<const GUID> kinds);
  ~DeviceWatch();
  DeviceWatch(const DeviceWatch&) = delete;
  DeviceWatch& operator=(const DeviceWatch&) = delete;

  // `changed` is called on the watch's own thread until tell({}) has returned.
  void tell(std::function<void()> changed);

 private:
  void run(std::span<const GUID> kinds, std::promise<HWND> ready);
  static LRESULT CALLBACK receive(HWND window, UINT message, WPARAM what, LPARAM about);

  std::mutex mutex_;
  std::function<void()> changed_;
  std::thread thread_;
  HWND window_ = nullptr;
};

}  // namespace caukham::core
