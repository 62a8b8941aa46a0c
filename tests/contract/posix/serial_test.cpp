#include <pty.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <thread>

#include "ipc/messages.hpp"
#include "pluginhost/transport/port.hpp"

using namespace caukham;

TEST_CASE("a serial line times out, cancels, carries bytes both ways and notices a hang-up") {
  int master = -1, slave = -1;
  REQUIRE(::openpty(&master, &slave, nullptr, nullptr, nullptr) == 0);
  ck_endpoint e{};
  e.link = CK_LINK_SERIAL;
  ipc::put_text(e.path, ::ttyname(slave));
  auto opened = pluginhost::open_serial(e);
  INFO(opened.why);
  REQUIRE(opened.port);
  ::close(slave);
  ck_serial_line line{sizeof line, 115200, 8, CK_PARITY_NONE, 1, CK_FLOW_NONE, 1, 1, {}};
  CHECK(opened.port->set_line(line) == CK_OK);
  line.baud = 12345;
  CHECK(opened.port->set_line(line) == CK_E_UNSUPPORTED);
  std::uint8_t data[64];
  CHECK(opened.port->read(0, data, 5) == CK_E_AGAIN);
  REQUIRE(::write(master, "\x03\x0D\x11x", 4) == 4);  // raw: no line discipline may touch these
  CHECK(opened.port->read(0, data, 1000) == 4);
  CHECK(data[1] == 0x0D);
  const std::uint8_t out[] = {'\n', 0x7F};
  CHECK(opened.port->write(0, out, 1000) == 2);
  char back[8];
  CHECK(::read(master, back, sizeof back) == 2);
  std::thread canceller([&] { opened.port->cancel(true); });
  CHECK(opened.port->read(0, data, 10000) == CK_E_AGAIN);
  canceller.join();
  opened.port->cancel(false);
  ::close(master);
  CHECK(opened.port->read(0, data, 1000) == CK_E_GONE);
  CHECK(opened.port->write(0, out, 1000) == CK_E_GONE);
  ipc::put_text(e.path, "/etc/passwd");
  CHECK(pluginhost::open_serial(e).result == CK_E_INVALID);
  ipc::put_text(e.path, "/dev/nothing_there");
  CHECK(pluginhost::open_serial(e).result == CK_E_GONE);
}
