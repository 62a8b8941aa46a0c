#include "devices/formats/wfdb/record.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <utility>

namespace caukham::formats {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t most_samples = 400'000'000;  // as wfdb_samples
constexpr std::uint64_t most_gap = 200;              // samples of the whole a sample that is there

template <class Container>
Container read_file(const fs::path& path, std::uint64_t max_bytes) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) throw WfdbError(path.string() + " is not a file that can be read");
  const auto size = fs::file_size(path, error);
  if (error) throw WfdbError("cannot read " + path.string() + ": " + error.message());
  if (size > max_bytes) throw WfdbError(path.string() + " is larger than " + std::to_string(max_bytes >> 20) + " MiB");
  std::ifstream in(path, std::ios::binary);
  Container bytes(static_cast<std::size_t>(size), {});
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!in) throw WfdbError("cannot read " + path.string());
  return bytes;
}

WfdbRecord read_single(std::string_view header_text, const WfdbFiles& files) {
  WfdbRecord out;
  out.header = parse_wfdb_header(header_text);
  const auto& h = out.header;
  out.physical.resize(h.signals.size());
  bool any = false, opened = false;
  // File after file, so that only one lies in memory at a time.
  std::vector<std::string> done;
  for (const auto& owner : h.signals) {
    const std::string& name = owner.file;
    if (std::find(done.begin(), done.end(), name) != done.end()) continue;
    done.push_back(name);
    const auto bytes = name == "~" || name == "-" ? std::nullopt : files(name);
    if (!bytes) {
      out.warnings.push_back("the file " + name + " is missing; its signals are left out");
      continue;
    }
    opened = true;
    for (std::size_t i = 0; i < h.signals.size(); ++i) {
      if (h.signals[i].file != name) continue;
      auto samples = wfdb_samples(h, i, *bytes);
      if (samples.checksum_wrong)
        out.warnings.push_back("the samples of " + (h.signals[i].name.empty() ? name : h.signals[i].name) +
                               " do not add up to the header's checksum; they may have been damaged");
      any = any || !samples.physical.empty();
      out.physical[i] = std::move(samples.physical);
    }
    const auto held = wfdb_frames(h, static_cast<std::size_t>(&owner - h.signals.data()), bytes->size());
    if (h.frames > held)
      out.warnings.push_back("the file " + name + " is cut off: it holds " + std::to_string(held) + " of " +
                             std::to_string(h.frames) + " samples");
  }
  if (!any)
    throw WfdbError("WFDB record " + h.record + ": " +
                    (opened ? "the samples' file holds not one whole frame" : out.warnings.front()));
  return out;
}

// The header of one of a master's segments; empty when it is missing.
std::string segment_header(const std::string& name, const WfdbFiles& files) {
  const auto bytes = files(name + ".hea");
  return bytes ? std::string(bytes->begin(), bytes->end()) : std::string();
}

