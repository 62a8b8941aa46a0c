// Checks of the SDK's wire structs. Each answers nullptr when all is well, else a sentence for the log. They
// are used for what a plugin says to its host and again for what the host says to the application.
#pragma once
#include "caukham/entry.h"
#include "caukham/ext/params.h"

namespace caukham::ipc {

// The newest of ck_event_kind, and whether this version can use streams of that kind and format.
inline constexpr ck_event_kind last_event_kind = CK_EVENT_REOPEN;
bool usable(ck_stream_kind kind, ck_format format);

const char* wrong_with(const ck_endpoint& endpoint);
const char* wrong_with(const ck_stream_info& info);
const char* wrong_with(const ck_param_info& info);
const char* wrong_with(const ck_event& event);
// On its own, without its stream.
const char* wrong_with(const ck_chunk& chunk);
// Together with its stream; the slot's size is the pool's business.
const char* wrong_with(const ck_chunk& chunk, const ck_stream_info& stream);

}  // namespace caukham::ipc
