/* What a device offers the host.
 *
 *   open --> idle --configure--> idle --start--> started --stop--> idle --close--> (freed)
 *
 * The host moves the states; the plugin only asks. Unplugging makes calls return CK_E_GONE and does not end the
 * object: the host still calls stop and close. */
#ifndef CAUKHAM_DEVICE_H
#define CAUKHAM_DEVICE_H

#include "host.h"

CK_EXTERN_C_BEGIN

/* Interface table; frozen. Made by ck_entry.open, freed by close. */
typedef struct ck_device {
  void* ctx; /* the plugin's own */

  /* Number of streams, 1..CK_MAX_STREAMS; may change only by configure. [main & !started] */
  uint32_t(CK_ABI* stream_count)(const struct ck_device* device);

  /* Describes stream `index` (0..count-1) into `out`, which the host has zeroed and given its size. [main & !started] */
  ck_result(CK_ABI* stream_info)(const struct ck_device* device, uint32_t index, ck_stream_info* out);

  /* Switches streams on (bit = stream id) before start; 0 is CK_E_INVALID. All are on when never called.
   * [main & !started] */
  ck_result(CK_ABI* configure)(const struct ck_device* device, uint32_t enabled_mask);

  /* Begins acquisition; chunks may be committed from now on, from the [stream] thread. Within 3 s. [main & !started] */
  ck_result(CK_ABI* start)(const struct ck_device* device);

  /* Ends acquisition. What the device had already delivered is committed first; nothing may be committed after the
   * return. Within 1 s, also when the device is gone. [main & started] */
  ck_result(CK_ABI* stop)(const struct ck_device* device);

  /* Gives the hardware back and frees the object. Within 1 s. [main & !started] */
  void(CK_ABI* close)(const struct ck_device* device);

  /* The call that ck_host.request_main asked for. [main] */
  void(CK_ABI* on_main)(const struct ck_device* device);

  /* A table named "ck.device.NAME/REVISION", or NULL. Lives as long as the device. [main] */
  const void*(CK_ABI* get_extension)(const struct ck_device* device, const char* id);
} ck_device;

CK_EXTERN_C_END

#endif
