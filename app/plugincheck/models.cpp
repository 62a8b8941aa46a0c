#include "plugincheck/models.hpp"

#include <fstream>
#include <random>

#include "devices/phantom/phantom.hpp"
#include "devices/transcript/model.hpp"
#include "ipc/messages.hpp"
#include "virtualbus/catalogue.hpp"

namespace caukham::plugincheck {
namespace {

namespace fs = std::filesystem;

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("the file " + path + " cannot be read");
  return std::string((std::istreambuf_iterator<char>(file)), {});
}

}  // namespace

std::string matching_device(const ipc::Manifest& manifest) {
  for (const std::string& name : virtualbus::device_names()) {
    virtualbus::CatalogueOptions options;
    options.devices = {name};
    const auto made = virtualbus::make_catalogue(options);
    const auto& id = made.at(0).model->identity();
    ck_endpoint e{};
    e.size = sizeof e;
    e.link = static_cast<ck_link>(id.link);
    e.vid = id.vid;
    e.pid = id.pid;
    ipc::put_text(e.serial, id.serial);
    ipc::put_text(e.product, id.product);
    // A line that takes anybody on its link says nothing about this device.
    const ipc::Match* line = manifest.matching(e);
    if (line && (line->vid || !line->name.empty() || !line->serial.empty())) return name;
  }
  return {};
}

std::unique_ptr<devices::DeviceModel> make_model(const std::string& device, const std::string& transcript,
                                                 const std::string& pictures) {
  if (!transcript.empty()) {
    try {
      return std::make_unique<devices::transcript::Model>(read(transcript));
    } catch (const devices::transcript::Error& e) {
      throw std::runtime_error(transcript + ": " + e.what());
    }
  }
  if (device.empty()) return nullptr;
  virtualbus::CatalogueOptions options;
  options.devices = {device};
  options.pictures_ear = options.pictures_skin = pictures;
  auto made = virtualbus::make_catalogue(options);
  return std::move(made.at(0).model);
}

Pictures::Pictures(const std::string& device) {
  const bool skin = device == "dermatoscope";
  if (!skin && !device.starts_with("otoscope")) return;
  devices::PhantomOptions options;
  if (skin) options.scene = devices::Scene::skin;
  const auto jpeg = devices::Phantom(options).jpeg(0);
  const fs::path folder =
      fs::temp_directory_path() / ("caukham-plugin-check-" + std::to_string(std::random_device{}()));
  fs::create_directory(folder);
  folder_ = folder.string();
  std::ofstream(folder / "0.jpg", std::ios::binary)
      .write(reinterpret_cast<const char*>(jpeg.data()), static_cast<std::streamsize>(jpeg.size()));
}

Pictures::~Pictures() {
  std::error_code error;
  if (!folder_.empty()) fs::remove_all(folder_, error);
}

}  // namespace caukham::plugincheck
