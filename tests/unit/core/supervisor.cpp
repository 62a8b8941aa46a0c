#include "core/supervisor.hpp"

#include <future>
#include <set>

#include "core/i18n.hpp"
#include "ipc/process.hpp"
#include "supervised.hpp"

using namespace caukham::core;
using caukham::core::test::Bench;

TEST_CASE("a plugged device must come to life, deliver, and be closed in order at the end") {
  Bench bench({"button picture chunks:5 skip:12 forever"});
  bench.run();
  bench.ports->plug(0, "A1", "1-2");
  REQUIRE(bench.await_state(1, DeviceState::live));
  REQUIRE(bench.last.identity == "serial:A1");
  REQUIRE(bench.last.kind == "ecg");
  REQUIRE(bench.last.plugin_version == "9.9");
  REQUIRE_FALSE(bench.last.simulated);
  const auto ecg = bench.stream(1, "ecg");
  REQUIRE(bench.await_chunks(ecg, 300));  // with 4 slots: each must come back
  bench.supervisor->stop();
  REQUIRE(bench.await_state(1, DeviceState::paused));
  bench.require_exact_grid(ecg);
  REQUIRE(bench.all<Gap>().size() == 1);
  REQUIRE(bench.all<Gap>()[0].length == 12);
  REQUIRE(bench.chunks(bench.stream(1, "video")).size() == 1);
  const auto events = bench.all<Event>();
  REQUIRE(events.size() == 1);
  REQUIRE(events[0].kind == EventKind::button);
  REQUIRE(events[0].stream == 0);
  REQUIRE(bench.last.restarts == 0);
  for (const auto& use : bench.supervisor->processes()) REQUIRE_FALSE(use.running);
}

TEST_CASE("a crash must be followed by a restart with the same streams and an exact gap") {
  Bench bench({"chunks:20 crash\nforever"});
  bench.settings.backoff_ms = {30};
  bench.run();
  bench.ports->plug(0, "A1", "1-2");
  REQUIRE(bench.await_state(1, DeviceState::live));
  const auto ecg = bench.stream(1, "ecg");
  const int first_pid = bench.last.pid;
  REQUIRE(bench.await_state(1, DeviceState::restarting));
  REQUIRE_FALSE(bench.last.problem.empty());
  REQUIRE(bench.await_state(1, DeviceState::live));
  REQUIRE(bench.last.restarts == 1);
  REQUIRE(bench.last.pid != first_pid);
  REQUIRE(bench.last.problem.empty());
  REQUIRE(bench.await_chunks(ecg, 5));
  const auto gaps = bench.all<Gap>();
  REQUIRE(gaps.size() == 1);
  REQUIRE(gaps[0].exact);
  REQUIRE(gaps[0].reason == "plugin crashed");
  REQUIRE(gaps[0].length >= 30);
  bench.require_exact_grid(ecg);
  REQUIRE(bench.all<StreamAdded>().size() == 2);
  REQUIRE(bench.all<StreamEnded>().empty());
  REQUIRE(bench.supervisor->processes().size() == 2);
}

TEST_CASE("a plugin host killed from outside must be noticed and replaced") {
  Bench bench({"forever"});
  bench.run();
  bench.ports->plug(0, "A1", "1-2");
  REQUIRE(bench.await_state(1, DeviceState::live));
  const auto ecg = bench.stream(1, "ecg");
  REQUIRE(bench.await_chunks(ecg, 3));
  REQUIRE(caukham::ipc::kill_by_pid(bench.last.pid));
  REQUIRE(bench.await_state(1, DeviceState::restarting));
  REQUIRE(bench.await_state(1, DeviceState::live));
  REQUIRE(bench.await_chunks(ecg, 3));
  bench.require_exact_grid(ecg);
}

TEST_CASE("a plugin that hangs must be killed and restarted") {
  Bench bench({"chunks:5 hang\nforever"});
  bench.settings.ping_ms = 200;
  bench.run();
  bench.ports->plug(0, "A1", "1-2");
  REQUIRE(bench.await_state(1, DeviceState::live));
  const auto ecg = bench.stream(1, "ecg");
  const int pid = bench.last.pid;
  REQUIRE(bench.await_state(1, DeviceState::restarting));
  REQUIRE(bench.last.problem.find("does not answer any more") != std::string::npos);
  REQUIRE(bench.await_state(1, DeviceState::live));
  REQUIRE(bench.await_chunks(ecg, 3));
  REQUIRE_FALSE(caukham::ipc::kill_by_pid(pid));  // it is no more
  const auto gaps = bench.all<Gap>();
  REQUIRE(gaps.size() == 1);
  REQUIRE(gaps[0].reason == "plugin hung");  // not the same as one that crashed
  bench.require_exact_grid(ecg);
}

