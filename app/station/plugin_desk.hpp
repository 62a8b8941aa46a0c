// The plugin manager behind the desk: what is installed and how it does, and what a person decides about it. On a thread
// of its own, because trying a plugin out or deleting files takes seconds and the desk must go on answering.
#pragma once
#include <functional>
#include <mutex>
#include <string>

#include "core/supervisor.hpp"
#include "station/desk.hpp"
#include "station/worker.hpp"

namespace caukham::station {

class PluginDesk {
 public:
  using Say = std::function<void(Notice::Level, const std::string& words)>;  // called on the plugin desk's thread
  // `supervisor` must outlive it.
  PluginDesk(core::Supervisor& supervisor, Say say);
  ~PluginDesk() { worker_.stop(); }

  // What follows returns at once and may be called from any thread.
  PluginsCard card() const;
  void enable(const std::string& id);
  void disable(const std::string& id);
  void remove(const std::string& id);
  void allow_third_party(bool allowed);

 private:
  void look();
  void act(const std::string& id, const std::string& done, std::function<void()> task);
  std::string name_of(const std::string& id) const;

  core::Supervisor& supervisor_;
  Say say_;
  mutable std::mutex mutex_;
  PluginsCard card_;
  Worker worker_;  // last: uses all of the above
};

}  // namespace caukham::station
