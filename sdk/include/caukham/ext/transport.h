/* How a plugin reaches its hardware: USB, HID, serial, over libusb, hidapi and the system, or a device model or
 * transcript on the virtual bus in their place, without the plugin being able to tell. Plugins that use it need no
 * device rights, run in the tightest sandbox, and their traffic can be traced for support.
 *
 * Calls block at most timeout_ms (1..10000). One call at a time for each endpoint and direction; different endpoints
 * and directions may be used at once, from as many threads. Sizes and times out of range: CK_E_INVALID. A call on a
 * port whose endpoint is in use by another: CK_E_STATE. After unplugging everything answers CK_E_GONE. */
#ifndef CAUKHAM_EXT_TRANSPORT_H
#define CAUKHAM_EXT_TRANSPORT_H

#include "../entry.h"

CK_EXTERN_C_BEGIN

#define CK_EXT_TRANSPORT "ck.host.transport/1"
#define CK_TRANSPORT_MAX_READ 1048576u /* bytes, one call of read */
#define CK_TRANSPORT_MAX_WRITE 65536u  /* bytes, one call of write */

typedef struct ck_port ck_port; /* an open link; the host's, until close */

typedef uint8_t ck_parity;
enum { CK_PARITY_NONE = 0, CK_PARITY_ODD = 1, CK_PARITY_EVEN = 2 };
typedef uint8_t ck_flow;
enum { CK_FLOW_NONE = 0, CK_FLOW_RTS_CTS = 1 };

/* Wire. How a serial line is set. */
typedef struct ck_serial_line {
  uint32_t size; /* sizeof(ck_serial_line) */
  uint32_t baud;
  uint8_t data_bits; /* 7 or 8 */
  ck_parity parity;
  uint8_t stop_bits; /* 1 or 2 */
  ck_flow flow;
  uint8_t dtr, rts; /* 1 raised, 0 lowered; rts is the system's with CK_FLOW_RTS_CTS */
  uint8_t reserved[2]; /* 0 */
} ck_serial_line;
#define CK_SERIAL_LINE_SIZE_1_0 16u
CK_WIRE(ck_serial_line, CK_SERIAL_LINE_SIZE_1_0, reserved, 14);

/* Interface table; frozen. From ck_host.get_extension. */
typedef struct ck_host_transport {
  /* Opens the endpoint given to ck_entry.open, and no other. CK_E_DENIED: another program holds it, or it is another
   * endpoint; CK_E_GONE; CK_E_UNSUPPORTED: its link does not go through the transport. USB: no interface is claimed
   * yet. Serial: 115200 baud, 8 data bits, no parity, 1 stop bit, no flow control, DTR and RTS raised.
   * [main or stream & open] */
  ck_result(CK_ABI* open)(const ck_host* host, const ck_endpoint* endpoint, ck_port** out);
  /* Gives the link back; NULL is allowed. No other call may be running on the port, and it must be closed before the
   * device is. [main or stream] */
  void(CK_ABI* close)(ck_port* port);

  /* A control transfer: USB, and HID for feature reports (GET_REPORT A1 01, SET_REPORT 21 09, value 0300 + report
   * number). The setup packet in its fields; bit 7 of request_type: device to host. `data` may be NULL when length is
   * 0. Returns bytes moved; CK_E_STALL: the device refuses the request. [main or stream] */
  ck_result(CK_ABI* control)(ck_port* port, uint8_t request_type, uint8_t request, uint16_t value, uint16_t index,
                             void* data, uint16_t length, uint32_t timeout_ms);
  /* USB: claims an interface (a driver of the system is asked to step aside), selects an alternate setting of a claimed
   * one, clears a halt of an endpoint address. CK_E_DENIED: another program has the interface. Other links: CK_OK
   * without effect (claim), CK_E_UNSUPPORTED (the others). [main or stream] */
  ck_result(CK_ABI* claim)(ck_port* port, uint8_t interface_number);
  ck_result(CK_ABI* set_alternate)(ck_port* port, uint8_t interface_number, uint8_t alternate);
  ck_result(CK_ABI* clear_halt)(ck_port* port, uint8_t endpoint);
  /* USB: resets the device; claims and alternate settings are kept. CK_E_GONE: it came back as another device and will
   * be found anew by hot plug. Other links: CK_E_UNSUPPORTED. No other call may be running. [main or stream] */
  ck_result(CK_ABI* reset)(ck_port* port);
  /* Serial: sets the line. CK_E_UNSUPPORTED: the system cannot do that rate or format, or another link.
   * [main or stream] */
  ck_result(CK_ABI* set_line)(ck_port* port, const ck_serial_line* line);

  /* Returns the bytes that came (1..capacity), or CK_E_AGAIN after the time or a cancel. `endpoint` is the USB endpoint
   * address for USB links (bulk or interrupt, bit 7 set; a multiple of its packet size is the right capacity) and 0 for
   * HID and serial. HID: one report a call, the report number first only if the device numbers its reports.
   * Video (virtual only): endpoint 0x81 one driver buffer, 0x83 one status interrupt. [main or stream] */
  ck_result(CK_ABI* read)(ck_port* port, uint8_t endpoint, void* data, uint32_t capacity, uint32_t timeout_ms);
  /* Returns the bytes taken (1..bytes), or CK_E_AGAIN after the time when there were none. Endpoint as with read, bit 7
   * clear. [main or stream] */
  ck_result(CK_ABI* write)(ck_port* port, uint8_t endpoint, const void* data, uint32_t bytes, uint32_t timeout_ms);

  /* Makes running and later reads of the port return CK_E_AGAIN at once (within 20 ms), until called with cancelled = 0:
   * what stop does to end a reading thread. [any] */
  void(CK_ABI* cancel)(ck_port* port, int32_t cancelled);
} ck_host_transport;

CK_EXTERN_C_END

#endif
