#include "session/peer.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "api/audio_codecs/audio_decoder_factory_template.h"
#include "api/audio_codecs/audio_encoder_factory_template.h"
#include "api/audio_codecs/g711/audio_decoder_g711.h"
#include "api/audio_codecs/g711/audio_encoder_g711.h"
#include "api/audio_codecs/opus/audio_decoder_opus.h"
#include "api/audio_codecs/opus/audio_encoder_opus.h"
#include "api/create_peerconnection_factory.h"
#include "api/peer_connection_interface.h"
#include "api/stats/rtc_stats_report.h"
#include "api/stats/rtcstats_objects.h"
#include "api/video_codecs/builtin_video_decoder_factory.h"
#include "core/i18n.hpp"
#include "core/log.hpp"
#include "rtc_base/logging.h"
#include "rtc_base/ssl_adapter.h"
#include "rtc_base/thread.h"
#include "session/messages.hpp"
#include "session/webrtc_parts.hpp"

namespace caukham::session {
namespace {

constexpr int video_max_bps = 2'500'000;
constexpr std::size_t evidence_low_bytes = 64 * 1024;
constexpr std::size_t max_candidates = 64;

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

template <typename Base, typename... Arguments> class Observer : public Base {
 public:
  using Call = std::function<void(Arguments...)>;
  explicit Observer(Call call) : call_(std::move(call)) {}

 protected:
  Call call_;
};

class Described : public Observer<webrtc::SetLocalDescriptionObserverInterface, webrtc::RTCError> {
 public:
  using Observer::Observer;
  void OnSetLocalDescriptionComplete(webrtc::RTCError error) override { call_(std::move(error)); }
};
class Answered : public Observer<webrtc::SetRemoteDescriptionObserverInterface, webrtc::RTCError> {
 public:
  using Observer::Observer;
  void OnSetRemoteDescriptionComplete(webrtc::RTCError error) override { call_(std::move(error)); }
};
using Report = rtc::scoped_refptr<const webrtc::RTCStatsReport>;
class Counted : public Observer<webrtc::RTCStatsCollectorCallback, const Report&> {
 public:
  using Observer::Observer;
  void OnStatsDelivered(const Report& report) override { call_(report); }
};

template <typename T, typename... A> rtc::scoped_refptr<T> counted(A&&... arguments) {
  return rtc::scoped_refptr<T>(new rtc::RefCountedObject<T>(std::forward<A>(arguments)...));
}

LineSample read_line(const webrtc::RTCStatsReport& report) {
  LineSample line;
  for (const auto* pair : report.GetStatsOfType<webrtc::RTCIceCandidatePairStats>()) {
    if (!pair->nominated.ValueOrDefault(false)) continue;
    line.kbit_s = std::max(line.kbit_s, pair->available_outgoing_bitrate.ValueOrDefault(0) / 1000);
    line.rtt_ms = pair->current_round_trip_time.ValueOrDefault(0) * 1000;
  }
  for (const auto* inbound : report.GetStatsOfType<webrtc::RTCRemoteInboundRtpStreamStats>()) {
    line.loss_percent = std::max(line.loss_percent, inbound->fraction_lost.ValueOrDefault(0) * 100);
    line.rtt_ms = std::max(line.rtt_ms, inbound->round_trip_time.ValueOrDefault(0) * 1000);
  }
  return line;
}

// Everything below happens on libwebrtc's signalling thread, but for the two marked otherwise.
class Core : public webrtc::PeerConnectionObserver, public std::enable_shared_from_this<Core> {
 public:
  Core(rtc::scoped_refptr<webrtc::PeerConnectionFactoryInterface> factory, std::shared_ptr<Outlet> outlet)
      : outlet_(std::move(outlet)),
        factory_(std::move(factory)),
        control_(*this, false),
        evidence_(*this, true) {}

  void start(const PeerFactory::Options& options) {
    webrtc::PeerConnectionInterface::RTCConfiguration configuration;
    configuration.sdp_semantics = webrtc::SdpSemantics::kUnifiedPlan;
    configuration.bundle_policy = webrtc::PeerConnectionInterface::kBundlePolicyMaxBundle;
    auto made =
        factory_->CreatePeerConnectionOrError(configuration, webrtc::PeerConnectionDependencies(this));
    if (!made.ok()) return trouble(std::string("no peer connection: ") + made.error().message());
    connection_ = made.MoveValue();
    webrtc::BitrateSettings rates;
    rates.min_bitrate_bps = 30'000;
    rates.start_bitrate_bps = 500'000;
    connection_->SetBitrate(rates);
    if (!open_channel("control", control_) || !open_channel("evidence", evidence_)) return;
    if (options.talk) add_talk(options.muted);
    negotiate();
  }

