// The two ways the rig carries a model; inside this folder only.
#pragma once
#include <umockdev-1.0/umockdev.h>

#include <atomic>
#include <condition_variable>
#include <list>
#include <mutex>
#include <string>
#include <thread>

#include "devices/model/model.hpp"

namespace caukham::tests {

std::int64_t now_ns();

// usbfs: answers the ioctls of libusb from the model. One device, 1-1, at /dev/bus/usb/001/002.
class UsbCarrier {
 public:
  UsbCarrier(UMockdevTestbed* testbed, std::mutex& model_mutex);
  ~UsbCarrier();
  void plug(devices::DeviceModel& model);
  void unplug();

 private:
  struct Urb {
    UMockdevIoctlData* urb;     // struct usbdevfs_urb
    UMockdevIoctlData* buffer;  // may be null
  };
  static gboolean on_ioctl(UMockdevIoctlBase*, UMockdevIoctlClient* client, gpointer self);
  void obey(UMockdevIoctlClient* client);
  bool submit(UMockdevIoctlData* arg);
  int discard(gulong address);
  bool reap(UMockdevIoctlData* arg);
  int control(Urb& urb);
  bool standard(const devices::Setup& setup, devices::Bytes& reply) const;
  // All under mutex_.
  void pump();
  void finish(std::list<Urb>::iterator urb, int status, int length);
  void show_ready();
  void run();
  static void drop(Urb& urb);

  UMockdevTestbed* testbed_;
  std::mutex& mutex_;
  std::condition_variable changed_;
  UMockdevIoctlBase* handler_ = nullptr;
  std::string node_;
  devices::DeviceModel* model_ = nullptr;
  std::list<Urb> pending_, done_;
  int master_ = -1, slave_ = -1;
  bool gone_ = true, ready_ = true, ending_ = false;
  std::uint8_t configuration_ = 1;
  std::thread pacer_;
};

// A tty: /dev/ttyACM0 in the testbed.
class TtyCarrier {
 public:
  TtyCarrier(UMockdevTestbed* testbed, std::mutex& model_mutex);
  ~TtyCarrier() { unplug(); }
  void plug(devices::DeviceModel& model);
  void unplug();

 private:
  void run(devices::DeviceModel& model);
  std::mutex& mutex_;
  std::string node_;
  int master_ = -1;
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace caukham::tests
