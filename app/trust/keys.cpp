#include <algorithm>

#include "json/json_text.hpp"
#include "trust/bytes.hpp"
#include "trust/trust.hpp"

namespace caukham::trust {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;

bool is_date(const std::string& text) {
  if (text.size() != 10) return false;
  for (std::size_t i = 0; i < 10; ++i)
    if (i == 4 || i == 7 ? text[i] != '-' : text[i] < '0' || text[i] > '9') return false;
  return true;
}

std::string text(const json& object, const char* name, bool needed) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) {
    if (needed) throw std::runtime_error(std::string("it has no \"") + name + "\"");
    return "";
  }
  if (!found->is_string()) throw std::runtime_error(std::string("its \"") + name + "\" is not text");
  auto value = found->get<std::string>();
  if (value.size() > 200 || (needed && value.empty()) ||
      std::any_of(value.begin(), value.end(), [](unsigned char c) { return c < 0x20; }))
    throw std::runtime_error(std::string("its \"") + name + "\" is not a short line of text");
  return value;
}

Key parse(const std::string& file) {
  const auto object = json_of(file);
  if (!object.is_object()) throw std::runtime_error("it is not a JSON object, or nested too deeply");
  if (text(object, "format", true) != "caukham-key-1") throw std::runtime_error("its format is not caukham-key-1");
  Key key;
  key.vendor = text(object, "vendor", true);
  const auto bytes = from_base64(text(object, "public", true), crypto_sign_PUBLICKEYBYTES);
  if (!bytes) throw std::runtime_error("its \"public\" is not a key of 32 bytes in base64");
  key.public_bytes = *bytes;
  key.id = key_id(key.public_bytes);
  if (text(object, "key", true) != key.id) throw std::runtime_error("its \"key\" is not that of its \"public\"");
  key.from = text(object, "from", false);
  key.until = text(object, "until", false);
  for (const auto* date : {&key.from, &key.until})
    if (!date->empty() && !is_date(*date)) throw std::runtime_error("its dates are not written as 2026-01-31");
  key.revoked = text(object, "revoked", false);
  if (const auto station = object.find("station"); station != object.end()) {
    if (!station->is_boolean()) throw std::runtime_error("its \"station\" is not true or false");
    key.station = station->get<bool>();
  }
  if (const auto ids = object.find("plugins"); ids != object.end()) {
    if (!ids->is_array() || ids->empty() || ids->size() > 64)
      throw std::runtime_error("its \"plugins\" is not a list of 1 to 64 beginnings of ids");
    for (const auto& id : *ids) {
      if (!id.is_string() || id.get_ref<const std::string&>().empty())
        throw std::runtime_error("its \"plugins\" is not a list of beginnings of ids");
      key.plugins.push_back(id.get<std::string>());
    }
  }
  return key;
}
}  // namespace

Keys Keys::read(const fs::path& folder) {
  ready();
  Keys keys;
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (it->path().extension() == ".key" && files.size() < 1000) files.push_back(it->path());
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    try {
      const auto content = read_text(file);
      if (!content) throw std::runtime_error("it cannot be read, or is larger than 64 KiB");
      auto key = parse(*content);
      // Two files of one key: the one that withdraws it counts, wherever it stands.
      const auto twin = std::find_if(keys.keys_.begin(), keys.keys_.end(), [&](const Key& k) { return k.id == key.id; });
      if (twin == keys.keys_.end())
        keys.keys_.push_back(std::move(key));
      else if (twin->revoked.empty() && !key.revoked.empty())
        *twin = std::move(key);
    } catch (const std::exception& e) {
      keys.problems_.push_back(file.string() + " is not used as a vendor's key: " + e.what());
    }
  }
  return keys;
}

const Key* Keys::find(std::string_view id) const {
  const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const Key& key) { return key.id == id; });
  return found == keys_.end() ? nullptr : &*found;
}

}  // namespace caukham::trust
