// What the operator tells the patient next, in a few words. The English text is the key of the translation;
// this room knows no language, so whoever shows a hint passes it through core::tr().
#pragma once
#include <cstdint>

namespace caukham::analysis::spirometry {

enum class Hint : std::uint8_t {
  good_blow,
  slow_start,
  too_short,
  keep_blowing,
  cough,
  open_throat,
  breathe_in_deeper,
  set_zero,
  beyond_range,
  cut_off,  // one blow
  more_blows,
  one_more_blow,
  blow_alike,
  finished,
  too_many,
  falling,  // the session
};

const char* words_of(Hint hint);
const char* key_of(Hint hint);  // "slow_start": for JSON and scripts

}  // namespace caukham::analysis::spirometry
