/* How a plugin reaches its hardware: USB, HID, serial, over libusb, hidapi and the system, or a device model on the
 * virtual bus in their place, without the plugin being able to tell. Plugins that use it need no device rights.
 *
 * Calls block at most timeout_ms (1..10000). One thread at a time a port and direction: a read and a write may run at
 * once. Reads return the number of bytes, CK_E_AGAIN after the time, CK_E_GONE after unplugging. */
#ifndef CAUKHAM_EXT_TRANSPORT_H
#define CAUKHAM_EXT_TRANSPORT_H

#include "../entry.h"

CK_EXTERN_C_BEGIN

#define CK_EXT_TRANSPORT "ck.host.transport/1"
#define CK_TRANSPORT_MAX_TRANSFER 65536u  /* bytes, one USB, HID or serial transfer */
#define CK_TRANSPORT_MAX_PICTURE 1048576u /* bytes, one buffer of a video link */

typedef struct ck_port ck_port; /* an open link; the host's */

/* Interface table; frozen. */
typedef struct ck_host_transport {
  /* Opens the endpoint given to ck_entry.open. CK_E_DENIED when another program holds it. [main or stream] */
  ck_result(CK_ABI* open)(const ck_host* host, const ck_endpoint* endpoint, ck_port** out);
  /* No other call may be running. [main or stream] */
  void(CK_ABI* close)(ck_port* port);

  /* USB and HID only. Setup packet in its fields; bit 7 of request_type: device to host. Returns bytes moved. */
  ck_result(CK_ABI* control)(ck_port* port, uint8_t request_type, uint8_t request, uint16_t value, uint16_t index,
                             void* data, uint16_t length, uint32_t timeout_ms);
  /* USB: claims an interface, selects an alternate setting, clears a halt. */
  ck_result(CK_ABI* claim)(ck_port* port, uint8_t interface_number);
  ck_result(CK_ABI* set_alternate)(ck_port* port, uint8_t interface_number, uint8_t alternate);
  ck_result(CK_ABI* clear_halt)(ck_port* port, uint8_t endpoint);
  /* Serial: 8 data bits, no parity, 1 stop bit, DTR and RTS raised. */
  ck_result(CK_ABI* set_baud)(ck_port* port, uint32_t baud);

  /* `endpoint` is the USB endpoint address for USB links (bulk or interrupt) and 0 for HID and serial.
   * HID: one report a call, the report number first only if the device numbers its reports.
   * Video (virtual only): endpoint 0x81 one driver buffer, 0x83 one status interrupt. */
  ck_result(CK_ABI* read)(ck_port* port, uint8_t endpoint, void* data, uint32_t capacity, uint32_t timeout_ms);
  ck_result(CK_ABI* write)(ck_port* port, uint8_t endpoint, const void* data, uint32_t bytes, uint32_t timeout_ms);

  /* Makes running and later reads return CK_E_AGAIN at once, until called with cancelled = 0. [any] */
  void(CK_ABI* cancel)(ck_port* port, int32_t cancelled);
} ck_host_transport;

CK_EXTERN_C_END

#endif
