#include "devices/transcript/model.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>
#include <optional>

namespace caukham::devices::transcript {
namespace {

constexpr std::size_t max_rules = 65536, max_line_bytes = 1u << 20, max_queue = 2048, max_written = 4096;
constexpr std::int64_t under_way_ns = 20'000'000;

std::string_view word(std::string_view& text) {
  const auto begin = std::min(text.find_first_not_of(" \t\r"), text.size());
  text.remove_prefix(begin);
  const auto end = std::min(text.find_first_of(" \t\r"), text.size());
  const auto out = text.substr(0, end);
  text.remove_prefix(end);
  return out;
}

std::string rest(std::string_view text) {
  const auto begin = std::min(text.find_first_not_of(" \t\r"), text.size());
  const auto end = text.find_last_not_of(" \t\r");
  return std::string(begin == text.size() ? std::string_view() : text.substr(begin, end - begin + 1));
}

template <class Number>
std::optional<Number> number(std::string_view text, int base = 16) {
  Number n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n, base);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return n;
}

std::optional<double> number_of_ms(std::string_view text) {
  double n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n, std::chars_format::fixed);
  if (error != std::errc() || end != text.data() + text.size() || !(n >= 0 && n <= 3'600'000)) return std::nullopt;
  return n;
}

std::uint16_t usb_number(std::string_view text, const std::string& where) {
  const auto n = number<std::uint16_t>(text);
  if (!n) throw Error(where + ": expected a number of one to four hexadecimal digits");
  return *n;
}

}  // namespace

Model::Line Model::parse_line(std::string_view text, const std::string& where) {
  static const std::map<std::string_view, Kind> named = {{"??", Kind::any},   {"n8", Kind::n8},
                                                         {"n16", Kind::n16},  {"n32", Kind::n32},
                                                         {"w16", Kind::w16},  {"sum8", Kind::sum8},
                                                         {"xor8", Kind::xor8}};
  Line line;
  for (std::string_view w = word(text); !w.empty(); w = word(text)) {
    if (w.back() == ':' && line.tokens.empty()) {
      const auto ep = number<std::uint8_t>(w.substr(0, w.size() - 1));
      if (!ep) throw Error(where + ": an endpoint is two hexadecimal digits and a colon, as \"81:\"");
      line.endpoint = *ep;
    } else if (const auto it = named.find(w); it != named.end()) {
      line.tokens.push_back({it->second, 0});
    } else if (const auto byte = number<std::uint8_t>(w); byte && w.size() == 2) {
      line.tokens.push_back({Kind::byte, *byte});
    } else {
      throw Error(where + ": \"" + std::string(w.substr(0, 20)) +
                  "\" is neither a byte (two hexadecimal digits) nor n8 n16 n32 w16 sum8 xor8 ??");
    }
    if (line.tokens.size() > max_line_bytes) throw Error(where + ": the line is too long");
  }
  if (line.tokens.empty()) throw Error(where + ": expected bytes behind the arrow");
  return line;
}

