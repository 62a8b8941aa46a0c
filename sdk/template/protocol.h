/* The pulse sensor's protocol: bytes in, samples out. Knows nothing of the SDK, does no I/O, keeps no time: so that it
 * can be tested, and fuzzed, by itself (protocol_test.c).
 *
 * The line is 115200 8N1. The host sends "V\n" (version), "S\n" (start), "X\n" (stop); the sensor answers a line that
 * ends in \n. Between start and stop it sends a frame every 100 ms:
 *   A5, a number that counts up, ten samples of int16 (little endian, 0.01 % per LSB), the sum of all bytes before it */
#ifndef PULSE_PROTOCOL_H
#define PULSE_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  PULSE_FRAME_SAMPLES = 10,
  PULSE_FRAME_BYTES = 23,
  PULSE_RATE_HZ = 100,
  PULSE_LINE_SIZE = 32
};

typedef struct pulse_frame {
  int16_t sample[PULSE_FRAME_SAMPLES];
  uint32_t missing; /* frames lost before this one, told from the number; 0..255 */
} pulse_frame;

/* Zero it before the first byte and after each opening of the line. */
typedef struct pulse_decoder {
  uint8_t frame[PULSE_FRAME_BYTES];
  size_t frame_used;
  char line[PULSE_LINE_SIZE]; /* the last answer, without \n, terminated */
  char partial[PULSE_LINE_SIZE];
  size_t partial_used;
  int have_number;
  uint8_t number;
  uint32_t damaged; /* frames with a wrong sum */
} pulse_decoder;

enum { PULSE_NOTHING = 0, PULSE_FRAME = 1, PULSE_LINE = 2 };

/* Takes one byte. PULSE_FRAME: *out is filled; PULSE_LINE: decoder->line is an answer. */
int pulse_take(pulse_decoder* decoder, uint8_t byte, pulse_frame* out);

#ifdef __cplusplus
}
#endif

#endif
