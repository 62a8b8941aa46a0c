#include <fcntl.h>
#include <linux/usbdevice_fs.h>
#include <pty.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <memory>
#include <set>
#include <stdexcept>

#include "carriers.hpp"

namespace caukham::tests {
namespace {

constexpr const char* device_node = "/dev/bus/usb/001/002";
constexpr const char* device_path = "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1";
constexpr const char* root_hub =
    "P: /devices/pci0000:00/0000:00:14.0/usb1\nN: bus/usb/001/001\nE: BUSNUM=001\nE: DEVNUM=001\n"
    "E: DEVNAME=/dev/bus/usb/001/001\nE: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\nA: busnum=1\nA: devnum=1\nA: "
    "speed=480\n"
    "A: bConfigurationValue=1\n"
    "H: descriptors=12010002090001406b1d020001060302010109021900010100e0000904000001090000000705810304000c\n";

void must(GError* error) {
  if (!error) return;
  const std::string text = error->message;
  g_error_free(error);
  throw std::runtime_error("umockdev: " + text);
}

std::string hex(const devices::Bytes& bytes) {
  std::string out;
  char two[3];
  for (const std::uint8_t b : bytes) {
    std::snprintf(two, sizeof two, "%02x", b);
    out += two;
  }
  return out;
}

devices::Bytes string_descriptor(const std::string& text) {
  devices::Bytes d = {static_cast<std::uint8_t>(2 + 2 * text.size()), 3};
  for (const char c : text) {
    d.push_back(static_cast<std::uint8_t>(c));
    d.push_back(0);
  }
  return d;
}

// Memory of the client's behind a pointer of its; unreferenced by itself. Null when the client has died
// meanwhile.
struct Unref {
  void operator()(UMockdevIoctlData* data) const { g_object_unref(data); }
};
using Resolved = std::unique_ptr<UMockdevIoctlData, Unref>;
Resolved resolve(UMockdevIoctlData* at, gsize offset, gsize bytes) {
  GError* error = nullptr;
  Resolved data(umockdev_ioctl_data_resolve(at, offset, bytes, &error));
  if (error) g_error_free(error);
  return data;
}

usbdevfs_urb* urb_of(UMockdevIoctlData* data) { return reinterpret_cast<usbdevfs_urb*>(data->data); }

}  // namespace

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

UsbCarrier::UsbCarrier(UMockdevTestbed* testbed, std::mutex& model_mutex)
    : testbed_(testbed), mutex_(model_mutex) {
  GError* error = nullptr;
  umockdev_testbed_add_from_string(testbed_, root_hub, &error);
  must(error);
  handler_ = umockdev_ioctl_base_new();
  g_signal_connect(handler_, "handle-ioctl", G_CALLBACK(on_ioctl), this);
  umockdev_testbed_attach_ioctl(testbed_, device_node, handler_, &error);
  must(error);
  gchar* root = umockdev_testbed_get_root_dir(testbed_);
  node_ = std::string(root) + device_node;
  g_free(root);
  pacer_ = std::thread([this] { run(); });
}

UsbCarrier::~UsbCarrier() {
  unplug();
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
    changed_.notify_all();
  }
  pacer_.join();
  GError* error = nullptr;
  umockdev_testbed_detach_ioctl(testbed_, device_node, &error);
  if (error) g_error_free(error);
  g_object_unref(handler_);
  for (auto* list : {&pending_, &done_})
    for (Urb& urb : *list) drop(urb);
}

void UsbCarrier::plug(devices::DeviceModel& model) {
  {
    std::lock_guard lock(mutex_);
    if (::openpty(&master_, &slave_, nullptr, nullptr, nullptr) != 0)
      throw std::runtime_error("no pseudo terminal");
    ::fcntl(master_, F_SETFD, FD_CLOEXEC);
    ::fcntl(slave_, F_SETFD, FD_CLOEXEC);
    termios t{};
    ::tcgetattr(slave_, &t);
    ::cfmakeraw(&t);
    ::tcsetattr(slave_, TCSANOW, &t);
    if (::symlink(::ttyname(slave_), node_.c_str()) != 0) throw std::runtime_error("no usbfs node");
    for (auto* list : {&pending_, &done_}) {
      for (Urb& urb : *list) drop(urb);
      list->clear();
    }
    model_ = &model;
    gone_ = false;
    ready_ = true;
    configuration_ = 1;
    show_ready();
  }
  const auto& id = model.identity();
  char text[512];
  std::snprintf(
      text, sizeof text,
      "E: BUSNUM=001\nE: DEVNUM=002\nE: DEVNAME=%s\nE: DEVTYPE=usb_device\nE: MAJOR=189\nE: MINOR=1\n"
      "E: PRODUCT=%x/%x/100\nE: SUBSYSTEM=usb\nA: bConfigurationValue=1\nA: bNumConfigurations=1\nA: "
      "busnum=1\n"
      "A: devnum=2\nA: idVendor=%04x\nA: idProduct=%04x\nA: speed=480\n",
      device_node, id.vid, id.pid, id.vid, id.pid);
  // The node exists already and no N: line names it, so the "add" that is sent now cannot come too early.
  GError* error = nullptr;
  umockdev_testbed_add_from_string(testbed_,
                                   ("P: " + std::string(device_path + 4) + "\n" + text +
                                    "H: descriptors=" + hex(model.descriptors()) + "\n")
                                       .c_str(),
                                   &error);
  must(error);
}

