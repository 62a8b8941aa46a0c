#include "devices/camera_uvc/button.hpp"
#include "devices/camera_uvc/jpeg_repair.hpp"
#include "devices/ecg_hackeeg/protocol.hpp"
#include "devices/otoscope_useeplus/decoder.hpp"
#include "devices/spirometer_vernier/protocol.hpp"
#include "target.hpp"

using namespace fuzz;
using namespace caukham::devices;

namespace {

// The serial stream in pieces, so that what is split between reads is met too.
void hackeeg_stream(Input bytes) {
  hackeeg::Decoder decoder;
  hackeeg::Decoded out;
  hackeeg::Continuity continuity(2000);
  std::vector<hackeeg::Continuity::Accepted> accepted;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t n = std::min<std::size_t>(bytes.size() - at, 1 + bytes[at] % 61);
    decoder.feed(bytes.subspan(at, n), out);
    must(decoder.pending() <= 2 * hackeeg::max_frame_bytes + 64, "the decoder holds a bounded rest");
    at += n;
  }
  must(out.replies.size() == out.frames_before.size(), "every reply knows its place");
  for (const auto& f : out.frames) continuity.push(f, accepted);
  must(accepted.size() <= out.frames.size(), "no frame is invented");
}
std::vector<Seed> hackeeg_streams() {
  std::vector<Seed> out;
  for (const auto mode : {hackeeg::Mode::jsonlines, hackeeg::Mode::messagepack}) {
    Seed s = seed("{\"STATUS_CODE\":200,\"STATUS_TEXT\":\"Ok\",\"DATA\":7}\r\n");
    for (std::uint32_t i = 0; i < 4; ++i) {
      hackeeg::Frame f;
      f.ticks_us = 1000 + 2000 * i;
      f.number = i + (i > 2);
      f.status = 0xC00000;
      f.value[0] = -5 + static_cast<std::int32_t>(i);
      const auto bytes = hackeeg::encode_frame(mode, f);
      s.insert(s.end(), bytes.begin(), bytes.end());
    }
    out.push_back(std::move(s));
  }
  out.push_back(seed("{\"C\":200,\"D\":\"AAAA\"}\n\x82\xa1" "C\xcc\xc8\xa1" "D\xc4\x23"));
  return out;
}
const Register hackeeg_target{"hackeeg_stream", hackeeg_stream, hackeeg_streams};

// 64-byte reports, and the same bytes as one packet.
void vernier_reports(Input bytes) {
  vernier::Joiner joiner;
  std::vector<std::vector<std::uint8_t>> packets;
  vernier::ChecksumTrust trust;
  const auto look = [&](ByteView packet) {
    (void)trust.accept(packet);
    const auto parsed = vernier::parse_packet(packet);
    if (!parsed) return;
    if (const auto* m = std::get_if<vernier::Measurement>(&*parsed)) {
      must(m->values.size() <= packet.size(), "no more values than bytes");
      for (unsigned s = 0; s < 33; ++s) must(m->of(s).size() <= m->values.size(), "a sensor's values are some of all");
    }
    if (const auto* r = std::get_if<vernier::Response>(&*parsed)) {
      (void)vernier::parse_status(r->data);
      (void)vernier::parse_device_info(r->data);
      (void)vernier::parse_sensor_info(r->data);
      (void)vernier::parse_mask(r->data);
    }
  };
  for (std::size_t at = 0; at < bytes.size(); at += vernier::report_bytes)
    joiner.feed(bytes.subspan(at, std::min(vernier::report_bytes, bytes.size() - at)), packets);
  for (const auto& p : packets) look(p);
  look(bytes);
}
std::vector<Seed> vernier_streams() {
  vernier::SensorInfo info;
  info.number = 1;
  info.description = "Flow Rate";
  info.unit = "L/s";
  std::vector<Seed> out;
  for (const auto& packet : {vernier::encode_response(vernier::cmd_status, 1, vernier::encode_status({0, 80, 0, "1.2.3"})),
                             vernier::encode_response(vernier::cmd_device_info, 2, vernier::encode_device_info({"GDX-SPR", "0123", "Go", "Spirometer"})),
                             vernier::encode_response(vernier::cmd_sensor_info, 3, vernier::encode_sensor_info(info)),
                             vernier::encode_measurement(4, 2, {1.5f, -2.f, 0.f}, 3)}) {
    out.push_back(packet);
    Seed reports;
    for (const auto& r : vernier::to_reports(packet)) reports.insert(reports.end(), r.begin(), r.end());
    out.push_back(std::move(reports));
  }
  return out;
}
const Register vernier_target{"vernier_reports", vernier_reports, vernier_streams};

