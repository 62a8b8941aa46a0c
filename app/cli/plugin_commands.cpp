// caukham-cli plugins: what is installed, who signed it, whether it may run and how it does. Needs no station; of one that
// runs meanwhile, and of the last one, it tells what that wrote down.
#include <algorithm>
#include <iostream>

#include "cli/commands.hpp"
#include "core/i18n.hpp"
#include "core/log.hpp"
#include "core/plugin_status.hpp"
#include "core/plugin_words.hpp"
#include "json/json_text.hpp"
#include "station/devices.hpp"

namespace caukham::cli {
namespace {
using core::PluginInfo;
using core::tr;
using nlohmann::json;

json as_json(const PluginInfo& p) {
  return {{"id", p.id}, {"name", p.name}, {"version", p.version}, {"vendor", p.vendor}, {"kind", p.kind},
          {"licence", p.licence}, {"folder", p.folder},
          {"signature", {{"state", trust::name_of(p.signature)}, {"words", p.signature_words}, {"signer", p.signer},
                         {"third_party", p.third_party}}},
          {"enabled", p.enabled}, {"state", core::name_of(p.state)}, {"reason", p.reason}, {"processes", p.processes},
          {"cpu_seconds", p.cpu_seconds}, {"resident_bytes", p.resident_bytes}, {"restarts", p.restarts},
          {"crashes", p.crashes}, {"sandbox", p.sandbox}};
}

// "org.caukham.ecg-hackeeg", or the end of it that only one has: "ecg-hackeeg". What is broken goes by its folder's name.
const PluginInfo& find(const std::vector<PluginInfo>& list, const std::string& word) {
  const PluginInfo* found = nullptr;
  for (const auto& p : list) {
    const auto& name = p.id.empty() ? p.name : p.id;
    if (name == word) return p;
    if (!name.ends_with("." + word)) continue;
    if (found) throw std::runtime_error(tr("More than one driver program is called {0}: write its whole name.", word));
    found = &p;
  }
  if (!found)
    throw std::runtime_error(tr("There is no driver program {0}. `caukham-cli plugins list` shows them all.", word));
  return *found;
}

void print_list(const std::vector<PluginInfo>& list) {
  if (list.empty()) std::cout << tr("No driver program is installed.") << "\n";
  for (const auto& p : list) {
    std::cout << (p.id.empty() ? p.name : p.id + " " + p.version) << "  " << core::state_words(p) << ", "
              << core::signature_words(p);
    for (const auto& words : {core::use_words(p), core::failure_words(p)})
      if (!words.empty()) std::cout << ", " << words;
    std::cout << "\n";
    if (!p.reason.empty()) std::cout << "    " << p.reason << "\n";
  }
}

void print_one(const PluginInfo& p) {
  const auto line = [](const std::string& what, const std::string& words) {
    if (!words.empty()) std::cout << what << ": " << words << "\n";
  };
  line(tr("Name"), p.name);
  line(tr("Identifier"), p.id);
  line(tr("Version"), p.version);
  line(tr("Vendor"), p.vendor);
  line(tr("Licence"), p.licence);
  line(tr("Folder"), p.folder);
  line(tr("Signature"), core::signature_words(p) + ". " + p.signature_words);
  line(tr("State"), core::state_words(p));
  line(tr("Reason"), p.reason);
  line(tr("Use"), core::use_words(p));
  line(tr("Failures"), core::failure_words(p));
  line(tr("Sandbox"), core::sandbox_words(p));
}

// Whether other makers' plugins may run at all: the window's tick in words. What is decided stays until it is taken back,
// and a running station heeds it within seconds.
int others(core::Plugins& plugins, const std::vector<std::string>& more, bool as_json) {
  if (more.size() > 1 || (more.size() == 1 && more[0] != "on" && more[0] != "off"))
    throw std::runtime_error("plugins others takes on, off, or nothing to see how it is");
  if (!more.empty()) plugins.set_safe(more[0] == "off");
  const bool may = !plugins.safe();
  int concerned = 0;
  for (const auto& p : plugins.list()) concerned += p.third_party;
  if (as_json)
    std::cout << json_text(json{{"others_may_run", may}, {"concerned", concerned}}, 2) << "\n";
  else
    std::cout << (may ? tr("Other makers' driver programs may run.")
                      : tr("Other makers' driver programs do not run, not after the next start either. To take that back: "
                           "caukham-cli plugins others on"))
              << " " << tr("Installed of them: {0}.", std::to_string(concerned)) << "\n";
  return 0;
}
}  // namespace

int plugins(const Call& call) {
  const auto installation = station::find_installation(call.station.program_folder);
  core::set_language(call.station.language, installation.locale.string());
  core::open_log({"", core::LogLevel::off, core::LogLevel::off});  // what there is to say stands in the answer
  const std::string what = call.words.size() > 1 ? call.words[1] : "list";
  auto settings = station::plugins_settings(installation, call.station);
  settings.safe = settings.safe && what != "others";  // that tells what was decided, not what this start was told
  core::Plugins plugins(std::move(settings));
  const auto& data_folder = plugins.settings().data_folder;
  const auto look = [&] {
    auto list = plugins.list();
    core::read_plugin_status(data_folder, list);
    return list;
  };
  if (what == "others") return others(plugins, {call.words.begin() + 2, call.words.end()}, call.json);
  if (what == "list" && call.words.size() <= 2) {
    const auto list = look();
    json all = json::array();
    for (const auto& p : list) all.push_back(as_json(p));
    call.json ? void(std::cout << json_text(all, 2) << "\n") : print_list(list);
    return 0;
  }
  if (call.words.size() != 3 || (what != "show" && what != "log" && what != "enable" && what != "disable" && what != "remove"))
    throw std::runtime_error("plugins takes list, others, or one of show, log, enable, disable, remove and a plugin's identifier");
  const auto list = look();
  const auto& plugin = find(list, call.words[2]);
  if (what == "log") {
    if (call.json) return std::cout << json_text(json(plugin.log_tail), 2) << "\n", 0;
    if (plugin.log_tail.empty()) std::cout << tr("It has said nothing, or has not run yet.") << "\n";
    for (const auto& line : plugin.log_tail) std::cout << line << "\n";
    return 0;
  }
  if (what != "show" && plugin.id.empty())
    throw std::runtime_error(tr("{0} cannot be used in any case: {1}", plugin.name, plugin.reason));
  const auto id = plugin.id;
  if (what == "enable") plugins.enable(id);
  if (what == "disable" || what == "remove") plugins.disable(id);  // removed: also when its folder cannot be deleted
  if (what == "remove") plugins.remove(id);
  const auto after = look();
  const auto& now = what == "show" ? plugin : find(after, id);
  if (call.json) {
    auto told = as_json(now);
    if (what == "remove") told["removed"] = true;
    if (what == "show") told["log"] = now.log_tail;
    std::cout << json_text(told, 2) << "\n";
  } else if (what == "show") {
    print_one(now);
  } else {
    print_list({now});
  }
  return what == "enable" && now.state == core::PluginState::disabled ? 1 : 0;
}

}  // namespace caukham::cli
