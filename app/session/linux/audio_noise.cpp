#include "session/audio_noise.hpp"

#include <alsa/asoundlib.h>

// PortAudio brings libjack along in Debian, and not everywhere: weak, so that nothing has to be linked.
extern "C" void jack_set_error_function(void (*)(const char*)) __attribute__((weak));
extern "C" void jack_set_info_function(void (*)(const char*)) __attribute__((weak));

namespace caukham::session {
namespace {
void silent_alsa(const char*, int, const char*, int, const char*, ...) {}
void silent_jack(const char*) {}
}  // namespace

void quiet_audio_libraries() {
  snd_lib_error_set_handler(silent_alsa);
  if (jack_set_error_function) jack_set_error_function(silent_jack);
  if (jack_set_info_function) jack_set_info_function(silent_jack);
}

}  // namespace caukham::session
