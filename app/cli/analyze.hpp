// `caukham-cli analyze …`: examinations of files, without a station. Each takes the words after its own name, returns the
// exit status (0 done, 1 it cannot be analysed, 2 asked wrongly) and throws std::exception with words for 1.
#pragma once
#include <stdexcept>
#include <string>
#include <vector>

namespace caukham::cli {

struct UsageError : std::runtime_error {  // exit status 2
  using std::runtime_error::runtime_error;
};

// The whole of it: `words` begin after "analyze".
int analyze(const std::vector<std::string>& words);

int analyze_ecg(const std::vector<std::string>& args);
int analyze_compare(const std::vector<std::string>& args);
int analyze_picture(const std::vector<std::string>& args);

}  // namespace caukham::cli
