// One set of manoeuvres while it is being blown: flow in, judged blows out. A blow is judged when it ends and
// once more when the inspiration after it is known. Pure; not thread-safe.
#pragma once
#include <optional>

#include "analysis/spirometry/session.hpp"

namespace caukham::analysis::spirometry {

class LiveTest {
 public:
  explicit LiveTest(double rate_hz, std::optional<double> age_years = std::nullopt);  // 20 … 2000 Hz
  // True when blows() or session() have changed.
  bool push(std::span<const float> flow_lps);
  void gap(std::uint64_t samples);
  const std::vector<RecordedBlow>& blows() const { return blows_; }
  const Session& session() const { return session_; }  // session().blows in the order of blows()
  bool blowing() const { return finder_.blowing(); }

 private:
  double rate_hz_;
  std::optional<double> age_years_;
  BlowFinder finder_;
  std::vector<float> recent_;        // enough to cut what followed the longest blow
  std::uint64_t recent_start_ = 0;   // stream number of recent_[0]
  std::uint64_t after_until_ = 0;    // the newest blow's inspiration is looked for until here; 0: it is known
  std::vector<RecordedBlow> blows_;
  Session session_;
};

}  // namespace caukham::analysis::spirometry
