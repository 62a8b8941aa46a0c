// A station with nothing but a DirectMeeting: a moving picture, a synthetic trace, and orders on standard
// input, so that a browser's side can be tested without devices. Says what happens as one JSON object a line.
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <iostream>
#include <map>
#include <mutex>
#include <sstream>
#include <thread>

#include "core/clock.hpp"
#include "json/json_text.hpp"
#include "media/picture.hpp"
#include "session/evidence_frame.hpp"
#include "session/identity.hpp"
#include "session/meeting.hpp"

using namespace caukham;
using namespace caukham::session;
using Json = nlohmann::json;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t samples_per_record = 100, channels = 8;  // 0.2 s of 500 Hz

void say(const Json& j) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  std::cout << json_text(j) << std::endl;
}

// The "file" of the exam: records by stream, appended by the recorder's thread, read by the meeting's.
class Store {
 public:
  std::uint64_t append(StreamNumber stream, std::vector<std::byte> record) {
    const std::lock_guard lock(mutex_);
    auto& s = streams_[stream];
    s.chain.add(record);
    s.records.push_back(std::move(record));
    return s.records.size() - 1;
  }
  std::optional<std::vector<std::byte>> record(StreamNumber stream, std::uint64_t index) {
    const std::lock_guard lock(mutex_);
    auto& r = streams_[stream].records;
    if (index >= r.size()) return std::nullopt;
    return r[index];
  }
  std::uint64_t count(StreamNumber stream) {
    const std::lock_guard lock(mutex_);
    return streams_[stream].records.size();
  }
  std::string digest(StreamNumber stream) {
    const std::lock_guard lock(mutex_);
    return streams_[stream].chain.hex();
  }

 private:
  struct Stream {
    std::vector<std::vector<std::byte>> records;
    EvidenceChain chain;
  };
  std::mutex mutex_;
  std::map<StreamNumber, Stream> streams_;
};

std::vector<std::byte> trace(std::uint64_t index) {
  std::vector<std::byte> out;
  for (std::uint32_t c = 0; c < channels; ++c)
    for (std::uint32_t i = 0; i < samples_per_record; ++i) {
      const double t = static_cast<double>(index * samples_per_record + i) / 500;
      const auto v = static_cast<std::int32_t>(20000 * std::sin(2 * 3.14159265358979 * (1 + c) * t));
      for (int b = 0; b < 3; ++b) out.push_back(static_cast<std::byte>((v >> (8 * b)) & 0xFF));
    }
  std::ostringstream tal;
  tal << '+' << static_cast<double>(index) * 0.2 << '\x14' << '\x14' << '\0';
  tal << '+' << static_cast<double>(index) * 0.2 << '\x14' << "made " << core::now_ns() << '\x14' << '\0';
  const auto text = tal.str();
  for (std::size_t i = 0; i < 60; ++i)
    out.push_back(i < text.size() ? static_cast<std::byte>(text[i]) : std::byte{0});
  return out;
}

media::PicturePtr moving(std::uint64_t n, int width, int height) {
  auto p = media::Picture::make(width, height);
  std::memset(p->u(), 128,
              static_cast<std::size_t>(p->stride_uv) * static_cast<std::size_t>(p->chroma_height()));
  std::memset(p->v(), 128,
              static_cast<std::size_t>(p->stride_uv) * static_cast<std::size_t>(p->chroma_height()));
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      p->y()[y * p->stride_y + x] =
          static_cast<std::uint8_t>(16 + ((x + y + static_cast<int>(n) * 3) / 8 * 13) % 200);
  p->number = n;
  p->time_ns = core::now_ns();
  return p;
}

StreamCard wave(StreamNumber number) {
  StreamCard c;
  c.number = number;
  c.simulated = true;
  c.device_kind = "ecg";
  c.device_name = "Simulated ECG";
  c.name = "ecg";
  c.unit = "uV";
  c.state = "live";
  c.labels = {"I", "II", "V1", "V2", "V3", "V4", "V5", "V6"};
  c.rate_hz = 500;
  c.scale = 0.1;
  c.samples_per_record = samples_per_record;
  return c;
}

StreamCard camera(StreamNumber number) {
  StreamCard c;
  c.number = number;
  c.video = c.simulated = true;
  c.device_kind = "otoscope";
  c.device_name = "Simulated otoscope";
  c.name = "video";
  c.state = "live";
  return c;
}

}  // namespace

