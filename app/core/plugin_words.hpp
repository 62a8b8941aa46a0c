// What is said of a plugin to a person, in the window and on the command line alike: translated, whole or half a sentence.
#pragma once
#include <string>
#include <string_view>

#include "core/plugins.hpp"

namespace caukham::core {

// "idle", "running", "failing", "disabled", "broken": for files and scripts, never translated.
std::string_view name_of(PluginState state);

// "ready", "running", …: one or two words for a list. What is behind it is PluginInfo::reason.
std::string state_words(const PluginInfo& plugin);

// Who signed it and what became of that, for a list: "signed by Example", "changed after it was signed". The technician's
// sentence is PluginInfo::signature_words.
std::string signature_words(const PluginInfo& plugin);

// What it uses now and has used: "1 process, 12 MB, 3.4 s of processor time"; "" before it first ran.
std::string use_words(const PluginInfo& plugin);

// How often it failed: "failures: 1, started again: 1"; "" when it never did.
std::string failure_words(const PluginInfo& plugin);

// How far it is walled in.
std::string sandbox_words(const PluginInfo& plugin);

}  // namespace caukham::core
