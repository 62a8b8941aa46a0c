#include "protocol.h"

#include <string.h>

static int finish_frame(pulse_decoder* d, pulse_frame* out) {
  uint8_t sum = 0;
  size_t i;
  d->frame_used = 0;
  for (i = 0; i < PULSE_FRAME_BYTES - 1; ++i) sum = (uint8_t)(sum + d->frame[i]);
  if (sum != d->frame[PULSE_FRAME_BYTES - 1]) {
    d->damaged++;
    return PULSE_NOTHING;
  }
  for (i = 0; i < PULSE_FRAME_SAMPLES; ++i)
    out->sample[i] = (int16_t)(uint16_t)(d->frame[2 + 2 * i] | d->frame[3 + 2 * i] << 8);
  out->missing = d->have_number ? (uint8_t)(d->frame[1] - d->number - 1) : 0;
  d->number = d->frame[1];
  d->have_number = 1;
  return PULSE_FRAME;
}

int pulse_take(pulse_decoder* d, uint8_t byte, pulse_frame* out) {
  if (d->frame_used > 0) {
    d->frame[d->frame_used++] = byte;
    return d->frame_used == PULSE_FRAME_BYTES ? finish_frame(d, out) : PULSE_NOTHING;
  }
  if (byte == 0xA5) {
    d->frame[d->frame_used++] = byte;
    d->partial_used = 0;
    return PULSE_NOTHING;
  }
  if (byte == '\n') {
    memcpy(d->line, d->partial, d->partial_used);
    d->line[d->partial_used] = 0;
    d->partial_used = 0;
    return PULSE_LINE;
  }
  if (d->partial_used < PULSE_LINE_SIZE - 1) d->partial[d->partial_used++] = (char)byte;
  return PULSE_NOTHING;
}
