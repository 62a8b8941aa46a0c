#include "session/audio_noise.hpp"

namespace caukham::session {

void quiet_audio_libraries() {}  // WASAPI talks to nobody's terminal

}  // namespace caukham::session
