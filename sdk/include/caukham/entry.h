/* The one symbol a plugin exports. */
#ifndef CAUKHAM_ENTRY_H
#define CAUKHAM_ENTRY_H

#include "device.h"

CK_EXTERN_C_BEGIN

typedef uint32_t ck_link;
enum {
  CK_LINK_USB = 1,    /* vendor or class USB interface, reached through the transport */
  CK_LINK_HID = 2,    /* through the transport */
  CK_LINK_SERIAL = 3, /* tty or COM port, through the transport */
  CK_LINK_VIDEO = 4,  /* class camera owned by the system's driver */
  CK_LINK_PLUGIN = 5  /* found by the plugin itself (ext/draft/discovery.h) and reached by its own means */
};

typedef uint32_t ck_endpoint_flags;
enum {
  CK_ENDPOINT_SIMULATED = 1u << 0, /* a device model, not hardware: everything from it is marked SIMULATED */
  CK_ENDPOINT_VIRTUAL = 1u << 1    /* reached only through the transport, never through the system */
};

/* Wire. A piece of hardware that the host has found and that the manifest's match table names. */
typedef struct ck_endpoint {
  uint32_t size; /* sizeof(ck_endpoint) */
  ck_link link;
  ck_endpoint_flags flags;
  uint16_t vid, pid;             /* USB; 0 behind other links */
  uint16_t release;              /* USB bcdDevice, often the firmware's version; 0: not known */
  uint16_t reserved16;           /* 0 */
  uint32_t reserved;             /* 0 */
  char serial[CK_NAME_SIZE];     /* "" when the device has none; identity is then the port path */
  char product[CK_NAME_SIZE];    /* the device's own words, or "" */
  char manufacturer[CK_NAME_SIZE];
  char kind[CK_NAME_SIZE];       /* of the manifest line that matched: "ecg", "otoscope", ... */
  char path[CK_PATH_SIZE];       /* the host's name for the port or node; stable while plugged in */
} ck_endpoint;
#define CK_ENDPOINT_SIZE_1_0 536u
CK_WIRE(ck_endpoint, CK_ENDPOINT_SIZE_1_0, path, 280);

/* Interface table; frozen. Constant data of the plugin; no pointer may be NULL. */
typedef struct ck_entry {
  uint32_t abi_major, abi_minor; /* CK_ABI_MAJOR, CK_ABI_MINOR of the headers the plugin was built with */
  const char* id;                /* reverse URI, as in the manifest */
  const char* version;           /* as in the manifest */

  /* Once, before anything else. `folder` is the plugin's own (where its manifest lies), readable, not writable. Of
   * `host` only now_ns, log and get_extension may be used before open; the others answer CK_E_STATE. Touches no
   * hardware: a plugin is also loaded only to look at it. An error refuses the plugin; log the reason. [main] */
  ck_result(CK_ABI* init)(const ck_host* host, const char* folder);
  /* Once, at the end, when no device is open; not after a failed init. [main] */
  void(CK_ABI* deinit)(void);

  /* How well this plugin drives the endpoint: 0 not at all .. 100 made for it. From the endpoint's fields alone;
   * touches no hardware. Within 100 ms. [main] */
  int32_t(CK_ABI* probe)(const ck_endpoint* endpoint);

  /* Opens the device; on CK_OK `*out` is the plugin's until close. A process has at most one device open. On an error
   * `*out` is not looked at; log the reason (CK_LOG_ERROR) in words a technician can act on. CK_E_UNSUPPORTED: another
   * model; CK_E_DENIED: held by another program or not permitted; CK_E_GONE; CK_E_IO: does not answer. Within 10 s.
   * [main] */
  ck_result(CK_ABI* open)(const ck_host* host, const ck_endpoint* endpoint, const ck_device** out);

  /* A table of the plugin itself, named "ck.plugin.NAME/REVISION", or NULL: the usual answer. Lives until deinit.
   * [main] */
  const void*(CK_ABI* get_extension)(const char* id);
} ck_entry;

#define CK_ENTRY_SYMBOL "ck_plugin_entry_1"
extern CK_EXPORT const ck_entry ck_plugin_entry_1;

CK_EXTERN_C_END

#endif