// station_double DATA_FOLDER CONSOLE_FOLDER [WIDTH HEIGHT]
int main(int argc, char** argv) try {
  MeetingOptions options;
  options.data_folder = argc > 1 ? argv[1] : ".";
  options.console_folder = argc > 2 ? argv[2] : ".";
  const int width = argc > 4 ? std::stoi(argv[3]) : 640, height = argc > 4 ? std::stoi(argv[4]) : 480;
  options.language = "en";
  options.exam_json =
      R"({"id":"E1","patient_name":"Nguyễn Thị Thử","birth_year":1960,"sex":"F","reason":"test","simulated":true})";

  Store store;
  MeetingEvents events;
  static constexpr const char* states[] = {"knocking", "admitted", "away", "left", "refused"};
  events.guest = [](const Guest& g) {
    say({{"event", "guest"}, {"id", g.id}, {"name", g.name}, {"state", states[static_cast<int>(g.state)]}});
  };
  events.ask = [](const CaptureAsk& a) {
    say({{"event", "ask"}, {"id", a.id}, {"guest", a.guest}, {"kind", a.kind}, {"side", a.side}});
  };
  events.pointer = [](const Pointer& p) {
    say({{"event", "pointer"}, {"guest", p.guest}, {"x", p.x}, {"y", p.y}});
  };
  events.advice = [](const Advice& a) {
    say({{"event", "advice"}, {"guest", a.guest}, {"finding", a.finding}, {"urgency", a.urgency}});
  };
  events.chat = [](const ChatLine& c) { say({{"event", "chat"}, {"guest", c.guest}, {"text", c.text}}); };
  events.line = [](const std::string& g, const LineState& l) {
    say({{"event", "line"},
         {"guest", g},
         {"kbit_s", l.kbit_s},
         {"loss", l.loss_percent},
         {"rtt_ms", l.rtt_ms},
         {"words", l.words}});
  };
  events.evidence = [](const EvidenceResult& r) {
    say({{"event", "evidence"},
         {"guest", r.guest},
         {"stream", r.stream},
         {"records", r.records},
         {"samples", r.samples},
         {"equal", r.equal},
         {"digest", r.digest}});
  };
  events.drawn = [](const Drawn& d) {
    say({{"event", "drawn"},
         {"stream", d.stream},
         {"delay_ms", static_cast<double>(d.drawn_ns - d.sensed_ns) * 1e-6}});
  };
  events.problem = [](const std::string& p) { say({{"event", "problem"}, {"text", p}}); };
  EvidenceSource source;
  source.record = [&](StreamNumber s, std::uint64_t i) { return store.record(s, i); };
  source.record_count = [&](StreamNumber s) { return store.count(s); };

  auto meeting = open_direct_meeting(options, events, source);
  std::vector<StreamCard> cards{wave(1), camera(2)};
  meeting->set_streams(cards);
  const auto invite = [&] {
    const auto i = meeting->invite();
    say({{"event", "invitation"}, {"link", i.link}, {"code", i.code}, {"fingerprint", i.fingerprint}});
  };
  invite();

  std::atomic<bool> ending{false}, tracing{true};
  std::atomic<int> cameras{1};
  std::thread devices([&] {
    auto next = std::chrono::steady_clock::now();
    for (std::uint64_t n = 0; !ending; ++n) {
      for (int c = 0; c < cameras; ++c)
        meeting->picture(static_cast<StreamNumber>(2 + c), moving(n, width, height));
      if (tracing && n % 3 == 0) {
        const auto index = store.append(1, trace(n / 3));
        meeting->evidence(1, index, *store.record(1, index));
      }
      next += 66666us;  // 15 pictures, 5 records a second
      std::this_thread::sleep_until(next);
    }
  });

  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string order, who, rest;
    words >> order >> who;
    std::getline(words, rest);
    if (order == "quit") break;
    if (order == "invite") invite();
    else if (order == "admit") meeting->admit(who);
    else if (order == "refuse") meeting->refuse(who, rest);
    else if (order == "dismiss") meeting->dismiss(who);
    else if (order == "control") meeting->control(who + rest);
    else if (order == "camera") {
      cards.push_back(camera(3));
      meeting->set_streams(cards);
      cameras = 2;
    } else if (order == "nocamera") {
      cameras = 1;
      cards.pop_back();
      meeting->set_streams(cards);
    } else if (order == "backlog") {  // records that were there before anybody came
      for (int i = std::stoi(who); i > 0; --i)
        store.append(1, trace(1000000 + static_cast<std::uint64_t>(i)));
      say({{"event", "backlog"}, {"records", store.count(1)}});
    } else if (order == "still") {
      auto jpeg = std::make_shared<std::vector<std::uint8_t>>(std::stoul(who));
      for (std::size_t i = 0; i < jpeg->size(); ++i) (*jpeg)[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
      const auto digest = sha256(jpeg->data(), jpeg->size());
      std::string hex;
      for (const unsigned char c : digest) {
        hex += "0123456789abcdef"[c >> 4];
        hex += "0123456789abcdef"[c & 15];
      }
      meeting->still("still-1", 2, "left", "", jpeg, hex, core::now_ns());
    } else if (order == "end") {
      tracing = false;
      std::this_thread::sleep_for(100ms);  // the devices' thread is between two records then
      say({{"event", "ended"}, {"records", store.count(1)}, {"digest", store.digest(1)}});
      meeting->evidence_end(1, store.count(1), store.count(1) * samples_per_record, store.digest(1));
    } else if (order == "close") {
      const auto start = core::now_ns();
      meeting->close(std::stoi(who));
      say({{"event", "closed"}, {"took_ms", static_cast<double>(core::now_ns() - start) * 1e-6}});
    }
  }
  ending = true;
  devices.join();
  meeting.reset();
  say({{"event", "quit"}});
  return 0;
} catch (const std::exception& e) {
  say({{"event", "failed"}, {"text", e.what()}});
  return 1;
}
