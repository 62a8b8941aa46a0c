// A plugin host that does what its manifest's folder tells it: file `script`, one line a launch (the last line for all
// further ones), words separated by spaces. Its device runs on the monotonic clock in µs at 1000 Hz and numbers its
// samples for ever, so that a test can tell from the samples themselves how long a gap really was.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "core/clock.hpp"
#include "ipc/manifest.hpp"
#include "ipc/messages.hpp"
#include "ipc/pool.hpp"
#include "ipc/process.hpp"

namespace ipc = caukham::ipc;
using caukham::core::now_ns;

namespace {
constexpr std::uint32_t chunk_samples = 5, channels = 2;
constexpr std::int64_t sample_ns = 1'000'000;

struct Host {
  ipc::Manifest manifest;
  ipc::Channel channel;
  ipc::PoolWriter pool;
  std::set<std::uint32_t> free;
  std::set<std::string> traits;
  std::uint64_t seq[2] = {};
  std::int64_t next_sample = 0;  // the device's own count since boot
  bool started = false;
  bool full = false;  // the pool was, before the next chunk

  Host(const ipc::Manifest& m, ipc::Handle channel_end, ipc::Handle pool_end)
      : manifest(m), channel(ipc::Channel::adopt(std::move(channel_end))), pool(std::move(pool_end), m.pool) {
    for (std::uint32_t n = 0; n < m.pool.slots; ++n) free.insert(n);
  }

  [[noreturn]] void quit(int code) { std::_Exit(code); }
  void say(const ipc::Message& message) {
    if (ipc::post(channel, message, 10000) != ipc::Sent::ok) quit(1);
  }

  ck_stream_info stream(std::uint32_t id) {
    ck_stream_info info{};
    info.size = sizeof info;
    info.id = id;
    info.channels = id == 0 ? channels : 1;
    info.kind = id == 0 ? CK_STREAM_WAVEFORM : CK_STREAM_VIDEO;
    info.format = id == 0 ? CK_FORMAT_I16 : CK_FORMAT_MJPEG;
    info.rate_hz = id == 0 ? 1000 : 30;
    info.tick_hz = id == 0 ? 1e6 : 0;
    info.scale = traits.count("otherscale") ? 2 : 1;
    info.digital_min = -32768;
    info.digital_max = 32767;
    info.width = 64;
    info.height = 48;
    ipc::put_text(info.name, id == 0 ? "ecg" : "video");
    ipc::put_text(info.unit, "uV");
    ipc::put_text(info.labels[0], "I");
    ipc::put_text(info.labels[1], "II");
    return info;
  }

  void open(const ck_endpoint&) {
    if (traits.count("openhang")) hang();
    if (traits.count("denied")) {
      ipc::Opened no{};
      no.result = CK_E_DENIED;
      return say(no);
    }
    say(ipc::Stream{stream(0)});
    say(ipc::Stream{stream(1)});
    ipc::Param gain{};
    gain.info.size = sizeof gain.info;
    gain.info.id = 3;
    gain.info.flags = CK_PARAM_SET | CK_PARAM_LIVE;
    gain.info.minimum = 1;
    gain.info.maximum = 12;
    ipc::put_text(gain.info.name, "gain");
    ipc::put_text(gain.info.label, "Gain");
    gain.value = 6;
    say(gain);
    ipc::Opened yes{};
    yes.streams = traits.count("wrongcount") ? 7 : 2;
    yes.params = 1;
    say(yes);
  }

  [[noreturn]] void hang() {
    for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
  }

  void obey(const ipc::Message& message) {
    if (const auto* o = std::get_if<ipc::Open>(&message)) open(o->endpoint);
    if (std::get_if<ipc::Start>(&message)) {
      started = true;
      next_sample = now_ns() / sample_ns;
      say(ipc::Started{CK_OK});
    }
    if (std::get_if<ipc::Stop>(&message)) {
      if (traits.count("stophang")) hang();
      chunk();  // what the device had already delivered
      started = false;
      say(ipc::Stopped{CK_OK});
    }
    if (std::get_if<ipc::Close>(&message)) say(ipc::Closed{});
    if (std::get_if<ipc::Quit>(&message)) quit(0);
    if (const auto* p = std::get_if<ipc::Ping>(&message)) say(ipc::Pong{p->token});
    if (const auto* s = std::get_if<ipc::SlotFree>(&message))
      if (!free.insert(s->slot).second) quit(9);  // given back twice
    if (const auto* p = std::get_if<ipc::ParamSet>(&message)) say(ipc::ParamAnswer{p->id, CK_OK, p->value});
  }

