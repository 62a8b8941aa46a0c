#include "analysis/ecg/leads.hpp"

#include <limits>

namespace caukham::analysis::ecg {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

constexpr auto index(Lead lead) { return static_cast<std::size_t>(lead); }

std::array<std::size_t, 2> parts(LimbPair pair) {
  switch (pair) {
    case LimbPair::ii_iii: return {index(Lead::II), index(Lead::III)};
    case LimbPair::i_iii: return {index(Lead::I), index(Lead::III)};
    default: return {index(Lead::I), index(Lead::II)};
  }
}

}  // namespace

std::optional<Lead> lead_of(std::string_view name) {
  const auto trim = [&name] {
    while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
  };
  trim();
  for (std::string_view word : {"lead", "ecg"})
    if (name.size() > word.size() + 1 && same(name.substr(0, word.size()), word) &&
        name[word.size()] == ' ') {
      name.remove_prefix(word.size());
      trim();
    }
  for (std::size_t i = 0; i < lead_count; ++i)
    if (same(name, lead_names[i])) return static_cast<Lead>(i);
  return std::nullopt;
}

std::array<std::optional<std::size_t>, lead_count> channels_of(const Recording& recording) {
  std::array<std::optional<std::size_t>, lead_count> out;
  for (std::size_t c = 0; c < recording.channels.size(); ++c)
    if (const auto lead = lead_of(recording.channels[c].lead); lead && !out[index(*lead)])
      out[index(*lead)] = c;
  return out;
}

LimbPair limb_pair(const std::array<bool, lead_count>& present) {
  const bool i = present[index(Lead::I)], ii = present[index(Lead::II)], iii = present[index(Lead::III)];
  return i && ii     ? LimbPair::i_ii
         : ii && iii ? LimbPair::ii_iii
         : i && iii  ? LimbPair::i_iii
                     : LimbPair::none;
}

std::array<float, 6> limb_leads(LimbPair pair, float a, float b) {
  if (pair == LimbPair::none) {
    std::array<float, 6> none;
    none.fill(std::numeric_limits<float>::quiet_NaN());
    return none;
  }
  const float i = pair == LimbPair::ii_iii ? a - b : a;
  const float ii = pair == LimbPair::i_ii ? b : pair == LimbPair::ii_iii ? a : a + b;
  const std::array<float, measured_count> measured = {i, ii};
  const auto twelve = twelve_leads<float>(measured);
  return {twelve[0], twelve[1], twelve[2], twelve[3], twelve[4], twelve[5]};
}

Completed::Completed(const Recording& recording, std::uint32_t electrodes_off) : recording_(recording) {
  const auto channels = channels_of(recording);
  const auto invalid = invalid_leads(electrodes_off);
  const std::size_t n = recording.samples();
  const float missing = std::numeric_limits<float>::quiet_NaN();
  std::array<bool, lead_count> present{};
  for (std::size_t i = 0; i < lead_count; ++i) present[i] = channels[i].has_value();
  if (const auto pair = limb_pair(present); pair != LimbPair::none) {
    const auto [first, second] = parts(pair);
    const auto a = recording.channels[*channels[first]].uv, b = recording.channels[*channels[second]].uv;
    for (std::size_t lead = 0; lead < 6; ++lead) {
      if (present[lead]) continue;
      auto& out = samples_.emplace_back(n, missing);
      if (!(invalid >> lead & 1) && a.size() == n && b.size() == n)
        for (std::size_t k = 0; k < n; ++k) out[k] = limb_leads(pair, a[k], b[k])[lead];
      recording_.channels.push_back({lead_names[lead], out});
      added_.push_back(lead_names[lead]);
    }
  }
  for (std::size_t lead = 0; lead < lead_count; ++lead)
    if (present[lead] && (invalid >> lead & 1))
      recording_.channels[*channels[lead]].uv = samples_.emplace_back(n, missing);
}

}  // namespace caukham::analysis::ecg
