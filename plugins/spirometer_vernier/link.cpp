#include "link.hpp"

namespace caukham::plugins::vernier {

using namespace caukham::devices::vernier;

ck_result Link::open(const ck_endpoint& endpoint) {
  const ck_result opened = port_.open(host_, endpoint);
  if (opened < 0)
    host_.log(CK_LOG_ERROR, opened == CK_E_DENIED
                                ? "the spirometer is in use by another program or not permitted; close that program, "
                                  "or install the device rules that come with Caukham"
                                : "the spirometer could not be opened; unplug it and plug it in again");
  return opened;
}

ck_result Link::write(const Bytes& packet, std::uint32_t timeout_ms) {
  for (const auto& report : to_reports(packet)) {
    const ck_result n = port_.write(0, report.data(), report.size(), timeout_ms);
    if (n < 0) return n;
  }
  return CK_OK;
}

ck_result Link::read(std::vector<Packet>& packets, std::uint32_t timeout_ms) {
  Report report{};
  const ck_result n = port_.read(0, report.data(), report.size(), timeout_ms);
  if (n <= 0) return n;
  std::vector<Bytes> joined;
  joiner_.feed({report.data(), static_cast<std::size_t>(n)}, joined);
  for (const auto& bytes : joined) {
    if (!trust_.accept(bytes)) continue;
    if (auto packet = parse_packet(bytes)) packets.push_back(std::move(*packet));
    else ++damaged_;
  }
  return n;
}

ck_result Link::ask(const Bytes& packet, Response& response, std::vector<Packet>* keep) {
  ck_result r = write(packet, 500);
  const auto deadline_ns = host_.now_ns() + 700'000'000;
  while (r >= 0 || r == CK_E_AGAIN) {
    if (host_.now_ns() >= deadline_ns) return CK_E_AGAIN;
    std::vector<Packet> packets;
    r = read(packets, 50);
    bool answered = false;
    for (auto& p : packets) {
      auto* answer = std::get_if<Response>(&p);
      if (answer && answer->command == packet[4] && answer->counter == packet[2]) {
        response = std::move(*answer);
        answered = true;
      } else if (keep && !answer) {
        keep->push_back(std::move(p));
      }
    }
    if (answered) return CK_OK;
  }
  return r;
}

ck_result Link::discover(SensorInfo& flow, Status& status) {
  Response response;
  joiner_.reset();
  ck_result r = CK_E_AGAIN;
  for (int attempt = 0; attempt < 3 && r == CK_E_AGAIN; ++attempt) r = ask(commander_.init(), response);
  if (r >= 0) r = ask(commander_.stop(), response);
  if (r >= 0) r = ask(commander_.simple(cmd_status), response);
  if (r >= 0) status = parse_status(response.data).value_or(Status{});
  if (r >= 0) r = ask(commander_.simple(cmd_sensor_mask), response);
  if (r < 0) {
    host_.log(CK_LOG_ERROR, "the spirometer does not answer; unplug it, wait five seconds, plug it in again");
    return r == CK_E_AGAIN ? CK_E_PROTOCOL : r;
  }
  const auto mask = parse_mask(response.data).value_or(0);
  std::vector<SensorInfo> sensors;
  for (std::uint8_t n = 0; n < 32; ++n) {
    if (!(mask >> n & 1)) continue;
    r = ask(commander_.sensor_info(n), response);
    if (r < 0 && r != CK_E_AGAIN) return r;
    const auto info = r < 0 ? std::nullopt : parse_sensor_info(response.data);
    if (info && info->id != 0 && info->number == n) sensors.push_back(*info);  // the vendor's code: id 0 is nobody
  }
  const auto* found = find_flow(sensors);
  if (!found) {
    host_.log(CK_LOG_ERROR, "this Go Direct device measures no air flow in L/s; it is not a spirometer");
    return CK_E_UNSUPPORTED;
  }
  flow = *found;
  return CK_OK;
}

ck_result Link::start(std::uint32_t period_us, unsigned sensor, std::vector<Packet>& packets) {
  Response response;
  ck_result r = ask(commander_.stop(), response);  // whatever was running, from now on the packets are this stream's
  if (r >= 0) r = ask(commander_.period(period_us), response);
  if (r >= 0) r = ask(commander_.start(1u << sensor), response, &packets);
  return r == CK_E_AGAIN ? CK_E_IO : r;
}

ck_result Link::ask_stop() { return write(commander_.stop(), 250); }

}  // namespace caukham::plugins::vernier
