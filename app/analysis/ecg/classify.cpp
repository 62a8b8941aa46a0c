// The rules are those people use, by families of alike beats (Hamilton, Open Source ECG Analysis, Comput Cardiol 2002;29:101)
// and by the features of de Chazal et al. (IEEE TBME 2004;51:1196): the interval before the beat against the usual one, the
// QRS duration, whether a P wave goes before, the shape. Wide: 120 ms (AHA/ACC/HRS, Surawicz et al., Circulation
// 2009;119:e235). Textbooks', from memory: a ventricular beat is wide, of another shape, early, or has no P wave of its own in
// front; a slow regular row (40/min and less) of wide beats without P waves in front escapes from the ventricles.
#include "analysis/ecg/classify.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/ecg/averages.hpp"

namespace caukham::analysis::ecg::detail {
namespace {

// Numbers without a source are ours, found on made ambulatory records (tests/lib/ambulatory.hpp, seeds below 1000). The leads'
// smoothing makes 125 ms of a QRS of some 105; escape_rr_s: 40/min, less some spread.
constexpr double wider = 1.25, much_wider = 1.5, wide_s = 0.125, escape_rr_s = 1.4, p_on_t_s = 0.45, p_after_t_s = 0.70, qrs_begins_s = 0.09;
constexpr float early_part = 0.87f, same_shape = 0.80f, much_the_same = 0.90f, same_in_one_lead = 0.95f, doubtful = 0.60f;
// Of what goes before the QRS: how much of it comes again in the other half of the beats when it is a P wave; how much
// of the dominant beats' is there when it is theirs, and when it is not; how high a P wave is at least, beside theirs too.
constexpr float comes_again = 0.6f, visible_p = 0.5f, same_p = 0.7f, no_p = 0.45f, least_p_uv = 30, least_p_part = 0.35f, rest_of_t = 0.4f;
constexpr std::size_t enough_to_halve = 6, enough_to_split = 3, enough_to_escape = 20, near_beats = 8, near_control = 40;

float middle(std::vector<float> v) {  // 0 for nothing
  if (v.empty()) return 0;
  std::nth_element(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2), v.end());
  return v[v.size() / 2];
}

struct Group {  // beats of one family; later, those that are early apart
  std::vector<std::size_t> beats;
  Average average;
  double width_s = 0;
  float rr_s = 0;   // median interval before them
  float p_uv = 0;   // of the wave that goes before them all; 0: there is none, or that cannot be told
  bool own = false, early = false;
};

class Typing {
 public:
  Typing(const Shapes& shapes, std::span<const Shapes::Match> families, const std::vector<Lead>& leads, const Clock& clock,
         std::span<const std::size_t> ticks)
      : families_(families), clock_(clock), ticks_(ticks), averages_(shapes, leads, clock), groups_(shapes.families.size()),
        own_(ticks.size(), 0), early_(ticks.size(), 0) {
    for (std::size_t i = 0; i < ticks.size(); ++i)
      if (families[i].family >= 0) groups_[static_cast<std::size_t>(families[i].family)].beats.push_back(i);
    for (auto& g : groups_) describe(g);
    choose_dominant();
    find_early();
    learn_t_wave();
    split();
  }

  std::span<Group> groups() { return groups_; }
  bool dominant(const Group& g) const { return families_[g.beats.front()].family == dominant_; }

  bool ventricular(Group& g) {
    if (dominant(g) && !g.early)
      return g.beats.size() >= enough_to_escape && g.width_s >= wide_s && g.p_uv == 0 && usual_s_ > escape_rr_s;
    const float seen = visible(g), p = averages_.same_before(g.average, main_.average);
    const bool can_tell = seen >= visible_p, without_p = can_tell && p < no_p * seen;
    const bool with_p = (can_tell && p >= same_p * seen) || (main_.p_uv > 0 && g.p_uv > least_p_part * main_.p_uv);
    const float alike = averages_.alike(g.average, main_.average);
    g.own = averages_.alike_within(g.average, main_.average) > much_the_same ||
            ((!g.early || g.beats.size() < enough_to_halve) && shown_by_one_lead(g)) ||
            (alike >= (without_p && g.early ? much_the_same : same_shape) && g.width_s < much_wider * main_.width_s);
    if (g.own || with_p || !wide(g)) return false;
    return without_p || g.early || g.width_s >= much_wider * main_.width_s;
  }

