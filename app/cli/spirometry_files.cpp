#include "cli/spirometry_files.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "devices/formats/wf/wf.hpp"
#include "ipc/process.hpp"
#include "record/edf_file.hpp"

namespace caukham::cli {
namespace fs = std::filesystem;
namespace spirometry = analysis::spirometry;
namespace {

// What the analysis' windows were measured at lies between (analysis/spirometry/numbers.hpp); ATS/ERS 2019 asks for 100 Hz.
void check_rate(double rate_hz) {
  if (!(rate_hz >= 100 && rate_hz <= 1000))
    throw std::runtime_error("the sampling rate must lie between 100 and 1000 Hz, it is " +
                             std::to_string(static_cast<long>(std::isfinite(rate_hz) ? rate_hz : 0)) + " Hz");
}

bool is_edf(std::string_view head) {
  return head.starts_with("\xff" "BIOSEMI") || head.starts_with("0       ");
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

Flow flow_of(record::EdfFile file) {
  for (auto& track : file.tracks) {
    const auto unit = lower(track.unit);
    if (unit != "l/s" && unit != "l/sec") continue;
    check_rate(track.rate_hz);
    return {std::move(track.physical), track.rate_hz, false, false, file.simulated, file.torn};
  }
  throw std::runtime_error("it has no channel in L/s: this is no recording of breathing");
}

}  // namespace

std::string read_text(const std::string& file) {
  const fs::path path(file);
  std::error_code error;
  if (!fs::is_regular_file(path, error)) throw std::runtime_error("there is no such file");
  if (fs::file_size(path, error) > 64 * 1024 * 1024 || error)
    throw std::runtime_error("it is larger than 64 MiB");
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) throw std::runtime_error("it cannot be read");
  if (text.empty()) throw std::runtime_error("it is empty");
  return text;
}

Flow load_flow(const std::string& file) {
  std::array<char, 16> head{};
  {
    std::error_code error;
    if (!fs::is_regular_file(fs::path(file), error)) throw std::runtime_error("there is no such file");
    std::ifstream in(fs::path(file), std::ios::binary);
    in.read(head.data(), head.size());
    if (in.gcount() == 0) throw std::runtime_error("it is empty");
  }
  if (is_edf({head.data(), head.size()})) return flow_of(record::load_edf(fs::path(file)));
  const auto curve = formats::parse_wf(read_text(file));
  check_rate(curve.rate_hz);
  return {formats::wf_flow_lps(curve), curve.rate_hz, true, curve.from_start, false, {}};
}

std::vector<spirometry::RecordedBlow> blows_of(const Flow& flow, std::optional<double> age_years) {
  const auto& all = flow.flow_lps;
  if (all.size() > 1 && std::all_of(all.begin(), all.end(), [&](float v) { return v == all.front(); }))
    throw std::runtime_error("its flow is the same from beginning to end: the sensor measured no breath");
  std::vector<spirometry::RecordedBlow> blows;
  if (flow.one_blow) {
    auto blow = spirometry::whole_blow(flow.flow_lps, flow.rate_hz);
    const auto end = static_cast<std::ptrdiff_t>(blow.first_sample + blow.flow_lps.size());
    // Nothing had flowed before: a made curve may then begin at its peak, which else looks as if its beginning were missing.
    if (flow.from_start && blow.before_lps.empty()) blow.before_lps.assign(1, 0.0f);
    if (!blow.flow_lps.empty())
      blows.push_back({std::move(blow), {flow.flow_lps.begin() + end, flow.flow_lps.end()}, flow.rate_hz});
  } else {
    blows = spirometry::find_blows(flow.flow_lps, flow.rate_hz, age_years);
  }
  std::erase_if(blows, [](const auto& b) {
    const auto n = spirometry::measure(b.blow.flow_lps, b.rate_hz, spirometry::options_for(b.rate_hz));
    return !n || n->fvc_l < 0.1 || n->pef_lps < 0.1;
  });
  // The windows of the numbers were measured at 100 and 500 Hz.
  for (auto& b : blows)
    if (b.rate_hz > 500) {
      for (auto* part : {&b.blow.flow_lps, &b.blow.before_lps, &b.after_lps})
        *part = spirometry::resampled(*part, b.rate_hz, 500);
      b.rate_hz = 500;
    }
  if (blows.empty()) throw std::runtime_error("no forced expiration was found in it");
  for (const auto& b : blows) {
    const auto n = spirometry::measure(b.blow.flow_lps, b.rate_hz, spirometry::options_for(b.rate_hz));
    if (n->fvc_l > 12 || n->pef_lps > spirometry::BlowRules{}.most_lps)
      throw std::runtime_error(
          "it shows more than 12 L or 20 L/s: no lung does that; are its units L and L/s?");
  }
  return blows;
}

spirometry::ReferenceTables load_reference_tables() {
  const auto program = fs::path(ipc::own_program_path()).parent_path();
  for (const auto& folder :
       {program / ".." / "share" / "caukham" / "reference", fs::path(CAUKHAM_SOURCE_REFERENCE)}) {
    if (!fs::exists(folder / "gli2012.txt")) continue;
    spirometry::ReferenceTables tables;
    for (const char* name : {"gli2012.txt", "gli2022.txt", "nhanes3.txt"})
      tables.add(read_text((folder / name).string()));
    return tables;
  }
  throw std::runtime_error(
      "This installation is not complete: the reference values are missing. Install Caukham again.");
}

}  // namespace caukham::cli
