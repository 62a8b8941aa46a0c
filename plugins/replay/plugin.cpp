// Recorded examinations as devices: one file is one device. Everything it delivers is marked SIMULATED, and the device is
// called REPLAY.
#include <cmath>
#include <string>
#include <string_view>

#include "player.hpp"

namespace caukham::plugins::replay {
namespace {

enum Id : std::uint32_t { id_recording = 1, id_from, id_to, id_loop, id_stamps, id_fault, id_argument };

class Replay final : public sdk::Device {
 public:
  Replay(const ck_host* host, const ck_endpoint& endpoint)
      : Device(host, endpoint), recording_(open(endpoint)), player_(this->host(), *recording_, faults_) {
    describe_params();
  }
  ~Replay() override { thread_.stop(); }

  std::uint32_t stream_count() const override { return static_cast<std::uint32_t>(recording_->streams().size()); }
  ck_result stream_info(std::uint32_t index, ck_stream_info& out) const override {
    return out = recording_->streams()[index], CK_OK;
  }
  ck_result configure(std::uint32_t mask) override { return player_.enable(mask), CK_OK; }
  ck_result start() override {
    faults_.reset();
    thread_.start(host(), [this] { player_.play(thread_); });
    return CK_OK;
  }
  ck_result stop() override { return thread_.stop(), CK_OK; }

 private:
  std::unique_ptr<Recording> open(const ck_endpoint& endpoint) const {
    try {
      return open_recording(endpoint.path);
    } catch (const std::exception& e) {
      host().log(CK_LOG_ERROR, e.what());
      throw sdk::Refusal{CK_E_IO};
    }
  }

  void describe_params() {
    sdk::Param recording;
    recording.id = id_recording;
    recording.name = "recording";
    recording.label = "Recording";
    recording.flags = CK_PARAM_RECORD;
    recording.text = [this] {
      const std::string_view path = this->endpoint().path;
      return std::string(path.substr(path.find_last_of("/\\") + 1));
    };
    params().add(std::move(recording));
    const double longest_s = recording_->duration_s() > 0 ? std::ceil(recording_->duration_s()) : 86'400;
    number(id_from, "from_s", "Play from", "s", 0, longest_s, CK_PARAM_RECORD, [](Settings& s) -> double& { return s.from_s; });
    number(id_to, "to_s", "Play to (0: the end)", "s", 0, longest_s, CK_PARAM_RECORD, [](Settings& s) -> double& { return s.to_s; });
    choice(id_loop, "loop", "At the end", {"Stop", "Begin again"}, [](const Settings& s) { return s.loop; },
           [](Settings& s, bool on) { s.loop = on; });
    choice(id_stamps, "stamps", "The device's clock", {"Counts from the start", "Shows when it was recorded"},
           [](const Settings& s) { return s.original_stamps; }, [](Settings& s, bool on) { s.original_stamps = on; });

    sdk::Param fault;
    fault.id = id_fault;
    fault.name = "fault";
    fault.label = "Fault";
    fault.flags = CK_PARAM_LIVE;
    fault.words = fault_words();
    for (std::size_t n = 0; n < fault_words().size(); ++n) fault.values.push_back(static_cast<double>(n));
    fault.get = [this] { return faults_.last(); };
    fault.set = [this](double v) { return faults_.ask(static_cast<Fault>(static_cast<int>(v))), CK_OK; };
    params().add(std::move(fault));
    sdk::Param argument;
    argument.id = id_argument;
    argument.name = "fault_argument";
    argument.label = "Of the fault: electrode, count or ms";
    argument.flags = CK_PARAM_LIVE;
    argument.minimum = -86'400'000;
    argument.maximum = 86'400'000;
    argument.get = [this] { return faults_.argument(); };
    argument.set = [this](double v) { return faults_.set_argument(v), CK_OK; };
    params().add(std::move(argument));
  }

  template <class Field>
  void number(Id id, const char* name, const char* label, const char* unit, double least, double most, ck_param_flags flags, Field field) {
    sdk::Param p;
    p.id = id;
    p.name = name;
    p.label = label;
    p.unit = unit;
    p.flags = CK_PARAM_LIVE | flags;
    p.minimum = least;
    p.maximum = most;
    p.get = [this, field] {
      auto settings = player_.settings();
      return field(settings);
    };
    p.set = [this, field](double v) {
      auto settings = player_.settings();
      field(settings) = v;
      return player_.change(settings), CK_OK;
    };
    params().add(std::move(p));
  }

  template <class Get, class Set>
  void choice(Id id, const char* name, const char* label, std::vector<std::string> words, Get get, Set set) {
    sdk::Param p;
    p.id = id;
    p.name = name;
    p.label = label;
    p.flags = CK_PARAM_LIVE | CK_PARAM_RECORD;
    p.values = {0, 1};
    p.words = std::move(words);
    p.preset = get(Settings{});
    p.get = [this, get] { return get(player_.settings()); };
    p.set = [this, set](double v) {
      auto settings = player_.settings();
      set(settings, v > 0.5);
      return player_.change(settings), CK_OK;
    };
    params().add(std::move(p));
  }

  const std::unique_ptr<Recording> recording_;
  Faults faults_;
  Player player_;
  sdk::StreamThread thread_;
};

std::int32_t probe(const ck_endpoint& endpoint) {
  return endpoint.link == CK_LINK_PLUGIN && std::string_view(endpoint.product).find("REPLAY") != std::string_view::npos ? 100 : 0;
}

}  // namespace
}  // namespace caukham::plugins::replay

CK_PLUGIN(caukham::plugins::replay::Replay, "org.caukham.replay", "1.0.0", caukham::plugins::replay::probe);
