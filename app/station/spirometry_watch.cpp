#include "station/spirometry_watch.hpp"

#include "core/i18n.hpp"

namespace caukham::station {
namespace {

// ATS/ERS 2019 (Graham, AJRCCM 2019;200:e70): back-extrapolated volume at most 5 % of FVC or 0.100 L, whichever is
// greater. The whole of acceptability is the analysis room's later work; this says what can be said at once.
std::string judge(const analysis::BlowNumbers& n) {
  if (!n.fev1_known) return core::tr("Too short: blow out for longer.");
  const double limit_l = n.fvc_l * 0.05 > 0.1 ? n.fvc_l * 0.05 : 0.1;
  if (n.bev_l > limit_l) return core::tr("Slow start: blow harder at the very beginning.");
  return core::tr("Good start.");
}

SpirometryCard card_of(const analysis::Blow& blow, double rate_hz, std::uint32_t number) {
  SpirometryCard card;
  card.manoeuvre = number;
  const auto numbers = analysis::measure(blow.flow_lps, rate_hz);
  if (!numbers) return card;
  card.fvc_l = numbers->fvc_l;
  card.fev1_l = numbers->fev1_l;
  card.pef_l_s = numbers->pef_lps;
  card.fet_s = numbers->fet_s;
  card.words = judge(*numbers);
  for (const auto& point : analysis::loop_points(blow.flow_lps, rate_hz)) {
    card.time_s.push_back(static_cast<float>(point.time_s));
    card.volume_l.push_back(static_cast<float>(point.volume_l));
    card.flow_l_s.push_back(static_cast<float>(point.flow_lps));
  }
  return card;
}

}  // namespace

void SpirometryWatch::clear() {
  const std::scoped_lock lock(mutex_);
  finders_.clear();
  found_.clear();
}

bool SpirometryWatch::add(const core::Chunk& chunk, const core::StreamInfo& info) {
  std::vector<float> flow;
  flow.reserve(chunk.samples.size());
  for (const auto s : chunk.samples) flow.push_back(static_cast<float>(s * info.scale + info.offset));
  const std::scoped_lock lock(mutex_);
  auto& finder = finders_.try_emplace(info.id, info.rate_hz).first->second;
  if (chunk.lost) finder.gap(chunk.lost);
  std::vector<analysis::Blow> blows;
  finder.push(flow, blows);
  for (const auto& blow : blows)
    found_.push_back(card_of(blow, info.rate_hz, static_cast<std::uint32_t>(found_.size() + 1)));
  return !blows.empty();
}

std::vector<SpirometryCard> SpirometryWatch::manoeuvres() const {
  const std::scoped_lock lock(mutex_);
  return found_;
}

}  // namespace caukham::station
