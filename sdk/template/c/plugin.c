/* The pulse sensor's plugin in C: glue between protocol.c and the SDK. What the C++ wrapper does by itself (thread and
 * state checks, ranges of parameters, structs of other versions) is written out here. */
#include <caukham/entry.h>
#include <caukham/ext/params.h>
#include <caukham/ext/transport.h>
#include <stdlib.h>
#include <string.h>

#include "../protocol.h"
#include "thread.h"

typedef struct pulse {
  ck_device table; /* what the host holds */
  const ck_host* host;
  const ck_host_transport* transport;
  ck_port* port;
  pulse_decoder decoder;
  pulse_thread thread;
  pulse_flag stopping;
  int started, invert, discont;
  uint32_t lost;
  int64_t last_ns;
} pulse;

static pulse* of(const ck_device* device) { return (pulse*)device->ctx; }

/* One command and its answer; frames still under way are passed over. [main] */
static ck_result ask(pulse* p, const char* command, const char* answer) {
  const int64_t until_ns = p->host->now_ns(p->host) + 500000000;
  const ck_result sent = p->transport->write(p->port, 0, command, (uint32_t)strlen(command), 200);
  if (sent < 0) return sent;
  while (p->host->now_ns(p->host) < until_ns) {
    uint8_t bytes[256];
    const ck_result n = p->transport->read(p->port, 0, bytes, sizeof bytes, 50);
    if (n < 0 && n != CK_E_AGAIN) return n;
    for (ck_result i = 0; i < n; ++i) {
      pulse_frame frame;
      if (pulse_take(&p->decoder, bytes[i], &frame) == PULSE_LINE &&
          strncmp(p->decoder.line, answer, strlen(answer)) == 0)
        return CK_OK;
    }
  }
  return CK_E_AGAIN;
}

static void send_frame(pulse* p, const pulse_frame* frame, int64_t arrival_ns) {
  const int64_t frame_ns = PULSE_FRAME_SAMPLES * INT64_C(1000000000) / PULSE_RATE_HZ;
  const uint32_t bytes = sizeof frame->sample;
  ck_chunk chunk;
  ck_buffer buffer;
  p->lost += frame->missing * PULSE_FRAME_SAMPLES;
  memset(&chunk, 0, sizeof chunk);
  chunk.size = sizeof chunk;
  /* A frame leaves when its last sample is taken: the first was sensed one frame before. Bytes that arrive together
   * must not run backwards. */
  chunk.time_ns = arrival_ns - frame_ns > p->last_ns ? arrival_ns - frame_ns : p->last_ns;
  p->last_ns = chunk.time_ns;
  chunk.time_error_ns = 20000000; /* the serial line's and the system's delay */
  chunk.count = PULSE_FRAME_SAMPLES;
  chunk.bytes = bytes;
  chunk.lost = p->lost;
  if (p->lost > 0 || p->discont) chunk.flags = CK_CHUNK_DISCONT;
  if (p->host->acquire(p->host, 0, bytes, &buffer) == CK_OK) {
    memcpy(buffer.data, frame->sample, bytes);
    if (p->host->commit(p->host, &buffer, &chunk) == CK_OK) {
      p->lost = 0;
      p->discont = 0;
      return;
    }
  }
  p->lost += PULSE_FRAME_SAMPLES; /* nobody reads: told with the next chunk */
}

static void say(pulse* p, ck_event_kind kind, const char* text) {
  ck_event event;
  memset(&event, 0, sizeof event);
  event.size = sizeof event;
  event.kind = kind;
  event.time_ns = p->host->now_ns(p->host);
  event.stream = CK_WHOLE_DEVICE;
  strncpy(event.text, text, sizeof event.text - 1);
  p->host->emit(p->host, &event);
}

/* The [stream] thread. */
PULSE_THREAD_MAIN(acquire) {
  pulse* p = (pulse*)argument;
  int64_t heard_ns = p->host->now_ns(p->host);
  int told = 0;
  while (!pulse_get(&p->stopping)) {
    uint8_t bytes[256];
    const ck_result n = p->transport->read(p->port, 0, bytes, sizeof bytes, 100);
    const int64_t now_ns = p->host->now_ns(p->host);
    if (n == CK_E_GONE) {
      say(p, CK_EVENT_GONE, "the serial port has gone");
      break;
    }
    for (ck_result i = 0; i < n; ++i) {
      pulse_frame frame;
      if (pulse_take(&p->decoder, bytes[i], &frame) != PULSE_FRAME) continue;
      send_frame(p, &frame, now_ns);
      heard_ns = now_ns;
      told = 0;
    }
    if (!told && now_ns - heard_ns > INT64_C(2000000000)) {
      told = 1;
      say(p, CK_EVENT_WARNING,
          "The pulse sensor is connected but sends nothing. If this lasts, unplug it and plug it in again.");
    }
  }
  return 0;
}

static uint32_t CK_ABI stream_count(const ck_device* device) {
  (void)device;
  return 1;
}

static ck_result CK_ABI stream_info(const ck_device* device, uint32_t index, ck_stream_info* out) {
  if (index != 0) return CK_E_INVALID;
  /* Only fields of 1.0 are written; they are always there. */
  out->id = 0;
  out->kind = CK_STREAM_WAVEFORM;
  out->format = CK_FORMAT_I16;
  out->channels = 1;
  out->rate_hz = PULSE_RATE_HZ;
  out->scale = of(device)->invert ? -0.01 : 0.01;
  out->digital_min = -32768;
  out->digital_max = 32767;
  strcpy(out->name, "pulse");
  strcpy(out->unit, "%");
  strcpy(out->sensor, "photodiode");
  strcpy(out->labels[0], "Pleth");
  return CK_OK;
}