TEST_CASE("a plugin that does not say hello, open or close in time must be killed") {
  for (const char* script : {"silent\nforever", "openhang\nforever", "stophang forever"}) {
    CAPTURE(script);
    Bench bench({script});
    bench.settings.hello_ms = bench.settings.open_ms = bench.settings.command_ms = 300;
    bench.run();
    bench.ports->plug(0, "A1", "1-2");
    REQUIRE(bench.await_state(1, DeviceState::live));
    bench.supervisor->stop();
    REQUIRE(bench.await_state(1, DeviceState::paused));
    REQUIRE(bench.last.pid == 0);
  }
}

TEST_CASE("the fourth failure in ten minutes must be the last, with a sentence that says what to do") {
  Bench bench({"chunks:2 crash"});
  bench.run();
  bench.ports->plug(0, "A1", "1-2");
  REQUIRE(bench.await_state(1, DeviceState::failed));
  REQUIRE(bench.last.restarts == 3);
  REQUIRE(bench.last.problem.find("Unplug the device") != std::string::npos);
  REQUIRE(bench.supervisor->processes().size() == 4);
  REQUIRE(bench.last.pid == 0);
  bench.supervisor->restart(1);  // a person may still ask for it, with a new count
  REQUIRE(bench.await_state(1, DeviceState::live));
  REQUIRE(bench.await_state(1, DeviceState::failed));
  REQUIRE(bench.last.restarts == 6);
}

