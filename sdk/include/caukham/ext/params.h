/* Settings of a device that a person may see or change: gain, light, sampling rate. */
#ifndef CAUKHAM_EXT_PARAMS_H
#define CAUKHAM_EXT_PARAMS_H

#include "../device.h"

CK_EXTERN_C_BEGIN

#define CK_EXT_PARAMS "ck.device.params/1"

typedef uint32_t ck_param_flags;
enum {
  CK_PARAM_SET = 1u << 0,    /* can be changed */
  CK_PARAM_LIVE = 1u << 1,   /* may be changed while started */
  CK_PARAM_RECORD = 1u << 2, /* its value belongs into the record of the examination */
  CK_PARAM_LIST = 1u << 3    /* only the listed values are allowed */
};

/* Wire. */
typedef struct ck_param_info {
  uint32_t size; /* sizeof(ck_param_info) */
  uint32_t id;
  ck_param_flags flags;
  uint32_t value_count;          /* valid entries of values, <= 16 */
  double minimum, maximum, step; /* step 0: continuous */
  double values[16];
  char name[CK_NAME_SIZE];       /* stable: "rate_hz" */
  char label[CK_NAME_SIZE];      /* English words for a person */
  char unit[CK_UNIT_SIZE];
} ck_param_info;
CK_STATIC_ASSERT(sizeof(ck_param_info) == 312, "wire size");

/* Interface table; frozen. */
typedef struct ck_device_params {
  uint32_t(CK_ABI* count)(const ck_device* device);                                     /* [main] */
  ck_result(CK_ABI* info)(const ck_device* device, uint32_t index, ck_param_info* out); /* [main] */
  ck_result(CK_ABI* get)(const ck_device* device, uint32_t id, double* value);          /* [main] */
  /* CK_E_INVALID out of range, CK_E_STATE when started and not LIVE, CK_E_UNSUPPORTED when not SET. [main] */
  ck_result(CK_ABI* set)(const ck_device* device, uint32_t id, double value);
} ck_device_params;

CK_EXTERN_C_END

#endif
