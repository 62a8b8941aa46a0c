#include "analysis/spirometry/hints.hpp"

namespace caukham::analysis::spirometry {
namespace {
// Marks a text for the translators without knowing them.
constexpr const char* tr_later(const char* text) { return text; }
}  // namespace

const char* words_of(Hint hint) {
  switch (hint) {
    case Hint::good_blow: return tr_later("Good blow.");
    case Hint::slow_start: return tr_later("Slow start: blow harder at the very beginning.");
    case Hint::too_short: return tr_later("Too short: blow out for longer.");
    case Hint::keep_blowing: return tr_later("Stopped too early: keep blowing until no more air comes.");
    case Hint::cough: return tr_later("Cough in the first second: drink some water and blow again.");
    case Hint::open_throat: return tr_later("The throat closed: keep it open and let the air flow.");
    case Hint::breathe_in_deeper: return tr_later("Breathe in deeper before blowing.");
    case Hint::set_zero:
      return tr_later("The sensor does not rest at zero: hold it still and set it to zero again.");
    case Hint::beyond_range:
      return tr_later("The flow was beyond what the sensor can measure: check the sensor and blow again.");
    case Hint::cut_off: return tr_later("This blow was cut off: blow again.");
    case Hint::more_blows: return tr_later("At least three good blows are needed.");
    case Hint::one_more_blow: return tr_later("One more good blow is needed.");
    case Hint::blow_alike: return tr_later("The blows differ too much: blow once more with full force.");
    case Hint::finished: return tr_later("Enough good blows that agree: the test can end.");
    case Hint::too_many: return tr_later("Eight blows are enough: end the test and let the patient rest.");
    case Hint::falling: return tr_later("The blows are getting weaker: stop and let the patient rest.");
  }
  return "";
}

const char* key_of(Hint hint) {
  switch (hint) {
    case Hint::good_blow: return "good_blow";
    case Hint::slow_start: return "slow_start";
    case Hint::too_short: return "too_short";
    case Hint::keep_blowing: return "keep_blowing";
    case Hint::cough: return "cough";
    case Hint::open_throat: return "open_throat";
    case Hint::breathe_in_deeper: return "breathe_in_deeper";
    case Hint::set_zero: return "set_zero";
    case Hint::beyond_range: return "beyond_range";
    case Hint::cut_off: return "cut_off";
    case Hint::more_blows: return "more_blows";
    case Hint::one_more_blow: return "one_more_blow";
    case Hint::blow_alike: return "blow_alike";
    case Hint::finished: return "finished";
    case Hint::too_many: return "too_many";
    case Hint::falling: return "falling";
  }
  return "";
}

}  // namespace caukham::analysis::spirometry
