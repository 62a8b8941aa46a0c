// What a connection carries: two data channels, talk, and a picture for each camera.
#include <algorithm>

#include "core/log.hpp"
#include "session/messages.hpp"
#include "session/peer_link.hpp"

namespace caukham::session {
namespace {

constexpr int video_max_bps = 2'500'000;
constexpr std::size_t evidence_low_bytes = 64 * 1024;

}  // namespace

void PeerLink::set_video(const std::vector<StreamNumber>& wanted) {
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

void PeerLink::send_control(const std::string& text) {
  if (control_.open()) control_.channel->Send(webrtc::DataBuffer(text));
}

void PeerLink::send_evidence(const std::vector<std::byte>& frame) {
  if (evidence_.open()) {
    const rtc::CopyOnWriteBuffer bytes(reinterpret_cast<const uint8_t*>(frame.data()), frame.size());
    if (!evidence_.channel->Send(webrtc::DataBuffer(bytes, true))) trouble("evidence cannot be sent");
  }
  posted -= frame.size();
  update_queued();
}

void PeerLink::picture(StreamNumber stream, const media::PicturePtr& picture) {
  rtc::scoped_refptr<PictureSource> source;
  {
    const std::lock_guard lock(sources_mutex_);
    const auto at = sources_.find(stream);
    if (at == sources_.end()) return;
    source = at->second;
  }
  source->push(picture);
}

void PeerLink::mute(bool muted) {
  if (talk_) talk_->set_enabled(!muted);
}

bool PeerLink::open_channel(const char* label, Channel& channel) {
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

void PeerLink::add_talk(bool muted) {
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

bool PeerLink::add_view(StreamNumber stream) {
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

void PeerLink::on_channel_state(Channel& channel) {
  if (closed_ || !channel.channel) return;
  if (channel.channel->state() == webrtc::DataChannelInterface::kOpen && control_.open() &&
      evidence_.open()) {
    if (!std::exchange(told_open_, true)) outlet_->emit(&PeerEvents::open);
  } else if (channel.channel->state() == webrtc::DataChannelInterface::kClosed) {
    trouble("a data channel closed");
  }
}

void PeerLink::on_message(Channel& channel, const webrtc::DataBuffer& message) {
  if (closed_) return;
  if (channel.evidence || message.binary) return trouble("bytes where none are expected");
  if (message.size() > max_control_bytes) return trouble("a control message is too long");
  outlet_->emit(&PeerEvents::control, std::string(message.data.data<char>(), message.size()));
}

void PeerLink::update_queued() {
  buffered = evidence_.channel ? evidence_.channel->buffered_amount() : 0;
  const bool low = queued() < evidence_low_bytes;
  if (low && !was_low_) outlet_->emit(&PeerEvents::evidence_low);
  was_low_ = low;
}

}  // namespace caukham::session
