// One console's PeerConnection, as libwebrtc's signalling thread sees it. Private to peer*.cpp.
#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/peer_connection_interface.h"
#include "session/peer.hpp"
#include "session/webrtc_parts.hpp"

namespace caukham::session {

// Where callbacks go. Shut when the Peer is destroyed: after that nothing is posted any more.
class Outlet {
 public:
  Outlet(std::function<void(std::function<void()>)> post, PeerEvents events)
      : post_(std::move(post)), events_(std::move(events)) {}
  template <typename... T, typename... A>
  void emit(std::function<void(T...)> PeerEvents::*event, A... arguments) {
    const std::lock_guard lock(mutex_);
    if (post_ && events_.*event)
      post_([call = events_.*event, ... arguments = std::move(arguments)]() mutable {
        call(std::move(arguments)...);
      });
  }
  void shut() {
    const std::lock_guard lock(mutex_);
    post_ = nullptr;
  }

 private:
  std::mutex mutex_;
  std::function<void(std::function<void()>)> post_;
  PeerEvents events_;
};

template <typename T, typename... A> rtc::scoped_refptr<T> counted(A&&... arguments) {
  return rtc::scoped_refptr<T>(new rtc::RefCountedObject<T>(std::forward<A>(arguments)...));
}

// Everything happens on libwebrtc's signalling thread, but for the two marked otherwise.
class PeerLink : public webrtc::PeerConnectionObserver, public std::enable_shared_from_this<PeerLink> {
 public:
  PeerLink(rtc::scoped_refptr<webrtc::PeerConnectionFactoryInterface> factory, std::shared_ptr<Outlet> outlet)
      : outlet_(std::move(outlet)),
        factory_(std::move(factory)),
        control_(*this, false),
        evidence_(*this, true) {}

  void start(const PeerFactory::Options& options);
  void close();
  void set_video(const std::vector<StreamNumber>& wanted);
  void answer(const std::string& sdp);
  void candidate(std::string candidate, std::string mid);
  void send_control(const std::string& text);
  void send_evidence(const std::vector<std::byte>& frame);
  void picture(StreamNumber stream, const media::PicturePtr& picture);  // [any thread]
  void mute(bool muted);
  void ask_line();
  std::size_t queued() const { return posted + buffered; }  // [any thread]
  std::atomic<std::size_t> posted{0}, buffered{0};

 private:
  struct Channel : webrtc::DataChannelObserver {
    Channel(PeerLink& c, bool e) : link(c), evidence(e) {}
    void OnStateChange() override { link.on_channel_state(*this); }
    void OnMessage(const webrtc::DataBuffer& message) override { link.on_message(*this, message); }
    void OnBufferedAmountChange(uint64_t) override { if (evidence) link.update_queued(); }
    bool open() const { return channel && channel->state() == webrtc::DataChannelInterface::kOpen; }
    void forget() {
      if (channel) channel->UnregisterObserver();
      channel = nullptr;
    }
    PeerLink& link;
    const bool evidence;
    rtc::scoped_refptr<webrtc::DataChannelInterface> channel;
  };
  struct View { rtc::scoped_refptr<webrtc::RtpTransceiverInterface> transceiver; };

  void trouble(const std::string& why);
  bool open_channel(const char* label, Channel& channel);
  void add_talk(bool muted);
  bool add_view(StreamNumber stream);
  void negotiate();
  void add(const std::string& text, const std::string& mid);
  void on_channel_state(Channel& channel);
  void on_message(Channel& channel, const webrtc::DataBuffer& message);
  void update_queued();

  // webrtc::PeerConnectionObserver
  void OnSignalingChange(webrtc::PeerConnectionInterface::SignalingState) override {}
  void OnDataChannel(rtc::scoped_refptr<webrtc::DataChannelInterface> channel) override { channel->Close(); }
  void OnIceGatheringChange(webrtc::PeerConnectionInterface::IceGatheringState) override {}
  void OnIceCandidate(const webrtc::IceCandidateInterface* candidate) override;
  void OnConnectionChange(webrtc::PeerConnectionInterface::PeerConnectionState state) override;

  const std::shared_ptr<Outlet> outlet_;
  rtc::scoped_refptr<webrtc::PeerConnectionFactoryInterface> factory_;
  rtc::scoped_refptr<webrtc::PeerConnectionInterface> connection_;
  rtc::scoped_refptr<webrtc::AudioTrackInterface> talk_;
  Channel control_, evidence_;
  std::map<StreamNumber, View> views_;
  std::mutex sources_mutex_;
  std::map<StreamNumber, rtc::scoped_refptr<PictureSource>> sources_;
  std::vector<std::pair<std::string, std::string>> early_;
  std::size_t candidates_ = 0;
  bool negotiating_ = false, again_ = false, closed_ = false, told_open_ = false, was_low_ = true;
};

}  // namespace caukham::session
