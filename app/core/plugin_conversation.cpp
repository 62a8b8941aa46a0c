// The part of PluginDevice that talks: what is sent, what comes, and whose turn it is.
#include <utility>

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "core/log.hpp"
#include "core/plugin_device.hpp"
#include "core/words.hpp"

namespace caukham::core {
namespace {
constexpr std::int64_t ms = 1'000'000, second = 1000 * ms, minute = 60 * second;
constexpr int messages_a_turn = 128;        // then the other devices have their turn
constexpr std::size_t outbox_limit = 4096;  // more than all slots of a pool: it does not read any more
}  // namespace

void PluginDevice::send(const ipc::Message& message) {
  outbox_.push_back(message);
  flush();
}

void PluginDevice::flush() {
  while (!outbox_.empty() && channel_.valid()) {
    const auto sent = ipc::post(channel_, outbox_.front());
    if (sent == ipc::Sent::would_block) break;
    outbox_.pop_front();  // also when the peer is gone: receive() will say so
  }
}

void PluginDevice::on_channel() {
  drained_ = false;
  for (int n = 0; n < messages_a_turn; ++n) {
    if (!channel_.valid()) return;
    switch (channel_.receive(buffer_)) {
      case ipc::Received::nothing: drained_ = true; return;
      case ipc::Received::closed: drained_ = true; return ended_by_itself();
      case ipc::Received::refused: return lie("a message too long, or with handles in it");
      case ipc::Received::message: break;
    }
    const auto now = now_ns();
    if (now - second_began_ns_ >= second) second_began_ns_ = now, messages_this_second_ = 0;
    if (++messages_this_second_ > house_.settings.messages_per_second)
      return fail("plugin host broke the protocol and was ended: it floods: more than " +
                      std::to_string(house_.settings.messages_per_second) + " messages in a second",
                  tr("The driver program of {0} sends far more than it should.", status_.name), gap_reason::flooded);
    if (outbox_.size() > outbox_limit) return lie("it does not read what is sent to it");
    std::string why;
    const auto message = ipc::decode(buffer_, ipc::From::plugin_host, why);
    if (!message) return lie(why);
    handle(*message);
  }
}

void PluginDevice::on_output() {
  if (!output_.valid()) return;
  const bool open = ipc::drain(output_, output_line_, 16384);
  for (std::size_t end; (end = output_line_.find('\n')) != std::string::npos; output_line_.erase(0, end + 1))
    note(ipc::clean_text(output_line_.substr(0, end))),
        complain("printed: " + ipc::clean_text(output_line_.substr(0, end)));
  if (output_line_.size() > 4096) output_line_.clear();
  if (!open) {
    house_.poller.remove(output_.native());
    output_.reset();
  }
}

void PluginDevice::handle(const ipc::Message& message) {
  const auto out_of_turn = [&] { lie(std::string(ipc::name_of(message)) + " out of turn"); };
  const bool closing = phase_ == Phase::stopping || phase_ == Phase::closing || phase_ == Phase::quitting;
  if (const auto* ready = std::get_if<ipc::ChunkReady>(&message)) {
    phase_ == Phase::starting || phase_ == Phase::live || phase_ == Phase::stopping ? on_chunk(*ready) : out_of_turn();
  } else if (const auto* event = std::get_if<ipc::EventReady>(&message)) {
    phase_ == Phase::hello ? out_of_turn() : on_event(event->event);
  } else if (const auto* line = std::get_if<ipc::Log>(&message)) {
    on_log(*line);
  } else if (const auto* pong = std::get_if<ipc::Pong>(&message)) {
    if (pong->token > ping_token_) return lie("a Pong to no Ping");
    pings_unanswered_ = 0;
  } else if (const auto* answer = std::get_if<ipc::ParamAnswer>(&message)) {
    on_param_answer(*answer);
  } else if (const auto* hello = std::get_if<ipc::Hello>(&message)) {
    phase_ == Phase::hello ? on_hello(*hello) : out_of_turn();
  } else if (const auto* last = std::get_if<ipc::Farewell>(&message)) {
    farewell_ = ipc::text_of(last->text);
  } else if (const auto* stream = std::get_if<ipc::Stream>(&message)) {
    if (phase_ != Phase::opening) return out_of_turn();
    if (const char* wrong = table_.add(stream->info)) lie(wrong);
  } else if (const auto* param = std::get_if<ipc::Param>(&message)) {
    if (phase_ != Phase::opening || params_.size() >= ipc::max_params) return out_of_turn();
    params_.push_back({param->info, param->value, ipc::text_of(param->text), {}});
    if (param->info.flags & CK_PARAM_WORDS)
      for (std::uint32_t n = 0; n < param->info.value_count; ++n)
        params_.back().words.push_back(ipc::text_of(param->words[n]));
  } else if (const auto* opened = std::get_if<ipc::Opened>(&message)) {
    phase_ == Phase::opening ? on_opened(*opened) : out_of_turn();
  } else if (const auto* started = std::get_if<ipc::Started>(&message)) {
    if (phase_ != Phase::starting) return out_of_turn();
    if (started->result < 0) return refused("start", started->result, "");
    enter(Phase::live, 0);
    pings_unanswered_ = 0;
    ping_at_ns_ = now_ns() + house_.settings.ping_ms * ms;
    set_state(DeviceState::live, "");
    if (house_.plugins) house_.plugins->note_trouble(manifest_.id, "");
  } else if (std::holds_alternative<ipc::Stopped>(message)) {
    if (phase_ != Phase::stopping) return closing ? void() : out_of_turn();
    send(ipc::Close{});
    enter(Phase::closing, house_.settings.command_ms);
  } else if (std::holds_alternative<ipc::Closed>(message)) {
    if (phase_ != Phase::closing) return out_of_turn();
    send(ipc::Quit{});
    enter(Phase::quitting, house_.settings.command_ms);
  } else {
    out_of_turn();
  }
}

void PluginDevice::on_hello(const ipc::Hello& hello) {
  if (hello.abi_major != CK_ABI_MAJOR || ipc::text_of(hello.id) != manifest_.id)
    return lie("the library's id or interface is not that of its manifest: " + ipc::text_of(hello.id));
  status_.plugin_version = ipc::text_of(hello.version);
  const auto missing = ipc::text_of(hello.sandbox_words);
  sandbox_ = hello.sandbox == ipc::SandboxLevel::full ? "full" : hello.sandbox == ipc::SandboxLevel::partial ? "partial" : "none";
  if (!missing.empty()) sandbox_ += " (" + missing + ")";
  if (house_.plugins) {
    house_.plugins->note_sandbox(manifest_.id, sandbox_);
    if (hello.sandbox != ipc::SandboxLevel::full) log_warning(room_, "sandbox: " + sandbox_);
  }
  note("version " + status_.plugin_version + " runs, sandbox: " + sandbox_);
  send(ipc::Open{endpoint_});
  enter(Phase::opening, house_.settings.open_ms);
}

void PluginDevice::on_opened(const ipc::Opened& opened) {
  if (opened.result < 0) return refused("open", opened.result, ipc::text_of(opened.text));
  if (opened.streams != table_.size() || opened.params != params_.size() || table_.size() == 0)
    return lie("Opened names another number of streams or parameters than were described");
  announce_streams();
  announce_params();
  send(ipc::Start{});
  enter(Phase::starting, house_.settings.start_ms);
}

void PluginDevice::refused(const char* command, ck_result result, const std::string& text) {
  const std::string technical =
      std::string(command) + " failed with " + std::string(ipc::name_of(result)) + (text.empty() ? "" : ": " + text);
  if (result == CK_E_DENIED)
    return fail(technical, tr("{0} is used by another program, or Caukham has no right to use it. Close other "
                              "programs that use it.", status_.name), gap_reason::restarted);
  if (result == CK_E_UNSUPPORTED)
    return fail(technical, tr("This model of {0} is not supported.", status_.name), gap_reason::restarted);
  fail(technical, tr("{0} does not work as it should. Check its cable and switch it off and on.", status_.name),
       gap_reason::restarted);
}

void PluginDevice::on_param_answer(const ipc::ParamAnswer& answer) {
  auto waiting = param_waiting_.find(answer.id);
  if (waiting == param_waiting_.end() || waiting->second.empty()) return lie("ParamAnswer out of turn");
  auto done = std::move(waiting->second.front());
  waiting->second.pop_front();
  for (auto& param : params_) {
    if (param.info.id != answer.id || answer.result < 0) continue;
    param.value = answer.value;
    announce_params();
    Event event{status_.id, 0, EventKind::param, now_ns(), {static_cast<std::int64_t>(answer.id)}, {}};
    event.text = ipc::text_of(param.info.name);
    house_.hub.publish(event);
  }
  if (done) done(answer.result, answer.value);
}

void PluginDevice::on_log(const ipc::Log& line) {
  if (line.level >= CK_LOG_INFO) note(ipc::text_of(line.text));
  if (line.level >= CK_LOG_WARNING)
    complain("says: " + ipc::text_of(line.text));
  else
    log_debug(room_, ipc::text_of(line.text));
}

void PluginDevice::complain(const std::string& text) {
  const auto now = now_ns();
  if (now - minute_began_ns_ >= minute) minute_began_ns_ = now, complaints_this_minute_ = 0;
  if (++complaints_this_minute_ <= 60) log_warning(room_, text);
  if (complaints_this_minute_ == 60) log_warning(room_, "more lines of this minute are left out");
}

}  // namespace caukham::core
