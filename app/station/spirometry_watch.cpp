#include "station/spirometry_watch.hpp"

#include "core/i18n.hpp"

namespace caukham::station {
namespace {

namespace spirometry = analysis::spirometry;

// What is wrong with the blow, the gravest first; the second half says what to tell the patient.
SpirometryCard card_of(const spirometry::RecordedBlow& recorded, const spirometry::Assessment& judged,
                       std::uint32_t number) {
  SpirometryCard card;
  card.manoeuvre = number;
  card.words = core::tr(words_of(judged.hints.front()));
  if (judged.cut_off) return card;
  card.fvc_l = judged.numbers.fvc_l;
  card.fev1_l = judged.numbers.fev1_known ? judged.numbers.fev1_l : 0;
  card.pef_l_s = judged.numbers.pef_lps;
  card.fet_s = judged.numbers.fet_s;
  const auto options = spirometry::options_for(recorded.rate_hz);
  for (const auto& point : spirometry::loop_points(recorded.blow.flow_lps, recorded.rate_hz, options)) {
    card.time_s.push_back(static_cast<float>(point.time_s));
    card.volume_l.push_back(static_cast<float>(point.volume_l));
    card.flow_l_s.push_back(static_cast<float>(point.flow_lps));
  }
  return card;
}

}  // namespace

void SpirometryWatch::clear() {
  const std::scoped_lock lock(mutex_);
  tests_.clear();
  order_.clear();
  found_.clear();
}

bool SpirometryWatch::add(const core::Chunk& chunk, const core::StreamInfo& info) {
  std::vector<float> flow;
  flow.reserve(chunk.samples.size());
  for (const auto s : chunk.samples) flow.push_back(static_cast<float>(s * info.scale + info.offset));
  const std::scoped_lock lock(mutex_);
  auto& test = tests_.try_emplace(info.id, info.rate_hz).first->second;
  if (chunk.lost) test.gap(chunk.lost);
  if (!test.push(flow)) return false;
  // A blow's sentence may still change when the breath in after it is known, so the last card is made anew.
  std::size_t mine = 0;
  bool changed = false;
  for (std::size_t i = 0; i < order_.size(); ++i)
    if (order_[i] == info.id && ++mine == test.blows().size()) {
      auto card =
          card_of(test.blows()[mine - 1], test.session().blows[mine - 1], static_cast<std::uint32_t>(i + 1));
      changed = card.words != found_[i].words;
      found_[i] = std::move(card);
    }
  for (; mine < test.blows().size(); ++mine) {
    order_.push_back(info.id);
    found_.push_back(
        card_of(test.blows()[mine], test.session().blows[mine], static_cast<std::uint32_t>(order_.size())));
    changed = true;
  }
  return changed;
}

std::vector<SpirometryCard> SpirometryWatch::manoeuvres() const {
  const std::scoped_lock lock(mutex_);
  return found_;
}

}  // namespace caukham::station
