// What only shows after a while, and at the end.
#include <algorithm>

#include "ipc/messages.hpp"
#include "plugincheck/bench.hpp"
#include "plugincheck/own_process.hpp"

namespace caukham::plugincheck {
namespace {

struct Rounds {
  int rounds = 0;
  Footprint warm, last;
};

// open and close, a thousand times or for 20 s; the first fifth lets caches fill.
Rounds open_close(Bench& b) {
  b.need_open();
  b.close();
  Rounds r;
  const std::int64_t limit = steady_ns() + 20'000'000'000;
  constexpr int most = 1000, warm = 100;
  for (; r.rounds < most && (r.rounds < warm + 50 || steady_ns() < limit); ++r.rounds) {
    if (r.rounds == warm) r.warm = footprint();
    if (const ck_result result = b.open(); result < 0)
      throw Failed("open number " + std::to_string(r.rounds + 1) + " answers " + std::string(ipc::name_of(result)));
    b.close();
    if (r.rounds % 50 == 0) b.forget();
  }
  b.forget();
  r.last = footprint();
  b.note(std::to_string(r.rounds) + " times open and close");
  return r;
}

void leak_memory(Bench& b) {
  const Rounds r = open_close(b);
  const auto grown = static_cast<std::int64_t>(r.last.memory_bytes) - static_cast<std::int64_t>(r.warm.memory_bytes);
  b.note("memory grew by " + std::to_string(grown / 1024) + " KiB");
  if (grown > 512 * 1024)
    throw Failed("open and close " + std::to_string(r.rounds) + " times, and " + std::to_string(grown / 1024) + " KiB are gone");
}

void leak_handles(Bench& b) {
  const Rounds r = open_close(b);
  if (r.last.handles > r.warm.handles)
    throw Failed("open and close leave " + std::to_string(r.last.handles - r.warm.handles) + " files or sockets open");
}

void leak_streaming(Bench& b) {
  b.need_open();
  Footprint warm;
  int n = 0;
  for (const std::int64_t limit = steady_ns() + 20'000'000'000; n < 150 && (n < 60 || steady_ns() < limit); ++n) {
    if (n == 40) warm = footprint();
    if (b.start() < 0) throw Skipped("it does not start (test start_stop_100 tells more)");
    b.run_ms(20);
    b.stop();
    b.forget();
  }
  const Footprint last = footprint();
  if (last.handles > warm.handles) throw Failed("start and stop leave files or sockets open");
  if (last.threads > warm.threads) throw Failed("start and stop leave a thread behind");
  const auto grown = static_cast<std::int64_t>(last.memory_bytes) - static_cast<std::int64_t>(warm.memory_bytes);
  b.note(std::to_string(n) + " times start and stop, memory grew by " + std::to_string(grown / 1024) + " KiB");
  if (grown > 1024 * 1024) throw Failed("start and stop " + std::to_string(n) + " times, and " + std::to_string(grown / 1024) + " KiB are gone");
}

void output_quiet(Bench& b) {
  b.need_device();
  std::string text;
  {
    Captured captured;
    const ck_entry& e = b.entry();
    const ck_endpoint at = b.endpoint();
    e.probe(&at);
    if (b.open() >= 0) {
      if (b.start() >= 0) {
        b.run_ms(500);
        b.stop();
      }
      b.close();
    }
    b.unload();
    text = captured.text();
  }
  if (!text.empty()) throw Failed("it writes to standard output: \"" + ipc::clean_text(text.substr(0, 80)) + "\"; words go through ck_host.log");
}

void no_children(Bench& b) {
  b.need_device();
  const auto before = footprint().children;
  b.record(1, 100);
  if (footprint().children > before) throw Failed("it has started another program; the sandbox ends that");
}

void host_refuses(Bench& b) {
  b.need_open();
  b.hold(true);  // from the first slot on
  if (b.start() < 0) throw Skipped("it does not start (test start_stop tells why)");
  b.run_ms(400);
  b.stop();
  b.close();
}

void shutdown_quick(Bench& b) {
  b.need_started();
  b.need_chunks(1);
  const std::int64_t begin = steady_ns();
  b.stop();
  b.close();
  b.unload();
  const auto ms = (steady_ns() - begin) / 1'000'000;
  b.note("stop, close, deinit and unloading took " + std::to_string(ms) + " ms");
  if (ms > 3000) throw TooSlow("stop, close, deinit and unloading took " + std::to_string(ms) + " ms; it is given 3 s");
}

constexpr Check checks[] = {
    {"leak_memory", "A thousand times open and close cost no memory: stations run for weeks.", "lifecycle.md#close", 120, leak_memory},
    {"leak_handles", "A thousand times open and close leave no file or socket open.", "lifecycle.md#close", 120, leak_handles},
    {"leak_streaming", "A hundred and fifty examinations cost no memory, file or thread.", "lifecycle.md#states", 120, leak_streaming},
    {"output_quiet", "Nothing is written to standard output or error; the log is the host's.", "events.md#log", 60, output_quiet},
    {"no_children", "No other program is started.", "lifecycle.md#open", 60, no_children},
    {"host_refuses", "A host without a single free slot is survived.", "buffers.md#full", 60, host_refuses},
    {"shutdown_quick", "The way out of a running stream takes at most 3 s, library and all.", "lifecycle.md#close", 60, shutdown_quick},
};

}  // namespace

std::span<const Check> endure_checks() { return checks; }

}  // namespace caukham::plugincheck
