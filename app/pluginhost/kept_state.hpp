// What a device wants kept between sessions (sdk ext/state.h): one file a device, in the plugin's state folder.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "caukham/ext/state.h"

namespace caukham::pluginhost {

class KeptState {
 public:
  using Say = std::function<void(ck_log_level, const std::string&)>;
  // `file`: where; "" keeps nothing.
  KeptState(std::string file, Say say) : file_(std::move(file)), say_(std::move(say)) {}

  // [main & !started] Right after open, before the streams are asked. What a plugin dies of or hangs in while it reads
  // it is not given to it again; a refusal leaves it where it is, until something else is saved.
  void load(const ck_device& device);
  // [main & !started] After stop and before close. The file is replaced as a whole, and only when something has changed.
  void save(const ck_device& device);

 private:
  const ck_device_state* table(const ck_device& device);
  const std::string file_;
  const Say say_;
  std::vector<char> known_;  // as it lies in the file
};

}  // namespace caukham::pluginhost
