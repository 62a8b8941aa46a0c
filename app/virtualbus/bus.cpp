#include "virtualbus/bus.hpp"

#include <algorithm>
#include <cstring>

#include "ipc/messages.hpp"

namespace caukham::virtualbus {
namespace {

constexpr int ready_ms = 30000;  // reading records and rendering scenes on a weak PC

std::string bare(std::string name) { return name.starts_with("sim:") ? name.substr(4) : name; }

}  // namespace

Bus::Bus(const BusOptions& options) {
  auto [ours, theirs] = ipc::Channel::pair();
  ipc::Handle inherited = theirs.release();
  ipc::Spawn spawn;
  spawn.program = options.program;
  spawn.arguments = {"--channel", "3"};
  spawn.arguments.insert(spawn.arguments.end(), options.arguments.begin(), options.arguments.end());
  spawn.inherit = {{&inherited, 3}};
  spawn.output = options.output;
  process_ = ipc::Process::spawn(spawn);
  control_ = std::move(ours);
  inherited.reset();  // so that the simulator's end is the only one
  const ControlAnswer answer = ask(ControlOp::list, "", "", nullptr, ready_ms);
  for (std::uint32_t i = 0; i < answer.count; ++i) names_.push_back(ipc::text_of(answer.names[i]));
}

Bus::Bus(ipc::Channel control) : control_(std::move(control)) {
  const ControlAnswer answer = ask(ControlOp::list, "", "", nullptr, ready_ms);
  for (std::uint32_t i = 0; i < answer.count; ++i) names_.push_back(ipc::text_of(answer.names[i]));
}

bool Bus::alive() const {
  std::lock_guard lock(mutex_);
  return alive_;
}

std::vector<std::string> Bus::devices() const { return names_; }

std::vector<ck_endpoint> Bus::endpoints() const {
  std::lock_guard lock(mutex_);
  return endpoints_;
}

ControlAnswer Bus::ask(ControlOp op, const std::string& name, const std::string& act,
                       const ipc::Handle* handle, int timeout_ms) {
  if (!alive_) throw BusError("The simulator has ended; start the program again.");
  ControlRequest request{};
  request.size = sizeof request;
  request.op = op;
  ipc::put_text(request.name, bare(name));
  ipc::put_text(request.act, act);
  std::vector<std::byte> message;
  const auto handles = handle ? std::span<const ipc::Handle>(handle, 1) : std::span<const ipc::Handle>();
  if (control_.send(std::as_bytes(std::span(&request, 1)), handles) == ipc::Sent::ok &&
      control_.receive(message, nullptr, timeout_ms) == ipc::Received::message)
    if (const auto answer = parse_control_answer(message)) return *answer;
  // Dead, silent or talking nonsense: the answers could no longer be told apart.
  alive_ = false;
  endpoints_.clear();
  control_.close();
  const auto status = process_.wait(200);
  throw BusError("The simulator " + (status ? status->words() : std::string("does not answer")) +
                 "; look into its log and start the program again.");
}

ControlAnswer Bus::ask_or_throw(ControlOp op, const std::string& name, const ipc::Handle* handle) {
  ControlAnswer answer = ask(op, name, "", handle);
  if (answer.ok == 0) throw BusError("Simulator: " + ipc::text_of(answer.text) + ".");
  return answer;
}

ck_endpoint Bus::plug(const std::string& name) {
  std::lock_guard lock(mutex_);
  const ck_endpoint endpoint = ask_or_throw(ControlOp::plug, name).endpoint;
  endpoints_.push_back(endpoint);
  return endpoint;
}

void Bus::unplug(const std::string& name) {
  std::lock_guard lock(mutex_);
  ask_or_throw(ControlOp::unplug, name);
  std::erase_if(endpoints_,
                [&](const ck_endpoint& e) { return ipc::text_of(e.path) == "sim:" + bare(name); });
}

bool Bus::act(const std::string& name, const std::string& act) {
  std::lock_guard lock(mutex_);
  return ask(ControlOp::act, name, act, nullptr).ok != 0;
}

std::vector<Produced> Bus::stats(const std::string& name) {
  std::lock_guard lock(mutex_);
  const ControlAnswer answer = ask_or_throw(ControlOp::stats, name);
  std::vector<Produced> out;
  for (std::uint32_t i = 0; i < std::min<std::uint32_t>(answer.count, max_stats); ++i)
    out.push_back({ipc::text_of(answer.stats[i].stream), answer.stats[i].samples, answer.stats[i].sent});
  return out;
}

ipc::Channel Bus::open(const std::string& name) {
  std::lock_guard lock(mutex_);
  auto [ours, theirs] = ipc::Channel::pair();
  const ipc::Handle handle = theirs.release();
  ask_or_throw(ControlOp::open, name, &handle);
  return std::move(ours);
}

}  // namespace caukham::virtualbus