  void close() {
    closed_ = true;
    control_.forget();
    evidence_.forget();
    for (auto& [stream, view] : views_) view.transceiver = nullptr;
    if (connection_) connection_->Close();
    connection_ = nullptr;
    talk_ = nullptr;
    const std::lock_guard lock(sources_mutex_);
    sources_.clear();
    views_.clear();
  }

  void set_video(const std::vector<StreamNumber>& wanted) {
    if (closed_ || !connection_) return;
    bool changed = false;
    for (auto it = views_.begin(); it != views_.end();) {
      if (std::find(wanted.begin(), wanted.end(), it->first) != wanted.end()) {
        ++it;
        continue;
      }
      it->second.transceiver->StopStandard();
      const std::lock_guard lock(sources_mutex_);
      sources_.erase(it->first);
      it = views_.erase(it);
      changed = true;
    }
    for (const auto stream : wanted)
      if (!views_.count(stream)) changed = add_view(stream) || changed;
    if (changed) negotiate();
  }

  void answer(const std::string& sdp) {
    if (closed_ || !connection_) return;
    if (connection_->signaling_state() != webrtc::PeerConnectionInterface::kHaveLocalOffer)
      return trouble("an answer nobody asked for");
    webrtc::SdpParseError error;
    auto description = webrtc::CreateSessionDescription(webrtc::SdpType::kAnswer, sdp, &error);
    if (!description) return trouble("the answer's SDP is malformed: " + error.description);
    connection_->SetRemoteDescription(
        std::move(description), counted<Answered>([weak = weak_from_this()](webrtc::RTCError e) {
          const auto self = weak.lock();
          if (!self || self->closed_) return;
          self->negotiating_ = false;
          if (!e.ok()) return self->trouble(std::string("the answer does not fit: ") + e.message());
          for (auto& candidate : self->early_) self->add(candidate.first, candidate.second);
          self->early_.clear();
          if (self->again_) self->negotiate();
        }));
  }

  void candidate(std::string candidate, std::string mid) {
    if (closed_ || !connection_ || candidate.empty()) return;  // an empty one says "no more"
    if (++candidates_ > max_candidates) return;
    if (!connection_->remote_description()) early_.emplace_back(std::move(candidate), std::move(mid));
    else add(candidate, mid);
  }

  void send_control(const std::string& text) {
    if (control_.open()) control_.channel->Send(webrtc::DataBuffer(text));
  }

  void send_evidence(const std::vector<std::byte>& frame) {
    if (evidence_.open()) {
      const rtc::CopyOnWriteBuffer bytes(reinterpret_cast<const uint8_t*>(frame.data()), frame.size());
      if (!evidence_.channel->Send(webrtc::DataBuffer(bytes, true))) trouble("evidence cannot be sent");
    }
    posted -= frame.size();
    update_queued();
  }

  void picture(StreamNumber stream, const media::PicturePtr& picture) {  // [any thread]
    rtc::scoped_refptr<PictureSource> source;
    {
      const std::lock_guard lock(sources_mutex_);
      const auto at = sources_.find(stream);
      if (at == sources_.end()) return;
      source = at->second;
    }
    source->push(picture);
  }

  void mute(bool muted) {
    if (talk_) talk_->set_enabled(!muted);
  }

  void ask_line() {
    if (closed_ || !connection_) return;
    connection_->GetStats(counted<Counted>([outlet = outlet_](const Report& report) {
      outlet->emit(&PeerEvents::line, read_line(*report));
    }).get());
  }

  std::size_t queued() const { return posted + buffered; }  // [any thread]
  std::atomic<std::size_t> posted{0}, buffered{0};

