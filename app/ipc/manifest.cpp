#include "ipc/manifest.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>

#include "json/json_text.hpp"

namespace caukham::ipc {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

// Reads fields of one object and remembers which were asked for.
class Fields {
 public:
  Fields(const json& object, std::string file, std::string where)
      : object_(object), file_(std::move(file)), where_(std::move(where)) {
    if (!object.is_object())
      throw ManifestError(file_ + ": " + (where_.empty() ? "the manifest" : where_) + " must be an object");
  }

  [[noreturn]] void refuse(const std::string& field, const std::string& expected) const {
    throw ManifestError(file_ + ": the field \"" + where_ + field + "\" must be " + expected);
  }
  const json* find(const std::string& field) {
    known_.push_back(field);
    const auto it = object_.find(field);
    return it == object_.end() || it->is_null() ? nullptr : &*it;
  }
  std::string text(const std::string& field, bool needed, std::size_t most = CK_NAME_SIZE - 1) {
    const json* v = find(field);
    if (!v && !needed) return {};
    if (!v || !v->is_string()) refuse(field, needed && !v ? "given, as text" : "text");
    const auto& s = v->get_ref<const std::string&>();
    if (s.size() > most || (needed && s.empty()) ||
        std::any_of(s.begin(), s.end(), [](unsigned char c) { return c < 0x20; }))
      refuse(field, "text of 1 to " + std::to_string(most) + " bytes on one line");
    return s;
  }
  bool flag(const std::string& field) {
    const json* v = find(field);
    if (!v) return false;
    if (!v->is_boolean()) refuse(field, "true or false");
    return v->get<bool>();
  }
  std::uint32_t number(const std::string& field, std::uint32_t least, std::uint32_t most) {
    const json* v = find(field);
    if (!v || !v->is_number_integer() || v->get<std::int64_t>() < least || v->get<std::int64_t>() > most)
      refuse(field, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return v->get<std::uint32_t>();
  }
  std::vector<std::string> texts(const std::string& field) {
    const json* v = find(field);
    if (!v) return {};
    if (!v->is_array() || v->size() > 64) refuse(field, "a list of at most 64 texts");
    std::vector<std::string> out;
    for (const json& item : *v) {
      if (!item.is_string() || item.get_ref<const std::string&>().size() >= CK_NAME_SIZE)
        refuse(field, "a list of short texts");
      out.push_back(item.get<std::string>());
    }
    return out;
  }
  std::optional<std::uint16_t> usb_number(const std::string& field) {
    const json* v = find(field);
    if (!v) return std::nullopt;
    if (v->is_number_unsigned() && v->get<std::uint64_t>() <= 0xFFFF) return v->get<std::uint16_t>();
    if (v->is_string()) {
      std::string_view s = v->get_ref<const std::string&>();
      if (s.starts_with("0x") || s.starts_with("0X")) s.remove_prefix(2);
      std::uint16_t n = 0;
      const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), n, 16);
      if (error == std::errc() && end == s.data() + s.size() && !s.empty()) return n;
    }
    refuse(field, "a USB number such as \"2341\" (hexadecimal)");
  }
  void list_unknown(std::vector<std::string>& out) const {
    for (const auto& [key, value] : object_.items())
      if (std::find(known_.begin(), known_.end(), key) == known_.end() && out.size() < 32)
        out.push_back(where_ + key.substr(0, CK_NAME_SIZE));
  }

 private:
  const json& object_;
  std::string file_, where_;
  std::vector<std::string> known_;
};

constexpr std::array<std::pair<std::string_view, ck_link>, 5> links = {
    {{"usb", CK_LINK_USB}, {"hid", CK_LINK_HID}, {"serial", CK_LINK_SERIAL}, {"video", CK_LINK_VIDEO},
     {"plugin", CK_LINK_PLUGIN}}};

Match read_match(const json& object, const std::string& file, std::size_t index, Manifest& m) {
  Fields f(object, file, "match[" + std::to_string(index) + "].");
  Match match;
  const std::string link = f.text("link", true);
  for (const auto& [name, value] : links)
    if (link == name) match.link = value;
  if (match.link == 0) f.refuse("link", "\"usb\", \"hid\", \"serial\", \"video\" or \"plugin\"");
  match.vid = f.usb_number("vid");
  match.pid = f.usb_number("pid");
  match.serial = f.text("serial", false);
  match.name = f.text("name", false);
  match.kind = f.text("kind", false);
  if (match.kind.empty()) match.kind = m.kind;
  f.list_unknown(m.unknown_fields);
  return match;
}

