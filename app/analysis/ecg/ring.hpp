// A moving sum and memory over the last values, for what is computed as the samples come.
#pragma once
#include <algorithm>
#include <cstddef>
#include <vector>

namespace caukham::analysis::ecg::detail {

class Ring {
 public:
  explicit Ring(std::size_t size) : v_(size) {}  // at least 1
  float ago(std::size_t n) const { return v_[(at_ + v_.size() - 1 - n) % v_.size()]; }  // 0: the newest
  float mean() const { return static_cast<float>(sum_ / static_cast<double>(v_.size())); }

  void push(float x) {
    sum_ += static_cast<double>(x) - static_cast<double>(v_[at_]);
    v_[at_] = x;
    if (++at_ == v_.size()) at_ = 0;
  }
  void fill(float x) {
    std::fill(v_.begin(), v_.end(), x);
    sum_ = static_cast<double>(x) * static_cast<double>(v_.size());
  }

 private:
  std::vector<float> v_;
  std::size_t at_ = 0;
  double sum_ = 0;
};

}  // namespace caukham::analysis::ecg::detail
