#include "board.hpp"

#include "devices/ecg_hackeeg/registers.hpp"

namespace caukham::plugins::hackeeg {

using namespace caukham::devices::hackeeg;

ck_result Board::open(const ck_endpoint& endpoint) {
  const ck_result opened = port_.open(host_, endpoint);
  if (opened < 0) {
    host_.log(CK_LOG_ERROR, opened == CK_E_DENIED
                                ? "the ECG's serial port is in use by another program or not permitted; close that "
                                  "program, or add the user to the group that owns the port"
                                : "the ECG's serial port could not be opened; unplug the ECG and plug it in again");
    return opened;
  }
  return CK_OK;
}

ck_result Board::write(const std::string& text, std::uint32_t timeout_ms) {
  const ck_result n = port_.write(0, text.data(), static_cast<std::uint32_t>(text.size()), timeout_ms);
  return n < 0 ? n : static_cast<std::size_t>(n) == text.size() ? CK_OK : CK_E_IO;
}

ck_result Board::read(wire::Decoded& decoded, std::uint32_t timeout_ms) {
  std::uint8_t bytes[4096];
  const ck_result n = port_.read(0, bytes, sizeof bytes, timeout_ms);
  if (n > 0) decoder_.feed({bytes, static_cast<std::size_t>(n)}, decoded);
  return n;
}

ck_result Board::ask(const std::string& line, wire::Reply& reply, std::uint32_t timeout_ms, wire::Decoded* keep) {
  ck_result r = write(line, timeout_ms);
  if (r < 0) return r;
  const auto deadline_ns = host_.now_ns() + timeout_ms * 1'000'000ll;
  wire::Decoded local;
  wire::Decoded& decoded = keep ? *keep : local;
  while (host_.now_ns() < deadline_ns) {
    r = read(decoded, 50);
    if (r < 0 && r != CK_E_AGAIN) return r;
    if (!decoded.replies.empty()) {
      reply = decoded.replies.back();
      return CK_OK;
    }
    if (!keep) decoded = {};
  }
  return CK_E_AGAIN;
}

ck_result Board::wake_up() {
  // The board may be in text mode (just plugged in), in JSON mode, or streaming to a program that died.
  decoder_.reset();
  wire::Reply reply;
  ck_result r = CK_E_AGAIN;
  bool stopped = false;
  for (int attempt = 0; attempt < 3 && !stopped; ++attempt) {
    r = ask("\n" + command("sdatac"), reply, 700);  // the line feed ends a half-written command of another program
    if (r < 0 && r != CK_E_AGAIN) return r;
    const auto patience_ns = host_.now_ns() + 500'000'000;
    bool text_mode = false;
    while (r == CK_OK && reply.code != 200 && !text_mode && host_.now_ns() < patience_ns) {
      text_mode = reply.text.starts_with("Error:");  // only text mode refuses with this word
      if (text_mode) break;
      wire::Decoded more;  // the greeting, or the refusal of the empty line: the answer is still to come
      r = read(more, 100);
      if (!more.replies.empty()) reply = more.replies.back();
      if (r > 0 || r == CK_E_AGAIN) r = CK_OK;
    }
    if (r == CK_OK && text_mode) {
      r = ask(text_command("jsonlines"), reply, 700);
      continue;
    }
    stopped = r == CK_OK && reply.code == 200;
  }
  if (r < 0 && r != CK_E_AGAIN) return r;
  for (int quiet = 0; stopped && quiet < 20; ++quiet) {  // late replies must not be taken for later ones
    wire::Decoded rest;
    if (read(rest, 20) == CK_E_AGAIN) break;
  }
  if (!stopped) {
    host_.log(CK_LOG_ERROR, "the ECG does not answer; unplug it, wait five seconds, plug it in again");
    return CK_E_PROTOCOL;
  }
  const int id[] = {reg_id};
  r = ask(command("rreg", id), reply, 700);
  if (r < 0 && r != CK_E_AGAIN) return r;
  if (r < 0 || reply.code != 200 || !reply.data || (*reply.data & 0x1F) != (id_ads1298 & 0x1F)) {
    host_.log(CK_LOG_ERROR, "the board answers, but has no 8-channel ADS1298; a 12-lead ECG needs one");
    return CK_E_PROTOCOL;
  }
  return CK_OK;
}

ck_result Board::set(int address, int value) {
  const int parameters[] = {address, value};
  wire::Reply reply;
  const ck_result r = ask(command("wreg", parameters), reply, 500);
  if (r < 0) return r == CK_E_AGAIN ? CK_E_IO : r;
  if (reply.code == 200) return CK_OK;
  host_.log(CK_LOG_ERROR, "the ECG refused a setting: register " + std::to_string(address) + ", " + reply.text);
  return CK_E_IO;
}

ck_result Board::configure(const Settings& settings) {
  // Wiring: IN1 = LA-RA (I), IN2 = LL-RA (II), IN3..8 = V1..V6 against Wilson's terminal, which the chip makes from
  // RA, LA, LL; the right leg is driven from the same three.
  const int channel = channel_set_for_gain(settings.gain);
  const struct { int address, value; } plan[] = {
      {reg_config1, config1_for_rate(settings.rate_hz)},
      {reg_config2, 0x00},          // no test signal
      {reg_config3, config3_2v4},   // internal reference 2.4 V, right-leg drive on
      {reg_loff, 0x03},             // lead-off by direct current, 6 nA, 95 %
      {reg_ch1set, channel}, {reg_ch1set + 1, channel}, {reg_ch1set + 2, channel}, {reg_ch1set + 3, channel},
      {reg_ch1set + 4, channel}, {reg_ch1set + 5, channel}, {reg_ch1set + 6, channel}, {reg_ch1set + 7, channel},
      {0x0D, 0x03}, {0x0E, 0x01},   // right-leg drive from LA, LL and RA
      {reg_loff_sensp, loff_sensp}, {reg_loff_sensn, loff_sensn},
      {reg_config4, 0x02},          // lead-off comparators on
      {reg_wct1, 0x09}, {reg_wct2, 0xC2},  // Wilson's terminal: A = RA, B = LA, C = LL
  };
  for (const auto& step : plan)
    if (const ck_result r = set(step.address, step.value); r < 0) return r;
  wire::Reply reply;
  const ck_result r = ask(command(settings.mode == wire::Mode::messagepack ? "messagepack" : "jsonlines"), reply, 500);
  return r < 0 ? (r == CK_E_AGAIN ? CK_E_IO : r) : reply.code == 200 ? CK_OK : CK_E_IO;
}

ck_result Board::start_stream(wire::Decoded& decoded) {
  wire::Reply reply;
  ck_result r = ask(command("start"), reply, 500);  // in case a program before stopped the converter
  if (r >= 0) r = ask(command("rdatac"), reply, 500, &decoded);
  if (r < 0) return r == CK_E_AGAIN ? CK_E_IO : r;
  if (reply.code == 200) return CK_OK;
  host_.log(CK_LOG_ERROR, "the ECG refused to start: " + reply.text);
  return CK_E_IO;
}

ck_result Board::ask_stop() { return write(command("sdatac"), 250); }

}  // namespace caukham::plugins::hackeeg
