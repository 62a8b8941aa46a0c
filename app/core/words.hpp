// Words that go into files, onto the wire and into JSON: English, short, and never changed, because others compare them.
// What a person sees of them goes through tr(word.c_str()).
#pragma once
#include <array>
#include <cstdint>
#include <string>

#include "core/i18n.hpp"
#include "core/types.hpp"

namespace caukham::core {

// Why samples are missing: Gap::reason, the gap's annotation in the BDF+ file, the report, the record.
namespace gap_reason {
inline constexpr const char* crashed = tr_later("plugin crashed");
inline constexpr const char* hung = tr_later("plugin hung");
inline constexpr const char* flooded = tr_later("plugin flooded");         // more messages than anybody needs
inline constexpr const char* overused = tr_later("plugin over its limits");  // memory, processor
inline constexpr const char* lied = tr_later("plugin sent wrong data");
inline constexpr const char* restarted = tr_later("plugin restarted");       // asked for, or none of the above
inline constexpr const char* unplugged = tr_later("unplugged");
inline constexpr const char* paused = tr_later("paused");
inline constexpr const char* pool_full = tr_later("pool full");           // the station did not keep up
inline constexpr const char* device = tr_later("device lost samples");
inline constexpr const char* clock = tr_later("device clock jumped");
inline constexpr const char* on_the_way = tr_later("samples lost on the way from the plugin");
inline constexpr const char* recorder_late = tr_later("the recorder did not keep up");
inline constexpr const char* disk_full = tr_later("disk full");
inline constexpr const char* disk_error = tr_later("disk error");
}  // namespace gap_reason

// "opening", "live", "restarting", "unplugged", "paused", "failed"
const char* text_of(DeviceState state);

// The electrodes of a 10-wire cable by their AHA names, in the order of the bits of sdk/event.h's masks.
inline constexpr std::array<const char*, 10> electrode_names = {"RA", "LA", "LL", "RL", "V1",
                                                                "V2", "V3", "V4", "V5", "V6"};
// "LA V3" of the electrodes whose bit is set; "" of none.
std::string electrodes_text(std::uint32_t mask);

}  // namespace caukham::core
