// The application's side of the virtual bus: starts the simulator and plugs simulated devices in and out.
// Every call asks the simulator and waits for its answer, a millisecond; nothing happens by itself except
// that the simulator may die, which alive() tells and which makes running plugin hosts see their device gone.
// Thread-safe.
#pragma once
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "ipc/channel.hpp"
#include "ipc/process.hpp"
#include "virtualbus/control.hpp"

namespace caukham::virtualbus {

// What the simulator refused, or that it is gone; what() is a sentence.
struct BusError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct BusOptions {
  std::string program;                 // path of caukham-simulator
  std::vector<std::string> arguments;  // --ecg PATH and so on; see the program's --help
  const ipc::Handle* output = nullptr; // for its messages; null: nowhere
};

struct Produced {
  std::string stream;  // "ecg", "flow", "video"
  std::uint64_t samples = 0, sent = 0;  // as devices::Produced
};

class Bus {
 public:
  // Starts the simulator and waits until it is ready (it reads its data first, a second). Throws BusError
  // with the simulator's reason, std::system_error when the program cannot be run.
  explicit Bus(const BusOptions& options);
  // Uses a server that somebody else runs at the other end.
  explicit Bus(ipc::Channel control);

  bool alive() const;
  int pid() const { return process_.pid(); }
  double cpu_seconds() const { return process_.cpu_seconds(); }  // user + system, so far
  // All devices that can be plugged in.
  std::vector<std::string> devices() const;
  // Those that are, in the order of plugging in. Paths are "sim:NAME"; `kind` is empty: the manifest says it.
  std::vector<ck_endpoint> endpoints() const;

  ck_endpoint plug(const std::string& name);
  void unplug(const std::string& name);
  // What a person or a fault does at the device: "button", "blow", "lead_off LA", "stall". False: it knows no
  // such act.
  bool act(const std::string& name, const std::string& act);
  std::vector<Produced> stats(const std::string& name);
  // A link for one plugin host (its --bus); an earlier link to the same device is cut. `name` may be the
  // endpoint's path.
  ipc::Channel open(const std::string& name);

 private:
  // Caller holds the lock.
  ControlAnswer ask(ControlOp op, const std::string& name, const std::string& act, const ipc::Handle* handle,
                    int timeout_ms = 3000);
  ControlAnswer ask_or_throw(ControlOp op, const std::string& name, const ipc::Handle* handle = nullptr);

  mutable std::mutex mutex_;
  ipc::Process process_;
  ipc::Channel control_;
  bool alive_ = true;
  std::vector<std::string> names_;
  std::vector<ck_endpoint> endpoints_;
};

}  // namespace caukham::virtualbus
