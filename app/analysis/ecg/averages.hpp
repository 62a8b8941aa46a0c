// Inside the classifier: what a family's beats have in common from the P wave to the end of the QRS, as slopes, in which a
// wandering baseline and a T wave count little.
#pragma once
#include <span>
#include <vector>

#include "analysis/ecg/shapes.hpp"

namespace caukham::analysis::ecg::detail {

struct Average {
  std::vector<float> slope;        // leads one after the other, each over its height
  std::size_t onset = 0, end = 0;  // of the QRS, in one lead's part of slope
};

class Averages {
 public:
  // Keeps references; looks at the leads that `shapes` looks at.
  Averages(const Shapes& shapes, const std::vector<Lead>& leads, const Clock& clock);

  // A beat and, where the beat before it is one of the dominant ones, that; both aligned by their family.
  struct Place {
    std::size_t tick = 0, before = 0;  // 0: of another kind, or not known
  };
  // What follows the dominant beats, so that their T wave can be taken off an early beat: `beats` at their own ticks, `next`
  // where the beat after each is.
  void learn_after(std::span<const Place> beats, std::span<const std::size_t> next);
  double known_after_s() const { return known_after_s_; }  // how long after a dominant beat that is known
  // A lead that is bad around a beat is left out of it; noisy ones count less.
  Average of(std::span<const Place> beats) const;

  double width_s(const Average& a) const;  // of the QRS; some 20 ms more than it is, for the leads are smoothed
  // Correlation of the QRS, shifts tried; in the lead `only`, or in all together.
  float alike(const Average& a, const Average& b, int only = -1) const;
  // How much of what goes before the QRS is the same in both, in the same size and at the same distance: 1 all.
  float same_before(const Average& a, const Average& b) const;
  // As alike, but only from the beginning to the end of b's QRS: what a T wave in front does to it counts little.
  float alike_within(const Average& a, const Average& b) const;
  // The largest wave that goes before the QRS, as the height in µV of a P wave this steep.
  float before_uv(const Average& a) const;
  std::size_t leads() const { return shapes_.used().size(); }

 private:
  void limits(Average& a) const;
  float slope(const Lead& lead, std::size_t tick) const;
  float weight_at(const Lead& lead, std::size_t tick) const;
  const Shapes& shapes_;
  const std::vector<Lead>& leads_;
  const Clock& clock_;
  std::size_t before_, length_, step_, after_first_, after_length_;
  double known_after_s_ = 0;
  std::vector<float> after_;  // slopes after the dominant beats from after_first_ on, leads one after the other
};

}  // namespace caukham::analysis::ecg::detail
