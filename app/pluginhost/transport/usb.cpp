// USB through libusb. Every transfer is submitted and waited for; whichever of our threads waits also handles
// libusb's events, so there is no thread of our own and a cancel takes effect when the system has taken the
// transfer back.
#include <libusb.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <mutex>
#include <vector>

#include "pluginhost/transport/port.hpp"
#include "pluginhost/transport/usb_path.hpp"

namespace caukham::pluginhost {
namespace {

ck_result from_libusb(int error) {
  switch (error) {
    case LIBUSB_ERROR_NO_DEVICE: return CK_E_GONE;
    case LIBUSB_ERROR_NOT_FOUND: return CK_E_INVALID;
    case LIBUSB_ERROR_ACCESS:
    case LIBUSB_ERROR_BUSY: return CK_E_DENIED;
    case LIBUSB_ERROR_TIMEOUT: return CK_E_AGAIN;
    case LIBUSB_ERROR_PIPE: return CK_E_STALL;
    case LIBUSB_ERROR_INVALID_PARAM: return CK_E_INVALID;
    case LIBUSB_ERROR_NO_MEM: return CK_E_NO_MEMORY;
    case LIBUSB_ERROR_NOT_SUPPORTED: return CK_E_UNSUPPORTED;
    default: return error >= 0 ? error : CK_E_IO;
  }
}

ck_result outcome(const libusb_transfer& t) {
  switch (t.status) {
    case LIBUSB_TRANSFER_COMPLETED: return t.actual_length;
    case LIBUSB_TRANSFER_TIMED_OUT:
    case LIBUSB_TRANSFER_CANCELLED: return t.actual_length > 0 ? t.actual_length : CK_E_AGAIN;
    case LIBUSB_TRANSFER_STALL: return CK_E_STALL;
    case LIBUSB_TRANSFER_NO_DEVICE: return CK_E_GONE;
    default: return CK_E_IO;
  }
}

void LIBUSB_CALL mark_done(libusb_transfer* t) { *static_cast<int*>(t->user_data) = 1; }

class UsbPort final : public PortBackend {
 public:
  UsbPort(UsbContext context, libusb_device_handle* handle) : context_(std::move(context)), handle_(handle) {
    libusb_set_auto_detach_kernel_driver(handle_, 1);
  }
  ~UsbPort() override {
    for (int interface = 0; interface < 32; ++interface)
      if (!gone_ && ((claimed_ >> interface) & 1u)) libusb_release_interface(handle_, interface);
    libusb_close(handle_);
  }

  ck_result control(const Setup& setup, std::span<std::uint8_t> data, std::uint32_t timeout_ms) override {
    return noted(from_libusb(libusb_control_transfer(handle_, setup.request_type, setup.request, setup.value,
                                                     setup.index, data.data(),
                                                     static_cast<std::uint16_t>(data.size()), timeout_ms)));
  }
  ck_result claim(std::uint8_t interface) override {
    if (interface >= 32) return CK_E_INVALID;
    if (gone_) return CK_E_GONE;
    const int error = libusb_claim_interface(handle_, interface);
    if (error == 0) claimed_ |= 1u << interface;
    return noted(from_libusb(error));
  }
  // libusb 1.0.26 unlocks a lock it does not hold when the device has left before this call, and aborts in
  // libusb_close for it: so a device that has left must be noticed first, with the one request that every
  // device answers.
  ck_result set_alternate(std::uint8_t interface, std::uint8_t alternate) override {
    std::uint8_t status[2];
    if (gone_ || control({0x80, LIBUSB_REQUEST_GET_STATUS, 0, 0}, status, 200) == CK_E_GONE) return CK_E_GONE;
    return from_libusb(libusb_set_interface_alt_setting(handle_, interface, alternate));
  }
  ck_result clear_halt(std::uint8_t endpoint) override {
    return gone_ ? CK_E_GONE : noted(from_libusb(libusb_clear_halt(handle_, endpoint)));
  }
  ck_result reset() override {
    if (gone_) return CK_E_GONE;
    const int error = libusb_reset_device(handle_);
    return noted(error == LIBUSB_ERROR_NOT_FOUND ? CK_E_GONE : from_libusb(error));  // not found: it re-enumerated
  }
  ck_result read(std::uint8_t endpoint, std::span<std::uint8_t> data, std::uint32_t timeout_ms) override {
    return noted(transfer(endpoint, data.data(), data.size(), timeout_ms, true));
  }
  ck_result write(std::uint8_t endpoint, std::span<const std::uint8_t> data,
                  std::uint32_t timeout_ms) override {
    return noted(transfer(endpoint, const_cast<std::uint8_t*>(data.data()), data.size(), timeout_ms, false));
  }
  void cancel(bool cancelled) override {
    std::lock_guard lock(mutex_);
    cancelled_ = cancelled;
    if (!cancelled) return;
    for (libusb_transfer* t : reading_) libusb_cancel_transfer(t);
  }

