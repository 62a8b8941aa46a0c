/* Events travel on the samples' queue and clock, so that the order between a button and a picture is kept. */
#ifndef CAUKHAM_EVENT_H
#define CAUKHAM_EVENT_H

#include "abi.h"

CK_EXTERN_C_BEGIN

typedef uint32_t ck_event_kind;
enum {
  CK_EVENT_BUTTON = 1,     /* value[0]: button number from 0, value[1]: 1 pressed, 0 released */
  CK_EVENT_ELECTRODES = 2, /* value[0]: mask of electrodes that are off, value[1]: mask of those the device can judge.
                              Bits: 0 RA, 1 LA, 2 LL, 3 RL, 4..9 V1..V6. "Cannot tell" is not "connected". */
  CK_EVENT_BATTERY = 3,    /* value[0]: percent 0..100, value[1]: 1 charging */
  CK_EVENT_GONE = 4,       /* the device has left; text says how that was noticed */
  CK_EVENT_PARAM = 5,      /* value[0]: id of the parameter whose value changed by itself */
  CK_EVENT_MANOEUVRE = 6,  /* value[0]: 1 begins, 2 ends, as the device itself detects it */
  CK_EVENT_STILL = 7,      /* the device took a picture of its own; it follows as the next chunk of `stream` */
  CK_EVENT_WARNING = 8     /* something the person at the bedside should know; text in plain words */
};

/* Wire. */
typedef struct ck_event {
  uint32_t size; /* 256 */
  ck_event_kind kind;
  int64_t time_ns; /* host time at which it happened */
  uint32_t stream; /* the stream it belongs to, or UINT32_MAX for the whole device */
  uint32_t reserved[3];
  int64_t value[5];
  char text[CK_TEXT_SIZE];
} ck_event;
CK_STATIC_ASSERT(sizeof(ck_event) == 256, "wire size");

CK_EXTERN_C_END

#endif