void UsbCarrier::unplug() {
  {
    std::lock_guard lock(mutex_);
    if (gone_) return;
    gone_ = true;
    pump();
    ::close(master_);
    ::close(slave_);
    master_ = slave_ = -1;
    model_ = nullptr;
  }
  umockdev_testbed_remove_device(testbed_, device_path);
  ::unlink(node_.c_str());
}

gboolean UsbCarrier::on_ioctl(UMockdevIoctlBase*, UMockdevIoctlClient* client, gpointer self) {
  static_cast<UsbCarrier*>(self)->obey(client);
  return TRUE;
}

// Runs on umockdev's thread. The lock is let go before complete(), which talks to the client.
void UsbCarrier::obey(UMockdevIoctlClient* client) {
  UMockdevIoctlData* arg = umockdev_ioctl_client_get_arg(client);
  int error = 0;
  {
    std::lock_guard lock(mutex_);
    const gulong request = umockdev_ioctl_client_get_request(client);
    if (request == USBDEVFS_REAPURB || request == USBDEVFS_REAPURBNDELAY) {
      error = reap(arg) ? 0 : gone_ ? ENODEV : EAGAIN;
    } else if (request == USBDEVFS_DISCARDURB) {
      error = discard(*reinterpret_cast<gulong*>(arg->data));
    } else if (gone_) {
      error = ENODEV;
    } else if (request == USBDEVFS_SUBMITURB) {
      error = submit(arg) ? 0 : EFAULT;
    } else if (request == USBDEVFS_GET_CAPABILITIES) {
      const Resolved p = resolve(arg, 0, sizeof(std::uint32_t));
      const std::uint32_t capabilities = USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_BULK_CONTINUATION |
                                         USBDEVFS_CAP_NO_PACKET_SIZE_LIM | USBDEVFS_CAP_REAP_AFTER_DISCONNECT;
      if (p) std::memcpy(p->data, &capabilities, sizeof capabilities);
    } else if (request == USBDEVFS_CLEAR_HALT || request == USBDEVFS_RESETEP) {
      if (const Resolved p = resolve(arg, 0, sizeof(unsigned))) model_->clear_halt(p->data[0]);
    } else if (request == USBDEVFS_SETINTERFACE) {
      const Resolved p = resolve(arg, 0, sizeof(usbdevfs_setinterface));
      const auto* s = p ? reinterpret_cast<const usbdevfs_setinterface*>(p->data) : nullptr;
      if (s)
        model_->set_alternate(static_cast<std::uint8_t>(s->interface),
                              static_cast<std::uint8_t>(s->altsetting));
    } else if (request == USBDEVFS_GETDRIVER || request == USBDEVFS_IOCTL) {
      error = ENODATA;  // no kernel driver holds an interface
    } else if (request != USBDEVFS_CLAIMINTERFACE && request != USBDEVFS_RELEASEINTERFACE &&
               request != USBDEVFS_SETCONFIGURATION && request != USBDEVFS_RESET &&
               request != USBDEVFS_DISCONNECT_CLAIM) {
      error = ENOTTY;
    }
    changed_.notify_all();
  }
  umockdev_ioctl_client_complete(client, error == 0 ? 0 : -1, error);
}

bool UsbCarrier::submit(UMockdevIoctlData* arg) {
  Resolved urb = resolve(arg, 0, sizeof(usbdevfs_urb));
  if (!urb) return false;
  usbdevfs_urb* u = urb_of(urb.get());
  Resolved buffer;
  if (u->buffer_length > 0) {
    buffer = resolve(urb.get(), offsetof(usbdevfs_urb, buffer), static_cast<gsize>(u->buffer_length));
    if (!buffer) return false;
  }
  const auto it = pending_.insert(pending_.end(), {urb.release(), buffer.release()});
  if (u->type == USBDEVFS_URB_TYPE_CONTROL) {
    const int n = control(*it);
    finish(it, n < 0 ? n : 0, n < 0 ? 0 : n);
  } else if ((u->endpoint & 0x80) == 0) {
    const devices::ByteView bytes(it->buffer ? it->buffer->data : nullptr,
                                  static_cast<std::size_t>(u->buffer_length));
    const auto io = model_->out(u->endpoint, bytes, now_ns());
    finish(it, io == devices::Io::ok ? 0 : -EPIPE, io == devices::Io::ok ? u->buffer_length : 0);
  }
  pump();
  return true;
}

