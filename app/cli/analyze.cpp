#include "cli/analyze.hpp"

#include <array>
#include <boost/program_options/errors.hpp>
#include <cstdio>

#include "cli/commands.hpp"

namespace caukham::cli {
namespace {

constexpr const char* usage =
    "caukham-cli analyze: measures recordings that lie in files; no station is needed\n"
    "\n"
    "  analyze ecg FILE [--json]         beats, rate, intervals, axis and quality of an ECG\n"
    "  analyze compare REF TEST [--json] scores beat annotations as ANSI/AAMI EC57 does\n"
    "  analyze spirometry FILE… [--json] forced expirations: numbers, acceptability, grades\n"
    "  analyze calibration FILE… [--json] strokes of a calibration syringe\n"
    "  analyze gli FILE.csv [--json]     reference values for the rows of a table\n"
    "  analyze picture FILE.jpg… [--json] sharpness, light, glare and colour of stills\n"
    "\n"
    "Each with --help tells its options. Exit status: 0 done, 1 it cannot be analysed, 2 asked wrongly.\n";

struct Subject {
  const char* name;
  int (*run)(const std::vector<std::string>&);
};
constexpr std::array subjects = {Subject{"ecg", analyze_ecg}, Subject{"compare", analyze_compare},
                                 Subject{"spirometry", analyze_spirometry}, Subject{"calibration", analyze_calibration},
                                 Subject{"gli", analyze_gli}, Subject{"picture", analyze_picture}};

}  // namespace

int analyze(const std::vector<std::string>& words) {
  const std::string what = words.empty() ? "" : words[0];
  if (what.empty() || what == "--help" || what == "-h") {
    std::fputs(usage, what.empty() ? stderr : stdout);
    return what.empty() ? 2 : 0;
  }
  for (const auto& subject : subjects) {
    if (what != subject.name) continue;
    try {
      return subject.run({words.begin() + 1, words.end()});
    } catch (const boost::program_options::error& e) {
      std::fprintf(stderr, "caukham-cli analyze %s: %s\n", subject.name, e.what());
    } catch (const UsageError& e) {
      std::fprintf(stderr, "caukham-cli analyze %s: %s\n", subject.name, e.what());
    }
    std::fprintf(stderr, "caukham-cli analyze %s --help tells what it understands.\n", subject.name);
    return 2;
  }
  std::fprintf(stderr, "caukham-cli cannot analyze this: %s\n\n%s", what.c_str(), usage);
  return 2;
}

}  // namespace caukham::cli
