/* Streams of samples or pictures, and the chunks in which they travel. */
#ifndef CAUKHAM_STREAM_H
#define CAUKHAM_STREAM_H

#include "abi.h"

CK_EXTERN_C_BEGIN

typedef uint32_t ck_stream_kind;
enum {
  CK_STREAM_WAVEFORM = 1, /* evenly sampled numbers: never dropped silently */
  CK_STREAM_VIDEO = 2     /* coded pictures: the oldest may be dropped, and are counted */
};

typedef uint32_t ck_format;
enum {
  CK_FORMAT_I16 = 1,  /* interleaved int16, native byte order */
  CK_FORMAT_I32 = 2,  /* interleaved int32, native byte order */
  CK_FORMAT_MJPEG = 3 /* one whole JPEG picture a chunk, FF D8 .. FF D9, the camera's own bytes */
};

typedef uint32_t ck_stream_flags;
enum {
  CK_STREAM_SIMULATED = 1u << 0 /* not from a patient; set by the host from the endpoint, or by a generator plugin */
};

/* Wire. What a stream is. Physical value = digital value * scale + offset, in `unit` (UCUM: "uV", "L/s"). */
typedef struct ck_stream_info {
  uint32_t size; /* sizeof(ck_stream_info) */
  uint32_t id;   /* the plugin's own, unique within the device, < CK_MAX_STREAMS */
  ck_stream_kind kind;
  ck_format format;
  ck_stream_flags flags;
  uint32_t channels;      /* 1..CK_MAX_CHANNELS; 1 for video */
  double rate_hz;         /* samples per channel, or pictures, per second; nominal */
  double tick_hz;         /* frequency of ck_chunk.device_ticks; 0: the device has no clock */
  double scale;           /* waveforms: unit per LSB, not 0 */
  double offset;          /* waveforms: physical value of digital 0 */
  int32_t digital_min;    /* waveforms: smallest and largest value the converter can give, within 24 bits */
  int32_t digital_max;
  uint32_t width, height; /* video: pixels, nominal */
  char name[CK_NAME_SIZE];                     /* short and stable: "ecg", "flow", "video" */
  char unit[CK_UNIT_SIZE];
  char labels[CK_MAX_CHANNELS][CK_LABEL_SIZE]; /* channel names in the field's terms: "I", "V1" */
} ck_stream_info;
CK_STATIC_ASSERT(sizeof(ck_stream_info) == 408, "wire size");

typedef uint32_t ck_chunk_flags;
enum {
  CK_CHUNK_DISCONT = 1u << 0,       /* does not follow on the chunk before it; `lost` says by how much where known */
  CK_CHUNK_LOST_UNKNOWN = 1u << 1,  /* something was lost, but the device cannot tell how much */
  CK_CHUNK_SENSOR_INVALID = 1u << 2 /* the device itself says these values are not measurements */
};

/* Wire. Header of a chunk; the data lie in the pool slot the chunk is committed with.
 * A reader copies this header once, checks it, and only then looks at the data: the other side may be lying. */
typedef struct ck_chunk {
  uint32_t size; /* 64 */
  uint32_t stream;
  uint64_t seq;           /* counts chunks of the stream from 0 without jumps; set by the host */
  int64_t time_ns;        /* host time (ck_host.now_ns) at which the first sample was sensed */
  uint64_t device_ticks;  /* the device's own clock at the first sample, raw but unwrapped; 0 without a clock */
  uint32_t time_error_ns; /* estimated standard error of time_ns */
  ck_chunk_flags flags;
  uint32_t count;         /* samples per channel; 1 for a picture */
  uint32_t bytes;         /* valid bytes in the slot */
  uint32_t lost;          /* samples per channel, or pictures, lost immediately before this chunk */
  uint32_t reserved[3];   /* 0 */
} ck_chunk;
CK_STATIC_ASSERT(sizeof(ck_chunk) == 64, "wire size");

/* A slot of the host's pool, borrowed by the plugin between acquire and commit or release. Not a wire struct. */
typedef struct ck_buffer {
  void* data;     /* writable until commit or release */
  uint32_t bytes; /* capacity */
  uint32_t slot;  /* the host's number for it; leave alone */
} ck_buffer;

CK_EXTERN_C_END

#endif
