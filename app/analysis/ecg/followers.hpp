// Inside the detector: is what follows a beat its T wave, and what stands alone a P wave that was not conducted? A T wave
// is what the neighbouring beats of the same shape have too, at the same distance; an ectopic beat on the T wave is not.
// A blocked P wave looks like those in front of the neighbouring beats.
#pragma once
#include <vector>

#include "analysis/ecg/feature.hpp"

namespace caukham::analysis::ecg::detail {

class Followers {
 public:
  // Keeps references. `at`, `family`: the beats known so far, ascending, and each one's family (-1: none).
  Followers(const std::vector<Lead>& leads, const Clock& clock, const std::vector<std::size_t>& at, const std::vector<int>& family);

  // How much of the signal around `after` the beats of that family around `beat` have as well, at the same distance:
  // 1 all (a T wave), about 0 nothing of it. -1: fewer than three such beats.
  float usual(std::size_t beat, int family, std::size_t after) const;

  // How much of the signal around `tick` the beats of that family near it have in front of them, 100 … 260 ms before R
  // (a P wave of PR intervals from 120 to 300 ms has its middle there): 1 all (a P wave). -1: fewer than three such beats.
  float usual_before(int family, std::size_t tick) const;

 private:
  float alike(std::size_t a, std::size_t b, float largest = 1e9f) const;
  template <class Best>
  float median_of_neighbours(std::size_t beat, int family, Best&& best) const;
  const std::vector<Lead>& leads_;
  std::size_t half_, slack_, lag_, block_, p_first_, p_last_;
  std::vector<std::vector<std::size_t>> beats_;  // a family
};

}  // namespace caukham::analysis::ecg::detail
