#include "devices/signals/files.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>

#include "devices/signals/ecgsyn.hpp"
#include "devices/signals/wfdb.hpp"

namespace caukham::devices {
namespace {

constexpr std::uintmax_t max_file_bytes = 64ull * 1024 * 1024;

std::string read_file(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) throw WfError("cannot read " + path.string() + ": " + error.message());
  if (size > max_file_bytes) throw WfError(path.string() + " is larger than 64 MiB");
  std::ifstream in(path, std::ios::binary);
  std::string bytes(static_cast<std::size_t>(size), {});
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!in) throw WfError("cannot read " + path.string());
  return bytes;
}

}  // namespace

EcgSource wfdb_source(const std::string& path) {
  auto loop = std::make_shared<const EcgLoop>(wfdb_leads(formats::load_wfdb(path, max_file_bytes)));
  return [loop](int rate_hz) { return resample_loop(*loop, rate_hz); };
}

EcgSource synthetic_source(std::uint64_t seed, double heart_rate_bpm) {
  EcgSynParams params;
  params.seed = seed;
  params.heart_rate_bpm = heart_rate_bpm;
  return [params](int rate_hz) { return ecgsyn(rate_hz, params); };
}

WfCurve load_wf(const std::string& path) {
  try {
    return formats::parse_wf(read_file(path));
  } catch (const WfError& e) {
    throw WfError(path + ": " + e.what());
  }
}

std::vector<WfCurve> load_wf_curves(const std::string& path) {
  if (!std::filesystem::is_directory(path)) return {load_wf(path)};
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path))
    if (entry.path().extension() == ".wf") names.push_back(entry.path().string());
  if (names.empty()) throw WfError(path + " holds no .wf file");
  std::sort(names.begin(), names.end());
  std::vector<WfCurve> curves;
  for (const auto& name : names) curves.push_back(load_wf(name));
  return curves;
}

}  // namespace caukham::devices
