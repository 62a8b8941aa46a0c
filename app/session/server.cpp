// The only translation unit with Boost.Beast in it.
#include "session/server.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <deque>
#include <map>
#include <optional>
#include <stdexcept>
#include <unordered_map>

#include "core/i18n.hpp"
#include "core/log.hpp"
#include "session/console_files.hpp"

namespace caukham::session {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;
using Error = boost::system::error_code;
using namespace std::chrono_literals;

namespace {

constexpr auto handshake_time = 10s, idle_time = 8s, write_time = 10s, socket_idle_time = 25s,
               goodbye_time = 2s;

class Connection;

}  // namespace

struct Server::Impl : std::enable_shared_from_this<Server::Impl> {
  Impl(Loop& l, ServerEvents e) : loop(l), events(std::move(e)), acceptor(l.context()), pause(l.context()) {}
  void listen(const ServerOptions& options);
  void accept();
  void closed(SocketId id) noexcept;
  void gone(SocketId id, const std::string& address);

  Loop& loop;
  ServerEvents events;
  asio::ssl::context tls{asio::ssl::context::tls_server};
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  ConsoleFiles files;
  std::unordered_map<SocketId, std::weak_ptr<Connection>> connections;
  std::map<std::string, std::size_t> per_address;
  SocketId next = 1;
  bool over = false;  // the loop has stopped: connections are only being forgotten
};

namespace {

// A host name and port that may be repeated in a header.
bool is_host(beast::string_view host) {
  return !host.empty() && host.size() <= 255 && std::all_of(host.begin(), host.end(), [](unsigned char c) {
    return c < 128 && (std::isalnum(c) || c == '.' || c == '-' || c == ':' || c == '[' || c == ']');
  });
}

// One TCP connection: first HTTP, perhaps a WebSocket later. Lives as long as an operation is under way.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Server::Impl> server, tcp::socket&& socket, SocketId id, std::string address)
      : server_(std::move(server)),
        stream_(std::move(socket), server_->tls),
        id_(id),
        address_(std::move(address)),
        goodbye_(server_->loop.context()) {}
  ~Connection() {
    if (open_) server_->closed(id_);
    server_->gone(id_, address_);
  }

  void start() {
    beast::get_lowest_layer(stream_).expires_after(handshake_time);
    stream_.async_handshake(asio::ssl::stream_base::server, [self = shared_from_this()](const Error& error) {
      if (!error) self->read_request();
    });
  }

  void send(std::string text) {
    if (!socket_ || closing_) return;
    queued_bytes_ += text.size();
    if (queued_bytes_ > Server::max_queued_bytes) {
      core::log_warning("session", "a console does not read what is sent to it; its connection is dropped");
      return drop();
    }
    queue_.push_back(std::move(text));
    if (queue_.size() == 1) write();
  }

  void close() {
    if (closing_) return;
    closing_ = true;
    goodbye_.expires_after(goodbye_time);
    goodbye_.async_wait([self = shared_from_this()](const Error& error) {
      if (!error) self->drop();
    });
    if (queue_.empty()) say_goodbye();
  }

 private:
  void read_request() {
    beast::get_lowest_layer(stream_).expires_after(idle_time);
    parser_.emplace();
    parser_->header_limit(Server::max_header_bytes);
    parser_->body_limit(std::uint64_t{0});
    http::async_read(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](const Error& error, std::size_t) { self->on_request(error); });
  }

  void on_request(const Error& error) {
    if (error == http::error::end_of_stream) return shut();
    if (error == http::error::header_limit || error == http::error::body_limit)
      return answer(http::status::request_header_fields_too_large, "text/plain", "too large\n", false);
    if (error.category() == http::make_error_code(http::error::bad_method).category())
      return answer(http::status::bad_request, "text/plain", "not HTTP\n", false);
    if (error) return;
    const auto& request = parser_->get();
    const auto host = request[http::field::host];
    if (!is_host(host)) return answer(http::status::bad_request, "text/plain", "no Host\n", false);
    auto target = request.target();
    target = target.substr(0, target.find('?'));
    if (websocket::is_upgrade(request)) {
      // A page from elsewhere must not speak through this browser: its Origin is not ours.
      const auto origin = request[http::field::origin];
      if (target != "/ws") return answer(http::status::not_found, "text/plain", "not found\n", false);
      if (!origin.empty() && origin != "https://" + std::string(host))
        return answer(http::status::forbidden, "text/plain", "wrong origin\n", false);
      return upgrade();
    }
    if (request.method() != http::verb::get && request.method() != http::verb::head)
      return answer(http::status::method_not_allowed, "text/plain", "only GET\n", false);
    if (target == "/healthz") return answer(http::status::ok, "text/plain", "ok\n", request.keep_alive());
    const auto file = server_->files.find(std::string(target));
    if (file == server_->files.end())
      return answer(http::status::not_found, "text/plain", "not found\n", request.keep_alive());
    answer(http::status::ok, file->second.type, file->second.bytes, request.keep_alive());
  }