WfdbRecord read_segments(const WfdbMaster& master, const WfdbFiles& files) {
  WfdbRecord out;
  // The signals there are: of the layout, else of the first segment that is there.
  const bool variable = master.segments.front().frames == 0;
  for (const auto& s : master.segments) {
    if (s.name == "~") continue;
    const auto text = segment_header(s.name, files);
    if (!text.empty()) {
      out.header = parse_wfdb_header(text);
      break;
    }
    if (variable) break;
  }
  auto& signals = out.header.signals;
  if (signals.empty())
    throw WfdbError("WFDB record " + master.record + ": " +
                    (variable ? "the layout header " + master.segments.front().name + ".hea is missing" : "none of its segments is there"));
  out.header.record = master.record, out.header.rate_hz = master.rate_hz, out.header.frames = master.frames;
  // First what there is, then room for the whole: a few bytes of header must not ask for gigabytes of gaps.
  std::vector<std::pair<std::uint64_t, WfdbRecord>> parts;  // start frame
  std::vector<bool> unit_known(signals.size(), false);
  std::uint64_t at = 0, held = 0;
  for (const auto& segment : master.segments) {
    const auto start = std::exchange(at, at + segment.frames);
    if (segment.name == "~" || segment.frames == 0) continue;
    const auto text = segment_header(segment.name, files);
    if (text.empty()) {
      out.warnings.push_back("the segment " + segment.name + " is missing; it is a gap");
      continue;
    }
    auto part = read_single(text, files);
    for (auto& w : part.warnings) out.warnings.push_back("segment " + segment.name + ": " + w);
    for (const auto& p : part.physical) held += p.size();
    if (held > most_samples) throw WfdbError("WFDB record " + master.record + ": too long to be read at once");
    part.header.frames = segment.frames;
    parts.emplace_back(start, std::move(part));
  }
  std::uint64_t total = 0;
  for (const auto& s : signals) total += std::min(master.frames, most_samples) * s.samples_per_frame;
  if (!parts.empty() && (total > most_samples || total > 1'000'000 + most_gap * held))
    throw WfdbError("WFDB record " + master.record + ": too long to be read at once, or nearly all of it is missing");
  for (const auto& s : signals)
    if (!parts.empty()) out.physical.emplace_back(static_cast<std::size_t>(master.frames * s.samples_per_frame), std::numeric_limits<float>::quiet_NaN());
  for (const auto& [start, part] : parts)
    for (std::size_t i = 0; i < part.header.signals.size(); ++i) {
      const auto& own = part.header.signals[i];
      const auto to = variable ? static_cast<std::size_t>(std::find_if(signals.begin(), signals.end(), [&](const auto& s) { return s.name == own.name; }) -
                                                          signals.begin())
                               : i;
      if (to >= signals.size() || signals[to].samples_per_frame != own.samples_per_frame)
        throw WfdbError("WFDB record " + master.record + ": the segment " + part.header.record + " has a signal that the record has not: " + own.name);
      // A layout states no units that bind; the segments do, and they must agree.
      if (!unit_known[to]) signals[to].units = own.units;
      unit_known[to] = true;
      if (signals[to].units != own.units && !part.physical[i].empty())
        throw WfdbError("WFDB record " + master.record + ": the unit of " + own.name + " changes from segment to segment");
      const auto n = std::min<std::size_t>(part.physical[i].size(), static_cast<std::size_t>(part.header.frames * own.samples_per_frame));
      std::copy_n(part.physical[i].begin(), n, out.physical[to].begin() + static_cast<std::ptrdiff_t>(start * own.samples_per_frame));
      signals[to].calibrated = signals[to].calibrated && own.calibrated;
    }
  if (parts.empty()) throw WfdbError("WFDB record " + master.record + ": none of its segments is there");
  return out;
}

}  // namespace

WfdbRecord read_wfdb(std::string_view header_text, const WfdbFiles& files) {
  if (const auto master = parse_wfdb_master(header_text)) return read_segments(*master, files);
  return read_single(header_text, files);
}

WfdbRecord load_wfdb(const std::string& path, std::uint64_t max_file_bytes) {
  fs::path header(path);
  if (header.extension() != ".hea") header += ".hea";
  const auto text = read_file<std::string>(header, std::min<std::uint64_t>(max_file_bytes, 1 << 20));
  try {
    if (!parse_wfdb_master(text)) (void)parse_wfdb_header(text);
  } catch (const WfdbError& e) {
    throw WfdbError(header.filename().string() + ": " + e.what());
  }
  return read_wfdb(text, [&](const std::string& name) -> std::optional<std::vector<std::uint8_t>> {
    const auto file = header.parent_path() / name;
    std::error_code error;
    if (!fs::exists(file, error)) return std::nullopt;
    return read_file<std::vector<std::uint8_t>>(file, max_file_bytes);
  });
}

}  // namespace caukham::formats
