#include "devices/formats/wfdb/record.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace caukham::formats {
namespace {

namespace fs = std::filesystem;

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

}  // namespace

WfdbRecord read_wfdb(std::string_view header_text, const WfdbFiles& files) {
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

WfdbRecord load_wfdb(const std::string& path, std::uint64_t max_file_bytes) {
  fs::path header(path);
  if (header.extension() != ".hea") header += ".hea";
  const auto text = read_file<std::string>(header, std::min<std::uint64_t>(max_file_bytes, 1 << 20));
  return read_wfdb(text, [&](const std::string& name) -> std::optional<std::vector<std::uint8_t>> {
    const auto file = header.parent_path() / name;
    std::error_code error;
    if (!fs::exists(file, error)) return std::nullopt;
    return read_file<std::vector<std::uint8_t>>(file, max_file_bytes);
  });
}

}  // namespace caukham::formats
