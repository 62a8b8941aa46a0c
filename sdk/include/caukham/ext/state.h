/* What a device wants kept between sessions (calibration, pairing). Opaque to the host, which keeps it for each device
 * by its identity (serial number, else port), outside the plugin's folder. Not a place for patient
 * data. A host that keeps nothing never calls either function: a device works without its state. */
#ifndef CAUKHAM_EXT_STATE_H
#define CAUKHAM_EXT_STATE_H

#include "../device.h"

CK_EXTERN_C_BEGIN

#define CK_EXT_STATE "ck.device.state/1"
#define CK_STATE_MAX 65536 /* bytes */

/* Interface table; frozen. From ck_device.get_extension, lives until close. */
typedef struct ck_device_state {
  /* Writes at most `capacity` bytes and returns the bytes needed, <= CK_STATE_MAX: when that is more than `capacity`
   * nothing counts and the host calls again. 0: nothing to keep. `data` may be NULL when capacity is 0. The host asks
   * after stop and before close. [main & !started] */
  ck_result(CK_ABI* save)(const ck_device* device, void* data, uint32_t capacity);
  /* Takes what save once wrote: perhaps by an older or newer version, perhaps damaged. CK_E_INVALID then, never a
   * crash; the device goes on as if there were none. Called at most once, right after open, before the streams are
   * asked. [main & !started] */
  ck_result(CK_ABI* load)(const ck_device* device, const void* data, uint32_t bytes);
} ck_device_state;

CK_EXTERN_C_END

#endif
