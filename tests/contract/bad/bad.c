/* One good plugin, and one flaw at a time: -DFLAW=name. Without a flaw it keeps every promise of the headers (that is
 * tested too). The device is device.txt. Each flaw stands where a hurried engineer would make it. */
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "caukham/ext/params.h"
#include "caukham/ext/state.h"
#include "caukham/ext/transport.h"

enum flaw {
  none, second_export, other_version, greedy_probe, init_opens_file, wordless_open, any_stream, no_unit,
  changing_name, similar_extension, any_extension, late_acquire, second_start, stop_idle, configure_none, configure_running,
  close_aborts, acquire_on_main, second_release, writes_behind, writes_late, wrong_bytes, wide_sample, time_back,
  time_ahead, perfect_time, false_rate, wrapped_ticks, hides_loss, hides_full_pool, insists_on_slot, spins_on_full,
  impossible_event, off_unjudged, chatty_log, latin1_log, clamps_param, any_param, sets_while_started, sets_read_only,
  records_unlisted, needless_words, trusts_state, silent_gone, stop_gone_fails, keeps_port, trusts_line, leaks_object, leaks_file,
  leaks_on_start, prints, starts_program, tells_nobody
};
#ifndef FLAW
#define FLAW none
#endif
#define HAS(name) (FLAW == (name))

enum { samples = 4, packet_bytes = 3 + 2 * samples, rate_hz = 200 };

typedef struct device {
  ck_device table; /* first: a ck_device* is a device* */
  const ck_host* host;
  const ck_host_transport* transport;
  ck_port* port;
  int started, seen_start;
  double gain;
  pthread_t thread, late;
  int has_late;
  atomic_int stopping;
  /* the stream thread's own */
  uint8_t line[4096];
  uint32_t filled;
  int any, counter;
  uint64_t sample;
  int64_t time_ns, heard_ns;
  uint32_t lost, flags, chunks;
} device;

static device* of(const ck_device* d) { return (device*)d; }

static void pause_ms(int ms) {
  const struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
  nanosleep(&t, NULL);
}

static void say(device* d, ck_event_kind kind, const char* text) {
  ck_event e;
  memset(&e, 0, sizeof e);
  e.size = sizeof e;
  e.kind = kind;
  e.time_ns = d->host->now_ns(d->host);
  e.stream = CK_WHOLE_DEVICE;
  strncpy(e.text, text, sizeof e.text - 1);
  d->host->emit(d->host, &e);
}

static void electrodes(device* d) {
  ck_event e;
  memset(&e, 0, sizeof e);
  e.size = sizeof e;
  e.kind = CK_EVENT_ELECTRODES;
  e.stream = CK_WHOLE_DEVICE;
  e.time_ns = HAS(impossible_event) ? -1 : d->host->now_ns(d->host);
  e.value[0] = HAS(off_unjudged) ? 0x3F : 0x01;
  e.value[1] = 0x03;
  d->host->emit(d->host, &e);
}

/* Commits four samples, or counts them as lost. */
static void deliver(device* d, const uint8_t* packet) {
  const ck_host* h = d->host;
  ck_buffer b;
  ck_result r = h->acquire(h, 0, 2 * samples, &b);
  if (HAS(spins_on_full))
    for (int i = 0; r == CK_E_FULL && i < 2000; ++i) r = h->acquire(h, 0, 2 * samples, &b);
  if (r < 0) {
    if (!HAS(hides_full_pool)) d->lost += samples, d->flags |= CK_CHUNK_DISCONT;
    return;
  }
  memcpy(b.data, packet + 2, 2 * samples);
  ++d->chunks;
  if (HAS(wide_sample) && d->chunks == 5) ((int16_t*)b.data)[1] = 5000;
  if (HAS(writes_behind)) ((int16_t*)b.data)[samples] = 0;
  ck_chunk c;
  memset(&c, 0, sizeof c);
  c.size = sizeof c;
  c.count = samples;
  c.bytes = 2 * samples;
  c.time_ns = d->time_ns - (HAS(time_back) && d->chunks == 6 ? 30000000 : 0) + (HAS(time_ahead) ? 2000000000 : 0);
  c.time_error_ns = HAS(perfect_time) ? 0 : 5000000;
  c.device_ticks = HAS(wrapped_ticks) ? d->sample & 0x7F : d->sample;
  c.flags = d->flags;
  c.lost = d->lost;
  d->flags = d->lost = 0;
  h->commit(h, &b, &c);
  if (HAS(writes_late)) memset(b.data, 0, 2);
  if (HAS(second_release)) h->release(h, &b);
  if (HAS(wrong_bytes) && h->acquire(h, 0, 2 * samples, &b) >= 0) {
    c.bytes = 2 * samples - 2;
    h->commit(h, &b, &c);
  }
}

