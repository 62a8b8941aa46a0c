// The station put together: devices, recording, record and session behind the desk. One of these runs in the window's
// program, in caukham-cli and in the scripted examination.
#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "station/desk.hpp"

namespace caukham::record { class Record; }

namespace caukham::station {

struct Options {
  std::filesystem::path data_folder;     // empty: the user's own
  std::filesystem::path program_folder;  // of the running program; its helpers are found from here
  std::string language = "vi";
  bool safe = false;                     // without other makers' plugins
  bool developer = false;                // plugins without a trusted signature may run, marked; also CAUKHAM_DEVELOPER=1
  bool simulate = false;                 // device models on the virtual bus instead of the system's devices
  std::string replay;                    // a recording, or an exported exam's folder, played as devices
  std::string ecg_record;                // simulation: a WFDB header to play; empty: the ECG model
  std::string spirometry_folder;         // simulation: volume-time curves; empty: a synthetic manoeuvre
  bool interrupted = false;              // the program was not closed last time, and the nurse is told
  std::filesystem::path crash_dump;      // what is left of the crash that ended it; empty: nothing
  std::string address = "0.0.0.0";
  std::uint16_t port = 0;                // 0: any free one
  std::string public_host;               // for the link; empty: found
};

// Where the parts of the installation lie: beside an installed program, or in a build folder. The simulator may be missing.
struct Installation {
  std::filesystem::path plugin_host, simulator, plugins, keys, console, locale, reference;
};
Installation find_installation(const std::filesystem::path& program_folder);

class Station : public Desk {
 public:
  // What happened in the exam that was closed last (or is open), as the JSON text of summary.json. [any thread]
  virtual std::string report_json() const = 0;
  virtual record::Record& record() = 0;
};

// Returns at once; the record is opened and the devices are watched on the station's own threads. What goes wrong
// stands in snapshot().notices. Only a broken installation throws (std::runtime_error, words for a person).
std::unique_ptr<Station> make_station(const Options& options);

}  // namespace caukham::station
