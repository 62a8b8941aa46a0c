#include "station/plugin_desk.hpp"

#include "core/i18n.hpp"
#include "core/log.hpp"

namespace caukham::station {

using core::tr;

PluginDesk::PluginDesk(core::Supervisor& supervisor, Say say)
    : supervisor_(supervisor), say_(std::move(say)), worker_([this] { look(); }, std::chrono::seconds(1)) {
  worker_.start();
}

PluginsCard PluginDesk::card() const {
  const std::scoped_lock lock(mutex_);
  return card_;
}

void PluginDesk::look() {
  List<core::PluginInfo> installed(supervisor_.plugins());
  const bool third_party = supervisor_.third_party_allowed();
  const std::scoped_lock lock(mutex_);
  card_.installed = std::move(installed);
  card_.third_party = third_party;
}

std::string PluginDesk::name_of(const std::string& id) const {
  const std::scoped_lock lock(mutex_);
  for (const auto& plugin : card_.installed)
    if (plugin.id == id) return plugin.name;
  return id;
}

void PluginDesk::act(const std::string& id, const std::string& done, std::function<void()> task) {
  {
    const std::scoped_lock lock(mutex_);
    card_.busy = id;
  }
  worker_.post([this, id, done, task = std::move(task)] {
    try {
      task();
      say_(Notice::Level::info, done);
    } catch (const std::exception& e) {
      core::log_warning("plugins", e.what());
      say_(Notice::Level::problem, e.what());
    }
    const std::scoped_lock lock(mutex_);
    if (card_.busy == id) card_.busy.clear();
  });
}

void PluginDesk::enable(const std::string& id) {
  act(id, tr("{0} is switched on.", name_of(id)), [this, id] { supervisor_.enable_plugin(id); });
}
void PluginDesk::disable(const std::string& id) {
  act(id, tr("{0} is switched off.", name_of(id)), [this, id] { supervisor_.disable_plugin(id); });
}
void PluginDesk::remove(const std::string& id) {
  act(id, tr("{0} was removed.", name_of(id)), [this, id] { supervisor_.remove_plugin(id); });
}
void PluginDesk::allow_third_party(bool allowed) {
  act("*", allowed ? tr("Other makers' driver programs may run again.") : tr("Only Caukham's own driver programs run now."),
      [this, allowed] { supervisor_.allow_third_party(allowed); });
}

}  // namespace caukham::station