void useeplus_stream(Input bytes) {
  useeplus::Decoder decoder;
  useeplus::Output out;
  std::int64_t now = 0;
  for (std::size_t at = 0; at < bytes.size(); now += 10'000'000) {
    const std::size_t n = std::min<std::size_t>(bytes.size() - at, 1 + bytes[at] * 5u);
    decoder.feed(bytes.subspan(at, n), now, out);
    at += n;
  }
  std::size_t all = 0;
  for (const auto& p : out.pictures) {
    all += p.jpeg.size();
    must(p.jpeg.size() >= 4 && p.jpeg[0] == 0xFF && p.jpeg[1] == 0xD8 && p.jpeg.back() == 0xD9, "a picture begins and ends like one");
  }
  must(all <= bytes.size(), "no picture is invented");
}
std::vector<Seed> useeplus_streams() {
  // AA BB 07, length, then: picture number, lens, flags, a sensor's four bytes; FFD8 … FFD9 in two fragments.
  Seed s;
  for (int picture = 0; picture < 3; ++picture)
    for (int part = 0; part < 2; ++part) {
      const Seed data = part ? Seed{4, 5, 6, 0xFF, 0xD9} : Seed{0xFF, 0xD8, 1, 2, 3};
      const std::size_t size = 7 + data.size();
      s.insert(s.end(), {0xAA, 0xBB, 0x07, static_cast<std::uint8_t>(size), 0, static_cast<std::uint8_t>(picture), 0, 0, 0, 0, 0, 0});
      s.insert(s.end(), data.begin(), data.end());
    }
  return {s};
}
const Register useeplus_target{"useeplus_stream", useeplus_stream, useeplus_streams};

void jpeg(Input bytes) {
  uvc::JpegRepair repair;
  std::vector<std::uint8_t> out;
  std::uint32_t lost = 0;
  if (repair.run(bytes, out, lost) == uvc::Repair::whole) {
    must(out.size() >= 4 && out[0] == 0xFF && out[1] == 0xD8 && out[out.size() - 2] == 0xFF && out.back() == 0xD9, "whole means FFD8 to FFD9");
    must(out.size() <= bytes.size() + uvc::standard_huffman_segment().size(), "nothing but the tables is added");
    std::vector<std::uint8_t> again;
    must(uvc::JpegRepair().run(out, again, lost) == uvc::Repair::whole && again == out, "what is repaired stays as it is");
  }
  uvc::StatusButton button;
  for (const auto& p : pieces(bytes)) (void)button.packet(p, 0);
}
std::vector<Seed> jpegs() {
  const Seed body = {0xFF, 0xDB, 0, 4, 1, 1, 0xFF, 0xC0, 0, 8, 8, 0, 1, 0, 1, 1, 0xFF, 0xDA, 0, 3, 0, 9, 9, 0xFF, 0, 7, 0xFF, 0xD0, 5};
  Seed good = {0xFF, 0xD8};
  good.insert(good.end(), body.begin(), body.end());
  Seed cut = good;
  good.insert(good.end(), {0xFF, 0xD9});
  Seed spliced = cut;
  spliced.insert(spliced.end(), good.begin(), good.end());
  spliced.insert(spliced.end(), 9, std::uint8_t{0});
  return {good, cut, spliced};
}
const Register jpeg_target{"jpeg_repair", jpeg, jpegs};

}  // namespace
