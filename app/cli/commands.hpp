// The commands of caukham-cli. Each returns the program's exit status and throws std::exception with words.
#pragma once
#include <string>
#include <vector>

#include "station/station.hpp"

namespace caukham::cli {

struct Call {
  std::vector<std::string> words;  // what is not an option
  station::Options station;
  std::string out = ".", why;
  std::string language = "en";     // of what the command itself says: --lang, else the terminal's
  bool json = false, help = false;
};
Call parse(int argc, char** argv);

int devices(const Call& call);
int devices_fault(const Call& call);
int exam_run(const Call& call);
int plugins(const Call& call);
int record_list(const Call& call);
int record_show(const Call& call);
int record_name(const Call& call);
int record_verify(const Call& call);
int record_export(const Call& call);
int session_serve(const Call& call);

// `caukham-cli analyze WHAT ARGS…`: everything after WHAT, options of its own.
int analyze_spirometry(const std::vector<std::string>& args);
int analyze_calibration(const std::vector<std::string>& args);
int analyze_gli(const std::vector<std::string>& args);

}  // namespace caukham::cli
