/* What the host offers a plugin. */
#ifndef CAUKHAM_HOST_H
#define CAUKHAM_HOST_H

#include "event.h"
#include "stream.h"

CK_EXTERN_C_BEGIN

typedef int32_t ck_log_level;
enum {
  CK_LOG_DEBUG = 0,
  CK_LOG_INFO = 1,
  CK_LOG_WARNING = 2,
  CK_LOG_ERROR = 3,             /* the last one before a failing init or open is shown as its reason */
  CK_LOG_HOST_MISBEHAVING = 4,  /* the other side broke a rule of these headers; the text names function and rule */
  CK_LOG_PLUGIN_MISBEHAVING = 5
};

/* Interface table; frozen. The one given to ck_entry.init lives until deinit returns, the one given to ck_entry.open
 * until close returns; they may be the same. The host's own memory: do not copy the table. */
typedef struct ck_host {
  uint32_t abi_major, abi_minor; /* of the host: what was added after 1.0 exists when abi_minor is large enough */
  void* ctx;                     /* the host's own */

  /* Monotonic time in ns, > 0, the one clock of the whole examination; the same in every process. Linux:
   * CLOCK_MONOTONIC; Windows: QueryPerformanceCounter, scaled. Runs on while the computer sleeps or not, as that does.
   * [any] */
  int64_t(CK_ABI* now_ns)(const struct ck_host* host);

  /* Borrows a slot of at least `bytes` (>= 1) bytes for `stream`. Returns at once. CK_E_FULL: none is free (waveforms:
   * add to `lost` of the next chunk; video: drop the picture and count it). CK_E_INVALID: no slot is that large (the
   * manifest's pool.slot_bytes is too small), or no such stream. CK_E_UNSUPPORTED: the stream has been left off.
   * CK_E_STATE: the stream's last slot is still out, or wrong thread or state. On error *out is zero.
   * [stream & started] */
  ck_result(CK_ABI* acquire)(const struct ck_host* host, uint32_t stream, uint32_t bytes, ck_buffer* out);

  /* Gives the filled slot away; the buffer must not be touched afterwards. `chunk` is copied. CK_E_FULL: nobody reads
   * and the chunk is lost. CK_E_INVALID: the chunk does not fit its stream or slot. On any error the slot has been
   * taken back as with release. [stream & started, the thread that acquired] */
  ck_result(CK_ABI* commit)(const struct ck_host* host, const ck_buffer* buffer, const ck_chunk* chunk);

  /* Gives a slot back unused. [stream & started, the thread that acquired] */
  void(CK_ABI* release)(const struct ck_host* host, const ck_buffer* buffer);

  /* Reports an event; copied. CK_E_UNSUPPORTED: this host does not know the kind; harmless. CK_E_INVALID: nonsense.
   * CK_E_FULL: nobody reads and the event is lost. [any & open] */
  ck_result(CK_ABI* emit)(const struct ck_host* host, const ck_event* event);

  /* A line for the technician: English, up to 511 bytes, without patient data; copied. [any] */
  void(CK_ABI* log)(const struct ck_host* host, ck_log_level level, const char* text);

  /* Asks for one call of ck_device.on_main soon; several requests may become one call. [any & open] */
  void(CK_ABI* request_main)(const struct ck_host* host);

  /* A table named "ck.host.NAME/REVISION", or NULL when this host does not offer it. Lives as long as the host table.
   * [any] */
  const void*(CK_ABI* get_extension)(const struct ck_host* host, const char* id);
} ck_host;

CK_EXTERN_C_END

#endif
