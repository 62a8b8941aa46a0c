#include "analysis/picture/live.hpp"

#include <cstring>

namespace caukham::analysis::picture {
namespace {

constexpr const char* tr_later(const char* key) { return key; }
constexpr std::int64_t remembers_ns = 8'000'000'000;  // longer, and another place is being looked at
constexpr double much_wider = 1.6;                     // times the best edge width: half the detail is gone
constexpr double plainly_sharp = 0.5;                  // of the limit: narrower edges are sharp beyond any doubt

}  // namespace

const Quality& LiveQuality::look(const View& view, std::int64_t time_ns) {
  if (!due(time_ns)) return quality_;
  Before after;
  quality_ = measure(view, time_ns, looked_ ? &before_ : nullptr, &after);
  looked_ = true;
  looked_at_ns_ = time_ns;
  if (!quality_.error.empty()) {
    before_ = {};
    best_px_.reset();
    return quality_;
  }
  before_ = std::move(after);
  for (auto& f : quality_.findings) {
    if (std::strcmp(f.key, "sharpness") != 0 || !f.value) continue;
    if (!best_px_ || *f.value <= *best_px_ || time_ns - best_at_ns_ > remembers_ns) {
      best_px_ = f.value;
      best_at_ns_ = time_ns;
    } else if (f.verdict == Verdict::good && *f.value > much_wider * *best_px_ && *f.value > plainly_sharp * f.limit) {
      f.verdict = Verdict::poor;
      f.limit = much_wider * *best_px_;
      f.source = "Caukham: 1.6 times the sharpest of the last 8 s";
      f.sentence = tr_later("It was sharper a moment ago: go back a little.");
      conclude(quality_);
    }
  }
  return quality_;
}

}  // namespace caukham::analysis::picture
