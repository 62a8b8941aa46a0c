#include "cli/ecg_file.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "analysis/leads.hpp"
#include "core/i18n.hpp"
#include "devices/formats/units.hpp"

namespace caukham::cli {
namespace {

using core::tr;
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

std::string upper(std::string_view s) {
  std::string out(s);
  for (char& c : out) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return out;
}

std::string_view trim(std::string_view s) {
  while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
  while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
  return s;
}

// nullptr: none of the leads everybody knows.
const char* known_lead(const std::string& upper_name) {
  static constexpr std::array<const char*, 26> names = {
      "I",  "II", "III", "aVR", "aVL", "aVF", "V1",  "V2",   "V3",   "V4",    "V5",  "V6",  "V7",
      "V8", "V9", "V3R", "V4R", "V5R", "V6R", "MLI", "MLII", "MLIII", "MCL1", "CM5", "CC5", "-aVR"};
  for (const char* n : names)
    if (upper(n) == upper_name) return n;
  return nullptr;
}

bool says_ecg(const std::string& label) {
  const auto u = upper(label);
  return u.find("ECG") != std::string::npos || u.find("EKG") != std::string::npos;
}

// A voltage that is no ECG, by its name.
bool is_other(const std::string& label) {
  const auto u = upper(label);
  for (const char* word : {"RESP", "ABP", "ART", "CVP", "PAP", "PLETH", "PPG", "EEG", "EOG", "EMG", "SCG", "TEMP", "MARK",
                           "TRIG", "STATUS", "SPO2", "NIBP", "BATT"})
    if (u.find(word) != std::string::npos) return true;
  return false;
}

struct Candidate {
  std::string name;
  double rate_hz = 0, uv_per_unit = 1;
  const std::vector<float>* samples = nullptr;
};

std::string list(const std::vector<Candidate>& all) {
  std::string out;
  for (const auto& c : all) out += (out.empty() ? "" : ", ") + c.name;
  return out;
}

// What is asked for, or all at the rate most of them have.
void choose(std::vector<Candidate> all, const std::vector<std::string>& wanted, EcgFile& out) {
  if (all.empty())
    throw std::runtime_error(tr("No signal of {0} is an ECG lead: none is a voltage with an ECG lead's name.", out.record));
  std::map<std::string, int> seen;  // two signals of one name: "ECG", "ECG 2"
  for (auto& c : all)
    if (const int n = ++seen[c.name]; n > 1) c.name += " " + std::to_string(n);
  std::vector<Candidate> taken;
  for (const auto& w : wanted) {
    const auto name = lead_name(w);
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& c) { return upper(c.name) == upper(name); });
    if (found == all.end()) throw std::runtime_error(tr("{0} has no lead {1}.", out.record, w) + " " + list(all));
    taken.push_back(*found);
  }
  if (wanted.empty()) taken = all;
  std::map<double, int> rates;
  for (const auto& c : taken) ++rates[c.rate_hz];
  out.fs_hz = std::max_element(rates.begin(), rates.end(), [](auto& a, auto& b) { return a.second < b.second; })->first;
  for (const auto& [rate, n] : rates)  // of two rates with as many leads the faster one
    if (n == rates[out.fs_hz]) out.fs_hz = std::max(out.fs_hz, rate);
  if (!(out.fs_hz >= 100 && out.fs_hz <= 4000))
    throw std::runtime_error(tr("{0} was sampled {1} times a second; an ECG can be analysed between 100 and 4000.",
                                out.record, std::to_string(static_cast<long>(out.fs_hz))));
  std::size_t longest = 0;
  for (const auto& c : taken) {
    if (c.rate_hz != out.fs_hz) {
      out.warnings.push_back(tr("Lead {0} has another sampling rate and is left out.", c.name));
      continue;
    }
    if (out.leads.size() == 64) break;
    EcgLead lead{c.name, *c.samples};
    const auto factor = static_cast<float>(c.uv_per_unit);
    for (float& v : lead.uv) v *= factor;
    longest = std::max(longest, lead.uv.size());
    out.leads.push_back(std::move(lead));
  }
  for (auto& lead : out.leads) lead.uv.resize(longest, nan);
  if (longest == 0) throw std::runtime_error(tr("{0} holds no samples.", out.record));
}