 private:
  float rr_s(std::size_t i) const { return static_cast<float>(static_cast<double>(ticks_[i] - ticks_[i - 1]) / clock_.tick_hz); }
  bool wide(const Group& g) const { return g.width_s >= wide_s || g.width_s >= wider * main_.width_s; }
  std::size_t aligned(std::size_t i) const { return static_cast<std::size_t>(static_cast<std::ptrdiff_t>(ticks_[i]) + families_[i].shift); }
  Averages::Place place(std::size_t i) const {
    return {aligned(i), i > 0 && dominant_ >= 0 && families_[i - 1].family == dominant_ ? aligned(i - 1) : 0};
  }
  Average average(const std::vector<std::size_t>& beats, std::size_t from = 0, std::size_t step = 1) const {
    std::vector<Averages::Place> places;
    for (std::size_t k = from; k < beats.size(); k += step) places.push_back(place(beats[k]));
    return averages_.of(places);
  }

  void describe(Group& g) const {
    if (g.beats.empty()) return;
    g.average = average(g.beats);
    g.width_s = averages_.width_s(g.average);
    std::vector<float> rr;
    for (auto i : g.beats)
      if (i > 0) rr.push_back(rr_s(i));
    g.rr_s = middle(rr);
    std::vector<std::size_t> plain;
    for (auto i : g.beats)
      if (dominant_ < 0 || (i > 0 && t_wave_over(i))) plain.push_back(i);
    if (plain.size() < enough_to_halve) return;
    const auto all = average(plain);
    if (averages_.same_before(average(plain, 0, 2), average(plain, 1, 2)) < comes_again) return;
    std::vector<Averages::Place> with_t;
    for (auto i : plain) with_t.push_back({aligned(i)});
    // What is left of a T wave that was taken off is small beside it.
    const float uv = averages_.before_uv(all);
    if (uv >= std::max(least_p_uv, rest_of_t * averages_.before_uv(averages_.of(with_t)))) g.p_uv = uv;
  }

  // A P wave can be seen before this beat: the T wave in front is over, or is a dominant beat's and known.
  bool t_wave_over(std::size_t i) const {
    return rr_s(i) > p_after_t_s || (place(i).before > 0 && rr_s(i) > p_on_t_s && rr_s(i) - qrs_begins_s < averages_.known_after_s());
  }

  // The patient's own beats: common ones, with P waves rather than without, narrow rather than wide, and not those that are
  // early beside narrow ones or such with P waves. In bigeminy or runs the commonest need not be the own.
  void choose_dominant() {
    std::size_t most = 0;
    for (const auto& g : groups_) most = std::max(most, g.beats.size());
    const auto common = [&](const Group& g) { return g.beats.size() >= enough_to_split && 8 * g.beats.size() >= most; };
    double narrowest_s = 1, best = -1e9;
    for (const auto& g : groups_)
      if (common(g)) narrowest_s = std::min(narrowest_s, g.width_s);
    dominant_ = 0;
    for (std::size_t f = 0; f < groups_.size(); ++f) {
      const auto& g = groups_[f];
      if (!common(g)) continue;
      const bool early = std::any_of(groups_.begin(), groups_.end(), [&](const Group& o) {
        return common(o) && (o.p_uv > 0 || o.width_s < 1.1 * narrowest_s) && g.rr_s < 0.8f * o.rr_s;
      });
      const double score = std::log(static_cast<double>(g.beats.size())) + (g.p_uv > 0 ? 1.5 : 0) -
                           (g.width_s > wider * narrowest_s ? 1 : 0) - (early ? 2 : 0);
      if (score > best) best = score, dominant_ = static_cast<int>(f);
    }
    main_ = groups_[static_cast<std::size_t>(dominant_)];
    for (auto& g : groups_)
      g.own = !g.beats.empty() && averages_.alike(g.average, main_.average) >= same_shape && g.width_s < much_wider * main_.width_s;
    groups_[static_cast<std::size_t>(dominant_)].own = true;
  }

