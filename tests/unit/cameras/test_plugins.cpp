#include <atomic>
#include <boost/dll/shared_library.hpp>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include <caukham/ext/params.h>

#include "devices/camera_uvc/jpeg_repair.hpp"
#include "devices/camera_uvc/model.hpp"
#include "devices/otoscope_useeplus/model.hpp"
#include "help.hpp"
#include "rig.hpp"
#include "tests/lib/test_folder.hpp"

using namespace caukham::devices;

namespace {

// The built module, loaded as the plugin host does it.
struct Plugin {
  explicit Plugin(const char* path)
      : library(std::filesystem::absolute(path).make_preferred().string()), entry(library.get<const ck_entry>(CK_ENTRY_SYMBOL)) {
    REQUIRE(entry.init(nullptr, "") == CK_OK);
    // A plugin host ends with its plugin still loaded. So does this test: FFmpeg's device libraries keep things for the
    // life of the process, which a leak checker takes for lost once they are unloaded.
    static auto& for_ever = *new std::vector<boost::dll::shared_library>;
    for_ever.push_back(library);
  }
  ~Plugin() { entry.deinit(); }
  boost::dll::shared_library library;
  const ck_entry& entry;
};

std::uint64_t lost_in(const std::vector<test::Chunk>& chunks) {
  std::uint64_t n = 0;
  for (const auto& c : chunks) n += c.header.lost;
  return n;
}

void check_common(const std::vector<test::Chunk>& chunks) {
  std::int64_t before = INT64_MIN;
  for (const auto& c : chunks) {
    CHECK(c.header.size == sizeof(ck_chunk));
    CHECK(c.header.count == 1);
    CHECK(c.header.time_ns > before);
    CHECK(((c.header.flags & CK_CHUNK_DISCONT) != 0) == (c.header.lost != 0));
    before = c.header.time_ns;
  }
}

}  // namespace

TEST_CASE("the useeplus plugin must deliver every picture or count it, through faults, a full pool and a restart") {
  useeplus::Model model;
  test::Rig rig(&model);
  Plugin plugin(USEEPLUS_PLUGIN);
  const ck_endpoint e = rig.endpoint(CK_LINK_USB);
  CHECK(plugin.entry.probe(&e) == 100);
  const ck_device* d = nullptr;
  REQUIRE(plugin.entry.open(&rig.host, &e, &d) == CK_OK);
  ck_stream_info info{};
  info.size = sizeof info;
  REQUIRE(d->stream_count(d) == 1);
  REQUIRE(d->stream_info(d, 0, &info) == CK_OK);
  CHECK(info.format == CK_FORMAT_MJPEG);
  CHECK(std::string(info.name) == "video");
  rig.on_chunk = [&](std::size_t n) {
    if (n == 5) model.act("corrupt", rig.now());
    if (n == 10) model.act("stall", rig.now());
    if (n == 15) model.act("button", rig.now());
    if (n == 30) rig.full = 3;
    if (n == 40) model.act("button long", rig.now());
    if (n == 80) rig.hold();
  };
  REQUIRE(d->start(d) == CK_OK);
  REQUIRE(rig.wait([&] { return rig.chunks.size() >= 80; }));
  REQUIRE(d->stop(d) == CK_OK);
  REQUIRE(rig.chunks.size() == 80);
  check_common(rig.chunks);
  const auto produced = model.produced()[0];
  CHECK(lost_in(rig.chunks) >= 4);
  CHECK(produced.samples == rig.chunks.size() + lost_in(rig.chunks));
  for (const auto& c : rig.chunks) CHECK(test::counter_of(c.bytes) == static_cast<std::uint16_t>(c.header.device_ticks));
  std::vector<ck_event> buttons;
  for (const auto& ev : rig.events)
    if (ev.kind == CK_EVENT_BUTTON) buttons.push_back(ev);
  REQUIRE(buttons.size() == 2);  // the long press switches the lens and is none
  CHECK(buttons[0].value[1] == 1);
  CHECK(buttons[1].value[1] == 0);
  CHECK(buttons[1].time_ns - buttons[0].time_ns == Approx(200e6).margin(50e6));

  rig.unplug();
  CHECK(d->start(d) == CK_E_GONE);
  d->close(d);
}

TEST_CASE("the useeplus plugin must say that the scope has gone, and end in order") {
  useeplus::Model model;
  test::Rig rig(&model);
  Plugin plugin(USEEPLUS_PLUGIN);
  const ck_endpoint e = rig.endpoint(CK_LINK_USB);
  const ck_device* d = nullptr;
  REQUIRE(plugin.entry.open(&rig.host, &e, &d) == CK_OK);
  rig.on_chunk = [&](std::size_t n) {
    if (n == 3) rig.unplug();
  };
  REQUIRE(d->start(d) == CK_OK);
  REQUIRE(rig.wait([&] { return rig.has_event(CK_EVENT_GONE); }));
  CHECK(rig.chunks.size() == 3);
  CHECK(d->stop(d) == CK_OK);
  d->close(d);
}

