// The connection itself: made, negotiated, watched, closed.
#include "session/peer_link.hpp"

#include <algorithm>

#include "api/stats/rtc_stats_report.h"
#include "api/stats/rtcstats_objects.h"

namespace caukham::session {
namespace {

constexpr std::size_t max_candidates = 64;

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

}  // namespace

void PeerLink::start(const PeerFactory::Options& options) {
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

void PeerLink::close() {
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

void PeerLink::answer(const std::string& sdp) {
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

void PeerLink::candidate(std::string candidate, std::string mid) {
  if (closed_ || !connection_ || candidate.empty()) return;  // an empty one says "no more"
  if (++candidates_ > max_candidates) return;
  if (!connection_->remote_description()) early_.emplace_back(std::move(candidate), std::move(mid));
  else add(candidate, mid);
}

void PeerLink::ask_line() {
  if (closed_ || !connection_) return;
  connection_->GetStats(counted<Counted>([outlet = outlet_](const Report& report) {
    outlet->emit(&PeerEvents::line, read_line(*report));
  }).get());
}

void PeerLink::trouble(const std::string& why) {
  if (!closed_) outlet_->emit(&PeerEvents::trouble, why);
}

void PeerLink::negotiate() {
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
void PeerLink::add(const std::string& text, const std::string& mid) {
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

void PeerLink::OnIceCandidate(const webrtc::IceCandidateInterface* candidate) {
  std::string text;
  if (!closed_ && candidate->ToString(&text))
    outlet_->emit(&PeerEvents::candidate, text, candidate->sdp_mid());
}

void PeerLink::OnConnectionChange(webrtc::PeerConnectionInterface::PeerConnectionState state) {
  if (state == webrtc::PeerConnectionInterface::PeerConnectionState::kFailed)
    trouble("the media line failed");
}

}  // namespace caukham::session