int UsbCarrier::control(Urb& x) {
  std::uint8_t* b = x.buffer->data;
  const auto word = [&](int i) { return static_cast<std::uint16_t>(b[i] | b[i + 1] << 8); };
  const devices::Setup setup{b[0], b[1], word(2), word(4), word(6)};
  const auto room = static_cast<std::size_t>(urb_of(x.urb)->buffer_length) - 8;
  devices::Bytes reply;
  const bool in = (setup.request_type & 0x80) != 0;
  if (!standard(setup, reply)) {
    const devices::ByteView data(b + 8, in ? 0 : room);
    if (model_->control(setup, data, reply, now_ns()) != devices::Io::ok) return -EPIPE;
  }
  if (!in) return static_cast<int>(room);
  const std::size_t n = std::min({reply.size(), room, std::size_t{setup.length}});
  if (n > 0) std::memcpy(b + 8, reply.data(), n);
  return static_cast<int>(n);
}

// Standard requests to the device that need no model. False: not one of them.
bool UsbCarrier::standard(const devices::Setup& s, devices::Bytes& reply) const {
  const unsigned kind = s.value >> 8, index = s.value & 0xFF;
  if (s.request_type == 0x80 && s.request == 6 && (kind == 1 || kind == 2)) {
    const devices::Bytes all = model_->descriptors();
    reply.assign(all.begin() + (kind == 1 ? 0 : 18), kind == 1 ? all.begin() + 18 : all.end());
    return true;
  }
  if (s.request_type == 0x80 && s.request == 6 && kind == 3 && index <= 3) {
    const auto& id = model_->identity();
    const std::string* texts[] = {nullptr, &id.manufacturer, &id.product, &id.serial};
    reply = index == 0 ? devices::Bytes{4, 3, 0x09, 0x04} : string_descriptor(*texts[index]);
    return true;
  }
  if (s.request_type == 0x80 && s.request == 0) return reply = {0, 0}, true;
  if (s.request_type == 0x80 && s.request == 8) return reply = {configuration_}, true;
  return s.request_type == 0x00 && s.request == 9;
}

int UsbCarrier::discard(gulong address) {
  for (auto it = pending_.begin(); it != pending_.end(); ++it) {
    if (it->urb->client_addr != address) continue;
    finish(it, -ENOENT, 0);
    show_ready();
    return 0;
  }
  return gone_ ? ENODEV : EINVAL;
}

bool UsbCarrier::reap(UMockdevIoctlData* arg) {
  pump();
  if (done_.empty()) return false;
  Urb urb = done_.front();
  done_.pop_front();
  // set_ptr keeps it until complete() has written it back.
  if (const Resolved p = resolve(arg, 0, sizeof(void*))) umockdev_ioctl_data_set_ptr(p.get(), 0, urb.urb);
  drop(urb);
  show_ready();
  return true;
}

void UsbCarrier::pump() {
  std::set<int> waiting;  // endpoints whose first transfer has nothing yet: the later ones wait behind it
  for (auto it = pending_.begin(); it != pending_.end();) {
    const auto now = it++;
    usbdevfs_urb* u = urb_of(now->urb);
    if (gone_) {
      finish(now, -ESHUTDOWN, 0);
      continue;
    }
    if (waiting.count(u->endpoint) != 0) continue;
    devices::Bytes bytes;
    const auto io = model_->in(u->endpoint, static_cast<std::size_t>(u->buffer_length), now_ns(), bytes);
    if (io == devices::Io::later) {
      waiting.insert(u->endpoint);
      continue;
    }
    const auto n = std::min(bytes.size(), static_cast<std::size_t>(u->buffer_length));
    if (n > 0) std::memcpy(now->buffer->data, bytes.data(), n);
    finish(now, io == devices::Io::ok ? 0 : -EPIPE, static_cast<int>(n));
  }
  show_ready();
}

void UsbCarrier::finish(std::list<Urb>::iterator it, int status, int length) {
  usbdevfs_urb* u = urb_of(it->urb);
  u->status = status;
  u->actual_length = length;
  done_.splice(done_.end(), pending_, it);
}

void UsbCarrier::show_ready() {
  const bool ready = !done_.empty() || gone_;
  if (ready == ready_ || slave_ < 0) return;
  ready_ = ready;
  ::tcflow(slave_, ready ? TCOON : TCOOFF);
}

void UsbCarrier::drop(Urb& urb) {
  if (urb.buffer) g_object_unref(urb.buffer);
  g_object_unref(urb.urb);
}

// Completes waiting transfers when the model has something for them.
void UsbCarrier::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    std::int64_t due = INT64_MAX;
    const std::int64_t now = now_ns();
    if (!gone_)
      for (const Urb& urb : pending_)
        due = std::min(due, model_->next_due_ns(urb_of(urb.urb)->endpoint, now));
    if (due == INT64_MAX) {
      changed_.wait(lock);
      continue;
    }
    // At least half a millisecond: a model that is due and still has nothing must not make this spin.
    changed_.wait_for(lock,
                      std::chrono::nanoseconds(std::clamp<std::int64_t>(due - now, 500'000, 1'000'000'000)));
    if (!gone_) pump();
  }
}

}  // namespace caukham::tests