  // Against the intervals between own beats around; where there are none, those before own beats.
  void find_early() {
    for (const auto& g : groups_)
      for (auto i : g.beats) own_[i] = g.own;
    std::vector<float> between, before;
    for (std::size_t i = 1; i < ticks_.size(); ++i) {
      if (own_[i] && own_[i - 1]) between.push_back(rr_s(i));
      if (own_[i]) before.push_back(rr_s(i));
    }
    usual_s_ = middle(between.size() >= enough_to_split ? between : before);
    for (std::size_t i = 1; i < ticks_.size(); ++i) {
      std::vector<float> near;
      for (std::size_t k = std::max(i, near_beats + 1) - near_beats; k <= std::min(ticks_.size() - 1, i + near_beats); ++k)
        if (own_[k] && own_[k - 1]) near.push_back(rr_s(k));
      early_[i] = rr_s(i) < early_part * (near.size() >= enough_to_split ? middle(near) : usual_s_);
    }
  }

  void learn_t_wave() {
    std::vector<Averages::Place> beats;
    std::vector<std::size_t> next;
    for (auto i : groups_[static_cast<std::size_t>(dominant_)].beats)
      if (i + 1 < ticks_.size()) beats.push_back({aligned(i)}), next.push_back(ticks_[i + 1]);
    averages_.learn_after(beats, next);
    describe(main_);
  }

  // Ventricular beats that lie in a family of own ones are told by their time.
  void split() {
    std::vector<Group> out;
    for (auto& g : groups_) {
      Group part[2];
      part[1].early = true;
      for (auto i : g.beats) part[early_[i]].beats.push_back(i);
      if (std::min(part[0].beats.size(), part[1].beats.size()) < enough_to_split) {
        part[0].early = part[1].beats.size() > part[0].beats.size();
        part[0].beats = std::move(g.beats), part[1].beats.clear();
      }
      for (auto& p : part)
        if (!p.beats.empty()) describe(p), out.push_back(std::move(p));
    }
    groups_ = std::move(out);
  }

  // How well the dominant beats' P wave is seen in the nearest of them, as many as the group has: noise and fibrillation
  // hide it.
  float visible(const Group& g) const {
    const auto plain = [&](std::size_t i) { return i < ticks_.size() && families_[i].family == dominant_ && !early_[i]; };
    std::vector<std::size_t> control;
    for (auto i : g.beats)
      for (std::size_t d = 1; d < near_control; ++d)
        if (const bool back = i > d && plain(i - d); back || plain(i + d)) {
          control.push_back(back ? i - d : i + d);
          break;
        }
    return control.empty() ? 0 : averages_.same_before(average(control), main_.average);
  }

  // What an electrode does shows in its own lead; a beat of the ventricles in all.
  bool shown_by_one_lead(const Group& g) const {
    for (std::size_t u = 0; averages_.leads() > 1 && u < averages_.leads(); ++u)
      if (averages_.alike(g.average, main_.average, static_cast<int>(u)) > same_in_one_lead) return true;
    return false;
  }

  std::span<const Shapes::Match> families_;
  const Clock& clock_;
  std::span<const std::size_t> ticks_;
  Averages averages_;
  std::vector<Group> groups_;
  std::vector<std::uint8_t> own_, early_;  // a beat
  Group main_;                             // the dominant family
  int dominant_ = -1;
  float usual_s_ = 0;
};

}  // namespace

void classify(const Shapes& shapes, std::span<const Shapes::Match> families, const std::vector<Lead>& leads, const Clock& clock,
              std::span<const std::size_t> ticks, std::span<const std::uint8_t> noisy, std::span<Beat> beats) {
  for (auto& b : beats) b.type = BeatType::unclassified;
  if (beats.size() < 5 || shapes.families.empty() || shapes.used().empty()) return;
  Typing typing(shapes, families, leads, clock, ticks);
  for (auto& g : typing.groups()) {
    const bool v = typing.ventricular(g), main = typing.dominant(g) && !v, rare = g.beats.size() < 3;
    for (auto i : g.beats) {
      const bool told = main ? families[i].correlation >= doubtful : v ? !(rare && noisy[i]) : g.own || !rare;
      beats[i].type = !told ? BeatType::unclassified : v ? BeatType::ventricular : BeatType::normal;
    }
  }
}

}  // namespace caukham::analysis::ecg::detail