// "electrodes off: RA V2", "electrodes on": what our recorder notes becomes missing samples of the leads it touches.
void leave_out_loose_electrodes(const std::vector<record::BdfAnnotation>& remarks, EcgFile& out) {
  static constexpr std::array<const char*, 10> names = {"RA", "LA", "LL", "RL", "V1", "V2", "V3", "V4", "V5", "V6"};
  const std::size_t n = out.leads.front().uv.size();
  const auto blank = [&](std::uint32_t off, std::size_t from, std::size_t to) {
    const std::uint32_t invalid = analysis::invalid_leads(off);
    for (auto& lead : out.leads)
      for (std::size_t l = 0; l < analysis::lead_count; ++l)
        if (lead.name == analysis::lead_names[l] && invalid >> l & 1)
          std::fill(lead.uv.begin() + static_cast<std::ptrdiff_t>(from), lead.uv.begin() + static_cast<std::ptrdiff_t>(to), nan);
  };
  std::uint32_t off = 0;
  std::size_t since = 0;
  for (const auto& remark : remarks) {
    const bool now_off = remark.text.starts_with("electrodes off: ");
    if (!now_off && remark.text != "electrodes on") continue;
    const double at = std::clamp(static_cast<double>(remark.onset_ns) / 1e9 * out.fs_hz, 0.0, static_cast<double>(n));
    const auto here = static_cast<std::size_t>(at);
    if (off && here > since) blank(off, since, here);
    off = 0;
    since = here;
    for (std::size_t e = 0; now_off && e < names.size(); ++e)
      if ((remark.text.substr(15) + " ").find(" " + std::string(names[e]) + " ") != std::string::npos) off |= 1u << e;
    if (off)
      out.warnings.push_back(tr("From {0} s on an electrode was off ({1}); the leads that need it are left out there.",
                                std::to_string(static_cast<long>(at / out.fs_hz)), remark.text.substr(16)));
  }
  if (off) blank(off, since, n);
}

}  // namespace

analysis::ecg::Recording EcgFile::view() const {
  analysis::ecg::Recording out;
  out.fs_hz = fs_hz;
  for (const auto& lead : leads) out.channels.push_back({lead.name, lead.uv});
  return out;
}

std::string lead_name(std::string_view label) {
  auto s = trim(label);
  for (std::string_view word : {"ECG", "EKG", "Lead"})
    if (s.size() > word.size() && upper(s.substr(0, word.size())) == upper(word)) {
      auto rest = s.substr(word.size());
      while (!rest.empty() && (rest.front() == ' ' || rest.front() == '-' || rest.front() == '_' || rest.front() == ':'))
        rest.remove_prefix(1);
      if (!rest.empty()) s = rest;
    }
  if (s.size() > 4 && upper(s.substr(s.size() - 4)) == "-REF") s = trim(s.substr(0, s.size() - 4));
  const char* known = known_lead(upper(s));
  return known ? known : std::string(s);
}

EcgFile ecg_from(const formats::WfdbRecord& record, const std::vector<std::string>& wanted) {
  EcgFile out;
  out.record = record.header.record;
  out.warnings = record.warnings;
  std::vector<Candidate> all;
  for (std::size_t i = 0; i < record.header.signals.size(); ++i) {
    const auto& s = record.header.signals[i];
    const auto uv = formats::microvolts_per(s.units);
    if (!uv || is_other(s.name) || record.physical[i].empty()) continue;
    const auto name = s.name.empty() ? "signal " + std::to_string(i) : lead_name(s.name);
    if (!s.calibrated)
      out.warnings.push_back(tr("No gain is stated for {0}; 200 units a millivolt were assumed.", name));
    all.push_back({name, record.header.rate_hz * s.samples_per_frame, *uv, &record.physical[i]});
  }
  choose(std::move(all), wanted, out);
  return out;
}

EcgFile ecg_from(const record::EdfFile& file, const std::vector<std::string>& wanted) {
  EcgFile out;
  out.record = file.exam;
  out.simulated = file.simulated;
  out.warnings = file.warnings;
  std::vector<Candidate> all;
  for (const auto& t : file.tracks) {
    const auto uv = formats::microvolts_per(t.unit);
    const auto name = lead_name(t.label);
    // An EDF file often holds a whole sleep laboratory: only what is named as an ECG is one.
    if (uv && !is_other(t.label) && (says_ecg(t.label) || known_lead(upper(name)))) all.push_back({name, t.rate_hz, *uv, &t.physical});
  }
  choose(std::move(all), wanted, out);
  leave_out_loose_electrodes(file.annotations, out);
  return out;
}

}  // namespace caukham::cli
