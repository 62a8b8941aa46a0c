/* Caukham plugin ABI 1.0: what every other header rests on.
 *
 * The border between the application and a device plugin is C. It compiles as C11 and as C++17 or later with gcc,
 * clang, MSVC and mingw-w64, and has the same layout with all of them, on 32 and 64 bits. A plugin exports exactly one
 * symbol, `ck_plugin_entry_1` (entry.h). The 1 is the major version: a plugin built against any 1.x loads into any 1.y.
 * From 1.0 on nothing in these headers changes or goes away; things are only added. sdk/abi/caukham-1.txt holds every
 * name, size, offset, value and signature, and a test compares the headers with it.
 *
 * Two families of struct:
 *  - Interface tables hold function pointers. They never leave a process and are frozen: they never grow. What is new
 *    comes as a table of its own from get_extension("ck.SIDE.NAME/REVISION"); vendors name theirs by reverse URI
 *    ("com.example.probe/1"). Ids never change. Headers in ext/draft/ are proposals: their tables may still change, and
 *    a host may not have them.
 *  - Wire structs are plain data without pointers: `size` first, explicit padding, every member at a multiple of its
 *    own size. They may lie in shared memory and may grow at the end, by a multiple of 8 bytes.
 *
 * Who wrote against which version shows in `size`:
 *  - A struct you give away: set `size` to sizeof, and everything you do not use to 0.
 *  - A struct you receive: fields beyond its `size` do not exist; CK_HAS tells. The sizes of 1.0 always exist.
 *  - A struct you fill in for the other side (`out`): it comes zeroed, its `size` says how much room there is. Write no
 *    field beyond that. The C++ wrapper does all of this for you.
 *
 * Enumerations are fixed-width integers and are only appended to. Whoever meets a value that it does not know ignores
 * that one thing and goes on: an unknown flag or event is passed over, a stream of an unknown kind or format is left
 * off while the device's other streams work. It is never an error of whoever sent it.
 *
 * Threads are named in brackets at each function, with a state behind `&`: [main & !started].
 *  [main]    the plugin host's one main thread; calls never overlap. Return within the time the function names
 *            (otherwise 1 s): the application takes a plugin that does not for one that hangs, and ends it.
 *  [stream]  a thread of the plugin's own, never [main]. Each stream may have its own thread, or several share one,
 *            or a vendor library's callback threads take turns; but calls for one stream never overlap, and a slot is
 *            committed on the thread that acquired it.
 *  [any]     any thread.
 * The host and the C++ wrapper check this at run time. Who breaks it gets CK_E_STATE, and the log names the culprit.
 *
 * Pointers: what a function is given belongs to the caller and is valid until the function returns; copy what you keep.
 * What it hands out belongs to its maker and lives as long as the comment says. Nobody frees the other side's memory.
 * Nothing may be NULL unless the comment says so.
 *
 * Text is UTF-8, zero-terminated, cut at a character boundary when it does not fit its field. Exceptions, longjmp and
 * signals do not cross the border. A plugin does not call exit, change signal handlers, the locale or the working
 * folder: the process is not its own. */
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

/* The layout of a wire struct: what its last member of 1.0 is and where it ends. */
#define CK_WIRE(type, bytes, member, offset)                  \
  CK_STATIC_ASSERT(sizeof(type) == (bytes), "size on the wire"); \
  CK_STATIC_ASSERT(offsetof(type, member) == (offset), "offset on the wire")

/* Whether a received wire struct has the field: CK_HAS(ck_chunk, chunk, pixel_nm). */
#define CK_HAS(type, pointer, field) ((pointer)->size >= offsetof(type, field) + sizeof((pointer)->field))

/* Results: >= 0 is good (a count where the function says so), negative is one of these. Append-only; take a code that
 * you do not know for CK_E_INTERNAL. */
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

/* Sizes of text fields in bytes, the terminating zero included. */
#define CK_NAME_SIZE 64
#define CK_UNIT_SIZE 16
#define CK_LABEL_SIZE 16
#define CK_PATH_SIZE 256
#define CK_TEXT_SIZE 184

#define CK_MAX_CHANNELS 32
#define CK_MAX_STREAMS 16
#define CK_MAX_VALUES 32

/* In a `stream` field: the whole device. */
#define CK_WHOLE_DEVICE UINT32_MAX

#endif
