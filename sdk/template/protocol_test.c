/* Good, damaged, missing and random bytes. Exit code 0 when all is well. */
#include <stdio.h>
#include <string.h>

#include "protocol.h"

static int failures;
#define CHECK(condition) \
  do { if (!(condition)) { failures++; printf("line %d: %s\n", __LINE__, #condition); } } while (0)

static void make(uint8_t* frame, uint8_t number) {
  int i;
  memset(frame, 0, PULSE_FRAME_BYTES);
  frame[0] = 0xA5;
  frame[1] = number;
  for (i = 0; i < PULSE_FRAME_BYTES - 1; ++i) {
    if (i >= 2) frame[i] = (uint8_t)(number + i);
    frame[PULSE_FRAME_BYTES - 1] = (uint8_t)(frame[PULSE_FRAME_BYTES - 1] + frame[i]);
  }
}

static int feed(pulse_decoder* d, const void* bytes, size_t n, pulse_frame* last) {
  int frames = 0;
  for (size_t i = 0; i < n; ++i) frames += pulse_take(d, ((const uint8_t*)bytes)[i], last) == PULSE_FRAME;
  return frames;
}

int main(void) {
  pulse_decoder d = {0};
  pulse_frame f;
  uint8_t bytes[PULSE_FRAME_BYTES];
  CHECK(feed(&d, "PULSE 1.2\n", 10, &f) == 0 && strcmp(d.line, "PULSE 1.2") == 0);
  make(bytes, 7);
  CHECK(feed(&d, bytes, sizeof bytes, &f) == 1 && f.missing == 0 && f.sample[0] == 0x0A09);
  make(bytes, 10);
  CHECK(feed(&d, bytes, sizeof bytes, &f) == 1 && f.missing == 2);
  bytes[5] ^= 1;
  CHECK(feed(&d, bytes, sizeof bytes, &f) == 0 && d.damaged == 1);
  for (uint32_t seed = 1, i = 0; i < 1000000; ++i) {
    seed = seed * 1664525u + 1013904223u;
    pulse_take(&d, (uint8_t)(seed >> 24), &f);
  }
  return failures != 0;
}
