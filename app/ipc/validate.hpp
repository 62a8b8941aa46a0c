// Checks of the SDK's wire structs. Each answers nullptr when all is well, else a sentence for the log. They
// are used for what a plugin says to its host and again for what the host says to the application.
#pragma once
#include "caukham/entry.h"
#include "caukham/ext/params.h"

namespace caukham::ipc {

const char* wrong_with(const ck_endpoint& endpoint);
const char* wrong_with(const ck_stream_info& info);
const char* wrong_with(const ck_param_info& info);
const char* wrong_with(const ck_event& event);
// On its own, without its stream.
const char* wrong_with(const ck_chunk& chunk);
// Together with its stream; the slot's size is the pool's business.
const char* wrong_with(const ck_chunk& chunk, const ck_stream_info& stream);

}  // namespace caukham::ipc
