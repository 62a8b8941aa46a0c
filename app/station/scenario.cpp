#include "station/scenario.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "core/i18n.hpp"
#include "ipc/process.hpp"
#include "json/json_text.hpp"
#include "record/record.hpp"

namespace caukham::station {

using nlohmann::json;

namespace {

class Runner {
 public:
  Runner(Station& station, std::string out, const ScenarioHooks& hooks)
      : station_(station), out_(std::move(out)), hooks_(hooks) {}

  void step(const json& step) {
    step_ = step;
    const std::string act = step.at("do");
    hooks_.say({{"step", act}, {"state", "begins"}});
    if (act == "patient") patient();
    else if (act == "open_exam") open_exam();
    else if (act == "simulate") station_.simulate(step.at("command"));
    else if (act == "wait_live") wait_live();
    else if (act == "session") session();
    else if (act == "admit") admit();
    else if (act == "live") live();
    else if (act == "answer_by_button") answer_by_button();
    else if (act == "still") captured(1, [&](const StreamCardUi& s) { station_.capture_still(s.info.id, "", 0); });
    else if (act == "clip") captured(1, [&](const StreamCardUi& s) { station_.capture_clip(s.info.id, number("seconds", 5), ""); });
    else if (act == "ecg_strip") captured(1, [&](const StreamCardUi&) { station_.capture_ecg(number("seconds", 10), "", 0); });
    else if (act == "blow") blow();
    else if (act == "kill_plugin") kill_plugin();
    else if (act == "wait_restarts") wait_restarts();
    else if (act == "wait_failed") wait_failed();
    else if (act == "cut_network") cut_network();
    else if (act == "wait_advice") wait("the specialist's advice", [](const Snapshot& s) { return !s.advice.empty(); });
    else if (act == "screenshot") screenshot();
    else if (act == "chat") station_.send_chat(step.at("text"));
    else if (act == "close_exam") close_exam();
    else if (act == "verify") verify();
    else throw std::runtime_error("the script knows no act named " + act);
  }

  json screenshots = json::array();

 private:
  using Snap = std::shared_ptr<const Snapshot>;

