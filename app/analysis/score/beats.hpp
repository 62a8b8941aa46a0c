// Beat detection scored as ANSI/AAMI EC57 describes it and PhysioNet's bxb does it: which test beat answers which
// reference beat, and what follows from that. Pairing after bxb (WFDB Applications Guide, bxb(1)): going through both
// lists in time, the nearest unambiguous pair within the window; no beat in two pairs.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace caukham::analysis::score {

struct Mark {
  std::uint64_t sample = 0;
  char letter = 'N';  // WFDB's annotation letter; what is no beat may stay in the list: '[' and ']' bound flutter
};

// EC57's classes: N (normal and bundle branch: N L R B), S (a A J S e j n), V (V r E), F (F), Q (/ f Q ?), 0: no beat.
// As bxb's with -S ("S" apart from "N").
char beat_class(char letter);

struct Options {
  double window_s = 0.150;  // EC57
  double skip_s = 0;        // EC57 leaves the first 300 s to the algorithm to learn
};

struct Count {
  std::uint64_t reference = 0;  // beats of the reference that count
  std::uint64_t found = 0;      // of them paired
  std::uint64_t missed = 0;     // false negatives
  std::uint64_t extra = 0;      // test beats without a reference beat: false positives
  // Ventricular ectopic beats, EC57: a V called F or Q is missed; F and Q called V are not held against the test.
  std::uint64_t v_true = 0, v_missed = 0, v_false = 0;
  std::uint64_t flutter_episodes = 0, flutter_test_beats = 0;  // '[' … ']' of the reference: beats in it do not count
  std::uint64_t skipped_reference = 0;                         // in the learning period

  Count& operator+=(const Count&);
};

struct Result {
  Count count;
  std::vector<double> errors_s;  // of each pair: test minus reference
};

// 100 * a / (a + b); NaN when there is nothing to divide by.
double percent(std::uint64_t a, std::uint64_t b);

// Lists ascending; fs_hz of the reference is the clock of both. Throws std::invalid_argument for a list that goes back
// in time, a rate or a window that is none.
Result compare(const std::vector<Mark>& reference, const std::vector<Mark>& test, double fs_hz, const Options& = {});

struct Spread {
  double mean_ms = 0, sd_ms = 0, median_ms = 0, median_abs_ms = 0, p95_abs_ms = 0;
};
Spread spread(std::vector<double> errors_s);  // all 0 when empty

}  // namespace caukham::analysis::score
