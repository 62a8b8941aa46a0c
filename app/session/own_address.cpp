#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

#include "session/server.hpp"

namespace caukham::session {

namespace asio = boost::asio;

std::string own_address() {
  // Connecting a UDP socket only asks the routing table; 192.0.2.0/24 and 2001:db8::/32 are for
  // documentation.
  asio::io_context context;
  for (const char* outside : {"192.0.2.200", "2001:db8::1"}) {
    boost::system::error_code error;
    const auto address = asio::ip::make_address(outside);
    asio::ip::udp::socket socket(context);
    socket.open(address.is_v4() ? asio::ip::udp::v4() : asio::ip::udp::v6(), error);
    if (!error) socket.connect({address, 9}, error);
    if (error) continue;
    const auto local = socket.local_endpoint(error).address();
    if (!error && !local.is_loopback() && !local.is_unspecified()) return local.to_string();
  }
  return "127.0.0.1";
}

}  // namespace caukham::session
