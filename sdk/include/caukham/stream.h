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
  CK_FORMAT_I16 = 1,  /* waveform: int16, native byte order, interleaved (all channels of sample 0, then of 1, ..) */
  CK_FORMAT_I32 = 2,  /* waveform: int32, native byte order, interleaved */
  CK_FORMAT_MJPEG = 3 /* video: one whole JPEG picture a chunk, FF D8 .. FF D9, the camera's own bytes */
};

typedef uint32_t ck_stream_flags;
enum {
  CK_STREAM_SIMULATED = 1u << 0 /* not from a patient; set by the host from the endpoint, or by a generator plugin */
};

/* Wire. What a stream is. All its channels share unit, scale and rate; what does not, is another stream (streams of one
 * converter are aligned by equal device_ticks).
 * Physical value = digital value * scale + offset, in `unit` (UCUM: "uV", "L/s", "Pa", "Cel", "%").
 * Digital values lie within 24 bits, because that is what the record keeps: a 32-bit converter shifts right by 8 and
 * multiplies its scale by 256. */
typedef struct ck_stream_info {
  uint32_t size; /* sizeof(ck_stream_info) */
  uint32_t id;   /* the plugin's own, unique within the device, < CK_MAX_STREAMS */
  ck_stream_kind kind;
  ck_format format;
  ck_stream_flags flags;
  uint32_t channels;      /* 1..CK_MAX_CHANNELS; 1 for video */
  double rate_hz;         /* samples per channel, or pictures, per second; nominal, > 0, <= 1e6 */
  double tick_hz;         /* frequency of ck_chunk.device_ticks; 0: the device has no clock */
  double scale;           /* waveforms: unit per LSB, not 0; may be negative */
  double offset;          /* waveforms: physical value of digital 0 */
  int32_t digital_min;    /* waveforms: smallest and largest value the converter can give; values outside are cut */
  int32_t digital_max;
  uint32_t width, height; /* video: pixels, nominal; a picture of another size is shown all the same */
  uint32_t reserved[2];   /* 0 */
  char name[CK_NAME_SIZE];                     /* short and stable: "ecg", "flow", "video" */
  char unit[CK_UNIT_SIZE];                     /* waveforms */
  char filter[CK_NAME_SIZE];                   /* what the device did to the signal, as EDF writes it:
                                                  "HP:0.05Hz LP:150Hz N:50Hz"; "" nothing or not known */
  char sensor[CK_NAME_SIZE];                   /* what it was sensed with: "AgAgCl electrodes", "pneumotach"; or "" */
  char labels[CK_MAX_CHANNELS][CK_LABEL_SIZE]; /* channel names in the field's terms: "I", "V1"; "" for video */
} ck_stream_info;
#define CK_STREAM_INFO_SIZE_1_0 800u
CK_WIRE(ck_stream_info, CK_STREAM_INFO_SIZE_1_0, labels, 288);

typedef uint32_t ck_chunk_flags;
enum {
  CK_CHUNK_DISCONT = 1u << 0,       /* does not follow on the chunk before it; `lost` says by how much where known */
  CK_CHUNK_LOST_UNKNOWN = 1u << 1,  /* something was lost, but the device cannot tell how much */
  CK_CHUNK_SENSOR_INVALID = 1u << 2 /* the device itself says these values are not measurements */
};

/* Wire. Header of a chunk; the data lie in the pool slot the chunk is committed with. Waveforms: 10 to 100 ms a chunk
 * is right. A reader copies this header once, checks it, and only then looks at the data: the other side may lie. */
typedef struct ck_chunk {
  uint32_t size; /* sizeof(ck_chunk) */
  uint32_t stream;
  uint64_t seq;           /* counts chunks of the stream from 0 without jumps; set by the host, 0 here */
  int64_t time_ns;        /* host time (ck_host.now_ns) at which the first sample was sensed; never earlier than that of
                             the chunk before */
  uint64_t device_ticks;  /* the device's own clock at the first sample, raw but unwrapped; 0 without a clock */
  uint32_t time_error_ns; /* estimated standard error of time_ns */
  ck_chunk_flags flags;
  uint32_t count;         /* samples per channel, >= 1; 1 for a picture */
  uint32_t bytes;         /* valid bytes in the slot: count * channels * size of a sample, or the picture's */
  uint32_t lost;          /* samples per channel, or pictures, lost immediately before this chunk */
  uint32_t pixel_nm;      /* pictures: edge of a pixel in the object's plane in nanometres where the device knows it
                             (ultrasound, measuring dermatoscope); 0: not known */
  uint32_t reserved[2];   /* 0 */
} ck_chunk;
#define CK_CHUNK_SIZE_1_0 64u
CK_WIRE(ck_chunk, CK_CHUNK_SIZE_1_0, reserved, 56);

/* A slot of the host's pool, borrowed by the plugin between acquire and commit or release. Not a wire struct; frozen. */
typedef struct ck_buffer {
  void* data;     /* writable until commit or release; aligned to 64 bytes; holds what was there before */
  uint32_t bytes; /* capacity */
  uint32_t slot;  /* the host's number for it; leave alone */
} ck_buffer;

CK_EXTERN_C_END

#endif
