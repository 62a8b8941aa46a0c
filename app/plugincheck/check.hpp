// A test of the validator: its name, the sentence that says what it protects, where the guide explains it, and what it
// does. The list of all tests is the readable form of every "must" in the SDK's headers.
#pragma once
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace caukham::plugincheck {

class Bench;

// Thrown by a test: the plugin breaks the rule; what() is what was seen, in a sentence.
struct Failed : std::runtime_error {
  using std::runtime_error::runtime_error;
};
// The same, for want of time: a busy computer looks alike, so the test is repeated by itself before it counts.
struct TooSlow : Failed {
  using Failed::Failed;
};
// Thrown by a test: this cannot be judged here; what() is why. Never counted as passed.
struct Skipped : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Check {
  const char* name;      // "stop_without_start"
  const char* sentence;  // what it protects
  const char* guide;     // page of sdk/doc, with an anchor
  int timeout_s;
  void (*run)(Bench&);
};

// By theme; each lives in a file of its own.
std::span<const Check> file_checks();    // manifest, library, entry: what can be told without a device
std::span<const Check> state_checks();   // open, configure, start, stop, close
std::span<const Check> stream_checks();  // threads, time, buffers, samples
std::span<const Check> param_checks();   // parameters
std::span<const Check> event_checks();   // saved state, events, words
std::span<const Check> wire_checks();    // unplugging and what a bad line can bring
std::span<const Check> endure_checks();  // leaks, quietness, the end

std::vector<Check> all_checks();

}  // namespace caukham::plugincheck
