// devices fault DEVICE FAULT..: lets a simulated device fail while a simulated station runs, one fault after the other,
// and tells what the station did about each and how the other devices fared. Samples are counted for waveforms only:
// pictures are kept on demand, so of a camera only its state and restarts are told.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <iostream>
#include <optional>
#include <random>
#include <thread>

#include "cli/commands.hpp"
#include "core/recording_source.hpp"
#include "ipc/faults.hpp"
#include "json/json_text.hpp"

namespace caukham::cli {
namespace {

using nlohmann::json;
using station::Snapshot;
using Clock = std::chrono::steady_clock;

using Kinds = std::vector<std::string>;

// Of the simulator's devices, or of the recordings that are played.
Kinds kinds_of(const station::Options& options) {
  if (options.replay.empty()) return {"ecg", "otoscope", "dermatoscope", "spirometer"};
  Kinds kinds;
  const core::RecordingSource recordings(options.replay);
  for (const auto& endpoint : recordings.endpoints())
    kinds.push_back(core::RecordingSource::kind_of(endpoint));
  return kinds;
}

std::string usage() {
  std::string text = "devices fault takes a simulated device (ecg, otoscope, dermatoscope, spirometer; with --replay one that "
                     "is played) and one of:\n";
  for (const auto& word : ipc::fault_words())
    text += std::string("  ") + word.name + (*word.argument ? " " : "") + word.argument + ": " + word.sentence + "\n";
  return text;
}

// Until `met`, at most `seconds`.
bool wait(station::Station& station, double seconds, const std::function<bool(const Snapshot&)>& met) {
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  while (!met(*station.snapshot())) {
    if (Clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

// All that can be told of one device at one moment.
struct Standing {
  core::DeviceStatus device;
  std::uint64_t samples = 0, lost = 0;
  std::size_t gaps = 0;
  std::uint32_t electrodes_off = 0;
  bool there = false, streams = false, counted = false;  // counted: samples are (pictures are kept on demand only)
};
Standing standing(const Snapshot& s, const std::string& kind) {
  Standing out;
  for (const auto& d : s.devices)
    if (d.kind == kind) out.device = d, out.there = true;
  for (const auto& stream : s.streams) {
    if (stream.info.device_kind != kind) continue;
    out.streams = true;
    out.counted = out.counted || stream.info.kind == core::StreamKind::waveform;
    out.samples += stream.samples;
    out.lost += stream.lost;
    out.gaps += stream.gaps.size();
    out.electrodes_off |= stream.electrodes_off;
  }
  return out;
}

bool live(const Snapshot& s, const std::string& kind) {
  const auto now = standing(s, kind);
  return now.there && now.device.state == core::DeviceState::live && now.streams && (!now.counted || now.samples > 0);
}

// Something shows: the station has noticed.
bool noticed(const Standing& before, const Standing& now) {
  return now.gaps > before.gaps || now.lost > before.lost || now.device.restarts > before.device.restarts ||
         now.device.state != before.device.state || now.electrodes_off != before.electrodes_off ||
         now.device.problem != before.device.problem;
}

json fault_one(station::Station& station, const Kinds& kinds, const std::string& kind, const ipc::FaultCommand& fault) {
  // Each fault meets a device that has settled: one that fails while it starts is started again ever more slowly.
  wait(station, 1.5, [](const Snapshot&) { return false; });
  const auto start = station.snapshot();
  const auto before = standing(*start, kind);
  const std::uint64_t notice = start->notices.empty() ? 0 : start->notices.back().number;
  const auto began = Clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - began).count(); };
  station.simulate(kind + " " + fault.name + (fault.argument.empty() ? "" : " " + fault.argument));
  // A silence is told after two seconds, a hang after three pings.
  bool told = false;
  const bool seen = wait(station, 8, [&](const Snapshot& s) {
    told = !s.notices.empty() && s.notices.back().number > notice;
    return told || noticed(before, standing(s, kind));
  });
  const double noticed_s = seconds();
  if (fault.name == "STALL") station.simulate(kind + " RESUME");
  if (fault.name == "SLOW") {
    wait(station, 1, [](const Snapshot&) { return false; });
    station.simulate(kind + " SLOW 1");
  }
  if (fault.name == "UNPLUG") {
    wait(station, 5, [&](const Snapshot& s) { return standing(s, kind).device.state == core::DeviceState::unplugged; });
    station.simulate("plug " + kind);
  }
  const auto middle = standing(*station.snapshot(), kind);
  const bool back = wait(station, 20, [&](const Snapshot& s) {
    const auto now = standing(s, kind);
    return now.device.state == core::DeviceState::live && (!now.counted || now.samples > middle.samples + 20);
  });
  const auto end = station.snapshot();
  const auto now = standing(*end, kind);
  json notices = json::array();
  for (const auto& n : end->notices)
    if (n.number > notice) notices.push_back(n.words);
  json others = json::object();
  bool others_well = true;
  for (const auto& other : kinds) {
    if (other == kind) continue;
    const auto then = standing(*start, other), after = standing(*end, other);
    others[other] = {{"restarts", after.device.restarts - then.device.restarts}};
    if (after.counted) {
      others[other]["samples"] = after.samples - then.samples;
      others[other]["lost"] = after.lost - then.lost;
    }
    others_well = others_well && after.device.state == core::DeviceState::live && after.lost == then.lost &&
                  after.device.restarts == then.device.restarts;
  }
  return {{"device", kind}, {"fault", fault.name + (fault.argument.empty() ? "" : " " + fault.argument)},
          {"noticed", seen}, {"noticed_s", seen ? json(noticed_s) : json()}, {"back", back}, {"back_s", seconds()},
          {"gaps", now.gaps - before.gaps}, {"lost", now.lost - before.lost},
          {"restarts", now.device.restarts - before.device.restarts}, {"electrodes_off", now.electrodes_off},
          {"notices", notices}, {"others", others}, {"others_well", others_well}};
}

int run_faults(const Call& call, const station::Options& options, const Kinds& kinds, const std::vector<ipc::FaultCommand>& faults) {
  const auto station = station::make_station(options);
  // Nothing is measured until all are live; a first start on a slow disk may take its time.
  constexpr double patience_s = 60;
  if (!wait(*station, patience_s, [](const Snapshot& s) { return s.ready; })) throw std::runtime_error("the station did not start");
  station::PatientCard nobody;
  nobody.name = "Fault test (SIMULATED)";
  station->create_patient(nobody);
  if (!wait(*station, patience_s, [](const Snapshot& s) { return !s.found.empty(); })) throw std::runtime_error("no patient could be made");
  station->open_exam(station->snapshot()->found.at(0).id, "");
  if (!wait(*station, patience_s, [](const Snapshot& s) { return s.recording_since_ns != 0; })) throw std::runtime_error("no exam could be opened");
  for (const auto& kind : kinds)
    if (options.simulate) station->simulate("plug " + kind);
  const std::string& kind = call.words[2];
  if (!wait(*station, patience_s, [&](const Snapshot& s) {
        return std::all_of(kinds.begin(), kinds.end(), [&](const auto& k) { return live(s, k); });
      }))
    throw std::runtime_error("not every simulated device has become live");
  bool well = true;
  for (const auto& fault : faults) {
    const json told = fault_one(*station, kinds, kind, fault);
    well = well && told["back"].get<bool>() && told["others_well"].get<bool>();
    if (call.json) {
      std::cout << json_text(told) << std::endl;
      continue;
    }
    std::cout << kind << " " << told["fault"].get<std::string>() << " (SIMULATED): "
              << (told["noticed"].get<bool>() ? "noticed after " + std::to_string(told["noticed_s"].get<double>()) + " s"
                                              : std::string("nothing was noticed"))
              << ", " << told["gaps"] << " gaps, " << told["lost"] << " samples lost, " << told["restarts"]
              << " restarts, " << (told["back"].get<bool>() ? "delivers again" : "does not deliver again") << "; the others "
              << (told["others_well"].get<bool>() ? "went on undisturbed" : "were disturbed") << "\n";
    for (const auto& words : told["notices"]) std::cout << "    on the screen: " << words.get<std::string>() << "\n";
  }
  return well ? 0 : 1;
}

// A record for the time of the command, gone also when it fails.
struct OwnRecord {
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("caukham-faults-" + std::to_string(std::random_device{}()));
  OwnRecord() = default;
  OwnRecord(const OwnRecord&) = delete;
  OwnRecord& operator=(const OwnRecord&) = delete;
  ~OwnRecord() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
};

}  // namespace

int devices_fault(const Call& call) {
  const auto kinds = kinds_of(call.station);
  if (call.words.size() < 4 || std::find(kinds.begin(), kinds.end(), call.words[2]) == kinds.end())
    throw std::runtime_error(usage());
  std::vector<ipc::FaultCommand> faults;
  for (std::size_t i = 3; i < call.words.size(); ++i) {
    // An argument is a word of its own on the command line, or one word with its fault: "LEAD_OFF LA".
    const bool pair = i + 1 < call.words.size() && ipc::parse_fault(call.words[i] + " " + call.words[i + 1]);
    const auto fault = ipc::parse_fault(pair ? call.words[i] + " " + call.words[i + 1] : call.words[i]);
    if (!fault) throw std::runtime_error("\"" + call.words[i] + "\" is no fault. " + usage());
    faults.push_back(*fault);
    i += pair;
  }
  auto options = call.station;
  options.simulate = options.replay.empty();
  // Samples are counted where they are recorded, so an exam is open meanwhile: in a record of its own unless one is named.
  std::optional<OwnRecord> own;
  if (options.data_folder.empty()) options.data_folder = own.emplace().folder;
  return run_faults(call, options, kinds, faults);
}

}  // namespace caukham::cli
