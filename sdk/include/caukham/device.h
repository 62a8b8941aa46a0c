/* What a device offers the host.
 *
 *   ck_entry.open --> idle --configure--> idle --start--> started --stop--> idle --close--> (freed)
 *
 * The host moves the states; the plugin only asks (events, request_main). Start and stop may follow each other many
 * times. Unplugging makes calls return CK_E_GONE and does not end the object: the host still calls stop and close. */
#ifndef CAUKHAM_DEVICE_H
#define CAUKHAM_DEVICE_H

#include "host.h"

CK_EXTERN_C_BEGIN

/* Interface table; frozen. Made by ck_entry.open, the plugin's memory, freed by close. No pointer may be NULL. */
typedef struct ck_device {
  void* ctx; /* the plugin's own */

  /* Number of streams, 1..CK_MAX_STREAMS. Constant from open to close, except that configure and setting a parameter
   * may change it. [main & !started] */
  uint32_t(CK_ABI* stream_count)(const struct ck_device* device);

  /* Describes stream `index` (0..count-1) into `out`, which the host has zeroed and given its size.
   * CK_E_INVALID: no such index. [main & !started] */
  ck_result(CK_ABI* stream_info)(const struct ck_device* device, uint32_t index, ck_stream_info* out);

  /* Switches streams on (bit = stream id) and all others off for the starts to come. CK_E_INVALID: the mask is 0 or
   * names a stream that does not exist. All are on when it is never called. [main & !started] */
  ck_result(CK_ABI* configure)(const struct ck_device* device, uint32_t enabled_mask);

  /* Begins acquisition; chunks may be committed from now on, even before the return, from [stream] threads. CK_E_GONE,
   * CK_E_IO, CK_E_DENIED, ..: nothing has begun, the state is still idle, no thread is left. Within 3 s.
   * [main & !started] */
  ck_result(CK_ABI* start)(const struct ck_device* device);

  /* Ends acquisition. What the device had already delivered is committed first; nothing may be committed after the
   * return, and no slot kept. The state is idle afterwards whatever the answer; a device that is gone is stopped with
   * CK_OK. Within 1 s. [main & started] */
  ck_result(CK_ABI* stop)(const struct ck_device* device);

  /* Gives the hardware back, ends every thread and frees the object. Within 1 s. [main & !started] */
  void(CK_ABI* close)(const struct ck_device* device);

  /* The call that ck_host.request_main asked for. [main & open] */
  void(CK_ABI* on_main)(const struct ck_device* device);

  /* A table named "ck.device.NAME/REVISION", or NULL when this device does not offer it: the usual answer to an id that
   * you do not know. Lives until close. [main & open] */
  const void*(CK_ABI* get_extension)(const struct ck_device* device, const char* id);
} ck_device;

CK_EXTERN_C_END

#endif
