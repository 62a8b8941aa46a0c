/* DRAFT: no host offers this yet, and it may still change.
 * Pictures that are not JPEG: ultrasound in grey levels, cameras that send H.264. A plugin asks before it describes its
 * streams, and falls back to CK_FORMAT_MJPEG where the host cannot. */
#ifndef CAUKHAM_EXT_DRAFT_FORMATS_H
#define CAUKHAM_EXT_DRAFT_FORMATS_H

#include "../../host.h"

CK_EXTERN_C_BEGIN

#define CK_EXT_FORMATS "ck.host.formats/1"

enum {
  CK_FORMAT_GREY8 = 4, /* one byte a pixel, rows without padding; width and height as in ck_stream_info */
  CK_FORMAT_YUYV = 5,  /* 4:2:2, two bytes a pixel */
  CK_FORMAT_H264 = 6   /* one access unit a chunk, Annex B, parameter sets before each key picture */
};

typedef struct ck_host_formats {
  /* 1: streams of this kind and format are shown and recorded, 0: left off. [any] */
  int32_t(CK_ABI* accepts)(const ck_host* host, ck_stream_kind kind, ck_format format);
} ck_host_formats;

CK_EXTERN_C_END

#endif
