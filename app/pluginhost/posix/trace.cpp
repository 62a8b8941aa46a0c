#include "pluginhost/transport/trace.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace caukham::pluginhost {
namespace {

std::array<std::array<char, Trace::line_bytes>, Trace::lines> ring;
std::atomic<std::uint32_t> next{0};

void on_crash(int signal) {
  Trace::dump();
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

}  // namespace

void Trace::enable() {
  enabled_ = true;
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) ::signal(signal, on_crash);
}

void Trace::note(std::string_view what, unsigned endpoint, ck_result result,
                 std::span<const std::uint8_t> data) {
  if (!enabled_) return;
  auto& line = ring[next.fetch_add(1) % lines];
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(
                      std::chrono::steady_clock::now().time_since_epoch()).count();
  int n =
      std::snprintf(line.data(), line.size(), "transport %lld us %.*s %02x %d:", static_cast<long long>(us),
                    static_cast<int>(what.size()), what.data(), endpoint, result);
  for (std::size_t i = 0;
       i < std::min<std::size_t>(data.size(), 32) && n > 0 && n + 4 < static_cast<int>(line.size()); ++i)
    n += std::snprintf(line.data() + n, line.size() - static_cast<std::size_t>(n), " %02x", data[i]);
}

void Trace::dump() {
  const std::uint32_t end = next;
  for (std::uint32_t i = end > lines ? end - lines : 0; i < end; ++i) {
    const auto& line = ring[i % lines];
    const auto length = static_cast<std::size_t>(std::find(line.begin(), line.end(), '\0') - line.begin());
    [[maybe_unused]] auto n = ::write(2, line.data(), length);
    n = ::write(2, "\n", 1);
  }
}

}  // namespace caukham::pluginhost
