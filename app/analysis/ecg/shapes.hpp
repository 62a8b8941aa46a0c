// Inside the detector and the classifier: QRS complexes cut out around a tick, and families of alike ones.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "analysis/ecg/feature.hpp"

namespace caukham::analysis::ecg::detail {

struct Family {
  std::vector<float> mean;  // leads one after the other, without mean, each over its height
  std::size_t members = 0;
};

class Shapes {
 public:
  static constexpr float same_family = 0.85f;  // correlation from which on two complexes are alike
  // Looks at up to `most` leads, those with the greatest weight over the recording. Keeps a reference to the
  // leads.
  Shapes(const std::vector<Lead>& leads, const Clock& clock, std::size_t most = 3);

  struct Match {
    int family = -1, shift = 0;
    float correlation = -1;
  };
  // The family most alike the complex at `tick`; shifts up to 24 ms are tried.
  Match match(std::size_t tick, std::size_t least_members = 1) const;
  // Puts the complex into the family it is alike (same_family), or begins one.
  Match add(std::size_t tick);
  std::vector<Family> families;
  struct Used {
    std::size_t lead;
    float scale;  // what one µV of it counts
  };
  const std::vector<Used>& used() const { return used_; }
  std::size_t length() const { return 2 * half_ + 1; }  // ticks of one lead in a family's mean
  float alike(std::size_t a, std::size_t b) const;      // correlation of two families, shifts tried

 private:
  bool cut(std::size_t tick, std::vector<float>& out) const;
  const std::vector<Lead>& leads_;
  std::vector<Used> used_;
  std::size_t half_, slack_, block_;
  mutable std::vector<float> cut_, local_;  // the complex, and each lead's say at this place: 1 the clearest lead's
};

}  // namespace caukham::analysis::ecg::detail