  void answer(http::status status, const std::string& type, const std::string& body, bool keep_alive) {
    const auto& request = parser_->get();
    const std::string host(request[http::field::host]);
    auto& r = response_.emplace(status, 11);
    r.set(http::field::content_type, type);
    r.set(http::field::cache_control, "no-store");
    r.set("X-Content-Type-Options", "nosniff");
    r.set("X-Frame-Options", "DENY");
    r.set("Referrer-Policy", "no-referrer");
    r.set("Cross-Origin-Opener-Policy", "same-origin");
    r.set("Cross-Origin-Resource-Policy", "same-origin");
    r.set("Permissions-Policy",
          "camera=(self), microphone=(self), geolocation=(), usb=(), serial=(), payment=()");
    // wss: is named although 'self' covers it: older Safari does not know that. blob: is for stills out of
    // the evidence.
    r.set(
        "Content-Security-Policy",
        "default-src 'self'; connect-src 'self'" + (is_host(host) ? " wss://" + host : std::string()) +
            "; img-src 'self' blob:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'");
    if (request.method() != http::verb::head) r.body() = body;
    r.keep_alive(keep_alive);
    r.content_length(body.size());
    beast::get_lowest_layer(stream_).expires_after(write_time);
    auto done = [self = shared_from_this(), keep_alive](const Error& error, std::size_t) {
      if (error) return;
      if (keep_alive) self->read_request();
      else self->shut();
    };
    if (request.method() == http::verb::head) {
      head_.emplace(r);
      http::async_write_header(stream_, *head_, done);
    } else {
      http::async_write(stream_, r, done);
    }
  }

  void shut() {
    beast::get_lowest_layer(stream_).expires_after(goodbye_time);
    stream_.async_shutdown([self = shared_from_this()](const Error&) {});
  }

  void upgrade() {
    beast::get_lowest_layer(stream_).expires_never();  // the WebSocket has time-outs of its own
    socket_.emplace(std::move(stream_));
    websocket::stream_base::timeout times{handshake_time, socket_idle_time, false};
    socket_->set_option(times);
    socket_->read_message_max(Server::max_message_bytes);
    socket_->auto_fragment(false);
    socket_->async_accept(parser_->get(), [self = shared_from_this()](const Error& error) {
      if (error) return;
      self->open_ = true;
      self->server_->events.opened(self->id_, self->address_);
      self->read_message();
    });
  }

  void read_message() {
    socket_->async_read(message_, [self = shared_from_this()](const Error& error, std::size_t) {
      if (error) return self->finish();
      if (!self->socket_->got_text()) return self->drop();
      const std::string text = beast::buffers_to_string(self->message_.data());
      self->message_.consume(self->message_.size());
      // After close() nothing of the other side counts any more; it is read only to see its goodbye.
      if (!self->closing_) self->server_->events.message(self->id_, text);
      self->read_message();
    });
  }

  void write() {
    socket_->text(true);
    socket_->async_write(asio::buffer(queue_.front()),
                         [self = shared_from_this()](const Error& error, std::size_t) {
                           if (error) return;
                           self->queued_bytes_ -= self->queue_.front().size();
                           self->queue_.pop_front();
                           if (!self->queue_.empty())
                             self->write();
                           else if (self->closing_)
                             self->say_goodbye();
                         });
  }

  void finish() {
    goodbye_.cancel();
    drop();
    if (open_) server_->closed(id_);
    open_ = false;
  }

  void say_goodbye() {
    if (!socket_) return drop();
    socket_->async_close(websocket::close_code::normal, [self = shared_from_this()](const Error&) {});
  }

