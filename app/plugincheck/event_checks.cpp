// Saved state, events and words.
#include <algorithm>
#include <random>

#include "ipc/messages.hpp"
#include "plugincheck/bench.hpp"

namespace caukham::plugincheck {
namespace {

const ck_device_state* state_of(Bench& b) {
  b.need_open();
  const auto* state = b.state();
  if (!state) throw Skipped("it keeps nothing between sessions");
  if (!state->save || !state->load) throw Failed("a function of the state table is null");
  return state;
}

std::vector<std::uint8_t> saved(Bench& b, const ck_device_state* state) {
  const ck_result n = b.call("state.save", [&] { return state->save(b.device(), nullptr, 0); });
  if (n < 0) throw Failed("save answers " + name(n));
  if (n > static_cast<ck_result>(CK_STATE_MAX)) throw Failed("it wants to keep more than 64 KiB");
  std::vector<std::uint8_t> data(static_cast<std::size_t>(n) + 16, 0xA5);
  const ck_result again = b.call("state.save", [&] { return state->save(b.device(), data.data(), static_cast<std::uint32_t>(n)); });
  if (again != n) throw Failed("save says " + std::to_string(n) + " bytes first and " + std::to_string(again) + " then");
  if (std::any_of(data.begin() + n, data.end(), [](auto byte) { return byte != 0xA5; })) throw Failed("save writes behind the capacity it is given");
  data.resize(static_cast<std::size_t>(n));
  return data;
}

void state_round_trip(Bench& b) {
  const auto* state = state_of(b);
  const auto data = saved(b, state);
  b.close();
  if (b.open(false) < 0 || !(state = b.state())) throw Failed("it does not open again");
  if (b.call("state.load", [&] { return state->load(b.device(), data.data(), static_cast<std::uint32_t>(data.size())); }) < 0)
    throw Failed("load refuses what save has just written");
}

void state_damaged(Bench& b) {
  const auto* state = state_of(b);
  const auto good = saved(b, state);
  std::mt19937_64 random(b.seed());
  for (int i = 0; i < 100; ++i) {
    auto data = good;
    data.resize(i % 3 == 0 ? random() % (good.size() + 1) : i % 3 == 1 ? random() % 256 : good.size());
    for (auto& byte : data)
      if (random() % 4 == 0) byte = static_cast<std::uint8_t>(random());
    // load comes once, right after open.
    b.close();
    if (b.open(false) < 0 || !(state = b.state())) throw Failed("after damaged saved state it does not open again");
    b.call("state.load", [&] { return state->load(b.device(), data.data(), static_cast<std::uint32_t>(data.size())); });
  }
  b.infos();
  if (b.start() >= 0) b.stop();
}

// A life in which things happen at the device, where the model knows them.
void eventful(Bench& b) {
  b.need_started();
  b.need_chunks(2);
  for (const char* act : {"button", "blow", "lead_off LA", "lead_on LA"}) {
    b.wire().act(act);
    b.run_ms(150);
  }
  b.run_ms(400);
  b.stop();
  b.close();
}

void events_valid(Bench& b) {
  eventful(b);
  for (const std::string& how : b.broken(Rule::event)) throw Failed(how);
  b.note(std::to_string(b.events().size()) + " events");
  for (const EventSeen& e : b.events()) {
    const auto& v = e.event.value;
    const bool bit = v[1] == 0 || v[1] == 1;
    switch (e.event.kind) {
      case CK_EVENT_BUTTON:
        if (v[0] < 0 || v[0] > 31 || !bit) throw Failed("a BUTTON event has values out of range");
        break;
      case CK_EVENT_ELECTRODES:
        if (v[0] < 0 || v[1] < 0 || v[0] > 0x7FFF || v[1] > 0x7FFF) throw Failed("an ELECTRODES event names electrodes there are not");
        if (v[0] & ~v[1]) throw Failed("an ELECTRODES event calls an electrode off that the device cannot judge");
        break;
      case CK_EVENT_BATTERY:
        if (v[0] < 0 || v[0] > 100 || !bit) throw Failed("a BATTERY event has a charge outside 0 to 100 percent");
        break;
      case CK_EVENT_MANOEUVRE:
        if (v[0] != 1 && v[0] != 2) throw Failed("a MANOEUVRE event neither begins nor ends");
        break;
      case CK_EVENT_WARNING:
        if (e.event.text[0] == 0) throw Failed("a WARNING event says nothing; its words are for the person at the bedside");
        break;
      default: break;
    }
    if (e.event.stream != UINT32_MAX && !b.streams().count(e.event.stream))
      throw Failed("an event belongs to stream " + std::to_string(e.event.stream) + ", which there is not");
  }
}

void events_time(Bench& b) {
  eventful(b);
  for (const EventSeen& e : b.events()) {
    if (e.event.time_ns > e.emitted_ns + 1'000'000) throw Failed("an event happened after it was told");
    if (e.event.time_ns < e.emitted_ns - 10'000'000'000) throw Failed("an event happened more than ten seconds before it was told");
  }
}

void events_few(Bench& b) {
  b.record(8, 1500);
  b.note(std::to_string(b.events().size()) + " events in 1.5 s of quiet");
  if (b.events().size() > 50) throw Failed(std::to_string(b.events().size()) + " events in 1.5 s in which nothing happened");
}

void log_few(Bench& b) {
  b.record(8, 1500);
  if (b.logs().size() > 50) throw Failed(std::to_string(b.logs().size()) + " log lines in 1.5 s: nobody finds the one that matters");
}

void text_utf8(Bench& b) {
  eventful(b);
  if (b.wire().has_device()) {
    b.wire().unplug();
    b.open();
  }
  for (const LogSeen& line : b.logs()) {
    if (line.level < CK_LOG_DEBUG || line.level > CK_LOG_PLUGIN_MISBEHAVING) throw Failed("a log line has an unknown level");
    if (ipc::clean_text(line.raw) != line.raw) throw Failed("a log line is not clean UTF-8: " + ipc::clean_text(line.raw));
  }
  for (const EventSeen& e : b.events())
    if (ipc::clean_text(e.event.text) != e.event.text) throw Failed("an event's text is not clean UTF-8: " + ipc::clean_text(e.event.text));
}

constexpr Check checks[] = {
    {"state_round_trip", "What save writes load takes.", "lifecycle.md#state", 60, state_round_trip},
    {"state_damaged", "Damaged saved state is refused, never a crash.", "lifecycle.md#state", 60, state_damaged},
    {"events_valid", "Events say what can be: \"cannot tell\" is not \"connected\".", "events.md", 60, events_valid},
    {"events_time", "An event carries the time at which it happened.", "events.md#time", 60, events_time},
    {"events_few", "Where nothing happens nothing is told.", "events.md", 60, events_few},
    {"log_few", "The log is for a technician who looks for one line.", "events.md#log", 60, log_few},
    {"text_utf8", "Every word is clean UTF-8: it stands on a Vietnamese nurse's screen.", "events.md#text", 60, text_utf8},
};

}  // namespace

std::span<const Check> event_checks() { return checks; }

}  // namespace caukham::plugincheck
