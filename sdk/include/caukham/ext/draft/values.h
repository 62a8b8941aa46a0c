/* DRAFT: no host offers this yet, and it may still change.
 * Single measurements that are not evenly sampled: blood pressure, temperature, SpO2, weight, glucose. Until this is
 * settled a slow trend can be a waveform of 1 Hz or less. */
#ifndef CAUKHAM_EXT_DRAFT_VALUES_H
#define CAUKHAM_EXT_DRAFT_VALUES_H

#include "../../host.h"

CK_EXTERN_C_BEGIN

#define CK_EXT_VALUES "ck.host.values/1"

typedef uint32_t ck_value_flags;
enum {
  CK_VALUE_INVALID = 1u << 0,  /* the device measured and says that the result is not one */
  CK_VALUE_PROMPTED = 1u << 1, /* a person started the measurement */
  CK_VALUE_MEMORY = 1u << 2    /* read from the device's memory: time_ns is when it was read */
};

/* Wire. */
typedef struct ck_value {
  uint32_t size; /* sizeof(ck_value) */
  ck_value_flags flags;
  int64_t time_ns;         /* host time at which it was measured */
  double value;            /* in `unit` */
  uint64_t group;          /* values of one measurement (systolic, diastolic, mean) share a number */
  char code[CK_UNIT_SIZE]; /* LOINC: "8480-6" */
  char unit[CK_UNIT_SIZE]; /* UCUM: "mm[Hg]" */
  char label[CK_NAME_SIZE];
} ck_value;
CK_WIRE(ck_value, 128, label, 64);

typedef struct ck_host_values {
  /* Reports a measurement; copied. [any & open] */
  ck_result(CK_ABI* report)(const ck_host* host, const ck_value* value);
} ck_host_values;

CK_EXTERN_C_END

#endif
