// The device a plugin is tested with: one of the simulator's, or a maker's transcript.
#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "devices/model/model.hpp"
#include "ipc/manifest.hpp"

namespace caukham::plugincheck {

// The first simulated device that a line of the manifest names, or "".
std::string matching_device(const ipc::Manifest& manifest);

// Null when both are "". `pictures`: see Pictures. Throws std::runtime_error in words.
std::unique_ptr<devices::DeviceModel> make_model(const std::string& device, const std::string& transcript,
                                                 const std::string& pictures);

// A folder with one picture for simulated cameras: rendering a scene takes a third of a second, and every test is a
// process of its own. Removed by the destructor; "" when the device shows no pictures.
class Pictures {
 public:
  explicit Pictures(const std::string& device);
  ~Pictures();
  Pictures(const Pictures&) = delete;
  Pictures& operator=(const Pictures&) = delete;
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
};

}  // namespace caukham::plugincheck