void read_abi(Fields& f, Manifest& m) {
  const json* v = f.find("abi");
  if (v && v->is_number_unsigned() && v->get<std::uint64_t>() < 1000) {
    m.abi_major = v->get<std::uint32_t>();
  } else if (v && v->is_string()) {
    const auto& s = v->get_ref<const std::string&>();
    const char* const end = s.data() + s.size();
    auto [at, error] = std::from_chars(s.data(), end, m.abi_major);
    if (error == std::errc() && at != end && *at == '.')
      at = std::from_chars(at + 1, end, m.abi_minor).ptr;
    if (error != std::errc() || at != end) f.refuse("abi", "a version such as \"1.0\"");
  } else {
    f.refuse("abi", "a version such as \"1.0\"");
  }
  if (m.abi_major != CK_ABI_MAJOR)
    f.refuse("abi",
             "version " + std::to_string(CK_ABI_MAJOR) + ".x; this plugin needs another version of Caukham");
}

}  // namespace

const Match* Manifest::matching(const ck_endpoint& e) const {
  const Match* best = nullptr;
  int most = -1;
  for (const Match& line : match) {
    if (line.link != e.link || (line.vid && *line.vid != e.vid) || (line.pid && *line.pid != e.pid)) continue;
    if (!std::string_view(e.serial).starts_with(line.serial)) continue;
    if (std::string_view(e.product).find(line.name) == std::string_view::npos) continue;
    const int named = line.vid.has_value() + line.pid.has_value() + !line.serial.empty() + !line.name.empty();
    if (named > most) {
      most = named;
      best = &line;
    }
  }
  return best;
}

std::string Manifest::library_path() const {
#if defined(_WIN32)
  constexpr std::string_view suffix = ".dll";
#else
  constexpr std::string_view suffix = ".so";
#endif
  for (const std::string& candidate :
       {library, library + std::string(suffix), "lib" + library + std::string(suffix)}) {
    const fs::path path = fs::path(folder) / candidate;
    std::error_code error;
    if (fs::is_regular_file(path, error)) return path.string();
  }
  throw ManifestError(folder + ": the plugin's library \"" + library +
                      "\" is missing; install the plugin again");
}

Manifest parse_manifest(std::string_view text, const std::string& path) {
  if (text.size() > max_manifest_bytes) throw ManifestError(path + ": the manifest is larger than 64 KiB");
  const json root = json_of(text);
  if (root.is_discarded()) throw ManifestError(path + ": the manifest is not JSON, or nested too deeply");

  Fields f(root, path, "");
  Manifest m;
  m.folder = fs::path(path).parent_path().string();
  m.id = f.text("id", true);
  m.name = f.text("name", true);
  m.vendor = f.text("vendor", true);
  m.version = f.text("version", true);
  m.kind = f.text("kind", true);
  m.licence = f.text("licence", false);
  m.library = f.text("library", true);
  if (m.library.find_first_of("/\\:") != std::string::npos || m.library.front() == '.')
    f.refuse("library", "a file name without a folder");
  read_abi(f, m);
  if (const json* list = f.find("match")) {
    if (!list->is_array() || list->size() > 256) f.refuse("match", "a list of at most 256 lines");
    for (std::size_t i = 0; i < list->size(); ++i) m.match.push_back(read_match((*list)[i], path, i, m));
  }
  m.required = f.texts("requires");
  m.recorded_params = f.texts("params");
  const json* pool = f.find("pool");
  if (!pool) f.refuse("pool", "given, as {\"slots\": .., \"slot_bytes\": ..}");
  Fields p(*pool, path, "pool.");
  m.pool.slots = p.number("slots", 1, PoolShape::max_slots);
  m.pool.slot_bytes = p.number("slot_bytes", 1, PoolShape::max_slot_bytes);
  if (!m.pool.sane()) f.refuse("pool", "no larger than 256 MiB in total");
  p.list_unknown(m.unknown_fields);
  if (const json* limits = f.find("limits")) {
    Fields l(*limits, path, "limits.");
    if (l.find("memory_mb")) m.memory_mb = l.number("memory_mb", 64, 4096);
    if (l.find("cpu_percent")) m.cpu_percent = l.number("cpu_percent", 10, 800);
    l.list_unknown(m.unknown_fields);
  }
  m.simulated = f.flag("simulated");
  m.direct_hardware = f.flag("direct_hardware");
  f.list_unknown(m.unknown_fields);
  return m;
}

Manifest read_manifest(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw ManifestError(path + ": the manifest cannot be read; install the plugin again");
  std::string text(max_manifest_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return parse_manifest(text, path);
}

}  // namespace caukham::ipc
