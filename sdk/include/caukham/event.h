/* Events: what happens at a device beside its samples. They travel on the samples' queue and clock, so that the order
 * between a button and a picture is kept. */
#ifndef CAUKHAM_EVENT_H
#define CAUKHAM_EVENT_H

#include "abi.h"

CK_EXTERN_C_BEGIN

typedef uint32_t ck_event_kind;
enum {
  CK_EVENT_BUTTON = 1,     /* value[0]: button number from 0, value[1]: 1 pressed, 0 released */
  CK_EVENT_ELECTRODES = 2, /* value[0]: mask of electrodes that are off, value[1]: mask of those the device can judge,
                              as ck_electrode. "Cannot tell" is not "connected". Told at start and at each change. */
  CK_EVENT_BATTERY = 3,    /* value[0]: percent 0..100, value[1]: 1 charging. At start, and at each whole percent */
  CK_EVENT_GONE = 4,       /* the device has left; text says how that was noticed */
  CK_EVENT_PARAM = 5,      /* value[0]: id of the parameter whose value changed by itself */
  CK_EVENT_MANOEUVRE = 6,  /* value[0]: 1 begins, 2 ends, as the device itself detects it */
  CK_EVENT_STILL = 7,      /* the device took a picture of its own; it follows as the next chunk of `stream` */
  CK_EVENT_WARNING = 8,    /* something the person at the bedside should know and can do: text in plain English words,
                              without numbers of the protocol; the application translates it where it can */
  CK_EVENT_REOPEN = 9      /* the device is no longer what its streams say (another probe, another resolution, it
                              restarted): the host stops it, closes it and opens it again. text says why */
};

/* Bits of CK_EVENT_ELECTRODES. */
typedef uint32_t ck_electrode;
enum {
  CK_ELECTRODE_RA = 1u << 0,
  CK_ELECTRODE_LA = 1u << 1,
  CK_ELECTRODE_LL = 1u << 2,
  CK_ELECTRODE_RL = 1u << 3,
  CK_ELECTRODE_V1 = 1u << 4,
  CK_ELECTRODE_V2 = 1u << 5,
  CK_ELECTRODE_V3 = 1u << 6,
  CK_ELECTRODE_V4 = 1u << 7,
  CK_ELECTRODE_V5 = 1u << 8,
  CK_ELECTRODE_V6 = 1u << 9,
  CK_ELECTRODE_V3R = 1u << 10,
  CK_ELECTRODE_V4R = 1u << 11,
  CK_ELECTRODE_V7 = 1u << 12,
  CK_ELECTRODE_V8 = 1u << 13,
  CK_ELECTRODE_V9 = 1u << 14
};

/* Wire. */
typedef struct ck_event {
  uint32_t size; /* sizeof(ck_event) */
  ck_event_kind kind;
  int64_t time_ns;      /* host time (ck_host.now_ns) at which it happened */
  uint32_t stream;      /* the stream it belongs to, or CK_WHOLE_DEVICE */
  uint32_t reserved[3]; /* 0 */
  int64_t value[5];     /* as the kind says; the others 0 */
  char text[CK_TEXT_SIZE];
} ck_event;
#define CK_EVENT_SIZE_1_0 256u
CK_WIRE(ck_event, CK_EVENT_SIZE_1_0, text, 72);

CK_EXTERN_C_END

#endif
