// One console's media and data pipes: a thin face over libwebrtc, whose headers stay in three .cpp files.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "session/meeting.hpp"

namespace caukham::session {

struct LineSample {
  double kbit_s = 0;        // what the congestion controller thinks may be sent
  double loss_percent = 0;  // the worst of the tracks, as the console reported it
  double rtt_ms = 0;
};

// All of them are called through the `post` handed to make(), and never after the Peer is destroyed and what
// was posted before has run; the owner guards against the latter (a generation number, a weak pointer).
struct PeerEvents {
  std::function<void(std::string sdp, std::map<StreamNumber, std::string> mids)> offer;
  std::function<void(std::string candidate, std::string mid)> candidate;
  std::function<void()> open;                      // both data channels carry
  std::function<void(std::string text)> control;   // at most max_control_bytes, else trouble
  std::function<void()> evidence_low;              // room for more evidence
  std::function<void(std::string why)> trouble;    // the pipe is of no more use; English, for the log
  std::function<void(LineSample)> line;
};

// [any thread]; nothing blocks.
class Peer {
 public:
  virtual ~Peer() = default;  // closes in the background
  // The video streams wanted from now on; a new offer follows when that changes something.
  virtual void set_video(std::vector<StreamNumber> streams) = 0;
  virtual void answer(std::string sdp) = 0;
  virtual void candidate(std::string candidate, std::string mid) = 0;
  virtual void send_control(std::string text) = 0;
  virtual void send_evidence(std::vector<std::byte> frame) = 0;
  // Bytes of evidence that libwebrtc has not taken over yet.
  virtual std::size_t evidence_queued() const = 0;
  // Shares the picture; scaled only when this console's line asks for less. Costs up to some milliseconds
  // then.
  virtual void picture(StreamNumber stream, std::shared_ptr<const media::Picture> picture) = 0;
  virtual void mute(bool muted) = 0;
  virtual void ask_line() = 0;  // → PeerEvents::line
};

// libwebrtc's threads, codecs and audio device: one for all meetings of the process.
class PeerFactory {
 public:
  // The one that exists, or a new one. Its last owner must not be one of its own threads. [any thread; blocks
  // while threads start; throws std::runtime_error with a sentence]
  static std::shared_ptr<PeerFactory> get();
  virtual ~PeerFactory() = default;  // waits until the peers are closed, joins its threads

  struct Options {
    bool talk = true;       // an audio track each way
    bool loopback = false;  // also over 127.0.0.1; only for tests on a computer without a network
    bool muted = false;
  };
  virtual std::unique_ptr<Peer> make(Options options, std::function<void(std::function<void()>)> post,
                                     PeerEvents events) = 0;
};

}  // namespace caukham::session