  // Everything that has come, and waits at most until `until_ns` for more.
  void listen(std::int64_t until_ns) {
    for (;;) {
      const auto left_ms = std::max<std::int64_t>(0, (until_ns - now_ns() + 999'999) / 1'000'000);
      std::vector<std::byte> bytes;
      switch (channel.receive(bytes, nullptr, static_cast<int>(left_ms))) {
        case ipc::Received::nothing: return;
        case ipc::Received::message: break;
        default: quit(0);
      }
      std::string why;
      const auto message = ipc::decode(bytes, ipc::From::application, why);
      if (!message) quit(8);
      obey(*message);
    }
  }

  std::uint32_t acquire() {
    while (free.empty()) listen(now_ns() + 1'000'000);  // for ever when a slot has leaked
    const auto slot = *free.begin();
    free.erase(free.begin());
    return slot;
  }

  ck_chunk header(std::uint32_t id, std::uint32_t count, std::uint32_t bytes) {
    ck_chunk c{};
    c.size = sizeof c;
    c.stream = id;
    c.seq = seq[id]++;
    c.count = count;
    c.bytes = bytes;
    c.time_ns = id == 0 ? next_sample * sample_ns : now_ns();
    c.device_ticks = id == 0 ? static_cast<std::uint64_t>(next_sample) * 1000 : 0;
    c.time_error_ns = 100'000;
    return c;
  }

  ipc::ChunkReady prepare(std::uint32_t lost = 0) {
    listen((next_sample + chunk_samples) * sample_ns);
    while (!started) listen(now_ns() + 1'000'000'000);  // stopped meanwhile
    const auto slot = acquire();
    std::int16_t values[chunk_samples * channels];
    for (std::uint32_t n = 0; n < chunk_samples; ++n) {
      values[n * channels] = static_cast<std::int16_t>((next_sample + n) & 0x7fff);
      values[n * channels + 1] = -7;
    }
    std::memcpy(pool.slot(slot).data(), values, sizeof values);
    auto c = header(0, chunk_samples, sizeof values);
    c.lost = lost;
    if (lost) c.flags |= CK_CHUNK_DISCONT;
    next_sample += chunk_samples;
    return {c, slot, std::exchange(full, false) ? 1U : 0U};
  }
  void chunk(std::uint32_t lost = 0) { say(prepare(lost)); }

  void picture(bool whole) {
    const auto slot = acquire();
    const unsigned char jpeg[] = {0xff, 0xd8, 1, 2, 3, 0xff, static_cast<unsigned char>(whole ? 0xd9 : 0)};
    std::memcpy(pool.slot(slot).data(), jpeg, sizeof jpeg);
    say(ipc::ChunkReady{header(1, 1, sizeof jpeg), slot, 0});
  }

  void event(ck_event_kind kind, std::uint32_t of) {
    ck_event e{};
    e.size = sizeof e;
    e.kind = kind;
    e.time_ns = now_ns();
    e.stream = of;
    e.value[0] = 1;
    ipc::put_text(e.text, "by the script");
    say(ipc::EventReady{e});
  }

  void act(const std::string& word, unsigned n) {
    if (word == "chunks") for (unsigned i = 0; i < n; ++i) chunk();
    if (word == "forever") for (;;) chunk();
    if (word == "skip") next_sample += n, chunk(n);
    if (word == "fullskip") next_sample += n, full = true, chunk(n);
    if (word == "silentskip") next_sample += n, chunk();
    if (word == "picture") picture(true);
    if (word == "badpicture") picture(false);
    if (word == "button") event(CK_EVENT_BUTTON, UINT32_MAX);
    if (word == "gone") event(CK_EVENT_GONE, UINT32_MAX);
    if (word == "crash") std::raise(SIGSEGV);
    if (word == "exit") quit(static_cast<int>(n));
    if (word == "hang") hang();
    if (word == "flood") for (;;) say(ipc::Log{CK_LOG_DEBUG, "water"});
    if (word == "badslot") { auto m = prepare(); m.slot = 4000; say(m); }
    if (word == "badbytes") { auto m = prepare(); m.chunk.bytes = 1u << 30; say(m); }
    if (word == "badcount") { auto m = prepare(); m.chunk.count = 500; say(m); }
    if (word == "badstream") { auto m = prepare(); m.chunk.stream = 6; say(m); }
    if (word == "badseq") { auto m = prepare(); m.chunk.seq += 100; say(m); }
    if (word == "badevent") event(CK_EVENT_BUTTON, 5);
    if (word == "badturn") say(ipc::Opened{});
    if (word == "sameslot") { auto m = prepare(); say(m); auto k = m; ++k.chunk.seq; say(k); say(k); }
    if (word == "garbage") {
      std::vector<std::byte> bytes(999, std::byte{0x5a});
      if (channel.send(bytes) != ipc::Sent::ok) quit(1);
    }
  }
};

std::string line_of_this_launch(const std::filesystem::path& folder) {
  const auto counter = folder / "launches";
  unsigned launch = 0;
  std::ifstream(counter) >> launch;
  std::ofstream(counter) << launch + 1;
  std::ifstream script(folder / "script");
  std::string line, last;
  for (unsigned n = 0; n <= launch && std::getline(script, line); ++n) last = line;
  return last;
}
}  // namespace

int main(int argc, char** argv) {
  std::string manifest;
  ipc::Handle channel, pool;
  for (int i = 1; i + 1 < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--manifest") manifest = argv[i + 1];
    if (name == "--channel") channel = ipc::inherited(argv[i + 1]);
    if (name == "--pool") pool = ipc::inherited(argv[i + 1]);
  }
  if (manifest.empty() || !channel.valid() || !pool.valid()) return 2;
  Host host(ipc::read_manifest(manifest), std::move(channel), std::move(pool));
  std::vector<std::pair<std::string, unsigned>> acts;
  std::istringstream words(line_of_this_launch(host.manifest.folder));
  for (std::string word; words >> word;) {
    const auto colon = word.find(':');
    host.traits.insert(word.substr(0, colon));
    acts.emplace_back(word.substr(0, colon), colon == word.npos ? 0 : std::stoul(word.substr(colon + 1)));
  }
  if (host.traits.count("silent")) host.hang();
  if (host.traits.count("farewell")) {
    ipc::Farewell last{};
    ipc::put_text(last.text, "The library is missing.");
    host.say(last);
    return 4;
  }
  ipc::Hello hello{};
  hello.abi_major = CK_ABI_MAJOR;
  hello.pid = ::getpid();
  ipc::put_text(hello.id, host.traits.count("otherid") ? "org.example.other" : host.manifest.id);
  ipc::put_text(hello.version, "9.9");
  host.say(hello);
  while (!host.started) host.listen(now_ns() + 1'000'000);
  for (const auto& [word, n] : acts) host.act(word, n);
  for (;;) host.listen(now_ns() + 1'000'000'000);
}
