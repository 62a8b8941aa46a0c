#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include "carriers.hpp"

namespace caukham::tests {
namespace {

constexpr std::uint8_t in_endpoint = 0x82;  // a serial link has one pipe each way; models ignore the number
constexpr std::uint8_t out_endpoint = 0x02;

}  // namespace

TtyCarrier::TtyCarrier(UMockdevTestbed* testbed, std::mutex& model_mutex) : mutex_(model_mutex) {
  gchar* root = umockdev_testbed_get_root_dir(testbed);
  node_ = std::string(root) + "/dev/ttyACM0";
  g_free(root);
}

void TtyCarrier::plug(devices::DeviceModel& model) {
  int slave = -1;
  if (::openpty(&master_, &slave, nullptr, nullptr, nullptr) != 0)
    throw std::runtime_error("no pseudo terminal");
  ::fcntl(master_, F_SETFD, FD_CLOEXEC);
  ::fcntl(master_, F_SETFL, O_NONBLOCK);
  termios t{};
  ::tcgetattr(slave, &t);
  ::cfmakeraw(&t);
  ::tcsetattr(slave, TCSANOW, &t);
  const std::string name = ::ttyname(slave);
  ::close(slave);  // so that the host's closing is seen
  if (::symlink(name.c_str(), node_.c_str()) != 0) throw std::runtime_error("no tty node");
  ending_ = false;
  thread_ = std::thread([this, &model] { run(model); });
}

void TtyCarrier::unplug() {
  if (!thread_.joinable()) return;
  ending_ = true;
  thread_.join();
  ::close(master_);
  ::unlink(node_.c_str());
}

// Like a USB serial chip: moves bytes when there are some, keeps what the host does not take yet.
void TtyCarrier::run(devices::DeviceModel& model) {
  devices::Bytes out;
  std::size_t sent = 0;
  bool open = false;
  while (!ending_) {
    pollfd p{master_, static_cast<short>(POLLIN | (sent < out.size() ? POLLOUT : 0)), 0};
    // Nobody has the line open: the master only reports that, so wait for the pace instead.
    ::poll(open ? &p : nullptr, open ? 1 : 0, 2);
    std::uint8_t bytes[4096];
    const ssize_t n = ::read(master_, bytes, sizeof bytes);
    const bool closed = n < 0 && errno == EIO;
    std::lock_guard lock(mutex_);
    if (closed) {
      if (std::exchange(open, false)) {
        model.act("host_closed", now_ns());
        out.clear();
        sent = 0;
      }
      continue;
    }
    open = true;
    if (n > 0) model.out(out_endpoint, {bytes, static_cast<std::size_t>(n)}, now_ns());
    if (sent == out.size()) {
      out.clear();
      sent = 0;
      if (model.in(in_endpoint, 1024, now_ns(), out) != devices::Io::ok) out.clear();
    }
    if (sent < out.size()) {
      const ssize_t m = ::write(master_, out.data() + sent, out.size() - sent);
      if (m > 0) sent += static_cast<std::size_t>(m);
    }
  }
}

}  // namespace caukham::tests
