/* Caukham plugin ABI 1: what every other header rests on.
 *
 * The border between the application and a device plugin is C. It compiles as C11 and as C++17 or later with gcc,
 * clang, MSVC and mingw-w64, and has the same layout with all of them. A plugin exports exactly one symbol,
 * `ck_plugin_entry_1` (entry.h). The 1 is the major version: a plugin built against 1.x loads into any other 1.y.
 *
 * Two families of struct:
 *  - Interface tables hold function pointers. They never leave a process, never grow, and are frozen at 1.0.
 *    Growth happens through get_extension("ck.side.name/revision").
 *  - Wire structs are plain data without pointers: `size` first, explicit padding, size asserted. They may lie in
 *    shared memory and may grow at the end; a reader uses min(size, sizeof) bytes.
 *
 * Threads are named in brackets at each function:
 *  [main]    the plugin host's one main thread; calls never overlap
 *  [stream]  a thread of the plugin's own on which it reads its device; one a device
 *  [any]     any thread
 * and a state after `&`: [main & !started].
 *
 * Text is UTF-8, zero-terminated, cut at a character boundary when it does not fit. */
#ifndef CAUKHAM_ABI_H
#define CAUKHAM_ABI_H

#include <stddef.h>
#include <stdint.h>

#define CK_ABI_MAJOR 1
#define CK_ABI_MINOR 0

#if defined(_WIN32)
#define CK_ABI __cdecl
#define CK_EXPORT __declspec(dllexport)
#else
#define CK_ABI
#define CK_EXPORT __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
#define CK_EXTERN_C_BEGIN extern "C" {
#define CK_EXTERN_C_END }
#define CK_STATIC_ASSERT(condition, text) static_assert(condition, text)
#else
#define CK_EXTERN_C_BEGIN
#define CK_EXTERN_C_END
#define CK_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#endif

/* Results: >= 0 is good (a count where the function says so), negative is one of these. Append-only. */
typedef int32_t ck_result;
enum {
  CK_OK = 0,
  CK_E_GONE = -1,        /* the device has been unplugged; only stop and close make sense now */
  CK_E_AGAIN = -2,       /* nothing within the time allowed; try again */
  CK_E_INVALID = -3,     /* an argument is out of its range */
  CK_E_STATE = -4,       /* not allowed in this state or on this thread */
  CK_E_UNSUPPORTED = -5, /* known, but not offered here */
  CK_E_IO = -6,          /* the device or its line failed */
  CK_E_FULL = -7,        /* no free slot in the pool: drop and count, never wait */
  CK_E_NO_MEMORY = -8,
  CK_E_PROTOCOL = -9,    /* the device spoke, but not its protocol */
  CK_E_DENIED = -10,     /* not permitted (access rights, exclusive use by another program) */
  CK_E_STALL = -11,      /* the endpoint or request stalled */
  CK_E_INTERNAL = -12    /* an exception or a broken promise inside the plugin or host */
};

/* Sizes of text fields, the terminating zero included. */
#define CK_NAME_SIZE 64
#define CK_UNIT_SIZE 16
#define CK_LABEL_SIZE 16
#define CK_PATH_SIZE 256
#define CK_TEXT_SIZE 184

#define CK_MAX_CHANNELS 16
#define CK_MAX_STREAMS 8

#endif
