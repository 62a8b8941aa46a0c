#include "plugincheck/runner.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "ipc/channel.hpp"
#include "ipc/poller.hpp"
#include "ipc/process.hpp"
#include "json/json_text.hpp"
#include "pluginhost/own_process.hpp"
#include "plugincheck/bench.hpp"
#include "plugincheck/models.hpp"

namespace caukham::plugincheck {
namespace {

using nlohmann::json;

constexpr std::size_t max_output = 8192, max_notes = 16;

std::vector<std::byte> wire(const json& report) {
  std::string text = json_text(report);
  text.resize(std::min(text.size(), ipc::max_message_bytes));
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

// One test under way.
struct Running {
  std::size_t index;
  ipc::Process process;
  ipc::Channel channel;
  ipc::Handle output;
  std::string written;
  bool again = false;
  std::chrono::steady_clock::time_point began, end;
};

std::unique_ptr<Running> begin(const Plan& plan, const Check& check, std::size_t index) {
  auto run = std::make_unique<Running>();
  run->index = index;
  auto [ours, theirs] = ipc::Channel::pair();
  const ipc::Handle inherited = theirs.release();
  auto [read_end, write_end] = ipc::output_pipe();
  ipc::Spawn spawn;
  spawn.program = ipc::own_program_path();
  spawn.arguments = {"child", "--test", check.name, "--manifest", plan.manifest, "--report", "3",
                     "--reproduce", std::to_string(plan.seed)};
  if (!plan.keys.empty()) spawn.arguments.insert(spawn.arguments.end(), {"--keys", plan.keys});
  if (!plan.recording.empty()) spawn.arguments.insert(spawn.arguments.end(), {"--recording", plan.recording});
  if (!plan.device.empty()) spawn.arguments.insert(spawn.arguments.end(), {"--device", plan.device});
  if (!plan.transcript.empty()) spawn.arguments.insert(spawn.arguments.end(), {"--transcript", plan.transcript});
  if (!plan.pictures.empty()) spawn.arguments.insert(spawn.arguments.end(), {"--pictures", plan.pictures});
  spawn.inherit = {{&inherited, 3}};
  spawn.output = &write_end;
  run->began = std::chrono::steady_clock::now();
  run->end = run->began + std::chrono::seconds(check.timeout_s);
  run->process = ipc::Process::spawn(spawn);
  run->channel = std::move(ours);
  run->output = std::move(read_end);
  return run;
}

// `slow`: it failed for want of time only.
Result finish(Running& run, const Check& check, const std::vector<std::byte>& report, bool timed_out, bool& slow) {
  Result r;
  r.check = &check;
  r.ms = static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(
                              std::chrono::steady_clock::now() - run.began).count());
  ipc::drain(run.output, run.written, max_output);
  const auto* text = reinterpret_cast<const char*>(report.data());
  const json said = json_of({text, report.size()});
  if (said.is_object()) {
    const std::string outcome = said.value("outcome", "failed");
    r.outcome = outcome == "passed" ? Outcome::passed : outcome == "skipped" ? Outcome::skipped : Outcome::failed;
    r.why = said.value("why", "");
    slow = said.value("slow", false);
    r.seen = said.value("seen", std::vector<std::string>());
    run.process.kill();
  } else if (timed_out) {
    slow = true;
    r.why = "not done after " + std::to_string(check.timeout_s) + " s: the plugin hangs";
    run.process.kill();
  } else {
    const auto status = run.process.wait(2000);
    r.why = "the process " + (status ? status->words() : std::string("closed its channel")) +
            " in the middle of the test: the plugin crashes";
    if (!status) run.process.kill();
  }
  if (r.outcome == Outcome::failed) r.output = run.written;
  return r;
}

}  // namespace

const char* name_of(Outcome outcome) {
  return outcome == Outcome::passed ? "passed" : outcome == Outcome::failed ? "failed" : "skipped";
}

std::vector<Result> run_all(const Plan& plan, const std::vector<Check>& checks,
                            const std::function<void(const Result&)>& done) {
  std::vector<std::optional<Result>> results(checks.size());
  std::vector<std::unique_ptr<Running>> running;
  std::vector<std::size_t> again;  // once more, with nothing beside it
  std::size_t next = 0, told = 0;
  ipc::Poller poller;
  std::vector<std::byte> report;
  while (told < checks.size()) {
    while (next < checks.size() && running.size() < static_cast<std::size_t>(std::max(1, plan.jobs))) {
      running.push_back(begin(plan, checks[next], next));
      poller.add(running.back()->channel.native(), next);
      ++next;
    }
    if (running.empty() && !again.empty()) {
      running.push_back(begin(plan, checks[again.back()], again.back()));
      running.back()->again = true;
      poller.add(running.back()->channel.native(), again.back());
      again.pop_back();
    }
    poller.wait(50);
    for (auto& run : running) {
      if (run->written.size() < max_output) ipc::drain(run->output, run->written, max_output);
      const ipc::Received got = run->channel.receive(report);
      const bool timed_out = got == ipc::Received::nothing && std::chrono::steady_clock::now() >= run->end;
      if (got == ipc::Received::nothing && !timed_out) continue;
      if (got != ipc::Received::message) report.clear();
      poller.remove(run->channel.native());
      bool slow = false;
      Result result = finish(*run, checks[run->index], report, timed_out, slow);
      if (slow && !run->again && plan.jobs > 1) again.push_back(run->index);
      else results[run->index] = std::move(result);
      run.reset();
    }
    std::erase(running, nullptr);
    for (; told < checks.size() && results[told]; ++told) done(*results[told]);
  }
  std::vector<Result> out;
  for (auto& r : results) out.push_back(std::move(*r));
  return out;
}

void run_child(const Plan& plan, const std::string& test, const std::string& handle) {
  ipc::Handle inherited = ipc::inherited(handle);
  if (!inherited.valid()) std::_Exit(2);
  ipc::Channel channel = ipc::Channel::adopt(std::move(inherited));
  json report;
  std::unique_ptr<Bench> bench;
  try {
    const auto checks = all_checks();
    const auto it = std::find_if(checks.begin(), checks.end(), [&](const Check& c) { return test == c.name; });
    if (it == checks.end()) throw std::runtime_error("there is no test called " + test);
    BenchOptions options;
    options.manifest = ipc::read_manifest(plan.manifest);
    options.model = make_model(plan.device, plan.transcript, plan.pictures);
    options.recording = plan.recording;
    options.keys = plan.keys;
    options.device_name = plan.device.empty() ? "transcript" : plan.device;
    options.seed = plan.seed;
    bench = std::make_unique<Bench>(std::move(options));
    it->run(*bench);
    report["outcome"] = "passed";
  } catch (const TooSlow& e) {
    report["outcome"] = "failed";
    report["why"] = e.what();
    report["slow"] = true;
  } catch (const Skipped& e) {
    report["outcome"] = "skipped";
    report["why"] = e.what();
  } catch (const std::exception& e) {
    report["outcome"] = "failed";
    report["why"] = e.what();
  }
  if (bench) {
    auto seen = bench->notes();
    if (seen.size() > max_notes) seen.resize(max_notes);
    report["seen"] = seen;
  }
  std::fflush(nullptr);
  channel.send_within(wire(report), 2000);
  // Whatever threads the plugin still has, this process is done.
  std::_Exit(0);
}

}  // namespace caukham::plugincheck
