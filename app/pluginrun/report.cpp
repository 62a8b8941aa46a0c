#include "pluginrun/report.hpp"

#include <algorithm>
#include <stdexcept>

#include "core/words.hpp"

namespace caukham::pluginrun {
namespace {

constexpr double trace_rows_hz = 20;
constexpr int trace_columns = 64;

const char* word(core::EventKind kind) {
  constexpr const char* words[] = {"?",     "BUTTON",    "ELECTRODES", "BATTERY", "GONE",
                                   "PARAM", "MANOEUVRE", "STILL",      "WARNING", "REOPEN"};
  const auto n = static_cast<std::size_t>(kind);
  if (kind == core::EventKind::clock_doubted) return "CLOCK";
  return n < std::size(words) ? words[n] : "?";
}

}  // namespace

Report::Report(bool trace, const std::string& csv) : trace_(trace) {
  if (csv.empty()) return;
  csv_.reset(std::fopen(csv.c_str(), "w"));
  if (!csv_) throw std::runtime_error("the file " + csv + " cannot be written");
  std::fputs("stream,sample,time_ns,channel,value\n", csv_.get());
}

void Report::take(const core::Item& item) {
  if (const auto* c = std::get_if<core::ChunkPtr>(&item)) return chunk(**c);
  if (const auto* s = std::get_if<core::StreamAdded>(&item)) {
    const auto& i = s->info;
    seen_[i.id].info = i;
    std::printf("stream   %s: %s, %g /s, unit \"%s\"%s\n", i.name.c_str(),
                i.kind == core::StreamKind::video
                    ? (std::to_string(i.width) + " x " + std::to_string(i.height) + " pixels").c_str()
                    : (std::to_string(i.channels()) + " channels").c_str(),
                i.rate_hz, i.unit.c_str(), i.simulated ? ", SIMULATED" : "");
  } else if (const auto* d = std::get_if<core::DeviceStatus>(&item)) {
    std::printf("device   %s: %s%s%s\n", d->name.c_str(), core::text_of(d->state), d->problem.empty() ? "" : ". ",
                d->problem.c_str());
    failed_ = d->state == core::DeviceState::failed;
  } else if (const auto* e = std::get_if<core::Event>(&item)) {
    std::printf("event    %s %lld %lld %s\n", word(e->kind), static_cast<long long>(e->value[0]),
                static_cast<long long>(e->value[1]), e->text.c_str());
  } else if (const auto* g = std::get_if<core::Gap>(&item)) {
    std::printf("gap      %llu samples%s: %s\n", static_cast<unsigned long long>(g->length),
                g->exact ? "" : " (estimated)", g->reason.c_str());
  }
  std::fflush(stdout);
}

void Report::chunk(const core::Chunk& c) {
  const auto found = seen_.find(c.stream);
  if (found == seen_.end()) return;
  Seen& s = found->second;
  if (s.chunks++ == 0) s.first_ns = c.time_ns;
  s.last_ns = c.time_ns;
  s.last_count = c.count;
  s.samples += c.count;
  s.lost += c.lost;
  s.bytes += c.picture.size();
  if (s.info.kind == core::StreamKind::video) return;
  if (csv_) {
    const std::uint32_t channels = s.info.channels();
    for (std::size_t n = 0; n < c.samples.size(); ++n)
      std::fprintf(csv_.get(), "%s,%llu,%lld,%s,%g\n", s.info.name.c_str(),
                   static_cast<unsigned long long>(c.first_sample + n / channels), static_cast<long long>(c.time_ns),
                   n % channels < s.info.labels.size() ? s.info.labels[n % channels].c_str() : "",
                   c.samples[n] * s.info.scale + s.info.offset);
  }
  if (trace_ && c.stream == seen_.begin()->first) draw(s, c);
}

// The first channel, turned by a quarter: time runs down the terminal. The range follows what has been seen.
void Report::draw(Seen& s, const core::Chunk& c) {
  const std::uint32_t channels = s.info.channels();
  for (std::size_t n = 0; n + channels <= c.samples.size(); n += channels) {
    const double v = c.samples[n] * s.info.scale + s.info.offset;
    s.low = s.drawn ? std::min(s.low, v) : v;
    s.high = s.drawn ? std::max(s.high, v) : v;
    s.drawn = true;
    s.since_drawn += trace_rows_hz / s.info.rate_hz;
    if (s.since_drawn < 1) continue;
    s.since_drawn -= 1;
    const double range = s.high - s.low;
    const int at = range > 0 ? static_cast<int>((v - s.low) / range * (trace_columns - 1)) : 0;
    std::printf("trace    |%*s*%*s| %g %s\n", at, "", trace_columns - 1 - at, "", v, s.info.unit.c_str());
  }
  std::fflush(stdout);
}

bool Report::delivered() const {
  return !seen_.empty() &&
         std::all_of(seen_.begin(), seen_.end(), [](const auto& s) { return s.second.samples > 0; });
}

void Report::print_sum() const {
  if (seen_.empty()) std::printf("sum      no stream was described\n");
  for (const auto& [id, s] : seen_) {
    const char* what = s.info.kind == core::StreamKind::video ? "pictures" : "samples";
    std::printf("sum      %s: %llu %s in %llu chunks, %llu lost", s.info.name.c_str(),
                static_cast<unsigned long long>(s.samples), what, static_cast<unsigned long long>(s.chunks),
                static_cast<unsigned long long>(s.lost));
    // Over the time from the first to the last chunk; the last chunk's samples came after it.
    const double seconds = static_cast<double>(s.last_ns - s.first_ns) * 1e-9;
    if (s.chunks >= 10 && seconds > 0.5)
      std::printf(", %.2f /s measured, %g /s said\n", static_cast<double>(s.samples + s.lost - s.last_count) / seconds,
                  s.info.rate_hz);
    else
      std::printf("; too few to tell a rate\n");
  }
}

}  // namespace caukham::pluginrun