static ck_result CK_ABI configure(const ck_device* device, uint32_t enabled_mask) {
  if (of(device)->started) return CK_E_STATE;
  return enabled_mask == 1 ? CK_OK : CK_E_INVALID;
}

static ck_result CK_ABI start(const ck_device* device) {
  pulse* p = of(device);
  ck_result r;
  if (p->started) return CK_E_STATE;
  r = ask(p, "S\n", "OK");
  if (r < 0) return r;
  p->discont = 1;
  p->decoder.have_number = 0;
  pulse_set(&p->stopping, 0);
  if (!pulse_begin(&p->thread, acquire, p)) {
    ask(p, "X\n", "OK");
    return CK_E_NO_MEMORY;
  }
  p->started = 1;
  return CK_OK;
}

static ck_result CK_ABI stop(const ck_device* device) {
  pulse* p = of(device);
  ck_result r;
  if (!p->started) return CK_E_STATE;
  p->started = 0;
  pulse_set(&p->stopping, 1);
  p->transport->cancel(p->port, 1); /* ends a read that waits */
  pulse_join(p->thread);
  p->transport->cancel(p->port, 0);
  r = ask(p, "X\n", "OK");
  return r == CK_E_GONE ? CK_OK : r;
}

static void CK_ABI close_device(const ck_device* device) {
  pulse* p = of(device);
  if (p->started) stop(device); /* a host should have; a thread must not outlive what it uses */
  p->transport->close(p->port);
  free(p);
}

static void CK_ABI on_main(const ck_device* device) { (void)device; }

/* One parameter, a switch. */
static uint32_t CK_ABI param_count(const ck_device* device) {
  (void)device;
  return 1;
}
static ck_result CK_ABI param_info(const ck_device* device, uint32_t index, ck_param_info* out) {
  (void)device;
  if (index != 0) return CK_E_INVALID;
  out->id = 1;
  out->flags = CK_PARAM_SET | CK_PARAM_SWITCH | CK_PARAM_RECORD;
  out->stream = CK_WHOLE_DEVICE;
  out->maximum = 1;
  out->step = 1;
  strcpy(out->name, "invert");
  strcpy(out->label, "Turn the curve over");
  return CK_OK;
}
static ck_result CK_ABI param_get(const ck_device* device, uint32_t id, double* value) {
  if (id != 1) return CK_E_INVALID;
  *value = of(device)->invert;
  return CK_OK;
}
static ck_result CK_ABI param_set(const ck_device* device, uint32_t id, double value) {
  if (id != 1 || !(value >= 0 && value <= 1)) return CK_E_INVALID; /* NaN is neither */
  if (of(device)->started) return CK_E_STATE;
  of(device)->invert = value > 0.5;
  return CK_OK;
}
static ck_result CK_ABI param_text(const ck_device* device, uint32_t id, double value, char* out) {
  (void)device, (void)value, (void)out;
  return id == 1 ? CK_E_UNSUPPORTED : CK_E_INVALID;
}
static const ck_device_params params = {param_count, param_info, param_get, param_set, param_text};

static const void* CK_ABI get_extension(const ck_device* device, const char* id) {
  (void)device;
  return strcmp(id, CK_EXT_PARAMS) == 0 ? &params : NULL;
}

static ck_result CK_ABI open_device(const ck_host* host, const ck_endpoint* endpoint, const ck_device** out) {
  const ck_serial_line line = {sizeof line, 115200, 8, CK_PARITY_NONE, 1, CK_FLOW_NONE, 1, 1, {0, 0}};
  pulse* p = (pulse*)calloc(1, sizeof *p);
  ck_result r = CK_E_NO_MEMORY;
  if (!p) return r;
  if (endpoint->size < CK_ENDPOINT_SIZE_1_0) {
    free(p);
    return CK_E_INVALID;
  }
  p->host = host;
  p->transport = (const ck_host_transport*)host->get_extension(host, CK_EXT_TRANSPORT);
  r = p->transport ? p->transport->open(host, endpoint, &p->port) : CK_E_UNSUPPORTED;
  if (r >= 0) r = p->transport->set_line(p->port, &line);
  if (r >= 0) r = ask(p, "V\n", "PULSE ");
  if (r < 0) {
    host->log(host, CK_LOG_ERROR, "the pulse sensor does not answer; is it switched on?");
    if (p->port) p->transport->close(p->port);
    free(p);
    return r;
  }
  p->table.ctx = p;
  p->table.stream_count = stream_count;
  p->table.stream_info = stream_info;
  p->table.configure = configure;
  p->table.start = start;
  p->table.stop = stop;
  p->table.close = close_device;
  p->table.on_main = on_main;
  p->table.get_extension = get_extension;
  *out = &p->table;
  return CK_OK;
}

static ck_result CK_ABI init(const ck_host* host, const char* folder) {
  (void)host, (void)folder;
  return CK_OK;
}
static void CK_ABI deinit(void) {}
static int32_t CK_ABI probe(const ck_endpoint* e) {
  return e->link == CK_LINK_SERIAL && e->vid == 0x1209 && e->pid == 0x0001 ? 100 : 0;
}
static const void* CK_ABI plugin_extension(const char* id) {
  (void)id;
  return NULL;
}

CK_EXPORT const ck_entry ck_plugin_entry_1 = {CK_ABI_MAJOR, CK_ABI_MINOR, "org.example.pulse", "1.0.0",         init,
                                              deinit,       probe,        open_device,         plugin_extension};
