/* What a device wants kept between sessions (calibration, pairing). Opaque to the host. */
#ifndef CAUKHAM_EXT_STATE_H
#define CAUKHAM_EXT_STATE_H

#include "../device.h"

CK_EXTERN_C_BEGIN

#define CK_EXT_STATE "ck.device.state/1"

/* Interface table; frozen. */
typedef struct ck_device_state {
  /* Writes at most `capacity` bytes; returns the bytes needed (call again when more than capacity). [main] */
  ck_result(CK_ABI* save)(const ck_device* device, void* data, uint32_t capacity);
  /* Takes what save once wrote, perhaps by an older version, perhaps damaged: CK_E_INVALID, never a crash. [main] */
  ck_result(CK_ABI* load)(const ck_device* device, const void* data, uint32_t bytes);
} ck_device_state;

CK_EXTERN_C_END

#endif
