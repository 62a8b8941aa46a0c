// EDF, EDF+, BDF and BDF+, record by record: the file is never in memory as a whole.
#include <algorithm>
#include <cmath>
#include <deque>
#include <fstream>
#include <limits>
#include <stdexcept>

#include <caukham/cpp/host.hpp>

#include "devices/formats/edf/fields.hpp"
#include "devices/formats/edf/samples.hpp"
#include "recording.hpp"

namespace caukham::plugins::replay {
namespace {

namespace edf = formats::edf;
constexpr std::uint64_t most_records = 10'000'000;
constexpr std::uint32_t most_values = 16'384;  // of a piece: 64 KiB
constexpr std::size_t most_remarks = 100'000;

class Waveforms final : public Recording {
 public:
  explicit Waveforms(const std::string& path) : file_(path, std::ios::binary) {
    std::vector<std::byte> start(edf::max_header_bytes);
    start.resize(read_at(0, start));
    if (start.empty()) throw edf::Error("it cannot be read");
    header_ = edf::parse_header(start);
    groups_ = edf::groups_of(header_);
    if (groups_.empty()) throw edf::Error("it holds no signals");
    if (groups_.size() > CK_MAX_STREAMS) groups_.resize(CK_MAX_STREAMS);
    file_.clear();
    file_.seekg(0, std::ios::end);
    const auto size = static_cast<std::uint64_t>(std::max<std::int64_t>(0, static_cast<std::int64_t>(file_.tellg())));
    records_ = size < header_.header_bytes ? 0 : (size - header_.header_bytes) / header_.record_bytes;
    if (records_ == 0) throw edf::Error("it holds no samples");
    if (records_ > most_records) throw edf::Error("it has too many records");
    record_.resize(header_.record_bytes);
    look_through();
    describe();
  }

  const std::vector<ck_stream_info>& streams() const override { return streams_; }
  double duration_s() const override { return duration_s_; }
  std::int64_t start_unix_ns() const override { return start_unix_ns_; }
  const std::vector<Remark>& remarks() const override { return remarks_; }

  bool seek(std::int64_t from_ns, std::int64_t to_ns) override {
    from_ns_ = from_ns;
    to_ns_ = to_ns;
    pending_.clear();
    expected_.assign(groups_.size(), -1);
    const auto behind = std::upper_bound(starts_ns_.begin(), starts_ns_.end(), from_ns);
    at_ = behind == starts_ns_.begin() ? 0 : static_cast<std::uint64_t>(behind - starts_ns_.begin()) - 1;
    return true;
  }

  std::optional<Piece> next() override {
    while (pending_.empty())
      if (at_ >= records_ || starts_ns_[at_] >= to_ns_ || !load(at_++)) return std::nullopt;
    auto piece = std::move(pending_.front());
    pending_.pop_front();
    return piece;
  }

 private:
  std::size_t read_at(std::uint64_t at, std::vector<std::byte>& into) {
    file_.clear();
    file_.seekg(static_cast<std::streamoff>(at));
    file_.read(reinterpret_cast<char*>(into.data()), static_cast<std::streamsize>(into.size()));
    return static_cast<std::size_t>(std::max<std::streamsize>(0, file_.gcount()));
  }
  bool read_record(std::uint64_t k) {
    return read_at(header_.header_bytes + k * header_.record_bytes, record_) == record_.size();
  }

  // Where every record begins, and what was remarked.
  void look_through() {
    std::int64_t origin_ns = 0;
    for (std::uint64_t k = 0; k < records_; ++k) {
      if (!read_record(k)) throw edf::Error("it cannot be read to its end");
      auto said = edf::remarks_of(header_, k, record_);
      if (k == 0) origin_ns = said.start_ns;
      const auto start_ns = said.start_ns - origin_ns;
      if (start_ns < 0 || (k > 0 && start_ns < starts_ns_.back())) throw edf::Error("its records are not in order");
      starts_ns_.push_back(start_ns);
      paddings_.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(said.padding, UINT32_MAX)));
      for (auto& remark : said.remarks)
        if (remarks_.size() < most_remarks) remarks_.push_back({remark.onset_ns - origin_ns, std::move(remark.text)});
    }
    duration_s_ = static_cast<double>(starts_ns_.back()) / 1e9 + header_.duration_s;
    std::stable_sort(remarks_.begin(), remarks_.end(), [](const auto& a, const auto& b) { return a.at_ns < b.at_ns; });
    // Our own files say how far their wall clock is from UTC; of others it is not known and taken for UTC.
    int offset_min = 0;
    if (const auto zone = header_.recording.find("UTC"); zone != std::string::npos && zone + 9 <= header_.recording.size()) {
      int h = 0, m = 0;
      if (std::sscanf(header_.recording.c_str() + zone + 4, "%2d:%2d", &h, &m) == 2)
        offset_min = (header_.recording[zone + 3] == '-' ? -1 : 1) * (h * 60 + m);
    }
    if (header_.start_local_s) start_unix_ns_ = (*header_.start_local_s - offset_min * 60) * 1'000'000'000 + origin_ns;
  }

