// Threads, buffers, time and samples: what the chunks themselves tell.
#include <algorithm>
#include <cmath>

#include "plugincheck/bench.hpp"
#include "plugincheck/own_process.hpp"

namespace caukham::plugincheck {
namespace {

std::string ms_of_ns(double ns) { return ms(ns / 1e6); }
bool is_video(const ck_stream_info& s) { return s.kind == CK_STREAM_VIDEO; }

// A quiet second of the plugin's life, long enough for a slow camera.
void life(Bench& b) { b.record(8, 1000); }

void none_broken(Bench& b, Rule rule) {
  for (const std::string& how : b.broken(rule)) throw Failed(how);
}

void stream_thread(Bench& b) {
  life(b);
  none_broken(b, Rule::thread);
}
void host_states(Bench& b) {
  b.need_open();
  b.run_ms(50);
  if (b.start() < 0) throw Skipped("it does not start (test start_stop tells more)");
  b.need_chunks(1);
  b.run_ms(200);
  b.stop();
  // What comes late is nothing_after_stop's business.
  none_broken(b, Rule::state);
}
void slot_rules(Bench& b) {
  life(b);
  none_broken(b, Rule::slot);
}
void slot_end(Bench& b) {
  life(b);
  none_broken(b, Rule::guard);
}
void slot_hands_off(Bench& b) {
  life(b);
  none_broken(b, Rule::touched);
}
void slot_size(Bench& b) {
  if (b.manifest().pool.slots < 2) throw Failed("the manifest's pool has one slot: nothing could be filled while one is read");
  b.need_started();
  b.until([&] { return b.chunk_count() >= 8 || !b.broken(Rule::argument).empty(); }, 3000);
  b.stop();
  none_broken(b, Rule::argument);
  b.note("largest chunk " + std::to_string(b.largest_chunk()) + " bytes, slots of " +
         std::to_string(b.manifest().pool.slot_bytes));
}
void chunk_headers(Bench& b) {
  b.need_started();
  b.until([&] { return b.chunk_count() >= 8 || !b.broken(Rule::header).empty(); }, 3000);
  b.stop();
  none_broken(b, Rule::header);
}
void sample_range(Bench& b) {
  life(b);
  none_broken(b, Rule::data);
}

void chunk_length(Bench& b) {
  life(b);
  for (const auto& [id, s] : b.streams()) {
    if (is_video(s)) continue;
    for (const ChunkSeen& c : b.chunks(id))
      if (c.chunk.count / s.rate_hz > 0.5)
        throw Failed("a chunk holds " + ms_of_ns(c.chunk.count / s.rate_hz * 1e9) +
                     " of samples; more than 500 ms makes the trace on the screen jump");
  }
}

void time_forward(Bench& b) {
  life(b);
  for (const auto& [id, s] : b.streams()) {
    const auto all = b.chunks(id);
    for (std::size_t i = 1; i < all.size(); ++i)
      if (all[i].chunk.time_ns < all[i - 1].chunk.time_ns)
        throw Failed("time runs backwards: chunk " + std::to_string(i) + " says it was sensed " +
                     std::to_string(all[i - 1].chunk.time_ns - all[i].chunk.time_ns) + " ns before the one before it");
  }
}

void time_plausible(Bench& b) {
  life(b);
  for (const auto& [id, s] : b.streams())
    for (const ChunkSeen& c : b.chunks(id)) {
      const double ahead = static_cast<double>(c.chunk.time_ns - c.committed_ns);
      // An estimate may err, within what it says of itself.
      if (ahead > 1e6 + 3.0 * c.chunk.time_error_ns)
        throw Failed("a chunk's first sample was sensed " + ms_of_ns(ahead) + " after the chunk was committed, and its error is told as " +
                     ms_of_ns(c.chunk.time_error_ns));
      if (-ahead > 5e9) throw Failed("a chunk was committed " + ms_of_ns(-ahead) + " after its first sample was sensed");
      if (c.chunk.time_ns < b.started_ns() - 2'000'000'000)
        throw Failed("a chunk was sensed " + ms_of_ns(static_cast<double>(b.started_ns() - c.chunk.time_ns)) + " before start");
    }
}

void time_error(Bench& b) {
  life(b);
  for (const auto& [id, s] : b.streams())
    for (const ChunkSeen& c : b.chunks(id)) {
      if (c.chunk.time_error_ns == 0) throw Failed("a chunk says that its time has no error at all; nobody's clock is that good");
      if (c.chunk.time_error_ns > 1'000'000'000) throw Failed("a chunk says that its time may be wrong by more than a second");
    }
}

void time_rate(Bench& b) {
  b.record(12, 2500);
  for (const auto& [id, s] : b.streams()) {
    const auto all = b.chunks(id);
    double samples = 0;
    for (std::size_t i = 0; i + 1 < all.size(); ++i) samples += all[i].chunk.count + (i > 0 ? all[i].chunk.lost : 0.0);
    if (all.size() > 1) samples += all.back().chunk.lost;
    for (const ChunkSeen& c : all)
      if (&c != &all[0] && (c.chunk.flags & CK_CHUNK_LOST_UNKNOWN)) throw Skipped("something was lost, nobody can tell how much");
    const double seconds = static_cast<double>(all.back().chunk.time_ns - all.front().chunk.time_ns) / 1e9;
    const double rate = seconds > 0 ? samples / seconds : 0;
    b.note(std::to_string(rate) + " /s measured, " + std::to_string(s.rate_hz) + " /s announced");
    const double allowed = is_video(s) ? 0.5 : 0.04;
    if (std::abs(rate - s.rate_hz) > allowed * s.rate_hz)
      throw TooSlow("by the chunks' own times " + std::to_string(rate) + " samples a second come, announced are " +
                   std::to_string(s.rate_hz));
  }
}

void device_ticks(Bench& b) {
  life(b);
  for (const auto& [id, s] : b.streams()) {
    const auto all = b.chunks(id);
    if (s.tick_hz == 0) {
      for (const ChunkSeen& c : all)
        if (c.chunk.device_ticks != 0) throw Failed("chunks carry device ticks, and the stream says the device has no clock");
      continue;
    }
    for (std::size_t i = 1; i < all.size(); ++i)
      if (all[i].chunk.device_ticks <= all[i - 1].chunk.device_ticks)
        throw Failed("the device's ticks do not grow from chunk to chunk; they must be unwrapped");
    const double ticks = static_cast<double>(all.back().chunk.device_ticks - all.front().chunk.device_ticks) / s.tick_hz;
    const double host = static_cast<double>(all.back().chunk.time_ns - all.front().chunk.time_ns) / 1e9;
    if (!is_video(s) && std::abs(ticks - host) > 0.05 * host + 0.02)
      throw TooSlow("the ticks say " + std::to_string(ticks) + " s have passed, the times " + std::to_string(host) + " s");
  }
}

void loss_none(Bench& b) {
  life(b);
  for (const auto& [id, s] : b.streams()) {
    if (is_video(s)) continue;
    const auto all = b.chunks(id);
    for (std::size_t i = 1; i < all.size(); ++i)
      if (all[i].chunk.lost > 0 || (all[i].chunk.flags & (CK_CHUNK_DISCONT | CK_CHUNK_LOST_UNKNOWN)))
        throw TooSlow("chunk " + std::to_string(i) + " says that something was lost on a line that lost nothing");
  }
}

// A busy computer makes holes, too: what is judged by lengths of time is judged again by itself.
// The chunk behind the longest hole in time must say that there is one, and how long where it says so at all.
void judge_hole(Bench& b, double least_ns, const char* where) {
  for (const auto& [id, s] : b.streams()) {
    const auto all = b.chunks(id);
    std::size_t worst = 0;
    double hole = 0;
    for (std::size_t i = 1; i < all.size(); ++i) {
      const double due = static_cast<double>(all[i - 1].chunk.time_ns) + all[i - 1].chunk.count / s.rate_hz * 1e9;
      const double gap = static_cast<double>(all[i].chunk.time_ns) - due;
      if (gap > hole) hole = gap, worst = i;
    }
    if (hole < least_ns / 2)
      throw Failed("the times of the chunks run on as if nothing had been lost " + std::string(where));
    const ck_chunk& c = all[worst].chunk;
    if (!(c.flags & CK_CHUNK_DISCONT)) throw TooSlow("the chunk after the hole of " + ms_of_ns(hole) + " is not marked DISCONT");
    if (c.flags & CK_CHUNK_LOST_UNKNOWN) {
      b.note("a hole of " + ms_of_ns(hole) + ", length unknown to the device");
      continue;
    }
    const double told = c.lost / s.rate_hz * 1e9;
    b.note("a hole of " + ms_of_ns(hole) + ", told as " + std::to_string(c.lost) + " samples");
    if (c.lost == 0) throw TooSlow("the chunk after the hole of " + ms_of_ns(hole) + " says that nothing was lost");
    if (!is_video(s) && std::abs(told - hole) > 0.25 * hole + 60e6)
      throw TooSlow("the hole is " + ms_of_ns(hole) + " long, told are " + std::to_string(c.lost) + " samples, " + ms_of_ns(told));
  }
}

bool any_video(Bench& b) {
  const auto all = b.streams();
  return std::any_of(all.begin(), all.end(), [](const auto& s) { return is_video(s.second); });
}

void loss_line(Bench& b) {
  b.need_started();
  if (!b.wire().has_device()) throw Skipped("it has no line that could lose something");
  b.need_chunks(6);
  const int hole_ms = any_video(b) ? 1500 : 700;
  b.wire().trouble(Trouble::swallow, b.seed());
  b.run_ms(hole_ms);
  b.wire().trouble(Trouble::none, 0);
  b.need_chunks(6);
  b.stop();
  judge_hole(b, hole_ms * 1e6, "on the line");
}

void full_pool_counts(Bench& b) {
  b.need_started();
  b.need_chunks(6);
  b.hold(true);
  const int hole_ms = any_video(b) ? 1500 : 700;
  b.run_ms(hole_ms);
  std::uint64_t refused = 0;
  for (const auto& [id, s] : b.streams()) refused += b.refused(id);
  b.hold(false);
  if (refused == 0) throw Skipped("no slot was asked for in this time");
  b.need_chunks(6);
  b.stop();
  judge_hole(b, hole_ms * 1e6, "while the pool was full");
}

void full_pool_stop(Bench& b) {
  b.need_started();
  b.need_chunks(1);
  b.hold(true);
  b.run_ms(500);
  b.stop();
  if (b.last_ms() > 1000) throw TooSlow("with a full pool stop takes " + ms(b.last_ms()) + "; CK_E_FULL must never be waited for");
  b.close();
}

void full_pool_calm(Bench& b) {
  b.need_started();
  b.need_chunks(1);
  b.hold(true);
  b.run_ms(1000);
  std::uint64_t refused = 0;
  for (const auto& [id, s] : b.streams()) refused += b.refused(id);
  b.note("asked " + std::to_string(refused) + " times in a second");
  b.stop();
  if (refused > 20000) throw Failed("with a full pool it asks " + std::to_string(refused) + " times a second: a processor is lost to that");
}

void main_calls(Bench& b) {
  b.need_open();
  const auto quick = [&](const char* what) {
    if (b.last_ms() > 500) throw TooSlow(std::string(what) + " takes " + ms(b.last_ms()) + " on [main]; the heartbeat waits meanwhile");
  };
  for (int i = 0; i < 5; ++i) {
    b.infos();
    quick("stream_info");
    if (b.params()) b.call("params.count", [&] { return b.params()->count(b.device()); });
    quick("get_extension or params.count");
  }
}

void threads_end(Bench& b) {
  b.need_device();
  b.entry();
  const auto before = footprint().threads;
  b.need_started();
  b.need_chunks(1);
  b.stop();
  b.close();
  b.until([&] { return footprint().threads <= before; }, 1000);
  if (footprint().threads > before) throw Failed("a thread still runs after close");
}

constexpr Check checks[] = {
    {"stream_thread", "acquire and commit come from a thread of the plugin's own, never [main], and both from the same.", "threads.md#stream", 60, stream_thread},
    {"host_states", "acquire and commit come only between start and stop.", "threads.md#stream", 60, host_states},
    {"main_calls", "Calls on [main] return at once: the heartbeat is answered there.", "threads.md#main", 60, main_calls},
    {"threads_end", "No thread outlives its device.", "threads.md#stream", 60, threads_end},
    {"slot_rules", "A slot is borrowed once, given back once, by its own number, and none is kept past stop.", "buffers.md#slots", 60, slot_rules},
    {"slot_end", "Nothing is written behind a slot's end: the next slot is another chunk's.", "buffers.md#slots", 60, slot_end},
    {"slot_hands_off", "A committed slot is not touched any more: the recorder is reading it.", "buffers.md#slots", 60, slot_hands_off},
    {"slot_size", "The manifest's pool has room for what the plugin sends.", "buffers.md#pool", 60, slot_size},
    {"chunk_headers", "Sizes, counts and reserved fields of a chunk fit its stream.", "buffers.md#commit", 60, chunk_headers},
    {"chunk_length", "Chunks are short, so that the trace runs evenly.", "buffers.md#commit", 60, chunk_length},
    {"sample_range", "Samples lie in the digital range that was announced; a picture is one whole JPEG.", "buffers.md#commit", 60, sample_range},
    {"full_pool_counts", "With a full pool samples are dropped and counted: a gap is a fact with a length.", "buffers.md#full", 60, full_pool_counts},
    {"full_pool_stop", "With a full pool stop still returns in time.", "buffers.md#full", 60, full_pool_stop},
    {"full_pool_calm", "With a full pool nobody spins.", "buffers.md#full", 60, full_pool_calm},
    {"time_forward", "Time of a stream never runs backwards.", "time.md#stamps", 60, time_forward},
    {"time_plausible", "A sample was sensed before it was delivered, and not long before.", "time.md#stamps", 60, time_plausible},
    {"time_error", "The error of a time stamp is told honestly.", "time.md#error", 60, time_error},
    {"time_rate", "As many samples come as the announced rate promises: intervals are measured on them.", "time.md#rate", 60, time_rate},
    {"device_ticks", "The device's own clock is passed on raw, unwrapped, and runs like the announced frequency.", "time.md#ticks", 60, device_ticks},
    {"loss_none", "On a good line nothing is called lost.", "time.md#loss", 60, loss_none},
    {"loss_line", "What a line loses is told by the next chunk, with its length where the device can tell.", "time.md#loss", 60, loss_line},
};

}  // namespace

std::span<const Check> stream_checks() { return checks; }

}  // namespace caukham::plugincheck
