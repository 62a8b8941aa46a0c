// PortAudio's own libraries talk to the terminal while they look for devices; what matters we say ourselves.
#pragma once
namespace caukham::session {
void quiet_audio_libraries();  // once, before Pa_Initialize. One back end a system.
}  // namespace caukham::session
