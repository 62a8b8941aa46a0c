// Unplugging in every state, and whatever a bad line can bring.
#include <algorithm>

#include "ipc/messages.hpp"
#include "plugincheck/bench.hpp"

namespace caukham::plugincheck {
namespace {

void need_wire(Bench& b) {
  if (!b.wire().has_device())
    throw Skipped(b.generates() ? "it needs no device" : "there is no device to talk to; name one with --transcript FILE or --device NAME");
}

void in_time(Bench& b, const char* call, double limit_ms) {
  if (b.last_ms() > limit_ms)
    throw TooSlow(std::string(call) + " took " + ms(b.last_ms()) + "; it is given " + ms(limit_ms) + ", then the process is killed");
}

// stop and close as the host does, whatever has happened; both in time.
void end(Bench& b) {
  if (!b.device()) return;
  b.stop();
  in_time(b, "stop", 1000);
  b.close();
  in_time(b, "close", 1000);
}

void unplug_idle(Bench& b) {
  need_wire(b);
  b.need_open();
  b.wire().unplug();
  const ck_result r = b.start();
  in_time(b, "start", 3000);
  if (r >= 0) {
    if (!b.until([&] { return b.saw(CK_EVENT_GONE); }, 5000))
      throw TooSlow("unplugged while idle: start answers CK_OK and no GONE event comes within 5 s");
    b.stop();
    in_time(b, "stop", 1000);
  } else if (r != CK_E_GONE) {
    throw Failed("unplugged while idle: start answers " + name(r) + "; CK_E_GONE is the answer");
  }
  b.close();
  in_time(b, "close", 1000);
}

void unplug_streaming(Bench& b) {
  need_wire(b);
  b.need_started();
  b.need_chunks(2);
  b.wire().unplug();
  const std::int64_t begin = steady_ns();
  if (!b.until([&] { return b.saw(CK_EVENT_GONE); }, 5000)) throw TooSlow("unplugged while started: no GONE event comes within 5 s");
  b.note("told after " + ms(static_cast<double>(steady_ns() - begin) / 1e6));
  for (const EventSeen& e : b.events())
    if (e.event.kind == CK_EVENT_GONE && e.event.text[0] == 0) throw Failed("the GONE event does not say how it was noticed");
  end(b);
}

void unplug_object(Bench& b) {
  need_wire(b);
  b.need_started();
  b.need_chunks(1);
  b.wire().unplug();
  b.until([&] { return b.saw(CK_EVENT_GONE); }, 5000);
  // The object lives until close: every call still has ground to stand on.
  b.call("get_extension", [&] { return b.device()->get_extension(b.device(), CK_EXT_PARAMS); });
  if (const auto* p = b.params()) {
    ck_param_info info{};
    info.size = sizeof info;
    double value = 0;
    if (b.call("params.count", [&] { return p->count(b.device()); }) > 0 &&
        b.call("params.info", [&] { return p->info(b.device(), 0, &info); }) >= 0)
      b.call("params.get", [&] { return p->get(b.device(), info.id, &value); });
  }
  b.call("on_main", [&] { return b.device()->on_main(b.device()), 0; });
  b.stop();
  b.infos();
  if (const ck_result r = b.start(); r >= 0) {
    b.run_ms(200);
    b.stop();
  }
  b.close();
}

void unplug_stop(Bench& b) {
  need_wire(b);
  b.need_started();
  b.need_chunks(1);
  b.wire().unplug();
  const ck_result r = b.stop();  // at once: before the plugin can have noticed
  in_time(b, "stop of a device that has just left", 1000);
  if (r < 0) throw Failed("stop of a device that has left answers " + name(r) + "; it is stopped with CK_OK");
  b.close();
  in_time(b, "close of a device that has left", 1000);
}

// The device leaves at call 1, 2, 3 .. of what `prepare` and then `body` do over the transport, body's only counted.
template <class Prepare, class Body>
void leave_at_every_call(Bench& b, Prepare prepare, Body body) {
  constexpr std::uint64_t most = 60;
  std::uint64_t n = 1;
  const std::int64_t limit = steady_ns() + 25'000'000'000;
  for (; n <= most && steady_ns() < limit; ++n) {
    b.wire().plug();
    prepare();
    b.wire().unplug_at_call(n);
    const std::uint64_t before = b.wire().calls();
    body();
    if (b.wire().calls() - before < n) break;  // it did not need so many
  }
  b.wire().plug();
  b.note("left at " + std::to_string(n - 1) + " different moments");
}

void unplug_opening(Bench& b) {
  need_wire(b);
  b.entry();
  leave_at_every_call(b, [] {}, [&] {
    const ck_result r = b.open();
    in_time(b, "open of a device that leaves meanwhile", 10000);
    if (r >= 0) b.close();
  });
  if (const ck_result r = b.open(); r < 0) throw Failed("after all that the device does not open any more, " + name(r));
  b.close();
}

void unplug_starting(Bench& b) {
  need_wire(b);
  b.entry();
  const auto prepare = [&] {
    if (b.open() < 0) throw Skipped("the device does not open (test open_works tells why)");
  };
  leave_at_every_call(b, prepare, [&] {
    const ck_result r = b.start();
    in_time(b, "start of a device that leaves meanwhile", 3000);
    if (r >= 0) {
      b.stop();
      in_time(b, "stop", 1000);
    }
    b.close();
  });
}

void replug(Bench& b) {
  need_wire(b);
  b.need_started();
  b.need_chunks(1);
  b.wire().unplug();
  b.until([&] { return b.saw(CK_EVENT_GONE); }, 5000);
  b.stop();
  b.close();
  b.wire().plug();
  if (const ck_result r = b.open(); r < 0) throw Failed("plugged in again it does not open, " + name(r));
  if (const ck_result r = b.start(); r < 0) throw Failed("plugged in again it does not start, " + name(r));
  const std::size_t before = b.chunk_count();
  if (!b.until([&] { return b.chunk_count() > before; }, 5000)) throw Failed("plugged in again it starts and nothing comes");
  end(b);
}

void transport_rules(Bench& b) {
  need_wire(b);
  b.need_started();
  b.need_chunks(2);
  b.stop();
  b.close();
  for (const std::string& how : b.wire().misuse()) throw Failed(how);
  if (b.wire().open_ports() > 0) throw Failed("a port is still open after close: no other program can have the device");
}

void transport_missing(Bench& b) {
  if (b.generates()) throw Skipped("it needs no transport");
  b.need_device();
  b.entry();
  b.offer_transport(false);
  const ck_result r = b.open();
  if (r < 0) return b.note("open answers " + name(r));
  const ck_result started = b.start();
  if (started >= 0) b.stop();
  b.close();
  if (started >= 0 && !b.manifest().direct_hardware) throw Failed("it opens and starts without the transport that its manifest requires");
}

// Trouble on the line from the first byte, then only while it streams; whatever happens, every call keeps its time.
void under(Bench& b, Trouble kind, int rounds) {
  need_wire(b);
  b.entry();
  for (int i = 0; i < rounds; ++i) {
    b.wire().plug();
    b.wire().trouble(kind, b.seed() + static_cast<std::uint64_t>(i));
    if (b.open() >= 0) {
      in_time(b, "open", 10000);
      const ck_result r = b.start();
      in_time(b, "start", 3000);
      if (r >= 0) {
        b.run_ms(100);
        b.stop();
        in_time(b, "stop", 1000);
      }
      b.close();
      in_time(b, "close", 1000);
    } else {
      in_time(b, "open", 10000);
    }
  }
  b.wire().trouble(Trouble::none, 0);
  b.wire().plug();
  b.need_started();
  b.need_chunks(1);
  b.wire().trouble(kind, b.seed());
  b.run_ms(700);
  b.stop();
  in_time(b, "stop", 1000);
  b.close();
  in_time(b, "close", 1000);
  b.note("seed " + std::to_string(b.seed()));
}

void line_silent(Bench& b) { under(b, Trouble::silent, 1); }
void line_truncated(Bench& b) { under(b, Trouble::truncate, 4); }
void line_corrupt(Bench& b) { under(b, Trouble::corrupt, 4); }
void line_noise(Bench& b) { under(b, Trouble::noise, 3); }
void line_lies(Bench& b) { under(b, Trouble::lies, 4); }
void line_errors(Bench& b) { under(b, Trouble::errors, 4); }

void silence_told(Bench& b) {
  need_wire(b);
  b.need_started();
  b.need_chunks(1);
  b.wire().trouble(Trouble::silent, 0);
  const bool told = b.until([&] { return b.saw(CK_EVENT_WARNING) || b.saw(CK_EVENT_GONE); }, 8000);
  b.stop();
  if (!told) throw TooSlow("the device fell silent, and for 8 s nobody at the bedside was told (event WARNING)");
}

void line_recovers(Bench& b) {
  need_wire(b);
  for (const Trouble kind : {Trouble::corrupt, Trouble::truncate, Trouble::lies}) {
    b.need_started();
    b.need_chunks(1);
    b.wire().trouble(kind, b.seed());
    b.run_ms(400);
    b.wire().trouble(Trouble::none, 0);
    const std::size_t before = b.chunk_count();
    if (!b.until([&] { return b.chunk_count() > before + 1; }, 5000))
      throw TooSlow("0.4 s of a bad line, and for 5 s after that nothing comes");
    b.stop();
    b.close();
    b.wire().plug();
  }
}

void line_honest(Bench& b) {
  need_wire(b);
  b.need_started();
  b.need_chunks(1);
  b.run_ms(300);
  constexpr Rule rules[] = {Rule::header, Rule::data, Rule::guard, Rule::argument};
  for (const Rule rule : rules)
    if (!b.broken(rule).empty()) throw Skipped("already on a good line " + b.broken(rule)[0] + " (tests chunk_headers, sample_range, slot_end)");
  for (const Trouble kind : {Trouble::corrupt, Trouble::lies, Trouble::truncate}) {
    b.wire().trouble(kind, b.seed());
    b.run_ms(400);
  }
  b.stop();
  for (const Rule rule : rules)
    for (const std::string& how : b.broken(rule)) throw Failed("on a bad line: " + how);
}

void fuzz_states(Bench& b) {
  b.need_device();
  b.entry();
  std::mt19937_64 random(b.seed());
  std::string path;
  bool started = false;
  for (int i = 0; i < 150; ++i) {
    const auto act = random() % 12;
    if (!b.device()) {
      b.wire().plug();
      b.wire().trouble(Trouble::none, 0);
      if (b.open() < 0) {
        if (i == 0) throw Skipped("the device does not open (test open_works tells why)");
        throw Failed("after [" + path + "] the device does not open any more (seed " + std::to_string(b.seed()) + ")");
      }
      path = "open";
      started = false;
      continue;
    }
    const auto step = [&](const char* what) { path += std::string(" ") + what; };
    if (act < 3) {
      if (started) continue;
      step("start");
      started = b.start() >= 0;
      in_time(b, "start", 3000);
    } else if (act < 5) {
      if (!started) continue;
      step("stop");
      b.stop();
      started = false;
      in_time(b, "stop", 1000);
    } else if (act < 7) {
      b.run_ms(static_cast<int>(random() % 30));
    } else if (act == 7) {
      step("configure");
      if (!started) b.configure(static_cast<std::uint32_t>(random() % 4));
    } else if (act == 8) {
      step("params");
      const auto* p = b.params();
      if (p && p->set) b.call("params.set", [&] { return p->set(b.device(), static_cast<std::uint32_t>(random() % 5), static_cast<double>(random() % 2000)); });
    } else if (act == 9) {
      step("line");
      b.wire().trouble(static_cast<Trouble>(random() % 8), random());
    } else if (act == 10 && random() % 3 == 0) {
      step("unplug");
      b.wire().unplug();
    } else if (act == 11 && random() % 2 == 0) {
      if (started) b.stop();
      b.close();
      in_time(b, "close", 1000);
    }
    b.forget();
  }
  b.note("150 random steps, seed " + std::to_string(b.seed()));
}

constexpr Check checks[] = {
    {"unplug_idle", "A device that leaves while idle is told at the next start.", "lifecycle.md#unplug", 60, unplug_idle},
    {"unplug_streaming", "A device that leaves while it delivers is told within 5 s, in words.", "lifecycle.md#unplug", 60, unplug_streaming},
    {"unplug_stop", "stop and close of a device that has just left keep their time and are no error.", "lifecycle.md#unplug", 60, unplug_stop},
    {"unplug_object", "Unplugging does not end the object: every call until close finds it alive.", "lifecycle.md#unplug", 60, unplug_object},
    {"unplug_opening", "A device may leave at every step of open.", "lifecycle.md#unplug", 90, unplug_opening},
    {"unplug_starting", "A device may leave at every step of start.", "lifecycle.md#unplug", 90, unplug_starting},
    {"replug", "Plugged in again it works again.", "lifecycle.md#unplug", 60, replug},
    {"transport_rules", "The transport is called in its ranges, by one thread a direction, and closed at the end.", "transport.md#rules", 60, transport_rules},
    {"transport_missing", "Without the transport open fails; it does not crash.", "transport.md#rules", 60, transport_missing},
    {"silence_told", "When a device falls silent somebody at the bedside is told.", "events.md#warning", 60, silence_told},
    {"line_silent", "A device that never answers costs an error, not the process.", "transport.md#trouble", 90, line_silent},
    {"line_truncated", "Transfers that end early never crash and never hold a call up.", "transport.md#trouble", 90, line_truncated},
    {"line_corrupt", "Flipped bits never crash and never hold a call up.", "transport.md#trouble", 90, line_corrupt},
    {"line_noise", "Random bytes at full speed never crash and never hold a call up.", "transport.md#trouble", 90, line_noise},
    {"line_lies", "Sizes and counters that cannot be never crash and never hold a call up.", "transport.md#trouble", 90, line_lies},
    {"line_errors", "Every error the headers name may come from every call.", "transport.md#trouble", 90, line_errors},
    {"line_honest", "From a bad line only valid chunks leave.", "transport.md#trouble", 60, line_honest},
    {"line_recovers", "When the line is good again the samples come again.", "transport.md#trouble", 90, line_recovers},
    {"fuzz_states", "A hundred and fifty random steps through all states, with a line that misbehaves.", "lifecycle.md#states", 120, fuzz_states},
};

}  // namespace

std::span<const Check> wire_checks() { return checks; }

}  // namespace caukham::plugincheck