 private:
  struct Channel : webrtc::DataChannelObserver {
    Channel(Core& c, bool e) : core(c), evidence(e) {}
    void OnStateChange() override { core.on_channel_state(*this); }
    void OnMessage(const webrtc::DataBuffer& message) override { core.on_message(*this, message); }
    void OnBufferedAmountChange(uint64_t) override { if (evidence) core.update_queued(); }
    bool open() const { return channel && channel->state() == webrtc::DataChannelInterface::kOpen; }
    void forget() {
      if (channel) channel->UnregisterObserver();
      channel = nullptr;
    }
    Core& core;
    const bool evidence;
    rtc::scoped_refptr<webrtc::DataChannelInterface> channel;
  };
  struct View { rtc::scoped_refptr<webrtc::RtpTransceiverInterface> transceiver; };

  void trouble(const std::string& why) {
    if (!closed_) outlet_->emit(&PeerEvents::trouble, why);
  }

  bool open_channel(const char* label, Channel& channel) {
    webrtc::DataChannelInit init;  // reliable and ordered
    if (!channel.evidence) init.priority = webrtc::Priority::kHigh;
    auto made = connection_->CreateDataChannelOrError(label, &init);
    if (!made.ok()) {
      trouble(std::string("no data channel: ") + made.error().message());
      return false;
    }
    channel.channel = made.MoveValue();
    channel.channel->RegisterObserver(&channel);
    return true;
  }

  void add_talk(bool muted) {
    cricket::AudioOptions options;
    options.echo_cancellation = options.noise_suppression = options.auto_gain_control =
        options.highpass_filter = true;
    talk_ = factory_->CreateAudioTrack("talk", factory_->CreateAudioSource(options).get());
    talk_->set_enabled(!muted);
    webrtc::RtpTransceiverInit init;
    init.direction = webrtc::RtpTransceiverDirection::kSendRecv;
    init.stream_ids = {"talk"};
    webrtc::RtpEncodingParameters encoding;
    encoding.bitrate_priority = 4;  // talk goes before pictures when the line is shared out
    encoding.network_priority = webrtc::Priority::kHigh;
    init.send_encodings = {encoding};
    if (auto made = connection_->AddTransceiver(talk_, init); !made.ok())
      core::log_error("session", std::string("no talk: ") + made.error().message());
  }

  bool add_view(StreamNumber stream) {
    const auto name = "stream" + std::to_string(stream);
    auto source = counted<PictureSource>();
    const auto track = factory_->CreateVideoTrack(name, source.get());
    webrtc::RtpTransceiverInit init;
    init.direction = webrtc::RtpTransceiverDirection::kSendOnly;
    init.stream_ids = {name};
    webrtc::RtpEncodingParameters encoding;
    encoding.max_bitrate_bps = video_max_bps;
    init.send_encodings = {encoding};
    auto made = connection_->AddTransceiver(track, init);
    if (!made.ok()) {
      core::log_error("session", std::string("no picture track: ") + made.error().message());
      return false;
    }
    auto transceiver = made.MoveValue();
    auto parameters = transceiver->sender()->GetParameters();
    parameters.degradation_preference = webrtc::DegradationPreference::BALANCED;
    transceiver->sender()->SetParameters(parameters);
    views_[stream] = {transceiver};
    const std::lock_guard lock(sources_mutex_);
    sources_[stream] = source;
    return true;
  }

  void negotiate() {
    again_ = negotiating_;
    if (negotiating_) return;
    negotiating_ = true;
    connection_->SetLocalDescription(counted<Described>([weak = weak_from_this()](webrtc::RTCError error) {
      const auto self = weak.lock();
      if (!self || self->closed_) return;
      if (!error.ok()) return self->trouble(std::string("no offer: ") + error.message());
      std::string sdp;
      self->connection_->local_description()->ToString(&sdp);
      std::map<StreamNumber, std::string> mids;
      for (const auto& [stream, view] : self->views_)
        if (view.transceiver->mid()) mids[stream] = *view.transceiver->mid();
      self->outlet_->emit(&PeerEvents::offer, sdp, mids);
    }));
  }

  // Of host names only mDNS's are looked up: a console must not make this station ask the world for names.
  void add(const std::string& text, const std::string& mid) {
    webrtc::SdpParseError error;
    std::unique_ptr<webrtc::IceCandidateInterface> candidate(
        webrtc::CreateIceCandidate(mid, 0, text, &error));
    if (!candidate) return trouble("a candidate is malformed: " + error.description);
    const auto& address = candidate->candidate().address();
    const std::string host = address.hostname();
    if (address.IsUnresolvedIP() && !(host.size() > 6 && host.compare(host.size() - 6, 6, ".local") == 0))
      return;
    connection_->AddIceCandidate(candidate.get());
  }

