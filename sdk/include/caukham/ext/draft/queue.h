/* DRAFT: no host offers this yet, and it may still change.
 * Reads under way while the plugin is busy, for devices that send faster than one read after the other can take
 * (USB 3 ultrasound). */
#ifndef CAUKHAM_EXT_DRAFT_QUEUE_H
#define CAUKHAM_EXT_DRAFT_QUEUE_H

#include "../transport.h"

CK_EXTERN_C_BEGIN

#define CK_EXT_QUEUE "ck.host.queue/1"

typedef struct ck_host_queue {
  /* Keeps up to `transfers` (2..64) reads of `bytes` each under way on an IN endpoint; ck_host_transport.read then
   * takes the oldest that is done. 0 transfers ends it. [main or stream] */
  ck_result(CK_ABI* keep)(ck_port* port, uint8_t endpoint, uint32_t transfers, uint32_t bytes);
} ck_host_queue;

CK_EXTERN_C_END

#endif