TEST_CASE("the camera plugin must repair, count and report the simulated dermatoscope's pictures and button") {
  uvc::Model model(uvc::dermatoscope());
  test::Rig rig(&model);
  Plugin plugin(CAMERA_PLUGIN);
  const ck_endpoint e = rig.endpoint(CK_LINK_VIDEO);
  CHECK(plugin.entry.probe(&e) > 50);
  const ck_device* d = nullptr;
  REQUIRE(plugin.entry.open(&rig.host, &e, &d) == CK_OK);
  rig.on_chunk = [&](std::size_t n) {
    if (n == 5) model.act("truncate", rig.now());
    if (n == 10) model.act("splice", rig.now());
    if (n == 15) model.act("button", rig.now());
    if (n == 20) rig.full = 2;
    if (n == 40) rig.hold();
  };
  REQUIRE(d->start(d) == CK_OK);
  REQUIRE(rig.wait([&] { return rig.chunks.size() >= 40; }));
  REQUIRE(d->stop(d) == CK_OK);
  check_common(rig.chunks);
  CHECK(lost_in(rig.chunks) == 4);
  CHECK(model.produced()[0].samples == 44);
  for (const auto& c : rig.chunks) CHECK(test::counter_of(c.bytes));
  int presses = 0;
  for (const auto& ev : rig.events) presses += ev.kind == CK_EVENT_BUTTON && ev.value[1] == 1;
  CHECK(presses == 1);
  // once more: the camera can be taken again after stop, and the first picture says that it does not follow on
  rig.resume();
  rig.on_chunk = [&](std::size_t n) {
    if (n == 45) rig.hold();
  };
  REQUIRE(d->start(d) == CK_OK);
  REQUIRE(rig.wait([&] { return rig.chunks.size() >= 45; }));
  REQUIRE(d->stop(d) == CK_OK);
  CHECK((rig.chunks[40].header.flags & CK_CHUNK_DISCONT) != 0);
  d->close(d);
}

TEST_CASE("the camera plugin must take a system camera's packets through FFmpeg byte for byte") {
  const caukham::tests::TestFolder folder("camera");
  const auto file = folder / "packets.mjpeg";
  Phantom phantom(PhantomOptions{});
  std::vector<Bytes> sent;
  {
    std::ofstream out(file, std::ios::binary);
    for (std::uint32_t i = 0; i < 12; ++i) {
      sent.push_back(phantom.jpeg(i));
      out.write(reinterpret_cast<const char*>(sent.back().data()), static_cast<std::streamsize>(sent.back().size()));
    }
  }
  test::Rig rig;
  Plugin plugin(CAMERA_PLUGIN);
  ck_endpoint e = rig.endpoint(CK_LINK_VIDEO);
  CHECK(plugin.entry.probe(&e) == 50);
  std::snprintf(e.path, sizeof e.path, "avformat:%s", file.string().c_str());
  const ck_device* d = nullptr;
  REQUIRE(plugin.entry.open(&rig.host, &e, &d) == CK_OK);
  const auto* params = static_cast<const ck_device_params*>(d->get_extension(d, CK_EXT_PARAMS));
  REQUIRE(params);
  CHECK(params->count(d) == 3);
  CHECK(params->set(d, 3, 60) == CK_OK);
  CHECK(params->set(d, 3, 61) == CK_E_INVALID);
  CHECK(params->set(d, 9, 1) == CK_E_INVALID);
  double rate = 0;
  CHECK((params->get(d, 3, &rate) == CK_OK && rate == 60));
  REQUIRE(d->start(d) == CK_OK);
  CHECK(params->set(d, 3, 30) == CK_E_STATE);
  REQUIRE(rig.wait([&] { return rig.has_event(CK_EVENT_GONE); }));
  REQUIRE(d->stop(d) == CK_OK);
  REQUIRE(rig.chunks.size() == sent.size());
  for (std::size_t i = 0; i < sent.size(); ++i) CHECK(rig.chunks[i].bytes == sent[i]);
  CHECK(lost_in(rig.chunks) == 0);
  std::filesystem::remove(file);
  CHECK(d->start(d) == CK_E_GONE);
  CHECK(rig.logged.find("the camera is not there") != std::string::npos);
  d->close(d);
}

TEST_CASE("the camera plugins must leave other endpoints alone") {
  test::Rig rig;
  Plugin scope(USEEPLUS_PLUGIN), camera(CAMERA_PLUGIN);
  for (const ck_link link : {CK_LINK_USB, CK_LINK_HID, CK_LINK_SERIAL}) {
    const ck_endpoint e = rig.endpoint(link);
    CHECK(scope.entry.probe(&e) == 0);
    CHECK(camera.entry.probe(&e) == 0);
  }
}