Model::Model(std::string_view text) {
  if (text.size() > max_text_bytes) throw Error("the transcript is larger than 16 MiB");
  identity_ = {0, 0, "Transcript (SIMULATED)", "Transcript", "0001", Link::serial};
  std::optional<std::int64_t> at_ns;  // of the lines below
  for (int n = 1; !text.empty(); ++n) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line = line.substr(0, line.find('#'));
    const std::string where = "line " + std::to_string(n);
    const std::string_view verb = word(line);
    if (verb.empty()) continue;
    const auto rule = [&]() -> Rule& {
      if (rules_.empty()) throw Error(where + ": an answer needs \"open\", \">\" or \"control\" before it");
      return rules_.back();
    };
    if (verb == "link") {
      const std::string kind = rest(line);
      if (kind == "usb") identity_.link = Link::usb;
      else if (kind == "hid") identity_.link = Link::hid;
      else if (kind == "serial") identity_.link = Link::serial;
      else if (kind == "video") identity_.link = Link::video;
      else throw Error(where + ": a link is usb, hid, serial or video");
    } else if (verb == "vid") {
      identity_.vid = usb_number(word(line), where);
    } else if (verb == "pid") {
      identity_.pid = usb_number(word(line), where);
    } else if (verb == "product") {
      identity_.product = rest(line).substr(0, 48);
    } else if (verb == "serial") {
      identity_.serial = rest(line).substr(0, 48);
    } else if (verb == "open") {
      rules_.push_back({});
      at_ns.reset();
    } else if (verb == ">") {
      Rule r;
      r.when = Rule::When::write;
      r.pattern = parse_line(line, where);
      for (const Token& t : r.pattern.tokens)
        if (t.kind != Kind::byte && t.kind != Kind::any) throw Error(where + ": what is written is bytes or ??");
      rules_.push_back(std::move(r));
      at_ns.reset();
    } else if (verb == "control") {
      Rule r;
      r.when = Rule::When::control;
      r.setup.request_type = static_cast<std::uint8_t>(usb_number(word(line), where));
      r.setup.request = static_cast<std::uint8_t>(usb_number(word(line), where));
      r.setup.value = usb_number(word(line), where);
      r.setup.index = usb_number(word(line), where);
      rules_.push_back(std::move(r));
      at_ns.reset();
    } else if (verb == "<") {
      Rule& r = rule();
      Line answer = parse_line(line, where);
      for (const Token& t : answer.tokens)
        if (t.kind == Kind::any) throw Error(where + ": what the device sends cannot be ??");
      if (at_ns) r.timed.emplace_back(*at_ns, std::move(answer));
      else (r.every_ns > 0 ? r.repeats : r.answers).push_back(std::move(answer));
    } else if (verb == "at") {
      const auto ms = number_of_ms(word(line));
      if (!ms || word(line) != "ms") throw Error(where + ": a moment is \"at N ms\", 0 to 3600000");
      Rule& r = rule();
      at_ns = static_cast<std::int64_t>(std::llround(*ms * 1e6));
      if (!r.timed.empty() && r.timed.back().first > *at_ns) throw Error(where + ": it is earlier than the one before");
    } else if (verb == "every") {
      const auto ms = number<std::int64_t>(word(line), 10);
      if (!ms || *ms < 1 || *ms > 60'000 || word(line) != "ms")
        throw Error(where + ": a period is \"every N ms\", 1 to 60000");
      rule().every_ns = *ms * 1'000'000;
      at_ns.reset();
    } else if (verb == "quiet") {
      rule().quiet = true;
    } else if (verb == "stall") {
      rule().stall = true;
    } else {
      throw Error(where + ": \"" + std::string(verb.substr(0, 20)) + "\" is not known");
    }
    if (rules_.size() > max_rules) throw Error("the transcript has too many rules");
  }
  for (const Rule& r : rules_)
    if (r.every_ns > 0 && r.repeats.empty()) throw Error("\"every\" needs lines to send behind it");
  if (!identity_.product.ends_with("SIMULATED")) identity_.product += " SIMULATED";
  if (!identity_.serial.starts_with("SIM")) identity_.serial = "SIM-" + identity_.serial;
}

Bytes Model::render(const Line& line) {
  Bytes out;
  const auto little = [&](std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  };
  for (const Token& t : line.tokens) {
    switch (t.kind) {
      case Kind::byte:
      case Kind::any: out.push_back(t.value); break;
      case Kind::n8: little(counter_, 1); break;
      case Kind::n16: little(counter_, 2); break;
      case Kind::n32: little(counter_, 4); break;
      case Kind::w16: {
        const double phase = 2 * std::numbers::pi * static_cast<double>(wave_++ % 50) / 50;
        little(static_cast<std::uint64_t>(std::llround(1000 * std::sin(phase))), 2);
        break;
      }
      case Kind::sum8: {
        std::uint8_t sum = 0;
        for (auto b : out) sum = static_cast<std::uint8_t>(sum + b);
        out.push_back(sum);
        break;
      }
      case Kind::xor8: {
        std::uint8_t sum = 0;
        for (auto b : out) sum = static_cast<std::uint8_t>(sum ^ b);
        out.push_back(sum);
        break;
      }
    }
  }
  return out;
}

