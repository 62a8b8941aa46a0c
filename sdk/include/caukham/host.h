/* What the host offers a device. The table lives as long as the device (from ck_entry.open to the return of close). */
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
  CK_LOG_ERROR = 3,
  CK_LOG_HOST_MISBEHAVING = 4,
  CK_LOG_PLUGIN_MISBEHAVING = 5
};

/* Interface table; frozen. */
typedef struct ck_host {
  uint32_t abi_major, abi_minor;
  void* ctx; /* the host's own */

  /* Monotonic time in ns, the one clock of the whole examination; the same in every process. [any] */
  int64_t(CK_ABI* now_ns)(const struct ck_host* host);

  /* Borrows a slot of at least `bytes` bytes for `stream`. Returns at once: CK_E_FULL when none is free (waveforms:
   * add to `lost` of the next chunk; video: drop the picture and count it), CK_E_INVALID when no slot is that large.
   * At most one slot a stream is borrowed at a time. [stream & started] */
  ck_result(CK_ABI* acquire)(const struct ck_host* host, uint32_t stream, uint32_t bytes, ck_buffer* out);

  /* Gives the filled slot away; the buffer must not be touched afterwards. `chunk` is copied; its seq is set by the
   * host. On error the slot has been taken back as with release. [stream & started] */
  ck_result(CK_ABI* commit)(const struct ck_host* host, const ck_buffer* buffer, const ck_chunk* chunk);

  /* Gives a slot back unused. [stream & started] */
  void(CK_ABI* release)(const struct ck_host* host, const ck_buffer* buffer);

  /* Reports an event; copied. [any & open] */
  ck_result(CK_ABI* emit)(const struct ck_host* host, const ck_event* event);

  /* A line for the technician, English, without patient data; copied. [any] */
  void(CK_ABI* log)(const struct ck_host* host, ck_log_level level, const char* text);

  /* Asks for one call of ck_device.on_main soon. [any] */
  void(CK_ABI* request_main)(const struct ck_host* host);

  /* A table named "ck.host.NAME/REVISION", or NULL. Lives as long as the host table. [any] */
  const void*(CK_ABI* get_extension)(const struct ck_host* host, const char* id);
} ck_host;

CK_EXTERN_C_END

#endif
