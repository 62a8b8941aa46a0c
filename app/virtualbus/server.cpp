#include "virtualbus/server.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "ipc/messages.hpp"

namespace caukham::virtualbus {
namespace {

constexpr std::uint64_t control_tag = 1;
constexpr std::size_t max_reads = 8;
constexpr std::size_t max_outbox = 256;

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

ck_result from_io(devices::Io io) {
  switch (io) {
    case devices::Io::ok: return CK_OK;
    case devices::Io::later: return CK_E_AGAIN;
    case devices::Io::stall: return CK_E_STALL;
    case devices::Io::gone: return CK_E_GONE;
  }
  return CK_E_IO;
}

ck_endpoint endpoint_of(const std::string& name, const devices::Identity& identity) {
  ck_endpoint e{};
  e.size = sizeof e;
  e.link = static_cast<ck_link>(identity.link);
  e.flags = CK_ENDPOINT_SIMULATED | CK_ENDPOINT_VIRTUAL;
  e.vid = identity.vid;
  e.pid = identity.pid;
  ipc::put_text(e.serial, identity.serial);
  ipc::put_text(e.product, identity.product);
  ipc::put_text(e.manufacturer, identity.manufacturer);
  ipc::put_text(e.path, "sim:" + name);
  return e;
}

devices::ByteView view(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

}  // namespace

Server::Server(std::vector<NamedModel> models) {
  for (NamedModel& m : models)
    if (m.model && devices_.size() < max_devices) devices_.push_back({std::move(m.name), std::move(m.model)});
}

Server::Device* Server::find(std::string_view name) {
  if (name.starts_with("sim:")) name.remove_prefix(4);
  const auto it =
      std::find_if(devices_.begin(), devices_.end(), [&](const Device& d) { return d.name == name; });
  return it == devices_.end() ? nullptr : &*it;
}

void Server::run(ipc::Channel control) {
  poller_.add(control.native(), control_tag);
  std::vector<std::byte> message;
  std::vector<ipc::Handle> handles;
  for (;;) {
    const auto ready = poller_.wait(sleep_ms());
    if (std::find(ready.begin(), ready.end(), control_tag) != ready.end()) {
      for (;;) {
        const ipc::Received got = control.receive(message, &handles);
        if (got == ipc::Received::nothing) break;
        const auto request = got == ipc::Received::message ? parse_control_request(message) : std::nullopt;
        if (!request) return;
        ControlAnswer answer{};
        answer.size = sizeof answer;
        answer.ok = obey(*request, handles, answer) ? 1 : 0;
        if (control.send_within(std::as_bytes(std::span(&answer, 1)), 1000) != ipc::Sent::ok) return;
      }
    }
    for (auto& host : hosts_) {
      const bool named = std::find(ready.begin(), ready.end(), host->tag) != ready.end();
      bool keep = !named || hear(*host);
      if (keep) serve_reads(*host);
      keep = keep && flush(*host);
      if (keep) continue;
      port_closed(*host);
      poller_.remove(host->channel.native());
      host.reset();
    }
    std::erase(hosts_, nullptr);
  }
}

bool Server::obey(const ControlRequest& request, std::vector<ipc::Handle>& handles, ControlAnswer& answer) {
  const std::string name = ipc::text_of(request.name);
  if (request.op == ControlOp::list) {
    for (const Device& d : devices_) {
      if (d.plugged) answer.plugged_mask |= 1u << answer.count;
      ipc::put_text(answer.names[answer.count++], d.name);
    }
    return true;
  }
  Device* device = find(name);
  if (!device)
    return ipc::put_text(answer.text, "there is no simulated device called \"" + name + "\""), false;
  const std::int64_t now = now_ns();
  switch (request.op) {
    case ControlOp::plug:
      if (device->plugged) return ipc::put_text(answer.text, name + " is plugged in already"), false;
      device->plugged = true;
      device->model->act("power_cycle",
                         now);  // a device on the bus's power begins anew; others know no such act
      answer.endpoint = endpoint_of(device->name, device->model->identity());
      return true;
    case ControlOp::unplug:
      if (!device->plugged) return ipc::put_text(answer.text, name + " is not plugged in"), false;
      detach(*device);
      device->plugged = false;
      return true;
    case ControlOp::act:
      if (device->model->act(ipc::text_of(request.act), now)) return true;
      return ipc::put_text(answer.text, name + " does not know \"" + ipc::text_of(request.act) + "\""), false;
    case ControlOp::stats:
      for (const devices::Produced& p : device->model->produced()) {
        if (answer.count == max_stats) break;
        ControlStat& stat = answer.stats[answer.count++];
        ipc::put_text(stat.stream, p.stream);
        stat.samples = p.samples;
        stat.sent = p.sent;
      }
      return true;
    case ControlOp::open:
      if (!device->plugged) return ipc::put_text(answer.text, name + " is not plugged in"), false;
      if (handles.size() != 1) return ipc::put_text(answer.text, "a link needs a channel"), false;
      attach(*device, ipc::Channel::adopt(std::move(handles[0])));
      return true;
    default: return false;
  }
}

void Server::attach(Device& device, ipc::Channel channel) {
  detach(device);  // a device has one host; the older link is dead or about to be
  auto host = std::make_unique<Host>();
  host->tag = next_tag_++;
  host->device = &device;
  host->channel = std::move(channel);
  poller_.add(host->channel.native(), host->tag);
  hosts_.push_back(std::move(host));
}

void Server::detach(Device& device) {
  for (auto& host : hosts_) {
    if (host->device != &device) continue;
    port_closed(*host);
    host->gone = true;
  }
}

void Server::port_closed(Host& host) {
  if (host.port_open && !host.gone) host.device->model->act("host_closed", now_ns());
  host.port_open = false;
}

bool Server::hear(Host& host) {
  std::vector<std::byte> message;
  // A bounded number, so that one busy host does not starve the others.
  for (int i = 0; i < 64; ++i) {
    const ipc::Received got = host.channel.receive(message);
    if (got == ipc::Received::nothing) return true;
    const auto in = got == ipc::Received::message ? ipc::parse_bus_request(message) : std::nullopt;
    if (!in || !request(host, *in)) return false;
  }
  return true;
}

bool Server::request(Host& host, const ipc::BusIncoming& in) {
  const ipc::BusRequest& r = in.head;
  devices::DeviceModel& model = *host.device->model;
  const std::int64_t now = now_ns();
  const auto endpoint = static_cast<std::uint8_t>(r.endpoint);
  if (r.op == ipc::BusOp::close) {
    port_closed(host);
    return true;
  }
  if (r.op == ipc::BusOp::cancel) {
    serve_reads(host);  // what is there already is not lost
    for (const PendingRead& read : host.reads) finish(host, read.id, CK_E_AGAIN);
    host.reads.clear();
    return true;
  }
  if (host.gone) return finish(host, r.id, CK_E_GONE);
  switch (r.op) {
    case ipc::BusOp::open:
      host.port_open = true;
      model.act("host_opened", now);
      return finish(host, r.id, CK_OK);
    case ipc::BusOp::read:
      if (host.reads.size() == max_reads) return false;
      host.reads.push_back({r.id, r.length, endpoint, now + std::int64_t{r.timeout_ms} * 1'000'000});
      return true;
    case ipc::BusOp::write: {
      const ck_result result = from_io(model.out(endpoint, view(in.payload), now));
      return finish(host, r.id, result == CK_OK ? static_cast<ck_result>(in.payload.size()) : result);
    }
    case ipc::BusOp::control: {
      devices::Bytes reply;
      const devices::Setup setup{r.request_type, r.request, r.value, r.index,
                                 static_cast<std::uint16_t>(r.length)};
      const ck_result result = from_io(model.control(setup, view(in.payload), reply, now));
      if (reply.size() > r.length) reply.resize(r.length);
      if (result != CK_OK) return finish(host, r.id, result);
      const bool to_host = (r.request_type & 0x80) != 0;
      return finish(host, r.id, static_cast<ck_result>(to_host ? reply.size() : r.length),
                    std::as_bytes(std::span(reply)));
    }
    case ipc::BusOp::set_alternate:
      model.set_alternate(static_cast<std::uint8_t>(r.value), static_cast<std::uint8_t>(r.index));
      return finish(host, r.id, CK_OK);
    case ipc::BusOp::clear_halt: model.clear_halt(endpoint); return finish(host, r.id, CK_OK);
    default: return false;
  }
}

void Server::serve_reads(Host& host) {
  const std::int64_t now = now_ns();
  devices::Bytes bytes;
  std::erase_if(host.reads, [&](const PendingRead& read) {
    bytes.clear();
    devices::Io io =
        host.gone ? devices::Io::gone : host.device->model->in(read.endpoint, read.length, now, bytes);
    if (io == devices::Io::later && now < read.deadline_ns) return false;
    if (bytes.size() > read.length) bytes.resize(read.length);
    const ck_result result = io == devices::Io::ok ? static_cast<ck_result>(bytes.size()) : from_io(io);
    finish(host, read.id, result,
           io == devices::Io::ok ? std::as_bytes(std::span(bytes)) : std::span<const std::byte>());
    return true;
  });
}

bool Server::finish(Host& host, std::uint32_t id, ck_result result, std::span<const std::byte> data) {
  do {
    const auto piece = data.first(std::min<std::size_t>(data.size(), ipc::bus_piece_bytes));
    data = data.subspan(piece.size());
    host.outbox.push_back(ipc::bus_message(ipc::BusAnswer{0, id, result, data.empty() ? 0u : 1u}, piece));
  } while (!data.empty());
  return host.outbox.size() <= max_outbox;
}

bool Server::flush(Host& host) {
  while (!host.outbox.empty()) {
    const ipc::Sent sent = host.channel.send(host.outbox.front());
    if (sent == ipc::Sent::would_block) break;
    if (sent != ipc::Sent::ok) return false;
    host.outbox.pop_front();
  }
  poller_.add(host.channel.native(), host.tag, !host.outbox.empty());
  return host.outbox.size() <= max_outbox;
}

int Server::sleep_ms() const {
  const std::int64_t now = now_ns();
  std::int64_t until = INT64_MAX;
  for (const auto& host : hosts_)
    for (const PendingRead& read : host->reads) {
      until = std::min(until, read.deadline_ns);
      if (!host->gone) until = std::min(until, host->device->model->next_due_ns(read.endpoint, now));
      if (host->gone) until = now;
    }
  if (until == INT64_MAX) return -1;
  // A model that is due and still says "later" must not make this loop spin: at least a millisecond.
  return static_cast<int>(std::clamp<std::int64_t>((until - now + 999'999) / 1'000'000, 1, 10'000));
}

}  // namespace caukham::virtualbus
