#include "session/audio_noise.hpp"

#include <alsa/asoundlib.h>
#include <dlfcn.h>

namespace caukham::session {
namespace {
void silent_alsa(const char*, int, const char*, int, const char*, ...) {}
void silent_jack(const char*) {}

// PortAudio brings libjack along in Debian, and not everywhere: asked for by name, so that nothing has to be linked.
void silence(const char* setter) {
  using Setter = void (*)(void (*)(const char*));
  if (const auto set = reinterpret_cast<Setter>(::dlsym(RTLD_DEFAULT, setter))) set(silent_jack);
}
}  // namespace

void quiet_audio_libraries() {
  snd_lib_error_set_handler(silent_alsa);
  silence("jack_set_error_function");
  silence("jack_set_info_function");
}

}  // namespace caukham::session
