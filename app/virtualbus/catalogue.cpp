#include "virtualbus/catalogue.hpp"

#include <algorithm>
#include <fstream>
#include <functional>

#include "devices/camera_uvc/model.hpp"
#include "devices/ecg_hackeeg/model.hpp"
#include "devices/model/faulty.hpp"
#include "devices/otoscope_useeplus/model.hpp"
#include "devices/signals/files.hpp"
#include "devices/spirometer_vernier/model.hpp"
#include "devices/transcript/model.hpp"

namespace caukham::virtualbus {
namespace {

using ModelPtr = std::unique_ptr<devices::DeviceModel>;
using Maker = std::function<ModelPtr(const CatalogueOptions&)>;

// Pictures from a folder, or rendered. One is made at once, so that rendering (0.3 s) does not hold up a
// running device.
std::unique_ptr<devices::Phantom> pictures(const std::string& folder,
                                           const devices::PhantomOptions& options) {
  std::unique_ptr<devices::Phantom> phantom;
  if (folder.empty()) {
    phantom = std::make_unique<devices::Phantom>(options);
  } else {
    std::string why;
    phantom = devices::Phantom::from_folder(folder, options, why);
    if (!phantom) throw CatalogueError("pictures: " + why);
  }
  phantom->jpeg(0);
  return phantom;
}

ModelPtr make_ecg(const CatalogueOptions& o) {
  try {
    return std::make_unique<devices::hackeeg::Model>(
        o.ecg.empty() ? devices::synthetic_source(1, o.heart_rate_bpm) : devices::wfdb_source(o.ecg));
  } catch (const std::exception& e) {
    throw CatalogueError("ECG data: " + std::string(e.what()));
  }
}

ModelPtr make_spirometer(const CatalogueOptions& o) {
  try {
    return std::make_unique<devices::vernier::Model>(
        o.spirometry.empty() ? std::vector<devices::WfCurve>() : devices::load_wf_curves(o.spirometry));
  } catch (const std::exception& e) {
    throw CatalogueError("spirometry data: " + std::string(e.what()));
  }
}

ModelPtr make_class_camera(const devices::uvc::ModelOptions& options, const std::string& folder) {
  return std::make_unique<devices::uvc::Model>(options, pictures(folder, options.pictures));
}

ModelPtr make_transcript(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw CatalogueError(path + ": the transcript cannot be read");
  std::string text(devices::transcript::Model::max_text_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  try {
    return std::make_unique<devices::transcript::Model>(text);
  } catch (const devices::transcript::Error& e) {
    throw CatalogueError(path + ": " + e.what());
  }
}

const std::vector<std::pair<std::string, Maker>>& makers() {
  static const std::vector<std::pair<std::string, Maker>> all = {
      {"ecg", make_ecg},
      {"spirometer", make_spirometer},
      {"otoscope",
       [](const CatalogueOptions& o) -> ModelPtr {
         return std::make_unique<devices::useeplus::Model>(pictures(o.pictures_ear, {}));
       }},
      {"dermatoscope",
       [](const CatalogueOptions& o) {
         return make_class_camera(devices::uvc::dermatoscope(), o.pictures_skin);
       }},
      {"otoscope_uvc",
       [](const CatalogueOptions& o) { return make_class_camera(devices::uvc::teslong(), o.pictures_ear); }},
  };
  return all;
}

}  // namespace

std::vector<std::string> device_names() {
  std::vector<std::string> names;
  for (const auto& [name, maker] : makers()) names.push_back(name);
  return names;
}

std::vector<NamedModel> make_catalogue(const CatalogueOptions& options) {
  const auto known = device_names();
  for (const std::string& name : options.devices)
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw CatalogueError("there is no simulated device called \"" + name + "\"");
  std::vector<NamedModel> out;
  for (const auto& [name, path] : options.transcripts) {
    if (name.empty() || name.size() >= CK_NAME_SIZE || std::count(known.begin(), known.end(), name) > 0)
      throw CatalogueError("a transcript cannot be called \"" + name + "\"");
    out.push_back({name, std::make_unique<devices::FaultyModel>(make_transcript(path))});
  }
  if (options.devices.empty() && !out.empty()) return out;
  for (const auto& [name, maker] : makers()) {
    const auto& wanted = options.devices;
    if (wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end())
      out.push_back({name, std::make_unique<devices::FaultyModel>(maker(options))});
  }
  return out;
}

}  // namespace caukham::virtualbus