  void drop() {
    if (socket_) beast::get_lowest_layer(*socket_).close();
    else beast::get_lowest_layer(stream_).close();
  }

  std::shared_ptr<Server::Impl> server_;
  beast::ssl_stream<beast::tcp_stream> stream_;
  std::optional<websocket::stream<beast::ssl_stream<beast::tcp_stream>>> socket_;
  const SocketId id_;
  const std::string address_;
  asio::steady_timer goodbye_;
  beast::flat_buffer buffer_{Server::max_header_bytes * 2}, message_;
  std::optional<http::request_parser<http::empty_body>> parser_;
  std::optional<http::response<http::string_body>> response_;
  std::optional<http::response_serializer<http::string_body>> head_;
  std::deque<std::string> queue_;
  std::size_t queued_bytes_ = 0;
  bool open_ = false, closing_ = false;
};

}  // namespace

void Server::Impl::listen(const ServerOptions& options) {
  Error error;
  // Past Asio, whose options are a long: 32 bits on Windows, with a sign.
  SSL_CTX_set_options(tls.native_handle(), SSL_OP_ALL | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(tls.native_handle(), "ECDHE+AESGCM:ECDHE+CHACHA20");
  tls.use_certificate_chain(asio::buffer(options.certificate_pem), error);
  if (!error) tls.use_private_key(asio::buffer(options.key_pem), asio::ssl::context::pem, error);
  if (error) throw std::runtime_error(core::tr("The station's key cannot be used: {0}.", error.message()));
  const auto address = asio::ip::make_address(options.address, error);
  if (error)
    throw std::runtime_error(core::tr("{0} is no network address of this computer.", options.address));
  const tcp::endpoint endpoint(address, options.port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error)
    throw std::runtime_error(
        core::tr("Port {0} cannot be opened: {1}. Close the other program that uses it, or choose "
                 "another port.",
                 std::to_string(options.port), error.message()));
}

void Server::Impl::accept() {
  acceptor.async_accept([self = shared_from_this()](const Error& error, tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (error) {  // out of file handles, mostly: waiting is all that helps
      self->pause.expires_after(100ms);
      self->pause.async_wait([self](const Error& e) { if (!e) self->accept(); });
      return;
    }
    Error ignored;
    const auto remote = socket.remote_endpoint(ignored).address().to_string();
    const auto same = self->per_address.find(remote);
    if (self->connections.size() < max_connections &&
        (same == self->per_address.end() || same->second < max_per_address)) {
      socket.set_option(tcp::no_delay(true), ignored);
      ++self->per_address[remote];
      const auto id = self->next++;
      auto connection = std::make_shared<Connection>(self, std::move(socket), id, remote);
      self->connections[id] = connection;
      connection->start();
    }  // else the socket closes here: a flood must not cost a handshake
    self->accept();
  });
}

void Server::Impl::closed(SocketId id) noexcept {
  if (over) return;
  try {
    events.closed(id);
  } catch (const std::exception& e) {
    core::log_error("session", std::string("when a connection closed: ") + e.what());
  }
}

void Server::Impl::gone(SocketId id, const std::string& address) {
  connections.erase(id);
  const auto at = per_address.find(address);
  if (at != per_address.end() && --at->second == 0) per_address.erase(at);
}

Server::Server(Loop& loop, ServerOptions options, ServerEvents events)
    : impl_(std::make_shared<Impl>(loop, std::move(events))) {
  impl_->files = read_console_files(options.console_folder);
  impl_->listen(options);
  loop.post([impl = impl_] { impl->accept(); });
}

Server::~Server() {
  impl_->over = true;
  Error ignored;
  impl_->acceptor.close(ignored);
}

std::uint16_t Server::port() const {
  Error error;
  return impl_->acceptor.local_endpoint(error).port();
}

void Server::send(SocketId socket, std::string text) {
  const auto at = impl_->connections.find(socket);
  if (at == impl_->connections.end()) return;
  if (const auto connection = at->second.lock()) connection->send(std::move(text));
}

void Server::close(SocketId socket) {
  const auto at = impl_->connections.find(socket);
  if (at == impl_->connections.end()) return;
  if (const auto connection = at->second.lock()) connection->close();
}

}  // namespace caukham::session