  void describe() {
    for (std::uint32_t g = 0; g < groups_.size(); ++g) {
      auto& group = groups_[g];
      if (group.signals.size() > CK_MAX_CHANNELS) group.signals.resize(CK_MAX_CHANNELS);
      ck_stream_info info{};
      info.size = sizeof info;
      info.id = g;
      info.kind = CK_STREAM_WAVEFORM;
      info.format = CK_FORMAT_I32;
      info.flags = CK_STREAM_SIMULATED;
      info.channels = static_cast<std::uint32_t>(group.signals.size());
      info.rate_hz = group.rate_hz;
      info.tick_hz = 1e6;
      info.scale = group.scale;
      info.offset = group.offset;
      info.digital_min = group.digital_min;
      info.digital_max = group.digital_max;
      sdk::set_text(info.unit, group.unit);
      sdk::set_text(info.filter, group.prefilter);
      sdk::set_text(info.sensor, group.transducer);
      sdk::set_text(info.name, stream_name(g));
      for (std::size_t c = 0; c < group.signals.size(); ++c) {
        std::string label = header_.signals[group.signals[c]].label;
        if (label.starts_with("ECG ")) label.erase(0, 4);  // EDF puts the kind of signal before its name
        sdk::set_text(info.labels[c], label);
      }
      streams_.push_back(info);
    }
  }

  // Our own files end their recording field with the stream's name.
  std::string stream_name(std::uint32_t g) const {
    const auto& r = header_.recording;
    if (groups_.size() == 1 && r.find("UTC") != std::string::npos && r.find_last_of(' ') != std::string::npos)
      return r.substr(r.find_last_of(' ') + 1);
    return "signals" + std::to_string(g + 1);
  }

  bool load(std::uint64_t k) {
    if (!read_record(k)) return false;
    for (std::uint32_t g = 0; g < groups_.size(); ++g) {
      const auto& group = groups_[g];
      const auto channels = group.signals.size();
      values_.clear();
      edf::samples_of(header_, group, record_, values_);
      const auto valid = group.samples_per_record - std::min(paddings_[k], group.samples_per_record);
      const auto first = std::llround(static_cast<double>(starts_ns_[k]) * 1e-9 * group.rate_hz);
      const auto time_of = [&](std::int64_t sample) { return std::llround(static_cast<double>(sample) * 1e9 / group.rate_hz); };
      const auto most = std::max<std::uint32_t>(
          1, std::min<std::uint32_t>(static_cast<std::uint32_t>(group.rate_hz / 20), most_values / static_cast<std::uint32_t>(channels)));
      for (std::uint32_t n = 0; n < valid;) {
        const auto at = first + n;
        if (time_of(at) < from_ns_) {
          ++n;
          continue;
        }
        if (time_of(at) >= to_ns_) break;
        Piece piece;
        piece.stream = g;
        piece.at_ns = time_of(at);
        while (n < valid && piece.count < most && time_of(first + n) < to_ns_) ++n, ++piece.count;
        const auto* from = values_.data() + (n - piece.count) * channels;
        piece.samples.assign(from, from + piece.count * channels);
        piece.length_ns = time_of(at + piece.count) - piece.at_ns;
        const auto missing = expected_[g] < 0 ? 0 : at - expected_[g];
        piece.broken = missing > 0;
        piece.lost = static_cast<std::uint32_t>(std::clamp<std::int64_t>(missing, 0, UINT32_MAX));
        expected_[g] = at + piece.count;
        pending_.push_back(std::move(piece));
      }
    }
    std::stable_sort(pending_.begin(), pending_.end(), [](const Piece& a, const Piece& b) { return a.at_ns < b.at_ns; });
    return true;
  }

  std::ifstream file_;
  edf::Header header_;
  std::vector<edf::Group> groups_;
  std::vector<ck_stream_info> streams_;
  std::vector<std::int64_t> starts_ns_;
  std::vector<std::uint32_t> paddings_;
  std::vector<Remark> remarks_;
  std::uint64_t records_ = 0, at_ = 0;
  double duration_s_ = 0;
  std::int64_t start_unix_ns_ = 0, from_ns_ = 0, to_ns_ = std::numeric_limits<std::int64_t>::max();
  std::vector<std::byte> record_;
  std::vector<std::int32_t> values_;
  std::vector<std::int64_t> expected_;  // grid number of each group's next sample; -1: any
  std::deque<Piece> pending_;
};

}  // namespace

std::unique_ptr<Recording> open_waveforms(const std::string& path) {
  try {
    return std::make_unique<Waveforms>(path);
  } catch (const edf::Error& e) {
    throw std::runtime_error("the recording " + path + " is no sound EDF or BDF file: " + e.what());
  }
}

}  // namespace caukham::plugins::replay
