// open, configure, start, stop, close: in the right order, in the wrong one, and often.
#include <cmath>
#include <cstring>
#include <set>

#include "ipc/messages.hpp"
#include "ipc/validate.hpp"
#include "plugincheck/bench.hpp"

namespace caukham::plugincheck {
namespace {

void open_works(Bench& b) {
  b.need_device();
  const ck_entry& e = b.entry();
  (void)e;
  const ck_result r = b.open();
  if (r < 0) {
    std::string why = "open answers " + name(r) + " although the device is there";
    for (const auto& line : b.logs()) why += "; it says: " + ipc::clean_text(line.raw);
    throw Failed(why);
  }
  b.note("open took " + ms(b.last_ms()));
  if (b.last_ms() > 10000) throw TooSlow("open is given 10 s; it took " + ms(b.last_ms()));
  b.close();
  if (b.last_ms() > 1000) throw TooSlow("close is given 1 s; it took " + ms(b.last_ms()));
}

void open_no_device(Bench& b) {
  if (b.generates()) throw Skipped("it needs no device");
  b.entry();
  if (!b.wire().has_device() && b.manifest().direct_hardware)
    throw Skipped("it reaches hardware by itself; whether there is some cannot be told here");
  b.wire().unplug();
  if (b.open() >= 0) {
    // A camera is taken when pictures are wanted: then start is where it must be told.
    const ck_result r = b.start();
    if (r >= 0) {
      if (b.until([&] { return b.saw(CK_EVENT_GONE) || b.chunk_count() > 0; }, 5000) && b.chunk_count() > 0)
        throw Failed("it opens, starts and delivers although nothing is plugged in");
      if (!b.saw(CK_EVENT_GONE)) throw Failed("it opens and starts although nothing is plugged in, and never says so");
      b.stop();
    }
    b.close();
    return;
  }
  if (b.device()) throw Failed("a failed open left a device behind");
}

void open_words(Bench& b) {
  if (b.generates()) throw Skipped("it needs no device");
  if (!b.wire().has_device()) b.need_device();
  b.entry();
  b.wire().trouble(Trouble::silent, b.seed());
  const ck_result r = b.open();
  if (r >= 0) throw Skipped("open does not talk to the device, so there is nothing to say yet");
  for (const auto& line : b.logs())
    if (line.level == CK_LOG_ERROR && line.raw.size() >= 10) return b.note("it says: " + ipc::clean_text(line.raw));
  throw Failed("open fails with " + name(r) + " and no line of level ERROR says why, in words a technician can use");
}

void open_arguments(Bench& b) {
  b.need_device();
  const ck_entry& e = b.entry();
  ck_endpoint small = b.endpoint();
  small.size = 16;
  const ck_device* device = nullptr;
  const ck_result r = b.call("open", [&] {
    ck_host host{};
    host.abi_major = CK_ABI_MAJOR;
    host.log = [](const ck_host*, ck_log_level, const char*) {};
    host.now_ns = [](const ck_host*) { return steady_ns(); };
    host.get_extension = [](const ck_host*, const char*) -> const void* { return nullptr; };
    host.emit = [](const ck_host*, const ck_event*) -> ck_result { return CK_E_STATE; };
    host.request_main = [](const ck_host*) {};
    return e.open(&host, &small, &device);
  });
  if (r >= 0 && !b.generates()) throw Failed("open takes an endpoint whose size is 16 bytes; CK_E_INVALID is the answer");
}

void reopen(Bench& b) {
  b.need_open();
  b.close();
  for (int i = 0; i < 3; ++i) {
    if (const ck_result r = b.open(); r < 0)
      throw Failed("open after close number " + std::to_string(i + 1) + " answers " + name(r));
    if (i % 2 == 0 && b.start() >= 0) {
      b.run_ms(50);
      b.stop();
    }
    b.close();
  }
}

void device_table(Bench& b) {
  b.need_open();
  const ck_device& d = *b.device();
  if (!d.stream_count || !d.stream_info || !d.configure || !d.start || !d.stop || !d.close || !d.on_main ||
      !d.get_extension)
    throw Failed("a function of the device table is null");
}

void stream_info(Bench& b) {
  b.need_device();
  if (b.open() < 0) throw Skipped("the device does not open (test open_works tells why)");
  const std::uint32_t n = b.call("stream_count", [&] { return b.device()->stream_count(b.device()); });
  if (n < 1 || n > CK_MAX_STREAMS)
    throw Failed("stream_count answers " + std::to_string(n) + "; the range is 1 to " + std::to_string(CK_MAX_STREAMS));
  const auto all = b.infos();
  if (all.size() != n) throw Failed("stream_info fails for a stream that stream_count counts");
  std::set<std::uint32_t> ids;
  for (const ck_stream_info& s : all) {
    if (s.id < CK_MAX_STREAMS && !ipc::usable(s.kind, s.format)) {
      b.note(ipc::text_of(s.name) + " is of a kind or format that this version leaves off");
      continue;
    }
    if (const char* why = ipc::wrong_with(s)) throw Failed(std::string(why) + " (stream " + std::to_string(s.id) + ")");
    if (!ids.insert(s.id).second) throw Failed("two streams have the id " + std::to_string(s.id));
    b.note(ipc::text_of(s.name) + ": " + std::to_string(s.channels) + " channels at " + std::to_string(s.rate_hz) +
           " /s, unit \"" + ipc::text_of(s.unit) + "\"");
  }
}

void stream_plausible(Bench& b) {
  b.need_open();
  for (const ck_stream_info& s : b.infos()) {
    if (!ipc::usable(s.kind, s.format)) continue;
    if (ipc::wrong_with(s)) throw Skipped("the description is not valid (test stream_info tells why)");
    const std::string what = "stream " + ipc::text_of(s.name);
    const bool video = s.kind == CK_STREAM_VIDEO;
    if (s.rate_hz > (video ? 240 : 200'000)) throw Failed(what + " says a rate of " + std::to_string(s.rate_hz) + " /s");
    for (const char* field : {s.name, s.unit})
      if (ipc::clean_text(field) != field) throw Failed(what + " has a name or unit that is not clean UTF-8");
    if (video) continue;
    if (s.unit[0] == 0) throw Failed(what + " has no unit; UCUM knows \"1\" for a plain number");
    std::set<std::string> labels;
    for (std::uint32_t c = 0; c < s.channels; ++c) {
      const std::string label = s.labels[c];
      if (label.empty() || ipc::clean_text(label) != label) throw Failed(what + " has a channel without a proper label");
      if (!labels.insert(label).second) throw Failed(what + " has two channels called \"" + label + "\"");
    }
  }
}

void stream_steady(Bench& b) {
  b.need_open();
  const auto once = b.infos(), twice = b.infos();
  if (once.size() != twice.size() ||
      std::memcmp(once.data(), twice.data(), once.size() * sizeof(ck_stream_info)) != 0)
    throw Failed("stream_info answers differently when asked again without configure in between");
}

void stream_arguments(Bench& b) {
  b.need_open();
  const auto ask = [&](std::uint32_t index, std::uint32_t size) {
    ck_stream_info info{};
    info.size = size;
    return b.call("stream_info", [&] { return b.device()->stream_info(b.device(), index, &info); });
  };
  for (const std::uint32_t index : {static_cast<std::uint32_t>(b.infos().size()), 16u, 0x7FFFFFFFu, 0xFFFFFFFFu})
    if (ask(index, sizeof(ck_stream_info)) >= 0)
      throw Failed("stream_info describes stream " + std::to_string(index) + ", which there is not");
}

void simulated_flag(Bench& b) {
  b.need_open();
  for (const ck_stream_info& s : b.infos()) {
    const bool flagged = (s.flags & CK_STREAM_SIMULATED) != 0;
    const bool host_knows = b.manifest().simulated || (b.endpoint().flags & CK_ENDPOINT_SIMULATED) != 0;
    if (flagged && !host_knows)
      throw Failed("stream " + ipc::text_of(s.name) + " says it is simulated and the manifest does not");
  }
  if (b.generates() && !b.manifest().simulated)
    throw Failed("it needs no device and no transport, so what it delivers is made up; the manifest must say simulated");
}

void unknown_extension(Bench& b) {
  b.need_open();
  for (const char* id : {"ck.device.nothing/9", "", "ck.device.params/1 ", "ck.device.params/999", "ck.device.params"})
    if (b.call("get_extension", [&] { return b.device()->get_extension(b.device(), id); }))
      throw Failed(std::string("get_extension(\"") + id + "\") is not NULL: only known ids, letter by letter, are answered");
}

void start_stop(Bench& b) {
  b.need_open();
  const ck_result started = b.start();
  if (started < 0) throw Failed("start answers " + name(started));
  const double start_ms = b.last_ms();
  if (start_ms > 3000) throw TooSlow("start is given 3 s; it took " + ms(start_ms));
  b.until([&] { return b.chunk_count() > 0; }, 3000);
  const ck_result stopped = b.stop();
  if (stopped < 0) throw Failed("stop answers " + name(stopped));
  b.note("start took " + ms(start_ms) + ", stop " + ms(b.last_ms()));
}

void stop_in_time(Bench& b) {
  b.need_started();
  b.until([&] { return b.chunk_count() > 0; }, 3000);
  b.stop();
  if (b.last_ms() > 1000) throw TooSlow("stop is given 1 s, then the process is killed; it took " + ms(b.last_ms()));
  b.close();
  if (b.last_ms() > 1000) throw TooSlow("close is given 1 s, then the process is killed; it took " + ms(b.last_ms()));
}

void samples_come(Bench& b) {
  b.need_started();
  const bool came = b.until([&] { return b.chunk_count() > 0; }, 5000);
  b.stop();
  if (!came && !b.broken(Rule::argument).empty()) throw Skipped("it asks for slots there are not (test slot_size tells more)");
  if (!came) throw TooSlow("5 s after start not one chunk has been committed, and the device is there");
  b.close();
}

void nothing_after_stop(Bench& b) {
  b.need_started();
  b.need_chunks(1);
  b.stop();
  const std::size_t chunks = b.chunk_count();
  b.run_ms(300);
  for (const std::string& how : b.broken(Rule::state)) throw Failed(how + ": after stop returned");
  if (b.chunk_count() != chunks) throw Failed("a chunk came after stop had returned");
}

void stop_without_start(Bench& b) {
  b.need_open();
  const ck_result r = b.call("stop", [&] { return b.device()->stop(b.device()); });
  if (r != CK_E_STATE) throw Failed("stop answers " + name(r) + " although it was never started; CK_E_STATE is the answer");
  if (b.start() < 0) throw Failed("after a stop that was refused it does not start any more");
  b.stop();
}

void double_start(Bench& b) {
  b.need_started();
  b.need_chunks(1);
  const ck_result r = b.call("start", [&] { return b.device()->start(b.device()); });
  if (r != CK_E_STATE) throw Failed("a second start answers " + name(r) + "; CK_E_STATE is the answer");
  const std::size_t before = b.chunk_count();
  if (!b.until([&] { return b.chunk_count() > before; }, 5000)) throw TooSlow("after a second start nothing comes any more");
  b.stop();
  b.close();
}

void configure_started(Bench& b) {
  b.need_started();
  b.need_chunks(1);
  const ck_result r = b.configure(1);
  if (r != CK_E_STATE) throw Failed("configure while started answers " + name(r) + "; CK_E_STATE is the answer");
  const std::size_t before = b.chunk_count();
  if (!b.until([&] { return b.chunk_count() > before; }, 5000)) throw TooSlow("after a refused configure nothing comes any more");
  b.stop();
}

void close_started(Bench& b) {
  b.need_started();
  b.need_chunks(1);
  const ck_device* device = b.device();
  b.call("close", [&] { return device->close(device), 0; });
  // It may refuse, and go on until stop and close; or it may end and free everything. Both are safe; which, the chunks tell.
  const std::size_t before = b.chunk_count();
  if (!b.until([&] { return b.chunk_count() > before; }, 2000)) return b.note("it ended at once");
  b.note("it refused and went on");
  if (b.stop() < 0) throw Failed("after a refused close it cannot be stopped");
  b.close();
}

void configure_masks(Bench& b) {
  b.need_open();
  if (const ck_result r = b.configure(0); r != CK_E_INVALID)
    throw Failed("configure with no stream at all answers " + name(r) + "; CK_E_INVALID is the answer");
  std::uint32_t all = 0;
  for (const auto& [id, info] : b.streams()) all |= 1u << id;
  for (std::uint32_t id = 0; id < 32; ++id)
    if (!(all >> id & 1))
      if (const ck_result r = b.configure(1u << id); r != CK_E_INVALID)
        throw Failed("configure with stream " + std::to_string(id) + ", which there is not, answers " + name(r) + "; CK_E_INVALID is the answer");
  if (const ck_result r = b.configure(all); r < 0) throw Failed("configure with every stream answers " + name(r));
}

void configure_one(Bench& b) {
  b.need_open();
  const auto all = b.streams();
  if (all.size() < 2) throw Skipped("it has one stream only");
  const std::uint32_t id = all.begin()->first;
  if (const ck_result r = b.configure(1u << id); r < 0) throw Failed("configure with one stream answers " + name(r));
  if (b.start() < 0) throw Failed("with one stream switched on it does not start");
  b.need_chunks(3);
  b.stop();
  for (const auto& [other, info] : all)
    if (other != id && !b.chunks(other).empty())
      throw Failed("stream " + ipc::text_of(info.name) + " delivers although it was switched off");
}

void start_stop_100(Bench& b) {
  b.need_started();
  b.need_chunks(1);
  b.stop();
  for (int i = 0; i < 100; ++i) {
    if (const ck_result r = b.start(); r < 0) throw Failed("start number " + std::to_string(i + 1) + " answers " + name(r));
    if (i % 10 == 0) b.until([&] { return b.chunk_count() > 0; }, 3000);
    if (const ck_result r = b.stop(); r < 0) throw Failed("stop number " + std::to_string(i + 1) + " answers " + name(r));
    b.forget();
  }
  if (b.start() < 0 || !b.until([&] { return b.chunk_count() > 0; }, 5000))
    throw TooSlow("after 100 times start and stop nothing comes any more");
  b.stop();
  b.close();
}

constexpr Check checks[] = {
    {"open_works", "open takes the device within 10 s and close gives it back within 1 s.", "lifecycle.md#open", 40, open_works},
    {"open_no_device", "Where nothing is plugged in nothing is delivered, and it is told.", "lifecycle.md#open", 40, open_no_device},
    {"open_words", "An open that fails leaves a line of level ERROR: it is what the technician has to go by.", "lifecycle.md#open", 40, open_words},
    {"open_arguments", "open checks the size of the endpoint it is given, as wire structs may grow.", "lifecycle.md#open", 40, open_arguments},
    {"reopen", "A device that was closed opens again: nurses unplug and plug in.", "lifecycle.md#open", 60, reopen},
    {"device_table", "Every function of the device table is there.", "lifecycle.md#states", 40, device_table},
    {"stream_info", "Every stream is described by valid numbers: the file and the screen are made from them.", "buffers.md#streams", 40, stream_info},
    {"stream_plausible", "Rates, units and labels are ones a person can read on a trace.", "buffers.md#streams", 40, stream_plausible},
    {"stream_steady", "A description does not change by itself between two looks.", "buffers.md#streams", 40, stream_steady},
    {"stream_arguments", "A stream that does not exist is refused, not described.", "buffers.md#streams", 40, stream_arguments},
    {"simulated_flag", "What is made up says so, in manifest and stream alike, for ever.", "simulation.md#mark", 40, simulated_flag},
    {"unknown_extension", "Unknown extensions are answered with NULL, so that tomorrow's host can ask today's plugin.", "lifecycle.md#extensions", 40, unknown_extension},
    {"start_stop", "start begins within 3 s and stop ends it without an error.", "lifecycle.md#states", 40, start_stop},
    {"stop_in_time", "stop and close return within 1 s each; then the process is killed.", "lifecycle.md#states", 40, stop_in_time},
    {"samples_come", "After start, chunks come.", "buffers.md#commit", 40, samples_come},
    {"nothing_after_stop", "Nothing is borrowed or committed once stop has returned: the file is closed by then.", "lifecycle.md#states", 40, nothing_after_stop},
    {"stop_without_start", "stop without start is CK_E_STATE and breaks nothing.", "lifecycle.md#states", 40, stop_without_start},
    {"double_start", "A second start is CK_E_STATE and the first goes on.", "lifecycle.md#states", 40, double_start},
    {"configure_started", "configure while started is CK_E_STATE and the stream goes on.", "lifecycle.md#states", 40, configure_started},
    {"close_started", "close while started neither crashes nor leaves a thread without its ground.", "lifecycle.md#states", 40, close_started},
    {"configure_masks", "configure takes all streams, and refuses none and those that do not exist.", "lifecycle.md#configure", 40, configure_masks},
    {"configure_one", "A stream that is switched off delivers nothing.", "lifecycle.md#configure", 40, configure_one},
    {"start_stop_100", "A hundred times start and stop are as good as the first.", "lifecycle.md#states", 120, start_stop_100},
};

}  // namespace

std::span<const Check> state_checks() { return checks; }

}  // namespace caukham::plugincheck
