#include "lib/plugin_session.hpp"

#include <chrono>
#include <cstring>

#include "pluginhost/loop.hpp"

namespace caukham::tests {
namespace {

using Clock = std::chrono::steady_clock;

int left_ms(Clock::time_point until) {
  return static_cast<int>(std::max<std::int64_t>(
      0, std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count()));
}

const char* wrong_with_data(std::span<const std::byte> data, const ck_stream_info& s) {
  if (s.kind == CK_STREAM_VIDEO) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned>(data[i]); };
    const std::size_t n = data.size();
    return at(0) == 0xFF && at(1) == 0xD8 && at(n - 2) == 0xFF && at(n - 1) == 0xD9
               ? nullptr
               : "a picture is not a whole JPEG";
  }
  for (std::size_t i = 0; i < data.size(); i += s.format == CK_FORMAT_I16 ? 2 : 4) {
    std::int32_t v = 0;
    if (s.format == CK_FORMAT_I16) {
      std::int16_t narrow;
      std::memcpy(&narrow, data.data() + i, 2);
      v = narrow;
    } else {
      std::memcpy(&v, data.data() + i, 4);
    }
    if (v < s.digital_min || v > s.digital_max) return "a sample is outside its stream's digital range";
  }
  return nullptr;
}

}  // namespace

PluginSession::PluginSession(Options options) : manifest_(ipc::read_manifest(options.manifest)) {
  pool_ = std::make_unique<ipc::PoolReader>(manifest_.pool);
  auto [ours, theirs] = ipc::Channel::pair();
  channel_ = std::move(ours);
  if (options.way == Way::thread) {
    pluginhost::HostOptions host;
    host.manifest_path = options.manifest;
    host.channel = std::move(theirs);
    host.pool = pool_->handle().duplicate();
    host.bus = std::move(options.bus);
    thread_ = std::thread([this, host = std::make_shared<pluginhost::HostOptions>(std::move(host))] {
      thread_code_ = pluginhost::run_host(std::move(*host));
    });
    return;
  }
  const ipc::Handle channel = theirs.release();
  const ipc::Handle output = ipc::own_stderr();
  ipc::Handle bus;
  ipc::Spawn spawn;
  spawn.program = PLUGINHOST;
  spawn.arguments = {"--manifest", options.manifest, "--channel", "3", "--pool", "4"};
  spawn.inherit = {{&channel, 3}, {&pool_->handle(), 4}};
  if (options.bus) {
    bus = options.bus->release();
    spawn.arguments.insert(spawn.arguments.end(), {"--bus", "5"});
    spawn.inherit.emplace_back(&bus, 5);
  }
  spawn.arguments.insert(spawn.arguments.end(), options.arguments.begin(), options.arguments.end());
  spawn.environment = options.environment;
  spawn.output = &output;
  process_ = ipc::Process::spawn(spawn);
}

PluginSession::~PluginSession() {
  channel_.close();
  if (thread_.joinable()) thread_.join();
}

bool PluginSession::until(const std::function<bool()>& enough, int timeout_ms) {
  const auto end = Clock::now() + std::chrono::milliseconds(timeout_ms);
  std::vector<std::byte> bytes;
  while (!enough()) {
    if (ended) return false;
    const ipc::Received got = channel_.receive(bytes, nullptr, left_ms(end));
    if (got == ipc::Received::nothing && left_ms(end) == 0) return enough();
    if (got == ipc::Received::nothing) continue;
    if (got == ipc::Received::closed) {
      ended = true;
      continue;
    }
    std::string why = "refused";
    const auto message =
        got == ipc::Received::message ? ipc::decode(bytes, ipc::From::plugin_host, why) : std::nullopt;
    if (message)
      hear(*message);
    else
      lies.push_back(why);
  }
  return true;
}

void PluginSession::hear(const ipc::Message& message) {
  if (const auto* m = std::get_if<ipc::ChunkReady>(&message)) return hear_chunk(*m);
  if (const auto* m = std::get_if<ipc::Log>(&message)) return hear_log(*m);
  if (const auto* m = std::get_if<ipc::EventReady>(&message)) return events.push_back(m->event);
  if (const auto* m = std::get_if<ipc::Hello>(&message)) hello = *m;
  if (const auto* m = std::get_if<ipc::Farewell>(&message)) farewell = ipc::text_of(m->text);
  if (const auto* m = std::get_if<ipc::Opened>(&message)) open_text = ipc::text_of(m->text);
  if (const auto* m = std::get_if<ipc::Param>(&message)) params[ipc::text_of(m->info.name)] = *m;
  if (const auto* m = std::get_if<ipc::Stream>(&message)) {
    if (!listing_) table_.clear();
    listing_ = true;
    if (const char* why = table_.add(m->info)) lies.push_back(why);
    streams[m->info.id].info = m->info;
    return;
  }
  if (!std::holds_alternative<ipc::Param>(message)) listing_ = false;
  answer_ = message;
}

