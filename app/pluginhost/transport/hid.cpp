// HID through hidapi (on Linux its libusb flavour, which needs no hidraw node).
#include <hidapi.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <string_view>
#include <vector>

#include "pluginhost/transport/hid_reports.hpp"
#include "pluginhost/transport/port.hpp"

namespace caukham::pluginhost {
namespace {

// hidapi cannot interrupt a read from outside, so a read is waited for in slices; a cancel takes at most this
// long.
constexpr int slice_ms = 20;

// hidapi keeps one list of devices for the process and mends it by what the system tells it, which may be late or never.
// While no port is open it is thrown away, so that a device plugged in again is found.
std::mutex ports_mutex;
int ports_open = 0;

class HidPort final : public PortBackend {
 public:
  HidPort(hid_device* device, bool numbered) : device_(device), numbered_(numbered) { ++ports_open; }
  ~HidPort() override {
    const std::scoped_lock lock(ports_mutex);
    hid_close(device_);
    --ports_open;
  }

  // Feature reports: GET_REPORT and SET_REPORT of the class (HID 1.11, 7.2), the only control requests hidapi
  // knows.
  ck_result control(const Setup& setup, std::span<std::uint8_t> data, std::uint32_t) override {
    const auto kind = setup.value >> 8;
    const auto number = static_cast<std::uint8_t>(setup.value & 0xFF);
    if (kind != 3) return CK_E_UNSUPPORTED;
    std::vector<std::uint8_t> report(data.size() + 1);
    report[0] = number;
    if (setup.request_type == 0x21 && setup.request == 0x09) {
      std::copy(data.begin(), data.end(), report.begin() + (numbered_ ? 0 : 1));
      if (numbered_) report.pop_back();
      const int n = hid_send_feature_report(device_, report.data(), report.size());
      return n < 0 ? CK_E_IO : static_cast<ck_result>(data.size());
    }
    if (setup.request_type != 0xA1 || setup.request != 0x01) return CK_E_UNSUPPORTED;
    const int n = hid_get_feature_report(device_, report.data(), report.size());
    if (n < 0) return CK_E_IO;
    const std::size_t skip = numbered_ ? 0 : 1;
    const std::size_t bytes =
        std::min(data.size(), static_cast<std::size_t>(std::max(0, n - static_cast<int>(skip))));
    std::copy_n(report.begin() + static_cast<std::ptrdiff_t>(skip), bytes, data.begin());
    return static_cast<ck_result>(bytes);
  }
  ck_result claim(std::uint8_t) override { return CK_OK; }  // hidapi has claimed it

  ck_result read(std::uint8_t, std::span<std::uint8_t> data, std::uint32_t timeout_ms) override {
    for (std::uint32_t waited = 0; !cancelled_; waited += slice_ms) {
      if (waited >= timeout_ms) return CK_E_AGAIN;
      const int n =
          hid_read_timeout(device_, data.data(), data.size(),
                           static_cast<int>(std::min<std::uint32_t>(slice_ms, timeout_ms - waited)));
      if (n > 0) return n;
      if (n < 0) return CK_E_GONE;  // hidapi's reading thread ends only when the device has left
    }
    return CK_E_AGAIN;
  }
  ck_result write(std::uint8_t, std::span<const std::uint8_t> data, std::uint32_t) override {
    std::vector<std::uint8_t> report;
    if (!numbered_) report.push_back(0);
    report.insert(report.end(), data.begin(), data.end());
    if (hid_write(device_, report.data(), report.size()) >= 0) return static_cast<ck_result>(data.size());
    // Whether it left or only failed, hidapi does not say; its reading thread knows.
    std::uint8_t none[1];
    return hid_read_timeout(device_, none, 0, 0) < 0 ? CK_E_GONE : CK_E_IO;
  }
  void cancel(bool cancelled) override { cancelled_ = cancelled; }

 private:
  hid_device* device_;
  bool numbered_;
  std::atomic<bool> cancelled_{false};
};

// hidapi's path is the endpoint's, or a collection of it. Windows' lists of devices do not agree on capitals.
bool belongs_to(std::string_view path, std::string_view wanted) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return path.size() >= wanted.size() && std::ranges::equal(path.substr(0, wanted.size()), wanted, {}, lower, lower) &&
         (path.size() == wanted.size() || path[wanted.size()] == ':');
}

}  // namespace

Opened open_hid(const ck_endpoint& endpoint) {
  const std::scoped_lock lock(ports_mutex);
  if (ports_open == 0) hid_exit();
  if (hid_init() != 0) return {nullptr, CK_E_IO, "hidapi cannot be started"};
  hid_device_info* const list = hid_enumerate(endpoint.vid, endpoint.pid);
  std::string path;
  int interface_number = 0;
  const std::string wanted = endpoint.path;
  for (const hid_device_info* i = list; i && path.empty(); i = i->next) {
    if (!belongs_to(i->path, wanted)) continue;
    path = i->path;
    interface_number = std::max(0, i->interface_number);
  }
  hid_free_enumeration(list);
  if (path.empty()) return {nullptr, CK_E_GONE, "HID device " + wanted + " is not there"};
  const bool numbered = reports_are_numbered(endpoint, path, interface_number);
  hid_device* device = hid_open_path(path.c_str());
  if (!device)
    return {nullptr, CK_E_DENIED, "HID device " + path + " cannot be opened; another program may hold it"};
  return {std::make_unique<HidPort>(device, numbered), CK_OK, {}};
}

}  // namespace caukham::pluginhost