static void take(device* d, const uint8_t* packet) {
  const int64_t now = d->host->now_ns(d->host), period = 1000000000 / rate_hz;
  const int step = d->any ? (uint8_t)(packet[1] - d->counter) : 1;
  const int missing = step > 0 ? step - 1 : 255;
  if (missing > 0) {
    if (!HAS(hides_loss)) d->lost += (uint32_t)(missing * samples), d->flags |= CK_CHUNK_DISCONT;
  }
  d->sample += (uint64_t)(d->any ? step > 0 ? step : 256 : 0) * samples;
  /* A packet leaves when its last sample has been taken; jitter of the line is smoothed, a jump is followed. */
  const int64_t arrival = now - samples * period;
  int64_t smooth = d->time_ns + (int64_t)(missing + 1) * samples * period;
  smooth += (arrival - smooth) / 10;
  if (!d->any || smooth - arrival > 50000000 || arrival - smooth > 50000000) smooth = arrival;
  if (smooth > arrival) smooth = arrival; /* never before it was sensed */
  d->time_ns = smooth > d->time_ns ? smooth : d->time_ns + 1;
  d->any = 1;
  d->counter = packet[1];
  d->heard_ns = now;
  deliver(d, packet);
  if (HAS(chatty_log))
    for (int i = 0; i < 3; ++i) d->host->log(d->host, CK_LOG_DEBUG, "a packet has arrived");
}

/* 1: the device has acknowledged the stop. */
static int parse(device* d) {
  uint32_t at = 0;
  int acknowledged = 0;
  while (at < d->filled) {
    const uint8_t* p = d->line + at;
    if (p[0] == 0xA5) {
      if (d->filled - at < packet_bytes) break;
      uint8_t sum = 0;
      for (int i = 0; i < packet_bytes - 1; ++i) sum = (uint8_t)(sum + p[i]);
      int good = sum == p[packet_bytes - 1];
      for (int i = 0; i < samples; ++i) {
        int16_t v;
        memcpy(&v, p + 2 + 2 * i, 2);
        good = good && v >= -1000 && v <= 1000;
      }
      if (good) {
        take(d, p);
        at += packet_bytes;
        continue;
      }
    }
    acknowledged |= p[0] == 0x4B;
    ++at;
  }
  memmove(d->line, d->line + at, d->filled - at);
  d->filled -= at;
  return acknowledged;
}

static void* stream(void* arg) {
  device* d = arg;
  int told = 0;
  int64_t stop_ns = 0;
  d->heard_ns = d->host->now_ns(d->host);
  electrodes(d);
  for (;;) {
    uint8_t bytes[512];
    const ck_result n = d->transport->read(d->port, 0, bytes, sizeof bytes, d->stopping ? 20 : 50);
    const int64_t now = d->host->now_ns(d->host);
    if (n == CK_E_GONE) {
      if (!HAS(silent_gone)) say(d, CK_EVENT_GONE, "the line says that the device has gone");
      break;
    }
    if (n < 0 && n != CK_E_AGAIN) pause_ms(2);
    if (HAS(trusts_line) && n > 300) abort();
    if (n > 0 && (size_t)n <= sizeof d->line - d->filled) {
      memcpy(d->line + d->filled, bytes, (size_t)n);
      d->filled += (uint32_t)n;
      if (parse(d) && d->stopping) break;
    }
    if (d->filled == sizeof d->line) d->filled = 0;
    if (!told && now - d->heard_ns > 2000000000) {
      told = 1;
      if (!HAS(tells_nobody)) say(d, CK_EVENT_WARNING, "The device is connected but sends nothing.");
    }
    if (!d->stopping) continue;
    if (!stop_ns) stop_ns = now;
    if (now - stop_ns > 300000000) break;
  }
  if (HAS(insists_on_slot)) { /* a farewell, whatever it takes */
    ck_buffer b;
    ck_result r = CK_E_FULL;
    for (int i = 0; r == CK_E_FULL && i < 300; ++i) pause_ms(5), r = d->host->acquire(d->host, 0, 2, &b);
    if (r >= 0) d->host->release(d->host, &b);
  }
  return NULL;
}

static void* acquire_late(void* arg) {
  device* d = arg;
  ck_buffer b;
  pause_ms(100);
  if (d->host->acquire(d->host, 0, 8, &b) >= 0) d->host->release(d->host, &b);
  return NULL;
}

static void join_late(device* d) {
  if (d->has_late) pthread_join(d->late, NULL);
  d->has_late = 0;
}

static uint32_t CK_ABI stream_count(const ck_device* d) { return (void)d, 1; }

