#include <boost/program_options.hpp>
#include <cstdlib>
#include <filesystem>

#include "cli/commands.hpp"
#include "ipc/process.hpp"

namespace caukham::cli {
namespace po = boost::program_options;

Call parse(int argc, char** argv) {
  Call call;
  std::string data;
  auto& station = call.station;
  po::options_description all;
  all.add_options()("help,h", po::bool_switch(&call.help))("json", po::bool_switch(&call.json))(
      "data", po::value(&data))("out", po::value(&call.out))("lang", po::value(&station.language))(
      "safe", po::bool_switch(&station.safe))("developer", po::bool_switch(&station.developer))(
      "simulate", po::bool_switch(&station.simulate))("replay", po::value(&station.replay))("ecg", po::value(&station.ecg_record))(
      "spirometry", po::value(&station.spirometry_folder))("address", po::value(&station.address))(
      "port", po::value(&station.port))("public-host", po::value(&station.public_host))(
      "why", po::value(&call.why))("words", po::value(&call.words));
  po::positional_options_description positions;
  positions.add("words", -1);
  po::variables_map values;
  po::store(po::command_line_parser(argc, argv).options(all).positional(positions).run(), values);
  po::notify(values);
  const char* terminal = std::getenv("LC_ALL");
  if (!terminal || !*terminal) terminal = std::getenv("LC_MESSAGES");
  if (!terminal || !*terminal) terminal = std::getenv("LANG");
  call.language = values.count("lang") ? station.language
                                       : terminal && std::string(terminal).starts_with("vi") ? "vi" : "en";
  station.data_folder = data;
  station.program_folder = std::filesystem::path(ipc::own_program_path()).parent_path();
  return call;
}

}  // namespace caukham::cli