  void on_channel_state(Channel& channel) {
    if (closed_ || !channel.channel) return;
    if (channel.channel->state() == webrtc::DataChannelInterface::kOpen && control_.open() &&
        evidence_.open()) {
      if (!std::exchange(told_open_, true)) outlet_->emit(&PeerEvents::open);
    } else if (channel.channel->state() == webrtc::DataChannelInterface::kClosed) {
      trouble("a data channel closed");
    }
  }

  void on_message(Channel& channel, const webrtc::DataBuffer& message) {
    if (closed_) return;
    if (channel.evidence || message.binary) return trouble("bytes where none are expected");
    if (message.size() > max_control_bytes) return trouble("a control message is too long");
    outlet_->emit(&PeerEvents::control, std::string(message.data.data<char>(), message.size()));
  }

  void update_queued() {
    buffered = evidence_.channel ? evidence_.channel->buffered_amount() : 0;
    const bool low = queued() < evidence_low_bytes;
    if (low && !was_low_) outlet_->emit(&PeerEvents::evidence_low);
    was_low_ = low;
  }

  // webrtc::PeerConnectionObserver
  void OnSignalingChange(webrtc::PeerConnectionInterface::SignalingState) override {}
  void OnDataChannel(rtc::scoped_refptr<webrtc::DataChannelInterface> channel) override { channel->Close(); }
  void OnIceGatheringChange(webrtc::PeerConnectionInterface::IceGatheringState) override {}
  void OnIceCandidate(const webrtc::IceCandidateInterface* candidate) override {
    std::string text;
    if (!closed_ && candidate->ToString(&text))
      outlet_->emit(&PeerEvents::candidate, text, candidate->sdp_mid());
  }
  void OnConnectionChange(webrtc::PeerConnectionInterface::PeerConnectionState state) override {
    if (state == webrtc::PeerConnectionInterface::PeerConnectionState::kFailed)
      trouble("the media line failed");
  }

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
  Handle(rtc::Thread& thread, std::shared_ptr<Core> core, std::shared_ptr<Outlet> outlet)
      : thread_(thread), core_(std::move(core)), outlet_(std::move(outlet)) {}
  ~Handle() override {
    outlet_->shut();
    thread_.PostTask([core = std::move(core_)] { core->close(); });
  }
  void set_video(std::vector<StreamNumber> streams) override {
    thread_.PostTask([core = core_, streams = std::move(streams)] { core->set_video(streams); });
  }
  void answer(std::string sdp) override {
    thread_.PostTask([core = core_, sdp = std::move(sdp)] { core->answer(sdp); });
  }
  void candidate(std::string candidate, std::string mid) override {
    thread_.PostTask([core = core_, c = std::move(candidate), m = std::move(mid)]() mutable {
      core->candidate(std::move(c), std::move(m));
    });
  }
  void send_control(std::string text) override {
    thread_.PostTask([core = core_, text = std::move(text)] { core->send_control(text); });
  }
  void send_evidence(std::vector<std::byte> frame) override {
    core_->posted += frame.size();
    thread_.PostTask([core = core_, frame = std::move(frame)] { core->send_evidence(frame); });
  }
  std::size_t evidence_queued() const override { return core_->queued(); }
  void picture(StreamNumber stream, std::shared_ptr<const media::Picture> picture) override {
    core_->picture(stream, picture);
  }
  void mute(bool muted) override {
    thread_.PostTask([core = core_, muted] { core->mute(muted); });
  }
  void ask_line() override {
    thread_.PostTask([core = core_] { core->ask_line(); });
  }

 private:
  rtc::Thread& thread_;
  std::shared_ptr<Core> core_;
  std::shared_ptr<Outlet> outlet_;
};

std::unique_ptr<Peer> Factory::make(Options options, std::function<void(std::function<void()>)> post,
                                    PeerEvents events) {
  auto outlet = std::make_shared<Outlet>(std::move(post), std::move(events));
  auto core = std::make_shared<Core>(factory_, outlet);
  signalling_->PostTask([factory = factory_, core, options] {
    webrtc::PeerConnectionFactoryInterface::Options network;
    network.network_ignore_mask = options.loopback ? 0 : rtc::ADAPTER_TYPE_LOOPBACK;
    factory->SetOptions(network);
    core->start(options);
  });
  return std::make_unique<Handle>(*signalling_, core, outlet);
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
