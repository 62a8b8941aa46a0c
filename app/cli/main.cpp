// caukham-cli: the same exam without a window, for tests, servers and support.
#include <csignal>
#include <cstdio>
#include <iostream>
#include <string_view>

#include "cli/analyze.hpp"
#include "cli/commands.hpp"
#include "core/i18n.hpp"
#include "ipc/process.hpp"

namespace {

constexpr const char* usage =
    "caukham-cli: examinations without a window\n"
    "\n"
    "  caukham-cli devices [--simulate] [--json]          what is plugged in, and how it is\n"
    "  caukham-cli devices fault DEVICE FAULT.. [--json]  a simulated device fails; what the station does about it\n"
    "  caukham-cli plugins [list] [--json]                installed driver programs of devices, and how they do\n"
    "  caukham-cli plugins show|log PLUGIN [--json]       one of them; its last lines\n"
    "  caukham-cli plugins enable|disable|remove PLUGIN   whether it may run; a running station heeds it within seconds\n"
    "  caukham-cli plugins others [on|off]                whether other makers' may run at all; stays (--safe: one start)\n"
    "  caukham-cli exam run SCENARIO --out DIR [--json]   performs a scripted examination\n"
    "  caukham-cli record list [--json]                   the newest exams\n"
    "  caukham-cli record show EXAM [--json]              one exam with its captures and audit trail\n"
    "  caukham-cli record name EXAM WHO [--why TEXT]      says whose an exam is: a patient's id, card or name\n"
    "  caukham-cli record verify [--json]                 re-reads every file and the audit chain\n"
    "  caukham-cli record export EXAM DIR [--json]        the exam as plain files\n"
    "  caukham-cli session serve [--simulate] [--json]    an exam that a specialist can join, until Ctrl-C\n"
    "  caukham-cli analyze …                              recordings in files; `analyze --help` tells\n"
    "\n"
    "Everywhere: --data DIR (the station's data), --lang vi|en, --simulate (simulated devices),\n"
    "            --replay FILE|EXAM (a recording, or an exported exam's folder, played as devices),\n"
    "            --ecg RECORD.hea, --spirometry DIR (what the simulated devices play),\n"
    "            --safe (without other makers' plugins), --developer (unsigned plugins may run),\n"
    "            --address A, --port N, --public-host NAME (where the session is served)\n";

}  // namespace

int main(int argc, char** argv) {
  using namespace caukham;
  try {
    // Files need no station, and have options of their own.
    if (argc > 1 && std::string_view(argv[1]) == "analyze") return cli::analyze({argv + 2, argv + argc});
    const auto call = cli::parse(argc, argv);
    if (call.words.empty() || call.help) {
      std::fputs(usage, call.help ? stdout : stderr);
      return call.help ? 0 : 2;
    }
    core::set_language(call.language, core::locale_folder());
    const std::string first = call.words[0], second = call.words.size() > 1 ? call.words[1] : "";
    if (first == "devices" && second == "fault") return cli::devices_fault(call);
    if (first == "devices") return cli::devices(call);
    if (first == "plugins") return cli::plugins(call);
    if (first == "exam" && second == "run" && call.words.size() == 3) return cli::exam_run(call);
    if (first == "record" && second == "list") return cli::record_list(call);
    if (first == "record" && second == "show" && call.words.size() == 3) return cli::record_show(call);
    if (first == "record" && second == "name" && call.words.size() == 4) return cli::record_name(call);
    if (first == "record" && second == "verify") return cli::record_verify(call);
    if (first == "record" && second == "export" && call.words.size() == 4) return cli::record_export(call);
    if (first == "session" && second == "serve") return cli::session_serve(call);
    std::fprintf(stderr, "caukham-cli does not know this: %s %s\n\n%s", first.c_str(), second.c_str(), usage);
    return 2;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "caukham-cli: %s\n", e.what());
    return 1;
  }
}
