/* Settings of a device that a person may see or change: gain, light, sampling rate, depth, probe, firmware's version.
 *
 * Every value is a double: a number, a switch (0, 1), one of a list (CK_PARAM_LIST, with words from text()), something
 * to press (CK_PARAM_ACTION), or, with CK_PARAM_TEXT, a text that is only shown. */
#ifndef CAUKHAM_EXT_PARAMS_H
#define CAUKHAM_EXT_PARAMS_H

#include "../device.h"

CK_EXTERN_C_BEGIN

#define CK_EXT_PARAMS "ck.device.params/1"

typedef uint32_t ck_param_flags;
enum {
  CK_PARAM_SET = 1u << 0,     /* can be changed */
  CK_PARAM_LIVE = 1u << 1,    /* may be changed while started; must not change what stream_info answers */
  CK_PARAM_RECORD = 1u << 2,  /* its value belongs into the record of the examination */
  CK_PARAM_LIST = 1u << 3,    /* only the listed values are allowed */
  CK_PARAM_WORDS = 1u << 4,   /* listed values are shown as text() says: "Linear probe", "50 Hz notch" */
  CK_PARAM_SWITCH = 1u << 5,  /* 0 off, 1 on */
  CK_PARAM_ACTION = 1u << 6,  /* setting it to 1 does something once ("calibrate"); get answers 1 while it lasts */
  CK_PARAM_TEXT = 1u << 7     /* text() with any value is what there is to show ("2.1.4"); never SET */
};

/* Wire. */
typedef struct ck_param_info {
  uint32_t size;                    /* sizeof(ck_param_info) */
  uint32_t id;                      /* the plugin's own, unique within the device */
  ck_param_flags flags;
  uint32_t value_count;             /* valid entries of values, <= CK_MAX_VALUES */
  uint32_t stream;                  /* what it belongs to: a stream's id, or CK_WHOLE_DEVICE */
  uint32_t reserved;                /* 0 */
  double minimum, maximum, step;    /* in `unit`; step 0: continuous */
  double preset;                    /* the value of a device fresh from its box */
  double values[CK_MAX_VALUES];     /* CK_PARAM_LIST; ascending */
  char name[CK_NAME_SIZE];          /* stable, unique: "rate_hz" */
  char label[CK_NAME_SIZE];         /* English words for a person */
  char unit[CK_UNIT_SIZE];          /* UCUM, or "" */
} ck_param_info;
#define CK_PARAM_INFO_SIZE_1_0 456u
CK_WIRE(ck_param_info, CK_PARAM_INFO_SIZE_1_0, unit, 440);

/* Interface table; frozen. From ck_device.get_extension, lives until close. */
typedef struct ck_device_params {
  /* Number of parameters, at most 64, constant from open to close. [main & open] */
  uint32_t(CK_ABI* count)(const ck_device* device);

  /* Describes parameter `index` (0..count-1) into `out`, zeroed and with its size. Ranges may change when another
   * parameter is set. CK_E_INVALID: no such index. [main & open] */
  ck_result(CK_ABI* info)(const ck_device* device, uint32_t index, ck_param_info* out);

  /* The value now in force, finite, within its range. CK_E_INVALID: no such id. [main & open] */
  ck_result(CK_ABI* get)(const ck_device* device, uint32_t id, double* value);

  /* CK_OK: in force, possibly rounded to what the device can do (get tells). CK_E_INVALID: no such id, not finite, out
   * of range or not in the list; CK_E_STATE: started and not LIVE; CK_E_UNSUPPORTED: not SET. On an error nothing has
   * changed. After a CK_OK while idle the host asks the streams again. [main & open] */
  ck_result(CK_ABI* set)(const ck_device* device, uint32_t id, double value);

  /* English words for `value` of parameter `id` into out[CK_NAME_SIZE], terminated. CK_E_UNSUPPORTED: number and unit
   * say it all; the answer for parameters with neither WORDS nor TEXT. CK_E_INVALID: no such id, or a value that is not
   * listed. [main & open] */
  ck_result(CK_ABI* text)(const ck_device* device, uint32_t id, double value, char* out);
} ck_device_params;

CK_EXTERN_C_END

#endif
