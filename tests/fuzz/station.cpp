// What comes over pipes and lines: from plugins' processes, from the console in somebody's browser.
#include "ipc/manifest.hpp"
#include "ipc/messages.hpp"
#include "ipc/validate.hpp"
#include "session/evidence_frame.hpp"
#include "session/messages.hpp"
#include "target.hpp"

using namespace fuzz;
using namespace caukham;

namespace {

void ipc_message(Input bytes) {
  for (const auto from : {ipc::From::application, ipc::From::plugin_host}) {
    std::string why;
    const auto message = ipc::decode(std::as_bytes(bytes), from, why);
    must(message.has_value() == why.empty(), "a message or a reason");
    if (!message) continue;
    std::string again_why;
    must(ipc::decode(ipc::encode(*message), from, again_why).has_value(), "what was understood can be sent on");
    (void)ipc::name_of(*message);
  }
}
std::vector<Seed> ipc_messages() {
  ipc::Stream stream{};
  ipc::Hello hello{};
  hello.abi_major = 1;
  ipc::put_text(hello.id, "org.caukham.test");
  ipc::Log log{};
  ipc::put_text(log.text, "xin chào");
  std::vector<Seed> out;
  for (const ipc::Message& m : std::vector<ipc::Message>{hello, stream, log, ipc::Opened{}, ipc::ChunkReady{}, ipc::EventReady{}, ipc::Open{},
                                                         ipc::ParamSet{}, ipc::Ping{7}, ipc::SlotFree{3}, ipc::Configure{1}, ipc::Start{}}) {
    const auto bytes = ipc::encode(m);
    const auto* p = reinterpret_cast<const std::uint8_t*>(bytes.data());
    out.emplace_back(p, p + bytes.size());
  }
  return out;
}
const Register ipc_target{"ipc_message", ipc_message, ipc_messages};

void manifest(Input bytes) {
  try {
    const auto m = ipc::parse_manifest(text(bytes), "/plugins/x/manifest.json");
    must(!m.id.empty() && m.library.find('/') == std::string::npos, "an id, and a library beside the manifest");
  } catch (const ipc::ManifestError&) {
  }
}
std::vector<Seed> manifests() {
  return {seed(R"({"id":"org.caukham.x","name":"X","vendor":"C","version":"0.1.0","abi":"1.0","kind":"ecg","library":"x",
"match":[{"link":"usb","vid":"2ce3","pid":14376,"kind":"otoscope"},{"link":"video","name":"HT-B30S","serial":"1"}],
"requires":["ck.host.transport/1"],"pool":{"slots":8,"slot_bytes":4096},"params":["rate_hz"],"simulated":true,
"direct_hardware":false,"licence":"Apache-2.0"})")};
}
const Register manifest_target{"manifest", manifest, manifests};

void session_text(Input bytes) {
  std::string why;
  session::Signal signal;
  if (!session::parse_signal(text(bytes), signal, why)) must(!why.empty(), "a refusal has a reason");
  why.clear();
  session::Control control;
  if (!session::parse_control(text(bytes), control, why)) must(!why.empty(), "a refusal has a reason");
}
std::vector<Seed> session_texts() {
  std::vector<Seed> out;
  for (const char* t : {R"({"type":"knock","code":"ABCD-EFGH","name":"Dr An","organisation":"BV","language":"vi","version":1})",
                        R"({"type":"answer","sdp":"v=0\r\n"})", R"({"type":"candidate","candidate":"candidate:1 1 udp 1 1.2.3.4 5 typ host","mid":"0"})",
                        R"({"type":"resume","token":"abc"})", R"({"type":"pong","t":5})", R"({"type":"leave"})",
                        R"({"type":"have","streams":[[1,5]],"stills":[[2,100]]})", R"({"type":"got","bytes":100})",
                        R"({"type":"time","t0":1,"t1":2})", R"({"type":"drawn","stream":1,"time_ns":"5","console_ns":"6"})",
                        R"({"type":"digest","stream":1,"records":5,"samples":250,"digest":"00"})",
                        R"({"type":"capture","id":"1","stream":1,"kind":"still","side":"left","text":"x"})",
                        R"({"type":"pointer","stream":1,"x":0.5,"y":0.5})", R"({"type":"advice","finding":"a","conclusion":"b","next_step":"c"})",
                        R"({"type":"chat","text":"xin chào"})"})
    out.push_back(seed(t));
  return out;
}
const Register session_target{"session_message", session_text, session_texts};

void evidence(Input bytes) {
  session::EvidenceFrame frame;
  std::string why;
  if (!session::decode_frame(std::as_bytes(bytes), frame, why)) return must(!why.empty(), "a refusal has a reason");
  const auto again = session::encode_frame(frame);
  must(again.size() == bytes.size() && std::equal(again.begin(), again.end(), std::as_bytes(bytes).begin()), "a frame is sent as it was received");
}
std::vector<Seed> frames() {
  const std::vector<std::byte> payload(40, std::byte{5});
  std::vector<Seed> out;
  for (const auto kind : {session::FrameKind::record, session::FrameKind::still_piece}) {
    const auto f = session::encode_frame({kind, 3, 17, payload});
    const auto* p = reinterpret_cast<const std::uint8_t*>(f.data());
    out.emplace_back(p, p + f.size());
  }
  return out;
}
const Register frame_target{"evidence_frame", evidence, frames};

}  // namespace
