/* What crc32c's own CMake would find out: portable code only. */
#ifndef CRC32C_CRC32C_CONFIG_H_
#define CRC32C_CRC32C_CONFIG_H_
#define BYTE_ORDER_BIG_ENDIAN 0
#define HAVE_BUILTIN_PREFETCH 1
#define HAVE_MM_PREFETCH 1
#define HAVE_SSE42 0
#define HAVE_ARM64_CRC32C 0
#define HAVE_STRONG_GETAUXVAL 0
#define HAVE_WEAK_GETAUXVAL 0
#define CRC32C_TESTS_BUILT_WITH_GLOG 0
#endif