static ck_result CK_ABI stream_info(const ck_device* table, uint32_t index, ck_stream_info* out) {
  static int asked = 0;
  (void)table;
  if ((index != 0 && !HAS(any_stream)) || !out || out->size < sizeof *out) return CK_E_INVALID;
  out->id = 0;
  out->kind = CK_STREAM_WAVEFORM;
  out->format = CK_FORMAT_I16;
  out->channels = 1;
  out->rate_hz = HAS(false_rate) ? 250 : rate_hz;
  out->tick_hz = rate_hz;
  out->scale = 1;
  out->digital_min = -1000;
  out->digital_max = 1000;
  strcpy(out->name, "ecg");
  if (HAS(changing_name)) out->name[3] = (char)('a' + asked++ % 26);
  if (!HAS(no_unit)) strcpy(out->unit, "uV");
  strcpy(out->labels[0], "I");
  return CK_OK;
}

static ck_result CK_ABI configure(const ck_device* d, uint32_t mask) {
  if (of(d)->started && !HAS(configure_running)) return CK_E_STATE;
  return mask == 1 || (!mask && HAS(configure_none)) ? CK_OK : CK_E_INVALID;
}

static ck_result CK_ABI start(const ck_device* table) {
  device* d = of(table);
  if (d->started) return HAS(second_start) ? CK_OK : CK_E_STATE;
  join_late(d);
  if (HAS(leaks_on_start)) memset(malloc(32768), 1, 32768);
  if (HAS(starts_program)) {
    static int once = 0;
    if (!once++ && fork() == 0) execl("/bin/sleep", "sleep", "2", (char*)NULL), _exit(1);
  }
  if (HAS(acquire_on_main)) {
    ck_buffer b;
    d->host->acquire(d->host, 0, 8, &b);
  }
  d->any = 0;
  d->filled = d->lost = d->chunks = 0;
  d->flags = CK_CHUNK_DISCONT;
  d->sample = 0;
  d->time_ns = 0;
  d->stopping = 0;
  const ck_result r = d->transport->write(d->port, 0, "S", 1, 500);
  if (r < 0) return r;
  if (pthread_create(&d->thread, NULL, stream, d) != 0) return CK_E_NO_MEMORY;
  d->started = 1;
  return CK_OK;
}

static ck_result CK_ABI stop(const ck_device* table) {
  device* d = of(table);
  if (!d->started) return HAS(stop_idle) ? CK_OK : CK_E_STATE;
  const ck_result r = d->transport->write(d->port, 0, "X", 1, 250);
  d->stopping = 1;
  pthread_join(d->thread, NULL);
  d->started = 0;
  if (HAS(late_acquire)) d->has_late = pthread_create(&d->late, NULL, acquire_late, d) == 0;
  return r == CK_E_GONE && HAS(stop_gone_fails) ? CK_E_IO : CK_OK;
}

static void CK_ABI close_device(const ck_device* table) {
  static int kept = 0;
  device* d = of(table);
  if (d->started && HAS(close_aborts)) abort();
  if (d->started) return d->host->log(d->host, CK_LOG_HOST_MISBEHAVING, "close while started");
  join_late(d);
  if (!HAS(keeps_port) || kept++) d->transport->close(d->port);
  if (!HAS(leaks_object)) free(d);
}

static void CK_ABI on_main(const ck_device* d) { (void)d; }

static uint32_t CK_ABI param_count(const ck_device* d) { return (void)d, 2; }
static ck_result CK_ABI param_info(const ck_device* d, uint32_t index, ck_param_info* out) {
  (void)d;
  if (index > 1 || !out || out->size < sizeof *out) return CK_E_INVALID;
  out->id = index + 1;
  strcpy(out->name, index ? "charge" : "gain");
  strcpy(out->label, index ? "Battery charge" : "Amplification");
  strcpy(out->unit, index ? "%" : "1");
  out->flags = index ? (HAS(records_unlisted) ? CK_PARAM_RECORD : 0) : CK_PARAM_SET | CK_PARAM_RECORD;
  out->minimum = index ? 0 : 1;
  out->maximum = index ? 100 : 8;
  out->preset = index ? 80 : 1;
  out->stream = CK_WHOLE_DEVICE;
  return CK_OK;
}
static ck_result CK_ABI param_get(const ck_device* d, uint32_t id, double* value) {
  if (!value || (HAS(any_param) ? 0 : id < 1 || id > 2)) return CK_E_INVALID;
  *value = id == 1 ? of(d)->gain : 80;
  return CK_OK;
}
static ck_result CK_ABI param_set(const ck_device* d, uint32_t id, double value) {
  if (id == 2) return HAS(sets_read_only) ? CK_OK : CK_E_UNSUPPORTED;
  if (id != 1) return CK_E_INVALID;
  if (!(value >= 1 && value <= 8)) {
    if (!HAS(clamps_param)) return CK_E_INVALID;
    of(d)->gain = value > 8 ? 8 : 1;
    return CK_OK;
  }
  if (of(d)->started && !HAS(sets_while_started)) return CK_E_STATE;
  of(d)->gain = value;
  return CK_OK;
}

