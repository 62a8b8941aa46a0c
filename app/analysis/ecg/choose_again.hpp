// Inside the detector: the choice of beats made once more, with what the beats of the pass before teach.
#pragma once
#include <vector>

#include "analysis/ecg/choose.hpp"

namespace caukham::analysis::ecg::detail {

// Chooses among `all`, whose families and usual intervals it fills in; `before` and its `chosen` are the pass before.
std::vector<std::size_t> choose_again(std::vector<Candidate> before, const std::vector<std::size_t>& chosen,
                                      std::vector<Candidate>& all, const Fused& fused, const std::vector<Lead>& leads,
                                      const Clock& clock);

}  // namespace caukham::analysis::ecg::detail
