#include "devices/ecg_hackeeg/model.hpp"

#include <algorithm>
#include <charconv>
#include <climits>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <numbers>

namespace caukham::devices::hackeeg {
namespace {

using nlohmann::json;

constexpr std::size_t max_line = 512;  // the firmware's own command buffer is of this order
constexpr std::array<std::string_view, 10> electrode_names = {"RA", "LA", "LL", "RL", "V1", "V2", "V3", "V4", "V5",
                                                              "V6"};

std::uint32_t electrode_bit(std::string_view name) {
  for (std::size_t i = 0; i < electrode_names.size(); ++i)
    if (electrode_names[i] == name) return 1u << i;
  return 0;
}

}  // namespace

Model::Model(EcgSource source, std::string serial) : source_(std::move(source)) {
  identity_ = {0x2341, 0x003e, "Starcat (SIMULATED)", "HackEEG ADS1298 SIMULATED", std::move(serial), Link::serial};
  if (!identity_.serial.starts_with("SIM")) identity_.serial = "SIM-" + identity_.serial;
}

void Model::power_on(std::int64_t now_ns) {
  booted_ = true;
  text_mode_ = true;
  converting_ = true;
  streaming_ = stalled_ = corrupt_next_ = false;
  every_ = 1;
  clock_offset_us_ = 0;
  registers_.fill(0);
  registers_[reg_id] = id_ads1298;
  registers_[reg_config1] = config1_reset;
  registers_[reg_config3] = 0x40;
  grid_index_ = next_;  // conversions are counted on over a power cycle, so that produced() stays one balance
  boot_ns_ = grid_ns_ = now_ns;
  rate_hz_ = rate_of_config1(config1_reset);
  number_held_ = 0;
  line_.clear();
  queue_.clear();
  const std::string_view ready = "Ready\r\n";
  queue_.push_back({Bytes(ready.begin(), ready.end()), 0, 0, false});
}

std::int64_t Model::conversion_ns(std::uint64_t index) const {
  return grid_ns_ + static_cast<std::int64_t>(index - grid_index_ + 1) * (1'000'000'000 / rate_hz_);
}

// How many conversions have happened until now_ns: indices below this exist.
std::uint64_t Model::conversions_by(std::int64_t now_ns) const {
  if (!converting_ || now_ns < grid_ns_) return grid_index_;
  return grid_index_ + static_cast<std::uint64_t>((now_ns - grid_ns_) / (1'000'000'000 / rate_hz_));
}

void Model::set_rate(int rate_hz, std::int64_t now_ns) {
  if (rate_hz == rate_hz_) return;  // the same value written again does not disturb the grid
  generate(now_ns);
  grid_index_ = conversions_by(now_ns);
  grid_ns_ = now_ns;
  rate_hz_ = rate_hz;
}

std::int32_t Model::truth(std::uint64_t index, std::size_t channel) {
  auto& loop = loops_[rate_hz_];
  if (loop.samples.empty()) loop = source_(rate_hz_);
  const double lsb =
      uv_per_lsb(vref_v(registers_[reg_config3]), std::max(1, gain_of_channel_set(registers_[reg_ch1set + channel])));
  double uv = static_cast<double>(loop.at(index)[channel]);
  constexpr std::array<std::uint32_t, 2> limb = {el_la | el_ra, el_ll | el_ra};
  const std::uint32_t own = channel < 2 ? limb[channel] : el_v1 << (channel - 2);
  if (off_ & own) return 8388607;  // the lead-off current pulls the open input to the rail
  // Without the ground electrode, or with a hole in Wilson's terminal, the mains come in.
  const double hum_uv = (off_ & el_rl ? 800 : 0) + (channel >= 2 && (off_ & (el_ra | el_la | el_ll)) ? 1500 : 0);
  if (hum_uv > 0) uv += hum_uv * std::sin(2 * std::numbers::pi * 50 * static_cast<double>(index) / rate_hz_);
  return static_cast<std::int32_t>(std::clamp(std::round(uv / lsb), -8388608.0, 8388607.0));
}

std::uint32_t Model::status_word() const {
  std::uint32_t p = 0, n = 0;
  if (registers_[reg_config4] & 0x02) {  // PD_LOFF_COMP: comparators on
    if (off_ & el_la) p |= 1;
    if (off_ & el_ll) p |= 2;
    if (off_ & el_ra) n |= 3;
    p |= (off_ / el_v1 & 0x3F) << 2;
    p &= registers_[reg_loff_sensp];
    n &= registers_[reg_loff_sensn];
  }
  return 0xC00000u | p << 12 | n << 4 | (registers_[reg_gpio] >> 4);
}

// Turns the conversions since the last look into frames, or lets them pass when nothing may be sent.
void Model::generate(std::int64_t now_ns) {
  const std::uint64_t happened = conversions_by(now_ns);
  if (!streaming_ || !host_open_ || stalled_ || text_mode_) {
    next_ = std::max(next_, happened);
    return;
  }
  const auto room = static_cast<std::size_t>(2 * rate_hz_);  // two seconds; a slower reader loses samples
  for (; next_ < happened; ++next_) {
    if (queue_.size() >= room) {
      next_ = happened;
      break;
    }
    if (next_ % every_ != 0) continue;  // a board that cannot keep up leaves conversions out
    Frame f;
    f.ticks_us = static_cast<std::uint32_t>((conversion_ns(next_) - boot_ns_) / 1000 + clock_offset_us_);
    f.number = static_cast<std::uint32_t>(next_ - number_base_);
    f.status = status_word();
    for (std::size_t c = 0; c < channels; ++c) f.value[c] = truth(next_, c);
    Bytes bytes = encode_frame(mode_, f);
    if (corrupt_next_) bytes[0] ^= 0xFF;
    corrupt_next_ = false;
    queue_.push_back({std::move(bytes), 0, next_, true});
  }
}

void Model::reply(int code, std::string text, std::optional<long> data) {
  std::string line;
  if (!text_mode_)
    line = encode_reply({code, std::move(text), data});
  else
    line = std::to_string(code) + " " + text + "\r\n";
  queue_.push_back({Bytes(line.begin(), line.end()), 0, 0, false});
}

void Model::write_register(std::uint8_t address, std::uint8_t value, std::int64_t now_ns) {
  if (address >= register_count) return reply(500, "Error");
  if (address == reg_config1) {
    const int rate = rate_of_config1(value);
    if (rate == 0) return reply(500, "Error");
    set_rate(rate, now_ns);
  }
  if (address != reg_id && address != reg_loff_statp && address != reg_loff_statn) registers_[address] = value;
  reply(200, "Ok");
}

void Model::run(std::string_view name, int p0, int p1, std::int64_t now_ns) {
  if (name == "jsonlines" || name == "messagepack") {
    text_mode_ = false;  // the firmware switches first and answers in the new mode
    mode_ = name == "jsonlines" ? Mode::jsonlines : Mode::messagepack;
    return reply(200, "Ok");
  }
  if (name == "text") text_mode_ = true;
  if (name == "text" || name == "nop" || name == "wakeup" || name == "boardledon" || name == "boardledoff")
    return reply(200, "Ok");
  if (name == "version") return reply(200, "v0.4.0 SIMULATED");
  if (name == "status") return reply(200, "Ok");
  if (name == "micros")
    return reply(200, "Ok", static_cast<long>(static_cast<std::uint32_t>((now_ns - boot_ns_) / 1000 + clock_offset_us_)));
  if (name == "serialnumber") return reply(501, "Not Implemented");
  if (name == "sdatac") {
    if (streaming_) number_held_ = next_ - number_base_;
    streaming_ = false;
    return reply(200, "Ok");
  }
  if (name == "stop") {
    grid_index_ = conversions_by(now_ns);
    converting_ = false;
    return reply(200, "Ok");
  }
  if (name == "start") {
    if (!converting_) {  // a running converter is not disturbed
      grid_ns_ = now_ns;
      converting_ = true;
    }
    number_base_ = next_;
    number_held_ = 0;
    return reply(200, "Ok");
  }
  if (name == "rdatac" && !text_mode_) {
    if (!streaming_) number_base_ = next_ - number_held_;
    streaming_ = true;
    return reply(200, "Ok");
  }
  if (name == "rreg" && !text_mode_) {
    if (p0 < 0 || p0 >= register_count) return reply(500, "Error");
    return reply(200, "Ok", registers_[static_cast<std::size_t>(p0)]);
  }
  if (name == "wreg" && !text_mode_)
    return write_register(static_cast<std::uint8_t>(p0), static_cast<std::uint8_t>(p1), now_ns);
  reply(406, text_mode_ ? "Error: Unrecognized command." : "Unrecognized command");
}

void Model::command_line(std::string_view line, std::int64_t now_ns) {
  if (text_mode_ && line.empty()) return;
  if (text_mode_) return run(line.substr(0, line.find(' ')), 0, 0, now_ns);
  const auto doc = json::parse(line, nullptr, false);
  if (!doc.is_object()) return reply(400, "Bad Request");
  const auto name = doc.find("COMMAND");
  if (name == doc.end() || !name->is_string()) return reply(406, "Unrecognized command");
  int p[2] = {0, 0};
  if (const auto list = doc.find("PARAMETERS"); list != doc.end() && list->is_array())
    for (std::size_t i = 0; i < std::min<std::size_t>(2, list->size()); ++i)
      if ((*list)[i].is_number_integer()) p[i] = static_cast<int>((*list)[i].get<std::int64_t>() & 0xFF);
  run(name->get_ref<const std::string&>(), p[0], p[1], now_ns);
}

Io Model::out(std::uint8_t, ByteView bytes, std::int64_t now_ns) {
  if (!booted_) power_on(now_ns);
  if (!host_open_) act("host_opened", now_ns);
  for (auto b : bytes) {
    if (b == '\n' || (text_mode_ && b == '\r')) {
      generate(now_ns);  // what was converted before the command is sent before its reply
      const auto line = std::move(line_);
      line_.clear();
      command_line(line, now_ns);
    } else if (b != '\r' && line_.size() < max_line) {
      line_ += static_cast<char>(b);
    }
  }
  return Io::ok;
}

Io Model::in(std::uint8_t, std::size_t max_bytes, std::int64_t now_ns, Bytes& bytes) {
  bytes.clear();
  if (!booted_) power_on(now_ns);
  generate(now_ns);
  if (!host_open_ || stalled_) return Io::later;
  while (!queue_.empty() && bytes.size() < max_bytes) {
    auto& item = queue_.front();
    const std::size_t n = std::min(item.bytes.size() - item.taken, max_bytes - bytes.size());
    bytes.insert(bytes.end(), item.bytes.begin() + static_cast<std::ptrdiff_t>(item.taken),
                 item.bytes.begin() + static_cast<std::ptrdiff_t>(item.taken + n));
    item.taken += n;
    if (item.taken < item.bytes.size()) break;
    if (item.is_frame) {
      if (!any_sent_) first_sent_ = item.conversion;
      any_sent_ = true;
      last_sent_ = item.conversion;
      ++sent_;
    }
    queue_.pop_front();
  }
  return bytes.empty() ? Io::later : Io::ok;
}

std::int64_t Model::next_due_ns(std::uint8_t, std::int64_t now_ns) const {
  if (!booted_) return now_ns;
  const std::int64_t idle_ns = now_ns + 20'000'000;  // nothing foreseen; an act or a command may change that
  if (!host_open_ || stalled_) return idle_ns;
  if (!queue_.empty()) return now_ns;
  if (!streaming_ || !converting_) return idle_ns;
  // Four milliseconds at a time, as a USB serial driver hands them over: a wake-up a sample would cost more than it tells.
  return conversion_ns(next_ + static_cast<std::uint64_t>(std::max(1, rate_hz_ / 250)) - 1);
}

bool Model::act(std::string_view act, std::int64_t now_ns) {
  if (!booted_) power_on(now_ns);
  generate(now_ns);  // everything before the act happens under the old conditions
  const auto space = act.find(' ');
  const auto verb = act.substr(0, space);
  const auto what = space == std::string_view::npos ? std::string_view() : act.substr(space + 1);
  if (verb == "lead_off" || verb == "lead_on") {
    const auto bit = electrode_bit(what);
    off_ = verb == "lead_off" ? off_ | bit : off_ & ~bit;
    return bit != 0;
  }
  if (verb == "corrupt") {
    corrupt_next_ = true;
  } else if (verb == "clock_jump") {
    std::int64_t ms = 0;
    const auto [end, error] = std::from_chars(what.data(), what.data() + what.size(), ms);
    if (error != std::errc{} || end != what.data() + what.size() || std::abs(ms) > 86'400'000) return false;
    clock_offset_us_ += ms * 1000;
  } else if (verb == "slow") {
    unsigned n = 0;
    const auto [end, error] = std::from_chars(what.data(), what.data() + what.size(), n);
    if (error != std::errc{} || end != what.data() + what.size() || n < 1 || n > 100) return false;
    every_ = n;
  } else if (verb == "stall") {
    stalled_ = true;
  } else if (verb == "resume") {
    stalled_ = false;
  } else if (verb == "host_closed") {
    host_open_ = false;
    line_.clear();
    queue_.clear();  // what nobody took was never sent
  } else if (verb == "host_opened") {
    host_open_ = true;
  } else if (verb == "power_cycle") {
    power_on(now_ns);
  } else {
    return false;
  }
  return true;
}

std::vector<Produced> Model::produced() const {
  return {{"ecg", any_sent_ ? last_sent_ - first_sent_ + 1 : 0, sent_}};
}

}  // namespace caukham::devices::hackeeg
