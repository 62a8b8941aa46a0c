// What can be told of a plugin without a device: manifest, library, entry table.
#include <algorithm>
#include <cctype>
#include <cstring>
#include <filesystem>
#include <set>

#include "ipc/messages.hpp"
#include "pluginhost/exports.hpp"
#include "plugincheck/bench.hpp"
#include "plugincheck/own_process.hpp"
#include "trust/trust.hpp"

namespace caukham::plugincheck {
namespace {

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

bool is_utf8(const std::string& text) { return ipc::clean_text(text) == text; }

void manifest_fields(Bench& b) {
  // Reading it has succeeded, or no test would run; a field that is not known is most often a slip of the pen.
  const auto& unknown = b.manifest().unknown_fields;
  if (!unknown.empty())
    throw Failed("the manifest has the unknown field " + quoted(unknown[0]) + "; is it spelt right?");
  b.note(b.manifest().id + " " + b.manifest().version);
}

void manifest_words(Bench& b) {
  const ipc::Manifest& m = b.manifest();
  if (std::count(m.id.begin(), m.id.end(), '.') < 2 || m.id.find_first_of(" /\\:") != std::string::npos)
    throw Failed("the id " + quoted(m.id) + " is not a reverse URI such as \"vn.example.ecg-one\"");
  for (const auto& [field, text] :
       {std::pair{"name", m.name}, {"vendor", m.vendor}, {"version", m.version}, {"licence", m.licence}}) {
    if (text.empty()) throw Failed(std::string("the manifest's ") + field + " is empty");
    if (!is_utf8(text)) throw Failed(std::string("the manifest's ") + field + " is not clean UTF-8");
  }
  if (!std::isdigit(static_cast<unsigned char>(m.version[0])) ||
      m.version.find_first_not_of("0123456789.abcdefghijklmnopqrstuvwxyz+-") != std::string::npos)
    throw Failed("the version " + quoted(m.version) + " is not a version such as \"1.4.2\"");
}

void manifest_match(Bench& b) {
  const auto& all = b.manifest().match;
  if (all.empty()) throw Failed("the match table is empty: no hardware would ever bring this plugin up");
  for (const ipc::Match& line : all)
    if (line.link != CK_LINK_VIDEO && (!line.vid || !line.pid) && line.name.empty() && line.serial.empty())
      throw Failed("a match line names neither vid and pid nor name nor serial: it would claim other makers' devices");
  b.note(std::to_string(all.size()) + " match lines");
}

void manifest_extensions(Bench& b) {
  for (const std::string& id : b.manifest().required)
    if (id != CK_EXT_TRANSPORT)
      throw Failed("the manifest requires " + quoted(id) + ", which this version of Caukham does not offer");
}

std::string library(Bench& b) {
  try {
    return b.manifest().library_path();
  } catch (const ipc::ManifestError&) {
    throw Skipped("there is no library (test library_found tells more)");
  }
}

pluginhost::Exports exports(Bench& b) {
  try {
    return pluginhost::read_exports(library(b));
  } catch (const Skipped&) {
    throw;
  } catch (const std::exception& e) {
    throw Skipped(std::string(e.what()) + " (test library_found)");
  }
}

void library_found(Bench& b) {
  try {
    const std::string path = b.manifest().library_path();
    pluginhost::read_exports(path);
    b.note(path);
  } catch (const std::exception& e) {
    throw Failed(e.what());
  }
}

void exports_entry(Bench& b) {
  const auto all = exports(b);
  for (const std::string& name : all.plain) {
    if (name == CK_ENTRY_SYMBOL) return;
    if (name.starts_with("ck_plugin_entry_"))
      throw Failed("it exports " + name + ", which belongs to another major version of the ABI");
  }
  throw Failed("it does not export " CK_ENTRY_SYMBOL);
}

void exports_alone(Bench& b) {
  for (const std::string& name : exports(b).plain)
    if (!name.starts_with("ck_plugin_entry_"))
      throw Failed("it also exports " + ipc::clean_text(name) +
                   ", which may be taken for another library's function of that name");
}

void library_loads(Bench& b) {
  if (const auto all = exports(b); std::find(all.plain.begin(), all.plain.end(), CK_ENTRY_SYMBOL) == all.plain.end())
    throw Skipped("there is nothing to load (test exports_entry tells more)");
  try {
    b.load();
  } catch (const std::exception& e) {
    throw Failed(std::string("it cannot be loaded with all its symbols: ") + ipc::clean_text(e.what()));
  }
}

const ck_entry& loaded(Bench& b) {
  try {
    return b.load();
  } catch (const std::exception&) {
    throw Skipped("the library cannot be loaded (test library_loads tells why)");
  }
}

void entry_abi(Bench& b) {
  const ck_entry& e = loaded(b);
  if (e.abi_major != CK_ABI_MAJOR)
    throw Failed("the entry says ABI " + std::to_string(e.abi_major) + ", this is ABI " +
                 std::to_string(CK_ABI_MAJOR));
  if (e.abi_major != b.manifest().abi_major || e.abi_minor != b.manifest().abi_minor)
    throw Failed("the entry says ABI " + std::to_string(e.abi_major) + "." + std::to_string(e.abi_minor) +
                 ", the manifest " + std::to_string(b.manifest().abi_major) + "." +
                 std::to_string(b.manifest().abi_minor));
}

void entry_names(Bench& b) {
  const ck_entry& e = loaded(b);
  if (!e.id || b.manifest().id != e.id)
    throw Failed("the library calls itself " + quoted(e.id ? e.id : "(nothing)") + ", the manifest " +
                 quoted(b.manifest().id));
  if (!e.version || b.manifest().version != e.version)
    throw Failed("the library says version " + quoted(e.version ? e.version : "(none)") + ", the manifest " +
                 quoted(b.manifest().version));
}

void entry_table(Bench& b) {
  const ck_entry& e = loaded(b);
  if (!e.init || !e.deinit || !e.probe || !e.open || !e.get_extension) throw Failed("a function of the entry table is null");
}

void init_works(Bench& b) {
  const ck_entry& e = loaded(b);
  if (!e.init || !e.deinit) throw Skipped("init or deinit is null (test entry_table)");
  const ck_result r = b.call("ck_entry.init", [&] { return e.init(b.host(), b.manifest().folder.c_str()); });
  if (r < 0) throw Failed("init answers " + std::string(ipc::name_of(r)) + " for its own folder");
  b.call("ck_entry.deinit", [&] { return e.deinit(), 0; });
}

void scan_quick(Bench& b) {
  constexpr double limit_ms = 5000;
  const std::int64_t begin = steady_ns();
  const ck_entry& e = b.entry();
  const ck_endpoint at = b.endpoint();
  e.probe(&at);
  b.unload();
  const double ms = static_cast<double>(steady_ns() - begin) / 1e6;
  b.note("load, init, probe and deinit took " + std::to_string(static_cast<int>(ms)) + " ms");
  if (ms > limit_ms) throw TooSlow("a scan is given 5 s; this takes " + std::to_string(static_cast<int>(ms)) + " ms");
}

void scan_inert(Bench& b) {
  const Footprint before = footprint();
  const ck_entry& e = b.entry();
  const ck_endpoint at = b.endpoint();
  e.probe(&at);
  const Footprint after = footprint();
  if (after.threads > before.threads) throw Failed("a thread runs although no device has been opened");
  if (after.handles > before.handles) throw Failed("a file or socket is open although no device has been opened");
}

void reload(Bench& b) {
  for (int i = 0; i < 3; ++i) {
    const ck_entry& e = b.entry();
    const ck_endpoint at = b.endpoint();
    e.probe(&at);
    b.unload();
  }
}

void probe_own(Bench& b) {
  const ck_entry& e = b.entry();
  const ck_endpoint own = b.endpoint();
  const auto* model = b.wire().model();
  for (const ipc::Match& line : b.manifest().match) {
    ck_endpoint at = own;
    at.link = line.link;
    at.vid = line.vid.value_or(own.vid);
    at.pid = line.pid.value_or(own.pid);
    if (!line.serial.empty()) ipc::put_text(at.serial, line.serial);
    if (!line.name.empty()) ipc::put_text(at.product, line.name);
    ipc::put_text(at.kind, line.kind);
    const std::int32_t sure = b.call("probe", [&] { return e.probe(&at); });
    if (sure < 0 || sure > 100) throw Failed("probe answers " + std::to_string(sure) + "; the range is 0 to 100");
    if (sure == 0 && (line.vid || model))
      throw Failed("probe answers 0 for an endpoint that the manifest's match table names");
  }
}

void probe_strange(Bench& b) {
  const ck_entry& e = b.entry();
  ck_endpoint at = b.endpoint();
  for (std::uint32_t link = CK_LINK_USB; link <= CK_LINK_VIDEO; ++link) {
    at.link = link;
    at.vid = 0xDEAD;
    at.pid = 0xBEEF;
    std::memset(at.serial, 'x', sizeof at.serial - 1);
    std::memset(at.product, 'x', sizeof at.product - 1);
    if (b.manifest().matching(at)) continue;  // the manifest itself takes anybody on this link
    const std::int32_t sure = b.call("probe", [&] { return e.probe(&at); });
    if (sure < 0 || sure > 100) throw Failed("probe answers " + std::to_string(sure) + "; the range is 0 to 100");
    if (sure > 0)
      throw Failed("probe answers " + std::to_string(sure) + " for a device of another maker (vid dead, pid beef)");
  }
}

void entry_extension(Bench& b) {
  const ck_entry& e = b.entry();
  for (const char* id : {"ck.plugin.nothing/9", "", "ck.plugin.discovery/999", "ck.device.params/1"})
    if (b.call("ck_entry.get_extension", [&] { return e.get_extension(id); }))
      throw Failed(std::string("get_extension(\"") + id + "\") of the plugin is not NULL: only known ids, letter by letter, are answered");
}

// As a station judges it, before anything of the plugin is loaded.
void signature(Bench& b) {
  const auto& m = b.manifest();
  const auto keys = trust::Keys::read(b.keys());
  if (!keys.problems().empty()) throw Skipped(keys.problems().front());
  if (!b.keys().empty() && keys.all().empty()) throw Skipped("there is no key in " + b.keys());
  const auto verdict = trust::judge({m.folder, m.id, m.version, std::filesystem::path(library(b)).filename().string()}, keys);
  b.note(std::string(trust::name_of(verdict.state)) + (verdict.vendor.empty() ? "" : ": " + verdict.vendor));
  if (verdict.state == trust::State::trusted) return;
  const bool cannot_tell = verdict.state == trust::State::no_signature || verdict.state == trust::State::unknown_key;
  if (cannot_tell && b.keys().empty()) throw Skipped(verdict.words + " --keys FOLDER says whose it must be");
  throw Failed(verdict.words);
}

constexpr Check checks[] = {
    {"signature", "What lies in the folder is what its maker signed: a station decides by that before it loads a byte.",
     "signing.md", 10, signature},
    {"manifest_fields", "A manifest holds known fields only, so that a slip of the pen is found before a hospital finds it.",
     "publishing.md#manifest", 10, manifest_fields},
    {"manifest_words", "Id, name, vendor, version and licence are what an administrator decides by.",
     "publishing.md#manifest", 10, manifest_words},
    {"manifest_match", "The match table names the maker's own hardware, so that no other device is taken by mistake.",
     "publishing.md#match", 10, manifest_match},
    {"manifest_extensions", "Required extensions are ones a host offers, or the plugin could never be used.",
     "publishing.md#manifest", 10, manifest_extensions},
    {"library_found", "The library lies beside the manifest and is one for this kind of computer.",
     "publishing.md#folder", 10, library_found},
    {"exports_entry", "The library exports ck_plugin_entry_1, the one symbol the host looks for.",
     "lifecycle.md#entry", 10, exports_entry},
    {"exports_alone", "Nothing else is exported, so that two vendors' libraries never meet by name.",
     "lifecycle.md#entry", 10, exports_alone},
    {"library_loads", "Every symbol the library needs is there at load time, not in the middle of an examination.",
     "publishing.md#folder", 20, library_loads},
    {"entry_abi", "The ABI version of library and manifest is one a host of this version loads.",
     "lifecycle.md#entry", 20, entry_abi},
    {"entry_names", "Library and manifest agree who they are, so that nobody runs another's code under a trusted name.",
     "lifecycle.md#entry", 20, entry_names},
    {"entry_table", "Every function of the entry table is there.", "lifecycle.md#entry", 20, entry_table},
    {"entry_extension", "The plugin answers NULL to extensions that it does not know.", "lifecycle.md#extensions", 20, entry_extension},
    {"init_works", "init accepts the plugin's own folder and deinit ends what it began.", "lifecycle.md#entry", 20,
     init_works},
    {"scan_quick", "Loading, asking and unloading fit the scan's 5 seconds; a slower plugin is disabled.",
     "lifecycle.md#scan", 30, scan_quick},
    {"scan_inert", "Without a device there is no thread, no open file: the scan must leave nothing behind.",
     "lifecycle.md#scan", 20, scan_inert},
    {"reload", "A plugin can be loaded, asked and unloaded again and again.", "lifecycle.md#scan", 30, reload},
    {"probe_own", "probe answers 1 to 100 for what the manifest matches.", "lifecycle.md#probe", 20, probe_own},
    {"probe_strange", "probe answers 0 for strangers, so that the right plugin gets the device.",
     "lifecycle.md#probe", 20, probe_strange},
};

}  // namespace

std::span<const Check> file_checks() { return checks; }

}  // namespace caukham::plugincheck