int Model::compare(const Line& pattern, ByteView bytes) {
  const std::size_t n = std::min(pattern.tokens.size(), bytes.size());
  for (std::size_t i = 0; i < n; ++i)
    if (pattern.tokens[i].kind == Kind::byte && pattern.tokens[i].value != bytes[i]) return -1;
  return bytes.size() >= pattern.tokens.size() ? 1 : 0;
}

Model::Rule* Model::next_of(const std::vector<std::size_t>& candidates) {
  if (candidates.empty()) return nullptr;
  // The last one stays the answer when the others have had their turn.
  std::size_t& turn = turn_[candidates[0]];
  Rule* rule = &rules_[candidates[std::min(turn, candidates.size() - 1)]];
  if (turn + 1 < candidates.size()) ++turn;
  return rule;
}

void Model::queue(const Line& line, bool by_itself) {
  // As a real line: what nobody fetches is lost once the buffers are full.
  if (queue_.size() < max_queue) queue_.push_back({line.endpoint, by_itself, render(line)});
}

void Model::run(const Rule& rule, std::int64_t now_ns) {
  generate(now_ns);
  begin(rule, now_ns);
  for (const Line& line : rule.answers) queue(line, false);
}

void Model::begin(const Rule& rule, std::int64_t now_ns) {
  if (rule.quiet) repeating_ = nullptr;
  if (rule.quiet || !rule.timed.empty()) {
    generate_timed(now_ns + under_way_ns);
    timed_ = rule.timed.empty() ? nullptr : &rule;
    timed_since_ns_ = now_ns;
    timed_next_ = 0;
  }
  if (rule.every_ns > 0) {
    repeating_ = &rule;
    grid_ns_ = now_ns;
    grid_index_ = 0;
  }
}

void Model::by_itself(const Line& line) {
  if (stalled_) render(line);  // made and not sent: the counters tell
  else queue(line, true);
  ++counter_;
}

void Model::generate_timed(std::int64_t until_ns) {
  for (; timed_ && timed_next_ < timed_->timed.size(); ++timed_next_) {
    if (timed_since_ns_ + timed_->timed[timed_next_].first > until_ns) return;
    by_itself(timed_->timed[timed_next_].second);
  }
  timed_ = nullptr;
}

void Model::generate(std::int64_t now_ns) {
  generate_timed(now_ns);
  if (!repeating_) return;
  for (;;) {
    const std::int64_t due = grid_ns_ + static_cast<std::int64_t>(grid_index_ + 1) * repeating_->every_ns;
    if (due > now_ns) break;
    by_itself(repeating_->repeats[grid_index_ % repeating_->repeats.size()]);
    ++grid_index_;
  }
}

Io Model::control(const Setup& setup, ByteView, Bytes& reply, std::int64_t now_ns) {
  std::vector<std::size_t> fits;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const Rule& r = rules_[i];
    if (r.when == Rule::When::control && r.setup.request_type == setup.request_type &&
        r.setup.request == setup.request && r.setup.value == setup.value && r.setup.index == setup.index)
      fits.push_back(i);
  }
  const Rule* rule = next_of(fits);
  if (!rule || rule->stall) return Io::stall;
  // The first line is the reply itself, the others come over the endpoints.
  generate(now_ns);
  begin(*rule, now_ns);
  for (std::size_t i = 0; i < rule->answers.size(); ++i) {
    if (i == 0 && (setup.request_type & 0x80)) reply = render(rule->answers[0]);
    else queue(rule->answers[i], false);
  }
  return Io::ok;
}