void PluginSession::hear_chunk(const ipc::ChunkReady& m) {
  if (const char* why = table_.accept(m.chunk)) return lies.push_back(why);
  const auto data = pool_->take(m.slot, m.chunk.bytes);
  if (!data) return lies.push_back("a slot that is not the host's to give, or too many bytes");
  Seen& seen = streams[m.chunk.stream];
  const std::vector<std::byte> copy(data->begin(), data->end());
  if (const char* why = wrong_with_data(copy, seen.info)) lies.push_back(why);
  if (seen.chunks > 0 && m.chunk.time_ns < seen.last_ns) lies.push_back("time runs backwards");
  if (seen.chunks++ == 0) seen.first_ns = m.chunk.time_ns;
  seen.last_ns = m.chunk.time_ns;
  seen.samples += m.chunk.count;
  seen.lost += m.chunk.lost;
  seen.disconts += (m.chunk.flags & CK_CHUNK_DISCONT) != 0;
  seen.after_full_pool += m.pool_was_full;
  if (give_slots_back) give_back(m.slot);
}

void PluginSession::give_back(std::uint32_t slot) {
  pool_->give_back(slot);
  post(ipc::SlotFree{slot});
}

void PluginSession::hear_log(const ipc::Log& m) {
  static constexpr const char* levels[] = {"debug", "info", "warning", "error", "HOST", "PLUGIN"};
  log.push_back(std::string(levels[m.level]) + ": " + ipc::text_of(m.text));
  if (m.level >= CK_LOG_HOST_MISBEHAVING) misbehaviours.push_back(log.back());
}

void PluginSession::post(const ipc::Message& message) { ipc::post(channel_, message, 1000); }

template <class T>
std::optional<T> PluginSession::ask(const ipc::Message& question, int timeout_ms) {
  answer_.reset();
  post(question);
  until([&] { return answer_ && std::holds_alternative<T>(*answer_); }, timeout_ms);
  if (!answer_ || !std::holds_alternative<T>(*answer_)) return std::nullopt;
  return std::get<T>(*answer_);
}

bool PluginSession::until_hello(int timeout_ms) {
  return until([&] { return hello.has_value(); }, timeout_ms);
}
ck_result PluginSession::open(const ck_endpoint& endpoint) {
  const auto a = ask<ipc::Opened>(ipc::Open{endpoint}, 10000);
  return a ? a->result : CK_E_AGAIN;
}
ck_result PluginSession::configure(std::uint32_t mask) {
  const auto a = ask<ipc::Configured>(ipc::Configure{mask}, 3000);
  return a ? a->result : CK_E_AGAIN;
}
ck_result PluginSession::start() {
  table_.restart();
  // A new start estimates the device's clock anew; time runs forwards within one.
  for (auto& [id, seen] : streams) seen.last_ns = 0;
  const auto a = ask<ipc::Started>(ipc::Start{}, 3000);
  return a ? a->result : CK_E_AGAIN;
}
ck_result PluginSession::stop() {
  const auto a = ask<ipc::Stopped>(ipc::Stop{}, 3000);
  return a ? a->result : CK_E_AGAIN;
}
bool PluginSession::close() { return ask<ipc::Closed>(ipc::Close{}, 3000).has_value(); }
std::optional<ipc::ParamAnswer> PluginSession::param_get(std::uint32_t id) {
  return ask<ipc::ParamAnswer>(ipc::ParamGet{id}, 3000);
}
std::optional<ipc::ParamAnswer> PluginSession::param_set(std::uint32_t id, double value) {
  return ask<ipc::ParamAnswer>(ipc::ParamSet{id, 0, value}, 3000);
}
bool PluginSession::ping(int timeout_ms) { return ask<ipc::Pong>(ipc::Ping{42}, timeout_ms).has_value(); }

int PluginSession::quit(int timeout_ms) {
  post(ipc::Quit{});
  until([] { return false; }, timeout_ms);  // to the end of the channel
  if (thread_.joinable()) {
    channel_.close();
    thread_.join();
    return thread_code_;
  }
  const auto status = process_.wait(timeout_ms);
  if (!status) return process_.kill(), -1;
  words_at_end = status->words();
  return status->signalled ? -1 : status->code;
}

std::uint64_t PluginSession::samples() const {
  std::uint64_t n = 0;
  for (const auto& [id, seen] : streams) n += seen.samples;
  return n;
}

bool PluginSession::saw(ck_event_kind kind) const {
  for (const ck_event& e : events)
    if (e.kind == kind) return true;
  return false;
}

}  // namespace caukham::tests