 private:
  ck_result noted(ck_result result) {
    if (result == CK_E_GONE) gone_ = true;
    return result;
  }
  ck_result transfer(std::uint8_t endpoint, std::uint8_t* data, std::size_t bytes, std::uint32_t timeout_ms,
                     bool read) {
    std::unique_ptr<libusb_transfer, decltype(&libusb_free_transfer)> t(libusb_alloc_transfer(0),
                                                                        &libusb_free_transfer);
    if (!t) return CK_E_NO_MEMORY;
    int done = 0;
    // Bulk also serves interrupt endpoints: the system knows which it is from the descriptors.
    libusb_fill_bulk_transfer(t.get(), handle_, endpoint, data, static_cast<int>(bytes), mark_done, &done,
                              timeout_ms);
    {
      std::lock_guard lock(mutex_);
      if (gone_) return CK_E_GONE;
      if (read && cancelled_) return CK_E_AGAIN;
      if (const int error = libusb_submit_transfer(t.get()); error != 0) return from_libusb(error);
      if (read) reading_.push_back(t.get());
    }
    while (!done) {
      timeval slice{1, 0};
      if (libusb_handle_events_timeout_completed(context_.get(), &slice, &done) < 0 && !done)
        libusb_cancel_transfer(t.get());
    }
    std::lock_guard lock(mutex_);
    if (read) reading_.erase(std::find(reading_.begin(), reading_.end(), t.get()));
    return outcome(*t);
  }

  UsbContext context_;
  libusb_device_handle* handle_;
  std::uint32_t claimed_ = 0;
  std::atomic<bool> gone_{false};  // once it has left, libusb is asked nothing more about it
  std::mutex mutex_;
  std::vector<libusb_transfer*> reading_;  // one an endpoint at most
  bool cancelled_ = false;
};

}  // namespace

UsbContext make_usb_context() {
  libusb_context* context = nullptr;
  if (libusb_init(&context) != 0) return no_usb_context();
  return UsbContext(context, &libusb_exit);
}

std::string usb_port_path(libusb_device* device) {
  std::uint8_t ports[8];
  const int n = libusb_get_port_numbers(device, ports, sizeof ports);
  std::string path = std::to_string(libusb_get_bus_number(device));
  for (int i = 0; i < n; ++i) path += (i == 0 ? "-" : ".") + std::to_string(ports[i]);
  return path;
}

std::string usb_node_path(libusb_device* device) {
  char path[32];
  std::snprintf(path, sizeof path, "/dev/bus/usb/%03d/%03d", libusb_get_bus_number(device),
                libusb_get_device_address(device));
  return path;
}

libusb_device_handle* open_usb_device(libusb_context* context, const ck_endpoint& endpoint, int& error) {
  libusb_device** list = nullptr;
  const auto n = libusb_get_device_list(context, &list);
  libusb_device_handle* handle = nullptr;
  error = n < 0 ? static_cast<int>(n) : LIBUSB_ERROR_NO_DEVICE;
  const std::string wanted = std::string(endpoint.path).substr(0, std::string(endpoint.path).find(':'));
  for (int i = 0; i < n && !handle; ++i) {
    libusb_device_descriptor d;
    if (libusb_get_device_descriptor(list[i], &d) != 0 || d.idVendor != endpoint.vid ||
        d.idProduct != endpoint.pid)
      continue;
    const auto place = usb_port_path(list[i]);
    // "0-1.3": behind whichever controller (Windows, where libusb counts them in its own way).
    const bool any_bus = wanted.starts_with("0-") && place.find('-') != std::string::npos;
    const bool same = any_bus ? place.substr(place.find('-') + 1) == wanted.substr(2) : place == wanted;
    if (!same && usb_node_path(list[i]) != wanted) continue;
    error = libusb_open(list[i], &handle);
    if (error != 0) break;
  }
  if (list) libusb_free_device_list(list, 1);
  return handle;
}

Opened open_usb(const ck_endpoint& endpoint) {
  UsbContext context = make_usb_context();
  if (!context) return {nullptr, CK_E_IO, "libusb cannot be started"};
  int error = 0;
  libusb_device_handle* handle = open_usb_device(context.get(), endpoint, error);
  if (!handle)
    return {nullptr, from_libusb(error),
            std::string("USB device ") + endpoint.path + ": " + libusb_strerror(error)};
  return {std::make_unique<UsbPort>(std::move(context), handle), CK_OK, {}};
}

}  // namespace caukham::pluginhost
