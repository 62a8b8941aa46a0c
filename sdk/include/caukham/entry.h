/* The one symbol a plugin exports. */
#ifndef CAUKHAM_ENTRY_H
#define CAUKHAM_ENTRY_H

#include "device.h"

CK_EXTERN_C_BEGIN

typedef uint32_t ck_link;
enum {
  CK_LINK_USB = 1,    /* vendor or class USB interface, reached through the transport */
  CK_LINK_HID = 2,
  CK_LINK_SERIAL = 3, /* tty or COM port */
  CK_LINK_VIDEO = 4   /* class camera owned by the system's driver */
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
  uint16_t vid, pid;
  char serial[CK_NAME_SIZE];  /* "" when the device has none; identity is then the port path */
  char product[CK_NAME_SIZE];
  char kind[CK_NAME_SIZE];    /* of the manifest line that matched: "ecg", "otoscope", ... */
  char path[CK_PATH_SIZE];    /* the host's name for the port or node; stable while plugged in */
} ck_endpoint;
CK_STATIC_ASSERT(sizeof(ck_endpoint) == 464, "wire size");

/* Interface table; frozen. */
typedef struct ck_entry {
  uint32_t abi_major, abi_minor; /* CK_ABI_MAJOR, CK_ABI_MINOR */
  const char* id;                /* reverse URI, as in the manifest */
  const char* version;

  /* Once, before anything else, and once at the end. `folder` is the plugin's own, readable. [main] */
  ck_result(CK_ABI* init)(const char* folder);
  void(CK_ABI* deinit)(void);

  /* How well this plugin drives the endpoint: 0 not at all .. 100 made for it. Touches no hardware. [main] */
  int32_t(CK_ABI* probe)(const ck_endpoint* endpoint);

  /* Opens the device; on CK_OK `*out` is the plugin's until close. Within 10 s. `host` outlives the device. [main] */
  ck_result(CK_ABI* open)(const ck_host* host, const ck_endpoint* endpoint, const ck_device** out);
} ck_entry;

#define CK_ENTRY_SYMBOL "ck_plugin_entry_1"
extern CK_EXPORT const ck_entry ck_plugin_entry_1;

CK_EXTERN_C_END

#endif
