#include "session/peer.hpp"

#include <stdexcept>

#include "api/audio_codecs/audio_decoder_factory_template.h"
#include "api/audio_codecs/audio_encoder_factory_template.h"
#include "api/audio_codecs/g711/audio_decoder_g711.h"
#include "api/audio_codecs/g711/audio_encoder_g711.h"
#include "api/audio_codecs/opus/audio_decoder_opus.h"
#include "api/audio_codecs/opus/audio_encoder_opus.h"
#include "api/create_peerconnection_factory.h"
#include "api/video_codecs/builtin_video_decoder_factory.h"
#include "core/i18n.hpp"
#include "rtc_base/logging.h"
#include "rtc_base/ssl_adapter.h"
#include "rtc_base/thread.h"
#include "session/peer_link.hpp"

namespace caukham::session {
namespace {

class Factory : public PeerFactory, public std::enable_shared_from_this<Factory> {
 public:
  Factory() {
    static std::once_flag once;
    std::call_once(once, [] {
      rtc::LogMessage::LogToDebug(rtc::LS_NONE);
      rtc::InitializeSSL();
    });
    network_ = rtc::Thread::CreateWithSocketServer();
    worker_ = rtc::Thread::Create();
    signalling_ = rtc::Thread::Create();
    network_->SetName("rtc-network", nullptr);
    worker_->SetName("rtc-worker", nullptr);
    signalling_->SetName("rtc-signal", nullptr);
    if (!network_->Start() || !worker_->Start() || !signalling_->Start())
      throw std::runtime_error(core::tr("The meeting's threads cannot be started; close other programs."));
    // Debian's built-in audio factories have no Opus; these have (see the library's own build flags).
    factory_ = webrtc::CreatePeerConnectionFactory(
        network_.get(), worker_.get(), signalling_.get(), make_audio_module(),
        webrtc::CreateAudioEncoderFactory<webrtc::AudioEncoderOpus, webrtc::AudioEncoderG711>(),
        webrtc::CreateAudioDecoderFactory<webrtc::AudioDecoderOpus, webrtc::AudioDecoderG711>(),
        make_encoder_factory(), webrtc::CreateBuiltinVideoDecoderFactory(), nullptr, nullptr);
    if (!factory_) throw std::runtime_error(core::tr("Talk and pictures cannot be set up on this computer."));
  }
  ~Factory() override {
    signalling_->BlockingCall([] {});  // peers that close in the background come first
    factory_ = nullptr;
    signalling_->Stop();
    worker_->Stop();
    network_->Stop();
  }

  std::unique_ptr<Peer> make(Options options, std::function<void(std::function<void()>)> post,
                             PeerEvents events) override;

  rtc::Thread& signalling() { return *signalling_; }

 private:
  std::unique_ptr<rtc::Thread> network_, worker_, signalling_;
  rtc::scoped_refptr<webrtc::PeerConnectionFactoryInterface> factory_;
};

// The owner's handle: every call becomes a task on the signalling thread.
class Handle : public Peer {
 public:
  Handle(rtc::Thread& thread, std::shared_ptr<PeerLink> link, std::shared_ptr<Outlet> outlet)
      : thread_(thread), link_(std::move(link)), outlet_(std::move(outlet)) {}
  ~Handle() override {
    outlet_->shut();
    thread_.PostTask([link = std::move(link_)] { link->close(); });
  }
  void set_video(std::vector<StreamNumber> streams) override {
    thread_.PostTask([link = link_, streams = std::move(streams)] { link->set_video(streams); });
  }
  void answer(std::string sdp) override {
    thread_.PostTask([link = link_, sdp = std::move(sdp)] { link->answer(sdp); });
  }
  void candidate(std::string candidate, std::string mid) override {
    thread_.PostTask([link = link_, c = std::move(candidate), m = std::move(mid)]() mutable {
      link->candidate(std::move(c), std::move(m));
    });
  }
  void send_control(std::string text) override {
    thread_.PostTask([link = link_, text = std::move(text)] { link->send_control(text); });
  }
  void send_evidence(std::vector<std::byte> frame) override {
    link_->posted += frame.size();
    thread_.PostTask([link = link_, frame = std::move(frame)] { link->send_evidence(frame); });
  }
  std::size_t evidence_queued() const override { return link_->queued(); }
  void picture(StreamNumber stream, std::shared_ptr<const media::Picture> picture) override {
    link_->picture(stream, picture);
  }
  void mute(bool muted) override {
    thread_.PostTask([link = link_, muted] { link->mute(muted); });
  }
  void ask_line() override {
    thread_.PostTask([link = link_] { link->ask_line(); });
  }

 private:
  rtc::Thread& thread_;
  std::shared_ptr<PeerLink> link_;
  std::shared_ptr<Outlet> outlet_;
};

std::unique_ptr<Peer> Factory::make(Options options, std::function<void(std::function<void()>)> post,
                                    PeerEvents events) {
  auto outlet = std::make_shared<Outlet>(std::move(post), std::move(events));
  auto link = std::make_shared<PeerLink>(factory_, outlet);
  signalling_->PostTask([factory = factory_, link, options] {
    webrtc::PeerConnectionFactoryInterface::Options network;
    network.network_ignore_mask = options.loopback ? 0 : rtc::ADAPTER_TYPE_LOOPBACK;
    factory->SetOptions(network);
    link->start(options);
  });
  return std::make_unique<Handle>(*signalling_, link, outlet);
}

}  // namespace

std::shared_ptr<PeerFactory> PeerFactory::get() {
  static std::mutex mutex;
  static std::weak_ptr<PeerFactory> one;
  const std::lock_guard lock(mutex);
  if (auto there = one.lock()) return there;
  auto made = std::make_shared<Factory>();
  one = made;
  return made;
}

}  // namespace caukham::session
