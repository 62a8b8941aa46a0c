#include "core/plugin_words.hpp"

#include "core/i18n.hpp"

namespace caukham::core {

std::string_view name_of(PluginState state) {
  switch (state) {
    case PluginState::idle: return "idle";
    case PluginState::running: return "running";
    case PluginState::failing: return "failing";
    case PluginState::disabled: return "disabled";
    case PluginState::broken: return "broken";
  }
  return "";
}

std::string state_words(const PluginInfo& plugin) {
  switch (plugin.state) {
    case PluginState::idle: return tr("ready");
    case PluginState::running: return tr("running");
    case PluginState::failing: return tr("has failed");
    // Who decided matters: a person can undo one, and not the other.
    case PluginState::disabled: return plugin.enabled ? tr("not used") : tr("switched off");
    case PluginState::broken: return tr("cannot be used");
  }
  return "";
}

std::string signature_words(const PluginInfo& plugin) {
  if (plugin.state == PluginState::broken) return tr("signature not looked at");
  switch (plugin.signature) {
    case trust::State::trusted:
      return plugin.third_party ? tr("signed by {0}", plugin.signer) : tr("part of Caukham");
    case trust::State::no_signature: return tr("not signed");
    case trust::State::unknown_key: return tr("signed by someone unknown to this station");
    case trust::State::revoked: return tr("its signature is not valid any more");
    case trust::State::tampered: return tr("changed after it was signed");
  }
  return "";
}

std::string use_words(const PluginInfo& plugin) {
  if (plugin.processes == 0 && plugin.cpu_seconds <= 0) return "";
  const auto cpu = decimal(plugin.cpu_seconds, 1);
  if (plugin.processes == 0) return tr("not running now, used {0} s of processor time", cpu);
  const auto now = plugin.processes == 1 ? tr("1 process, {0} MB in memory", std::to_string(plugin.resident_bytes >> 20))
                                         : tr("{0} processes, {1} MB in memory", std::to_string(plugin.processes),
                                              std::to_string(plugin.resident_bytes >> 20));
  return now + ", " + tr("{0} s of processor time", cpu);
}

std::string failure_words(const PluginInfo& plugin) {
  if (plugin.restarts == 0 && plugin.crashes == 0) return "";
  return tr("failures: {0}, started again: {1}", std::to_string(plugin.crashes), std::to_string(plugin.restarts));
}

std::string sandbox_words(const PluginInfo& plugin) {
  const std::string_view report = plugin.sandbox;
  if (report.empty()) return tr("not known before it has run");
  if (report == "full") return tr("walled in: its own files and its own device only, no network");
  // The reason in brackets is the system's, for the technician.
  const auto bracket = report.find('(');
  const std::string why(bracket == report.npos ? report : report.substr(bracket + 1, report.size() - bracket - 2));
  return report.starts_with("partial") ? tr("partly walled in: {0}", why) : tr("not walled in: {0}", why);
}

}  // namespace caukham::core
