// The device's report descriptor, read by libusb before hidapi claims the interface.
#include "pluginhost/transport/hid_reports.hpp"
#include "pluginhost/transport/usb_path.hpp"

namespace caukham::pluginhost {

bool reports_are_numbered(const ck_endpoint& endpoint, const std::string&, int interface) {
  UsbContext context = make_usb_context();
  int error = 0;
  libusb_device_handle* handle = context ? open_usb_device(context.get(), endpoint, error) : nullptr;
  if (!handle) return false;
  libusb_set_auto_detach_kernel_driver(handle, 1);
  bool numbered = false;
  if (libusb_claim_interface(handle, interface) == 0) {
    std::uint8_t descriptor[4096];
    const int n =
        libusb_control_transfer(handle, 0x81, LIBUSB_REQUEST_GET_DESCRIPTOR, LIBUSB_DT_REPORT << 8,
                                static_cast<std::uint16_t>(interface), descriptor, sizeof descriptor, 1000);
    if (n > 0) numbered = numbers_its_reports({descriptor, static_cast<std::size_t>(n)});
    libusb_release_interface(handle, interface);
  }
  libusb_close(handle);
  return numbered;
}

}  // namespace caukham::pluginhost
