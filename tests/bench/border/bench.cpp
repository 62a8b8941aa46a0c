// What the isolated border costs: chunks a second and latency from the device's thread to a listener of the hub, beside a
// call in the same process, a plain pipe between two processes with the same copies, and liblsl where there is one. Ratios
// are what counts: all of it runs on the same machine in the same minute. Nothing passes or fails here.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>

#include "core/hub.hpp"
#include "core/log.hpp"
#include "core/supervisor.hpp"
#include "lib/ports.hpp"
#include "load.hpp"
#ifdef HAVE_LSL
#include "lsl.hpp"
#endif

using namespace caukham;
using bench::Load;

namespace {

constexpr double nominal_s = 3, full_s = 1.5;

struct Figures {
  double per_s = 0, p50_us = 0, p99_us = 0;
};

// Takes from the hub for a while, once the first chunk is there.
Figures listen(core::Inbox& inbox, double seconds, std::atomic<std::uint64_t>* taken = nullptr) {
  std::vector<double> us;
  std::int64_t begin_ns = 0, end_ns = bench::now_ns() + 20'000'000'000;
  while (bench::now_ns() < end_ns) {
    for (const auto& item : inbox.take(std::chrono::milliseconds(50))) {
      const auto now_ns = bench::now_ns();
      const auto* chunk = std::get_if<core::ChunkPtr>(&item);
      if (!chunk) continue;
      if (taken) ++*taken;
      if (!begin_ns) begin_ns = now_ns, end_ns = now_ns + static_cast<std::int64_t>(seconds * 1e9);
      us.push_back(static_cast<double>(now_ns - static_cast<std::int64_t>((*chunk)->device_ticks)) / 1e3);
    }
  }
  if (us.empty()) return {};
  std::sort(us.begin(), us.end());
  return {static_cast<double>(us.size()) / seconds, us[us.size() / 2], us[us.size() * 99 / 100]};
}

core::ChunkPtr chunk_of(const Load& load, const std::uint8_t* data, std::int64_t stamp_ns) {
  auto chunk = std::make_shared<core::Chunk>();
  chunk->count = load.count;
  chunk->device_ticks = static_cast<std::uint64_t>(stamp_ns);
  if (load.video) {
    chunk->picture.assign(data, data + load.bytes);
  } else {
    chunk->samples.resize(load.bytes / 4);
    std::memcpy(chunk->samples.data(), data, load.bytes);
  }
  return chunk;
}

const core::Inbox::Limits everything{.waveform_chunks = 10'000'000, .pictures = 10'000};

Figures in_process(const Load& load, bool full) {
  core::Hub hub;
  const auto inbox = hub.subscribe(everything);
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> taken{0};
  std::uint64_t given = 0;
  std::thread source([&] {
    const auto data = bench::data_of(load);
    bench::produce(load, full, [&] { return stop.load(); }, [&](std::int64_t stamp_ns) {
      if (given > taken + 32) return false;  // as many as the pool of the border has slots
      hub.publish(chunk_of(load, data.data(), stamp_ns));
      return ++given, true;
    });
  });
  const auto figures = listen(*inbox, full ? full_s : nominal_s, &taken);
  stop = true;
  source.join();
  return figures;
}

bool all(ssize_t (*move)(int, void*, std::size_t), int fd, void* data, std::size_t bytes) {
  for (std::size_t done = 0; done < bytes;) {
    const auto n = move(fd, static_cast<char*>(data) + done, bytes - done);
    if (n <= 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return true;
}

Figures plain_pipe(const Load& load, bool full) {
  int ends[2];
  if (::pipe(ends) != 0) return {};
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    auto data = bench::data_of(load);
    bool broken = false;
    bench::produce(load, full, [&] { return broken; }, [&](std::int64_t stamp_ns) {
      const auto put = [](int fd, void* from, std::size_t n) { return ::write(fd, from, n); };
      broken = !all(put, ends[1], &stamp_ns, sizeof stamp_ns) || !all(put, ends[1], data.data(), data.size());
      return true;
    });
    ::_exit(0);
  }
  ::close(ends[1]);
  core::Hub hub;
  const auto inbox = hub.subscribe(everything);
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> taken{0};
  std::thread reader([&] {
    std::vector<std::uint8_t> data(load.bytes);
    std::int64_t stamp_ns = 0;
    std::uint64_t given = 0;
    while (!stop && all(::read, ends[0], &stamp_ns, sizeof stamp_ns) && all(::read, ends[0], data.data(), data.size())) {
      hub.publish(chunk_of(load, data.data(), stamp_ns));
      for (++given; given > taken + 32 && !stop;) std::this_thread::yield();
    }
    ::close(ends[0]);  // and the child's next write fails
  });
  const auto figures = listen(*inbox, full ? full_s : nominal_s, &taken);
  stop = true;
  reader.join();
  ::waitpid(child, nullptr, 0);
  return figures;
}

double own_cpu_s() {
  rusage use{};
  ::getrusage(RUSAGE_SELF, &use);
  const auto s = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return s(use.ru_utime) + s(use.ru_stime);
}

// The real thing: supervisor, plugin host, sandbox, pool, hub.
Figures border(const Load& load, bool full, double* host_cpu = nullptr, double* own_cpu = nullptr) {
  core::Hub hub;
  const auto inbox = hub.subscribe(everything);
  core::SupervisorSettings settings;
  settings.plugin_host = PLUGINHOST;
  settings.messages_per_second = 100'000'000;  // at full speed it would be ended for flooding
  core::Supervisor supervisor(hub, core::Registry::of(SOURCE), settings);
  const auto ports = std::make_shared<tests::Ports>();
  supervisor.add_source(ports);
  supervisor.start();
  ports->plug(1, std::string(load.video ? "video" : "ecg") + (full ? " full" : ""), "bench");
  const auto own = own_cpu_s();
  const auto figures = listen(*inbox, full ? full_s : nominal_s);
  if (own_cpu) *own_cpu = (own_cpu_s() - own) / nominal_s;
  if (host_cpu)
    for (const auto& use : supervisor.processes()) *host_cpu = use.cpu_seconds / nominal_s;
  supervisor.stop();
  return figures;
}

void compare(const char* what, const Load& load) {
  using Way = std::function<Figures(const Load&, bool)>;
  double host_cpu = 0, own_cpu = 0;
  std::vector<std::pair<const char*, Way>> ways = {
      {"in process", in_process},
      {"plain pipe", plain_pipe},
      {"border", [&](const Load& l, bool full) { return full ? border(l, true) : border(l, false, &host_cpu, &own_cpu); }}};
#ifdef HAVE_LSL
  if (!load.video)
    ways.emplace_back("liblsl", [](const Load& l, bool full) {
      const auto f = bench::through_lsl(l, full, full ? full_s : nominal_s);
      return Figures{f.per_s, f.p50_us, f.p99_us};
    });
#endif
  std::printf("%s\n  %-10s %12s %10s %8s %8s   p50 and rate beside in process\n", what, "", "chunks/s", "MB/s", "p50 us", "p99 us");
  Figures base, base_full;
  for (const auto& [name, way] : ways) {
    const auto nominal = way(load, false), full = way(load, true);
    if (base.p50_us == 0) base = nominal, base_full = full;
    std::printf("  %-10s %12.0f %10.1f %8.1f %8.1f   x%.1f, x%.2f\n", name, full.per_s, full.per_s * load.bytes / 1e6,
                nominal.p50_us, nominal.p99_us, nominal.p50_us / base.p50_us, full.per_s / base_full.per_s);
    std::fflush(stdout);
  }
  std::printf("  at its nominal rate the plugin host uses %.2f %% of a processor, the application with the hub %.2f %%\n",
              100 * host_cpu, 100 * own_cpu);
}

}  // namespace

int main() {
  core::open_log({"", core::LogLevel::off, core::LogLevel::error});
  std::printf("chunks/s at full speed; latency at the nominal rate, device's thread to a listener of the hub\n");
  compare("ECG, 12 channels x 1 kHz, chunks of 20 ms (960 bytes)", bench::ecg());
  compare("camera, 1080p30, pictures of 350 KiB", bench::video());
#ifndef HAVE_LSL
  std::printf("liblsl is not on this machine\n");
#endif
}
