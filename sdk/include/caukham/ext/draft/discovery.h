/* DRAFT: no host asks for this yet, and it may still change.
 * Devices that the system's hot plug cannot show: behind a vendor's library, its service, or a box with several
 * devices. The plugin looks for them itself. Such a plugin says "direct_hardware" and a match line
 * {"link": "plugin"} in its manifest. */
#ifndef CAUKHAM_EXT_DRAFT_DISCOVERY_H
#define CAUKHAM_EXT_DRAFT_DISCOVERY_H

#include "../../entry.h"

CK_EXTERN_C_BEGIN

#define CK_EXT_DISCOVERY "ck.plugin.discovery/1"

/* The host's; called within ck_plugin_discovery.look only, on the same thread. `endpoint` is copied. */
typedef void(CK_ABI* ck_found)(void* ctx, const ck_endpoint* endpoint);

/* Interface table. From ck_entry.get_extension, lives until deinit. */
typedef struct ck_plugin_discovery {
  /* Looks around and calls found(ctx, endpoint) once for each device that open would find: link CK_LINK_PLUGIN, `path`
   * a name of the plugin's own that stays with the device, `serial` where there is one, at most 64 devices. Returns how
   * many, or an error. Within timeout_ms (1..5000) and 100 ms. [main, no device open] */
  ck_result(CK_ABI* look)(const ck_host* host, uint32_t timeout_ms, ck_found found, void* ctx);
} ck_plugin_discovery;

CK_EXTERN_C_END

#endif