  // Waits until the desk shows it, or fails the script in words.
  Snap wait(const std::string& what, const std::function<bool(const Snapshot&)>& met, int seconds = 30) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(number("timeout", seconds));
    for (;;) {
      auto now = station_.snapshot();
      if (met(*now)) return now;
      if (std::chrono::steady_clock::now() > end) {
        std::string last = now->notices.empty() ? "" : " Last notice: " + now->notices.back().words;
        throw std::runtime_error("waited in vain for " + what + "." + last);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  int number(const char* key, int otherwise) const { return step_.value(key, otherwise); }
  std::string text(const char* key) const { return step_.value(key, ""); }

  static const StreamCardUi* stream_of(const Snapshot& s, const std::string& kind) {
    for (const auto& stream : s.streams)
      if (stream.info.device_kind == kind) return &stream;
    return nullptr;
  }
  static const core::DeviceStatus* device_of(const Snapshot& s, const std::string& kind) {
    for (const auto& device : s.devices)
      if (device.kind == kind) return &device;
    return nullptr;
  }
  static std::size_t durable(const Snapshot& s) {
    std::size_t n = 0;
    for (const auto& c : s.captures) n += c.durable;
    return n;
  }

  void patient() {
    wait("the station to be ready", [](const Snapshot& s) { return s.ready; });
    PatientCard card;
    card.name = text("name");
    card.birth_date = text("birth_date");
    card.sex = text("sex");
    card.cccd = text("cccd");
    station_.create_patient(card);
    wait("the patient to be stored", [&](const Snapshot& s) { return !s.found.empty() && s.found[0].name == card.name; });
  }
  void open_exam() {
    station_.open_exam(station_.snapshot()->found.at(0).id, text("reason"));
    wait("the exam to open", [](const Snapshot& s) { return s.recording_since_ns != 0; });
  }
  void wait_live() {
    for (const std::string kind : step_.at("kinds"))
      wait(kind + " to be live", [&](const Snapshot& s) {
        const auto* device = device_of(s, kind);
        return device && device->state == core::DeviceState::live && stream_of(s, kind);
      });
  }
  void session() {
    station_.open_session();
    const auto now = wait("the invitation", [](const Snapshot& s) { return !s.invitation_link.empty(); });
    hooks_.say({{"step", "session"}, {"state", "open"}, {"link", now->invitation_link}, {"code", now->invitation_code}});
  }
  void admit() {
    const auto now = wait("a specialist to knock", [](const Snapshot& s) {
      for (const auto& guest : s.guests)
        if (guest.state == "knocking") return true;
      return false;
    }, 90);
    for (const auto& guest : now->guests)
      if (guest.state == "knocking") station_.admit(guest.id);
    wait_admitted();
  }
  void wait_admitted() {
    wait("the specialist to be in", [](const Snapshot& s) {
      for (const auto& guest : s.guests)
        if (guest.state == "admitted") return true;
      return false;
    });
  }
  void live() {
    const auto kind = text("kind");
    const auto* start = stream_of(*station_.snapshot(), kind);
    if (!start) throw std::runtime_error("no stream of kind " + kind);
    const auto wanted = start->samples + static_cast<std::uint64_t>(number("seconds", 10) * start->info.rate_hz);
    wait("live samples of " + kind, [&](const Snapshot& s) { return stream_of(s, kind)->samples >= wanted; },
         number("seconds", 10) + 20);
  }
  void captured(std::size_t more, const std::function<void(const StreamCardUi&)>& act) {
    const auto before = station_.snapshot();
    const auto* stream = stream_of(*before, text("kind").empty() ? "ecg" : text("kind"));
    if (!stream) throw std::runtime_error("there is no such device: " + text("kind"));
    act(*stream);
    const auto wanted = durable(*before) + more;
    wait("the capture to be durable", [&](const Snapshot& s) { return durable(s) >= wanted; });
  }
  void answer_by_button() {
    const auto kind = text("kind");
    const auto now = wait("the specialist's request", [&](const Snapshot& s) {
      for (const auto& ask : s.asks)
        if (ask.state == "shown" && ask.device_kind == kind) return true;
      return false;
    }, 60);
    screenshot();
    std::string id;
    for (const auto& ask : now->asks)
      if (ask.state == "shown" && ask.device_kind == kind) id = ask.id;
    station_.simulate(kind + " button");
    wait("the request to be answered", [&](const Snapshot& s) {
      for (const auto& ask : s.asks)
        if (ask.id == id) return ask.state == "done";
      return false;
    });
  }
  void blow() {
    const auto count = static_cast<std::size_t>(number("count", 3));
    for (std::size_t i = 1; i <= count; ++i) {
      const auto before = station_.snapshot()->spirometry.size();
      station_.simulate("spirometer blow");
      wait("manoeuvre " + std::to_string(i), [&](const Snapshot& s) { return s.spirometry.size() > before; }, 40);
    }
  }
  void kill_plugin() {
    const auto kind = text("kind");
    const auto before = station_.snapshot();
    const auto* device = device_of(*before, kind);
    if (!device || device->pid <= 0) throw std::runtime_error("no plugin runs for " + kind);
    const auto restarts = device->restarts;
    const auto gaps = stream_of(*before, kind)->gaps.size();
    ipc::kill_by_pid(device->pid);
    wait("the plugin to be back", [&](const Snapshot& s) {
      const auto* d = device_of(s, kind);
      return d->restarts > restarts && d->state == core::DeviceState::live && stream_of(s, kind)->gaps.size() > gaps;
    });
  }
  // The plugin of this device has ended and come back so often.
  void wait_restarts() {
    const auto wanted = static_cast<std::uint32_t>(number("count", 1));
    wait("restart " + std::to_string(wanted) + " of the plugin", [&](const Snapshot& s) {
      const auto* device = device_of(s, text("kind"));
      return device && device->restarts >= wanted && device->state == core::DeviceState::live;
    });
  }
  // It has failed too often and stays away, with a reason for the nurse.
  void wait_failed() {
    wait("the plugin to be given up", [&](const Snapshot& s) {
      const auto* device = device_of(s, text("kind"));
      return device && device->state == core::DeviceState::failed && !device->problem.empty();
    });
  }
  // Someone outside cuts the line; we wait until the specialist was away and is back.
  void cut_network() {
    const auto returns = [](const Snapshot& s) {
      std::uint32_t n = 0;
      for (const auto& guest : s.guests) n += guest.returns;
      return n;
    };
    const auto before = returns(*station_.snapshot());
    hooks_.say({{"step", "cut_network"}, {"state", "now"}, {"seconds", number("seconds", 5)}});
    wait("the specialist to come back", [&](const Snapshot& s) { return returns(s) > before; }, 60);
    wait_admitted();
  }
  void screenshot() {
    const auto name = text("name");
    if (!hooks_.screenshot || name.empty()) return;
    // Two frames of the window's timer, so that what the desk shows is what the picture shows.
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    const auto path = out_ + "/" + name + ".png";
    if (!hooks_.screenshot(path)) throw std::runtime_error("the screenshot " + path + " could not be stored");
    screenshots.push_back(path);
  }
  void close_exam() {
    station_.close_exam();
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(40);
    while (station_.report_json().empty()) {
      if (std::chrono::steady_clock::now() > end) throw std::runtime_error("the exam did not close in 40 s");
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  void verify() {
    const auto verdict = station_.record().verify();
    if (!verdict.problems.empty()) throw std::runtime_error("the record is damaged: " + verdict.problems[0]);
    const auto exam = station_.snapshot()->exam.id;
    const auto folder = std::filesystem::path(out_) / "exam";
    std::filesystem::remove_all(folder);
    station_.record().export_exam("nurse", exam, folder);
  }

  Station& station_;
  const std::string out_;
  const ScenarioHooks& hooks_;
  json step_;
};

}  // namespace

json load_scenario(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error(core::tr("The scenario {0} cannot be read.", file));
  auto script = json_of(in);
  if (!script.is_object() || !script.contains("steps"))
    throw std::runtime_error(core::tr("The scenario {0} is not a JSON file with steps.", file));
  return script;
}

json run_scenario(Station& station, const json& script, const std::string& out, const ScenarioHooks& hooks) {
  std::filesystem::create_directories(out);
  Runner runner(station, out, hooks);
  json failed;
  for (const auto& step : script.at("steps")) {
    try {
      runner.step(step);
    } catch (const std::exception& e) {
      failed = {{"step", step}, {"words", e.what()}};
      hooks.say({{"step", step.value("do", "")}, {"state", "failed"}, {"words", e.what()}});
      break;
    }
  }
  const auto text = station.report_json();
  json report = text.empty() ? json{{"ok", false}} : json_of(text);
  report["screenshots"] = runner.screenshots;
  if (!failed.is_null()) {
    report["ok"] = false;
    report["failed"] = failed;
  }
  return report;
}

}  // namespace caukham::station
