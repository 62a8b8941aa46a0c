// The station's own HTTPS and WebSocket server: a handful of files and one socket a console. Boost.Beast
// behind it.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "session/loop.hpp"

namespace caukham::session {

using SocketId = std::uint64_t;

struct ServerOptions {
  std::string address = "0.0.0.0";
  std::uint16_t port = 0;
  std::string key_pem, certificate_pem;
  std::string console_folder;
};

// Called on the loop's thread.
struct ServerEvents {
  std::function<void(SocketId, const std::string& address)> opened;  // a WebSocket, still a stranger
  std::function<void(SocketId, std::string_view text)> message;
  std::function<void(SocketId)> closed;  // once, whoever closed it
};

class Server {
 public:
  struct Impl;  // opaque
  static constexpr std::size_t max_connections = 32,
                               max_per_address = 16;  // one browser takes seven while it loads
  static constexpr std::size_t max_header_bytes = 8 * 1024, max_message_bytes = 64 * 1024;
  static constexpr std::size_t max_queued_bytes =
      1024 * 1024;  // towards a console that does not read: then it is dropped

  // Reads the console's files once (only what was there then can be asked for), binds and listens. Throws
  // std::runtime_error with a sentence for the nurse. [any thread]
  Server(Loop& loop, ServerOptions options, ServerEvents events);
  ~Server();  // after the loop has stopped

  std::uint16_t port() const;
  // [loop's thread]. Unknown ids are ignored: the other side may just have gone.
  void send(SocketId socket, std::string text);
  void close(SocketId socket);  // after what is queued has gone, at most two seconds

 private:
  std::shared_ptr<Impl> impl_;
};

// This computer's address as others on its network see it; "127.0.0.1" without a network. No packet is sent.
std::string own_address();

}  // namespace caukham::session
