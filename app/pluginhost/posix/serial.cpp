// A serial line through the system's tty: raw, 8N1, for us alone.
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>

#include "ipc/handle.hpp"
#include "pluginhost/transport/port.hpp"

namespace caukham::pluginhost {
namespace {

using Clock = std::chrono::steady_clock;

int ms_left(Clock::time_point until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  return left > 0 ? static_cast<int>(left) : 0;
}

ck_result from_errno(int error) {
  switch (error) {
    case ENOENT: case ENODEV: case ENXIO: case EIO: return CK_E_GONE;
    case EACCES: case EPERM: case EBUSY: return CK_E_DENIED;
    default: return CK_E_IO;
  }
}

speed_t speed_of(std::uint32_t baud) {
  switch (baud) {
    case 1200: return B1200;
    case 2400: return B2400;
    case 4800: return B4800;
    case 9600: return B9600;
    case 19200: return B19200;
    case 38400: return B38400;
    case 57600: return B57600;
    case 115200: return B115200;
    case 230400: return B230400;
    case 460800: return B460800;
    case 500000: return B500000;
    case 921600: return B921600;
    case 1000000: return B1000000;
    case 1500000: return B1500000;
    case 2000000: return B2000000;
    case 3000000: return B3000000;
    default: return B0;
  }
}

class SerialPort final : public PortBackend {
 public:
  SerialPort(ipc::Handle tty, ipc::Handle cancel) : tty_(std::move(tty)), cancel_(std::move(cancel)) {}
  ~SerialPort() override { ::ioctl(tty_.native(), TIOCNXCL); }

  ck_result set_line(const ck_serial_line& line) override {
    const speed_t speed = speed_of(line.baud);
    if (speed == B0) return CK_E_UNSUPPORTED;
    termios t{};
    if (::tcgetattr(tty_.native(), &t) != 0) return from_errno(errno);
    ::cfsetispeed(&t, speed);
    ::cfsetospeed(&t, speed);
    t.c_cflag &= ~static_cast<tcflag_t>(CSIZE | PARENB | PARODD | CSTOPB | CRTSCTS);
    t.c_cflag |= line.data_bits == 7 ? CS7 : CS8;
    if (line.parity != CK_PARITY_NONE) t.c_cflag |= PARENB;
    if (line.parity == CK_PARITY_ODD) t.c_cflag |= PARODD;
    if (line.stop_bits == 2) t.c_cflag |= CSTOPB;
    if (line.flow == CK_FLOW_RTS_CTS) t.c_cflag |= CRTSCTS;
    if (::tcsetattr(tty_.native(), TCSANOW, &t) != 0) return from_errno(errno);
    // A pseudo terminal has no such lines; no harm.
    const int dtr = TIOCM_DTR, rts = TIOCM_RTS;
    ::ioctl(tty_.native(), line.dtr ? TIOCMBIS : TIOCMBIC, &dtr);
    if (line.flow == CK_FLOW_NONE) ::ioctl(tty_.native(), line.rts ? TIOCMBIS : TIOCMBIC, &rts);
    return CK_OK;
  }

  ck_result read(std::uint8_t, std::span<std::uint8_t> data, std::uint32_t timeout_ms) override {
    const auto until = Clock::now() + std::chrono::milliseconds(timeout_ms);
    for (;;) {
      pollfd p[2] = {{tty_.native(), POLLIN, 0}, {cancel_.native(), POLLIN, 0}};
      const int n = ::poll(p, 2, ms_left(until));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return n == 0 ? CK_E_AGAIN : CK_E_IO;
      if (p[1].revents != 0) return CK_E_AGAIN;
      const ssize_t got = ::read(tty_.native(), data.data(), data.size());
      if (got > 0) return static_cast<ck_result>(got);
      if (got == 0) return CK_E_GONE;  // hung up
      if (errno != EAGAIN && errno != EINTR) return from_errno(errno);
      if ((p[0].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) return CK_E_GONE;
    }
  }

  ck_result write(std::uint8_t, std::span<const std::uint8_t> data, std::uint32_t timeout_ms) override {
    const auto until = Clock::now() + std::chrono::milliseconds(timeout_ms);
    std::size_t sent = 0;
    while (sent < data.size()) {
      const ssize_t n = ::write(tty_.native(), data.data() + sent, data.size() - sent);
      if (n > 0) {
        sent += static_cast<std::size_t>(n);
        continue;
      }
      if (n < 0 && errno != EAGAIN && errno != EINTR) return from_errno(errno);
      pollfd p{tty_.native(), POLLOUT, 0};
      const int ready = ::poll(&p, 1, ms_left(until));
      if (ready == 0) return sent > 0 ? static_cast<ck_result>(sent) : CK_E_AGAIN;
      if ((p.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) return CK_E_GONE;
    }
    return static_cast<ck_result>(sent);
  }

  void cancel(bool cancelled) override {
    std::uint64_t count = 1;
    [[maybe_unused]] const auto n = cancelled ? ::write(cancel_.native(), &count, sizeof count)
                                              : ::read(cancel_.native(), &count, sizeof count);
  }

 private:
  ipc::Handle tty_, cancel_;
};

}  // namespace

Opened open_serial(const ck_endpoint& endpoint) {
  const std::string where = std::string("serial line ") + endpoint.path + ": ";
  // Nothing but a device node is opened, whatever the path says.
  if (!std::string(endpoint.path).starts_with("/dev/"))
    return {nullptr, CK_E_INVALID, where + "not a device"};
  ipc::Handle tty(::open(endpoint.path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!tty.valid())
    return {nullptr, from_errno(errno),
            where + (errno == EBUSY ? "another program holds it" : std::strerror(errno))};
  termios t{};
  if (::tcgetattr(tty.native(), &t) != 0) return {nullptr, from_errno(errno), where + std::strerror(errno)};
  // For us alone: who opens it after this gets EBUSY, as we did above if somebody had been first.
  ::ioctl(tty.native(), TIOCEXCL);
  ::cfmakeraw(&t);
  t.c_cflag &= ~static_cast<tcflag_t>(CSTOPB | CRTSCTS | PARENB);
  t.c_cflag |= CLOCAL | CREAD | CS8;
  t.c_cc[VMIN] = 1;  // with 0, an empty line and a line hung up would both read as nothing
  t.c_cc[VTIME] = 0;
  ::cfsetispeed(&t, B115200);
  ::cfsetospeed(&t, B115200);
  if (::tcsetattr(tty.native(), TCSANOW, &t) != 0)
    return {nullptr, from_errno(errno), where + std::strerror(errno)};
  const int lines = TIOCM_DTR | TIOCM_RTS;
  ::ioctl(tty.native(), TIOCMBIS, &lines);  // a pseudo terminal has no such lines; no harm
  ::tcflush(tty.native(), TCIOFLUSH);
  ipc::Handle cancel(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!cancel.valid()) return {nullptr, CK_E_NO_MEMORY, where + std::strerror(errno)};
  return {std::make_unique<SerialPort>(std::move(tty), std::move(cancel)), CK_OK, {}};
}

}  // namespace caukham::pluginhost
