// caukham-simulator --channel 3 [options]: the simulated devices of the station, started by the application.
#include <algorithm>
#include <charconv>
#include <iostream>
#include <string_view>

#include "ipc/process.hpp"
#include "virtualbus/catalogue.hpp"

namespace {

using namespace caukham;

constexpr const char* help =
    "caukham-simulator plays medical devices for Caukham and is started by it. Everything is marked "
    "SIMULATED.\n"
    "  --channel N            inherited control channel\n"
    "  --devices a,b,..       only these (ecg spirometer otoscope dermatoscope otoscope_uvc)\n"
    "  --transcript NAME=PATH  a device that plays a transcript (sdk/doc/simulation.md); without --devices only these\n"
    "  --ecg PATH.hea         play a WFDB record instead of a synthetic ECG\n"
    "  --heart-rate BPM       of the synthetic ECG, 30 to 200\n"
    "  --spirometry PATH      a .wf curve or a folder of them\n"
    "  --pictures-ear DIR     JPEG pictures for the otoscopes\n"
    "  --pictures-skin DIR    JPEG pictures for the dermatoscope\n";

template <class Number>
bool parse(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    out.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  virtualbus::CatalogueOptions options;
  ipc::Handle channel;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    const char* value = i + 1 < argc ? argv[++i] : "";
    bool good = *value != 0;
    if (name == "--channel")
      good = (channel = ipc::inherited(value)).valid();
    else if (name == "--devices")
      options.devices = split(value);
    else if (name == "--transcript") {
      const std::string_view both = value;
      const auto equals = both.find('=');
      good = equals != both.npos && equals > 0;
      if (good) options.transcripts.emplace_back(both.substr(0, equals), both.substr(equals + 1));
    } else if (name == "--ecg")
      options.ecg = value;
    else if (name == "--heart-rate")
      good = parse(value, options.heart_rate_bpm) && options.heart_rate_bpm >= 30 &&
             options.heart_rate_bpm <= 200;
    else if (name == "--spirometry")
      options.spirometry = value;
    else if (name == "--pictures-ear")
      options.pictures_ear = value;
    else if (name == "--pictures-skin")
      options.pictures_skin = value;
    else
      good = false;
    if (!good) {
      std::cerr << "caukham-simulator: cannot use \"" << name << " " << value << "\"\n" << help;
      return 2;
    }
  }
  if (!channel.valid()) {  // nobody to play for
    std::cerr << help;
    return 2;
  }
  try {
    virtualbus::Server server(virtualbus::make_catalogue(options));
    server.run(ipc::Channel::adopt(std::move(channel)));
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "caukham-simulator: " << e.what() << "\n";
    return 1;
  }
}
