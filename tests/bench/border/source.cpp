// The plugin of this bench, through the public SDK: the endpoint's serial number says what it sends ("ecg", "video full").
#include <caukham/cpp/device.hpp>

#include "load.hpp"

namespace {
namespace sdk = caukham::sdk;

class Source final : public sdk::Device {
 public:
  Source(const ck_host* host, const ck_endpoint& endpoint)
      : Device(host, endpoint), load_(std::string(endpoint.serial).starts_with("video") ? bench::video() : bench::ecg()),
        full_(std::string(endpoint.serial).ends_with("full")) {}
  ~Source() override { thread_.stop(); }
  std::uint32_t stream_count() const override { return 1; }
  ck_result stream_info(std::uint32_t, ck_stream_info& out) const override {
    out.kind = load_.video ? CK_STREAM_VIDEO : CK_STREAM_WAVEFORM;
    out.format = load_.video ? CK_FORMAT_MJPEG : CK_FORMAT_I32;
    out.channels = load_.channels;
    out.rate_hz = 1e9 / static_cast<double>(load_.period_ns) * load_.count;
    out.scale = 1;
    out.digital_min = -8388608;
    out.digital_max = 8388607;
    out.width = 1920;
    out.height = 1080;
    sdk::set_text(out.name, "bench");
    sdk::set_text(out.unit, "uV");
    for (std::uint32_t c = 0; c < load_.channels; ++c) sdk::set_text(out.labels[c], "c" + std::to_string(c));
    return CK_OK;
  }
  ck_result start() override {
    thread_.start(host(), [this] {
      const auto data = bench::data_of(load_);
      bench::produce(load_, full_, [this] { return thread_.stopping(); }, [&](std::int64_t stamp_ns) {
        sdk::Slot slot(host(), 0, load_.bytes);
        if (!slot) return false;
        std::memcpy(slot.data(), data.data(), data.size());
        auto chunk = sdk::make_chunk(0);
        chunk.count = load_.count;
        chunk.bytes = load_.bytes;
        chunk.time_ns = stamp_ns;
        chunk.device_ticks = static_cast<std::uint64_t>(stamp_ns);
        return slot.commit(chunk) >= 0;
      });
    });
    return CK_OK;
  }
  ck_result stop() override { return thread_.stop(), CK_OK; }

 private:
  const bench::Load load_;
  const bool full_;
  sdk::StreamThread thread_;
};

std::int32_t probe(const ck_endpoint&) { return 100; }
}  // namespace

CK_PLUGIN(Source, "org.caukham.bench.border", "1", probe);