static ck_result CK_ABI param_text(const ck_device* d, uint32_t id, double value, char* out) {
  (void)d, (void)value;
  if (id < 1 || id > 2 || !out) return CK_E_INVALID;
  if (!HAS(needless_words)) return CK_E_UNSUPPORTED;
  strcpy(out, "some words");
  return CK_OK;
}

static ck_result CK_ABI state_save(const ck_device* d, void* data, uint32_t capacity) {
  const uint8_t kept[5] = {'G', 'A', 'I', 'N', (uint8_t)of(d)->gain};
  if (data && capacity >= sizeof kept) memcpy(data, kept, sizeof kept);
  return sizeof kept;
}
static ck_result CK_ABI state_load(const ck_device* d, const void* data, uint32_t bytes) {
  const uint8_t* kept = data;
  if (HAS(trusts_state) && bytes > 5) abort();
  if (!data || bytes != 5 || memcmp(kept, "GAIN", 4) != 0 || kept[4] < 1 || kept[4] > 8) return CK_E_INVALID;
  of(d)->gain = kept[4];
  return CK_OK;
}

static const void* CK_ABI get_extension(const ck_device* d, const char* id) {
  static const ck_device_params params = {param_count, param_info, param_get, param_set, param_text};
  static const ck_device_state state = {state_save, state_load};
  (void)d;
  if (!id) return NULL;
  if (HAS(similar_extension) && strncmp(id, CK_EXT_PARAMS, 16) == 0) return &params;
  return strcmp(id, CK_EXT_PARAMS) == 0 ? (const void*)&params : strcmp(id, CK_EXT_STATE) == 0 ? &state : NULL;
}

static int answers(device* d) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    uint8_t bytes[64];
    if (d->transport->write(d->port, 0, "?", 1, 300) < 0) continue;
    const ck_result n = d->transport->read(d->port, 0, bytes, sizeof bytes, 300);
    if (n == CK_E_GONE) return 0;
    if (n >= 3 && memcmp(bytes, "BAD", 3) == 0) return 1;
  }
  return 0;
}

static ck_result CK_ABI open_device(const ck_host* host, const ck_endpoint* endpoint, const ck_device** out) {
  if (!host || !endpoint || !out || endpoint->size < sizeof *endpoint) return CK_E_INVALID;
  *out = NULL;
  if (HAS(prints)) printf("opening\n");
  if (HAS(leaks_file) && open("/dev/null", O_RDONLY | O_CLOEXEC) < 0) return CK_E_IO;
  if (HAS(latin1_log)) host->log(host, CK_LOG_INFO, "m\xe1y \xf0o");
  device* d = calloc(1, sizeof *d);
  if (!d) return CK_E_NO_MEMORY;
  d->table = (ck_device){NULL, stream_count, stream_info, configure, start, stop, close_device, on_main, get_extension};
  d->host = host;
  d->gain = 1;
  d->transport = host->get_extension(host, CK_EXT_TRANSPORT);
  ck_result r = d->transport ? d->transport->open(host, endpoint, &d->port) : CK_E_UNSUPPORTED;
  if (r >= 0 && !answers(d)) {
    d->transport->close(d->port);
    r = CK_E_PROTOCOL;
  }
  if (r < 0) {
    if (!HAS(wordless_open)) host->log(host, CK_LOG_ERROR, "the device does not answer; unplug it and plug it in again");
    free(d);
    return r;
  }
  *out = &d->table;
  return CK_OK;
}

static int opened_file = -1;
static ck_result CK_ABI init(const ck_host* host, const char* folder) {
  (void)host, (void)folder;
  if (HAS(init_opens_file)) opened_file = open("/dev/null", O_RDONLY | O_CLOEXEC);
  return CK_OK;
}
static void CK_ABI deinit(void) {
  if (opened_file >= 0) close(opened_file);
}
static int32_t CK_ABI probe(const ck_endpoint* e) {
  if (HAS(greedy_probe)) return 50;
  return e && e->link == CK_LINK_SERIAL && e->vid == 0x1209 && e->pid == 0xba0d ? 100 : 0;
}

static const void* CK_ABI plugin_extension(const char* id) { return HAS(any_extension) && id ? "" : NULL; }

CK_EXPORT const ck_entry ck_plugin_entry_1 = {
    CK_ABI_MAJOR, CK_ABI_MINOR, "org.caukham.test.bad", HAS(other_version) ? "9.9" : "1.0", init, deinit, probe,
    open_device, plugin_extension};

#ifdef SECOND_EXPORT
CK_EXPORT int ecg_helper(void);
int ecg_helper(void) { return 1; }
#endif