TEST_CASE("a plugin that had settled must be back as fast after its second failure, and one that had not, more slowly") {
  Bench settled({"chunks:40 crash\nchunks:40 crash\nforever"});  // 200 ms
  settled.settings.backoff_ms = {1, 600'000};
  settled.settings.settled_ms = 100;
  settled.run();
  settled.ports->plug(0, "A1", "1-2");
  for (int n = 0; n < 3; ++n) REQUIRE(settled.await_state(1, DeviceState::live));
  CHECK(settled.last.restarts == 2);

  Bench broken({"chunks:1 crash\nchunks:1 crash\nforever"});
  broken.settings.backoff_ms = {1, 400};
  broken.run();
  broken.ports->plug(0, "A1", "1-2");
  for (int n = 0; n < 2; ++n) REQUIRE(broken.await_state(1, DeviceState::live));
  REQUIRE(broken.await_state(1, DeviceState::restarting));
  const auto failed_ns = now_ns();
  REQUIRE(broken.await_state(1, DeviceState::live));
  CHECK(now_ns() - failed_ns > 300'000'000);
}

TEST_CASE("a peer that lies must be ended with words, and the others must not notice") {
  for (const char* lie : {"badslot", "badbytes", "badcount", "badstream", "badseq", "badevent", "badturn", "sameslot",
                          "garbage", "wrongcount", "otherid", "flood"}) {
    CAPTURE(lie);
    Bench bench({std::string("chunks:2 ") + lie + "\nforever", "forever"});
    bench.settings.messages_per_second = 1000;
    bench.run();
    bench.ports->plug(1, "GOOD", "1-3");
    REQUIRE(bench.await_state(1, DeviceState::live));
    bench.ports->plug(0, "LIAR", "1-2");
    REQUIRE(bench.await_state(2, DeviceState::restarting));
    REQUIRE(bench.last.problem.find(std::string(lie) == "flood" ? "far more than" : "cannot be right") !=
            std::string::npos);
    REQUIRE(bench.await_state(2, DeviceState::live));
    const auto good = bench.stream(1, "ecg"), liar = bench.stream(2, "ecg");
    REQUIRE(bench.await_chunks(liar, 10));
    REQUIRE(bench.await_chunks(good, 2));
    bench.require_exact_grid(good);
    bench.require_exact_grid(liar);
    for (const auto& gap : bench.all<Gap>()) REQUIRE(gap.stream != good);
    for (const auto& status : bench.all<DeviceStatus>())
      if (status.id == 1) REQUIRE(status.restarts == 0);
  }
}

TEST_CASE("what a plugin host says when it gives up must reach the nurse") {
  Bench bench({"farewell"});
  bench.run();
  bench.ports->plug(0, "A1", "1-2");
  REQUIRE(bench.await_state(1, DeviceState::failed));
  REQUIRE(bench.last.problem.find("The library is missing.") != std::string::npos);
  Bench denied({"denied"});
  denied.run();
  denied.ports->plug(0, "A1", "1-2");
  REQUIRE(denied.await_state(1, DeviceState::failed));
  REQUIRE(denied.last.problem.find("another program") != std::string::npos);
}

TEST_CASE("an unplugged device must come back as the same device with a gap") {
  Bench bench({"forever"});
  bench.run();
  bench.ports->plug(0, "A1", "1-2");
  REQUIRE(bench.await_state(1, DeviceState::live));
  const auto ecg = bench.stream(1, "ecg");
  REQUIRE(bench.await_chunks(ecg, 5));
  bench.ports->unplug("1-2");
  REQUIRE(bench.await_state(1, DeviceState::unplugged));
  REQUIRE(bench.hub.stream(ecg));
  bench.ports->plug(0, "A1", "1-7");  // another socket; the serial number tells who it is
  REQUIRE(bench.await_state(1, DeviceState::live));
  REQUIRE(bench.await_chunks(ecg, 5));
  bench.require_exact_grid(ecg);
  const auto gaps = bench.all<Gap>();
  REQUIRE(gaps.size() == 1);
  REQUIRE(gaps[0].reason == "unplugged");
  REQUIRE(bench.hub.devices().size() == 1);
  bench.ports->plug(0, "", "2-1");  // no serial number: known by its port
  REQUIRE(bench.await_state(2, DeviceState::live));
  REQUIRE(bench.last.identity == "port:2-1");
  bench.ports->plug(0, "A1", "3-1");  // a copy of the first, at the same time
  REQUIRE(bench.await_state(3, DeviceState::live));
  REQUIRE(bench.last.identity == "port:3-1");
}

TEST_CASE("a pause must publish the last sample before it returns, and resume must keep the same streams") {
  Bench bench({"forever"});
  bench.run();
  bench.ports->plug(0, "A1", "1-2");
  REQUIRE(bench.await_state(1, DeviceState::live));
  const auto ecg = bench.stream(1, "ecg");
  REQUIRE(bench.await_chunks(ecg, 5));
  bench.supervisor->pause();
  for (const auto& use : bench.supervisor->processes()) REQUIRE_FALSE(use.running);
  REQUIRE(bench.await_state(1, DeviceState::paused));  // it is plugged in: nobody may say that it is not
  const auto before = bench.chunks(ecg).size();
  bench.ports->plug(0, "B2", "1-3");  // plugged in while paused: begins only afterwards
  bench.supervisor->resume();
  std::set<DeviceId> live;  // in whichever order
  REQUIRE(bench.await([&](const Item& item) {
    const auto* status = std::get_if<DeviceStatus>(&item);
    if (status && status->state == DeviceState::live) live.insert(status->id);
    return live.size() == 2;
  }));
  REQUIRE(bench.await_chunks(ecg, before + 5));
  bench.require_exact_grid(ecg);
}

TEST_CASE("each gap must name its own reason: a pause, a full pool, a lost sample") {
  Bench bench({"chunks:5 fullskip:40 chunks:5 skip:7 forever"});
  bench.run();
  bench.ports->plug(0, "A1", "1-2");
  REQUIRE(bench.await_state(1, DeviceState::live));
  const auto ecg = bench.stream(1, "ecg");
  REQUIRE(bench.await_chunks(ecg, 15));
  bench.supervisor->pause();
  bench.supervisor->resume();
  REQUIRE(bench.await_state(1, DeviceState::live));
  REQUIRE(bench.await_chunks(ecg, 1));
  const auto gaps = bench.all<Gap>();
  REQUIRE(gaps.size() >= 3);  // the second launch plays its script again
  CHECK(gaps[0].reason == "pool full");
  CHECK(gaps[0].length == 40);
  CHECK(gaps[1].reason == "device lost samples");
  CHECK(gaps[1].length == 7);
  CHECK(gaps[2].reason == "paused");
}

TEST_CASE("unplugged and plugged in again at once must still be one gap and one process") {
  Bench bench({"forever"});
  bench.run();
  bench.ports->plug(0, "A1", "1-2");
  REQUIRE(bench.await_state(1, DeviceState::live));
  const auto ecg = bench.stream(1, "ecg");
  REQUIRE(bench.await_chunks(ecg, 2));
  for (int n = 0; n < 5; ++n) {
    bench.ports->unplug("1-2");
    bench.ports->plug(0, "A1", "1-2");
  }
  REQUIRE(bench.await_state(1, DeviceState::unplugged));
  REQUIRE(bench.await_state(1, DeviceState::live));
  REQUIRE(bench.await_chunks(ecg, 5));
  bench.require_exact_grid(ecg);
  int running = 0;
  for (const auto& use : bench.supervisor->processes()) running += use.running;
  REQUIRE(running == 1);
}

TEST_CASE("a device that says it is gone while it is still plugged in must be started again") {
  Bench bench({"chunks:3 gone forever\nforever"});
  bench.settings.gone_ms = 50;
  bench.run();
  bench.ports->plug(0, "A1", "1-2");
  REQUIRE(bench.await_state(1, DeviceState::live));
  REQUIRE(bench.await_state(1, DeviceState::restarting));
  REQUIRE(bench.await_state(1, DeviceState::live));
}

TEST_CASE("simulated must be said by the endpoint or by the manifest and stay for ever") {
  Bench by_manifest({"forever"}, true);
  by_manifest.run();
  by_manifest.ports->plug(0, "A1", "1-2");
  REQUIRE(by_manifest.await_state(1, DeviceState::live));
  REQUIRE(by_manifest.last.simulated);
  for (const auto& added : by_manifest.all<StreamAdded>()) REQUIRE(added.info.simulated);

  Bench bench({"forever"});
  bench.run();
  bench.ports->plug(0, "A1", "1-2", true);
  REQUIRE(bench.await_state(1, DeviceState::live));
  REQUIRE(bench.last.simulated);
  bench.ports->unplug("1-2");
  bench.ports->plug(0, "A1", "1-2", false);
  REQUIRE(bench.await_state(1, DeviceState::unplugged));
  REQUIRE(bench.await_state(1, DeviceState::live));
  REQUIRE(bench.last.simulated);
}

TEST_CASE("a device that comes back changed must be given new streams") {
  Bench bench({"chunks:3 crash\notherscale forever"});
  bench.run();
  bench.ports->plug(0, "A1", "1-2");
  REQUIRE(bench.await_state(1, DeviceState::live));
  const auto before = bench.stream(1, "ecg");
  REQUIRE(bench.await_state(1, DeviceState::restarting));
  REQUIRE(bench.await_state(1, DeviceState::live));
  const auto after = bench.stream(1, "ecg");
  REQUIRE(after != before);
  REQUIRE_FALSE(bench.hub.stream(before));
  REQUIRE(bench.hub.stream(after)->scale == 2);
  REQUIRE(bench.await_chunks(after, 2));
}

TEST_CASE("a broken picture must be dropped and counted") {
  Bench bench({"picture badpicture badpicture picture forever"});
  bench.run();
  bench.ports->plug(0, "A1", "1-2");
  REQUIRE(bench.await_state(1, DeviceState::live));
  REQUIRE(bench.await_chunks(bench.stream(1, "ecg"), 1));
  const auto pictures = bench.chunks(bench.stream(1, "video"));
  REQUIRE(pictures.size() == 2);
  REQUIRE(pictures[0]->first_sample == 0);
  REQUIRE(pictures[1]->first_sample == 3);
  REQUIRE(pictures[1]->lost == 2);
}

TEST_CASE("parameters must be set without waiting, and refused in time") {
  Bench bench({"forever"});
  bench.run();
  const auto set = [&](DeviceId id, const char* name, double value) {
    auto promise = std::make_shared<std::promise<std::pair<ck_result, double>>>();
    bench.supervisor->set_param(id, name, value, [promise](ck_result r, double v) { promise->set_value({r, v}); });
    return promise->get_future().get();
  };
  REQUIRE(set(1, "gain", 2).first == CK_E_INVALID);
  bench.ports->plug(0, "A1", "1-2");
  REQUIRE(bench.await_state(1, DeviceState::live));
  REQUIRE(set(1, "gain", 8) == std::pair<ck_result, double>{CK_OK, 8});
  REQUIRE(set(1, "gain", 80).first == CK_E_INVALID);
  REQUIRE(set(1, "light", 1).first == CK_E_INVALID);
  const auto params = bench.supervisor->params(1);
  REQUIRE(params.size() == 1);
  REQUIRE(params[0].name == "gain");
  REQUIRE(params[0].value == 8);
  REQUIRE(bench.await([](const Item& item) {
    const auto* event = std::get_if<Event>(&item);
    return event && event->kind == EventKind::param && event->text == "gain" && event->value[0] == 3;
  }));
  bench.ports->unplug("1-2");
  REQUIRE(bench.await_state(1, DeviceState::unplugged));
  REQUIRE(set(1, "gain", 3).first == CK_E_STATE);
}