Io Model::out(std::uint8_t endpoint, ByteView bytes, std::int64_t now_ns) {
  const bool stream = identity_.link == Link::serial;
  if (!stream) written_.clear();
  written_.insert(written_.end(), bytes.begin(), bytes.end());
  while (!written_.empty()) {
    std::vector<std::size_t> fits;
    std::size_t length = 0;
    bool may_come = false;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      const Rule& r = rules_[i];
      if (r.when != Rule::When::write || (r.pattern.endpoint >= 0 && endpoint != 0 && r.pattern.endpoint != endpoint))
        continue;
      const int fit = compare(r.pattern, written_);
      may_come |= fit == 0;
      if (fit != 1 || r.pattern.tokens.size() < length) continue;
      if (r.pattern.tokens.size() > length) fits.clear();  // the longest fits best
      length = r.pattern.tokens.size();
      fits.push_back(i);
    }
    if (const Rule* rule = next_of(fits)) {
      if (rule->stall) return written_.clear(), Io::stall;
      run(*rule, now_ns);
      written_.erase(written_.begin(), written_.begin() + static_cast<std::ptrdiff_t>(length));
    } else if (may_come && stream && written_.size() < max_written) {
      break;
    } else {
      written_.erase(written_.begin());
    }
    if (!stream) written_.clear();
  }
  return Io::ok;
}

Io Model::in(std::uint8_t endpoint, std::size_t max_bytes, std::int64_t now_ns, Bytes& bytes) {
  bytes.clear();
  generate(now_ns);
  if (stalled_) return Io::later;
  const bool stream = identity_.link == Link::serial;
  for (auto it = queue_.begin(); it != queue_.end() && bytes.size() < max_bytes;) {
    if (it->endpoint >= 0 && endpoint != 0 && it->endpoint != endpoint) {
      ++it;
      continue;
    }
    const std::size_t n = std::min(it->bytes.size(), max_bytes - bytes.size());
    bytes.insert(bytes.end(), it->bytes.begin(), it->bytes.begin() + static_cast<std::ptrdiff_t>(n));
    if (stream && n < it->bytes.size()) {
      it->bytes.erase(it->bytes.begin(), it->bytes.begin() + static_cast<std::ptrdiff_t>(n));
      break;
    }
    sent_ += it->by_itself;
    it = queue_.erase(it);
    if (!stream) break;
  }
  return bytes.empty() ? Io::later : Io::ok;
}

std::int64_t Model::next_due_ns(std::uint8_t endpoint, std::int64_t now_ns) const {
  const std::int64_t idle_ns = now_ns + 20'000'000;
  if (stalled_) return idle_ns;
  for (const Outgoing& o : queue_)
    if (o.endpoint < 0 || endpoint == 0 || o.endpoint == endpoint) return now_ns;
  std::int64_t due_ns = idle_ns;
  if (timed_ && timed_next_ < timed_->timed.size())
    due_ns = std::min(due_ns, timed_since_ns_ + timed_->timed[timed_next_].first);
  if (!repeating_) return due_ns;
  return std::min(due_ns, grid_ns_ + static_cast<std::int64_t>(grid_index_ + 1) * repeating_->every_ns);
}

bool Model::act(std::string_view act, std::int64_t now_ns) {
  generate(now_ns);
  if (act == "stall" || act == "resume") {
    stalled_ = act == "stall";
  } else if (act == "host_opened") {
    // In turn among openings, also when the port was closed between them.
    std::vector<const Rule*> openings;
    for (const Rule& r : rules_)
      if (r.when == Rule::When::open) openings.push_back(&r);
    if (!openings.empty()) run(*openings[std::min(opened_++, openings.size() - 1)], now_ns);
  } else if (act == "host_closed" || act == "power_cycle") {
    repeating_ = timed_ = nullptr;
    queue_.clear();
    written_.clear();
    turn_.clear();
    if (act == "power_cycle") {
      counter_ = sent_ = wave_ = 0;
      opened_ = 0;
      stalled_ = false;
    }
  } else {
    return false;
  }
  return true;
}

}  // namespace caukham::devices::transcript
