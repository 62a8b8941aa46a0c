// One BDF+ data record as it lies in the exam's file: 24-bit samples channel by channel, then the annotations (TALs).
import { FrameError } from './frame.js';

const MAX_TALS = 64;
const MAX_TEXT = 200;

// `count` 24-bit little-endian two's-complement samples from byte `at`, as whole numbers.
export function decode24(bytes, at, count, out = new Int32Array(count)) {
  if (at < 0 || count < 0 || at + 3 * count > bytes.length)
    throw new FrameError('record', 'A record does not have the size it should have.');
  for (let i = 0, p = at; i < count; i++, p += 3)
    out[i] = ((bytes[p] << 8) | (bytes[p + 1] << 16) | (bytes[p + 2] << 24)) >> 8;
  return out;
}

const utf8 = new TextDecoder('utf-8');

// Annotations -> [{onset_s, duration_s, texts}], at most 64. Throws FrameError when the bytes are no TALs.
// EDF+ 2.2.4: +onset [0x15 duration] 0x14 text 0x14 ... 0x14 0x00, then unused zeros.
export function parseTals(bytes) {
  const tals = [];
  let p = 0;
  while (p < bytes.length && bytes[p] !== 0) {
    const end = bytes.indexOf(0, p);
    if (end < 0 || tals.length >= MAX_TALS) throw new FrameError('tal', 'The notes of a record cannot be read.');
    const parts = utf8.decode(bytes.subarray(p, end)).split('\x14');
    const [onset, duration] = parts[0].split('\x15');
    if (!/^[+-]\d{1,10}(\.\d{0,12})?$/.test(onset) || (duration !== undefined && !/^\d{1,10}(\.\d{0,12})?$/.test(duration)) ||
        parts.length < 2)
      throw new FrameError('tal', 'The notes of a record cannot be read.');
    tals.push({
      onset_s: Number(onset),
      duration_s: duration === undefined ? 0 : Number(duration),
      texts: parts.slice(1).filter((x) => x !== '').map((x) => x.slice(0, MAX_TEXT)),
    });
    p = end + 1;
  }
  return tals;
}

// payload of a waveform record -> {start_s, channels: [Int32Array], count, padding, gap, reason, texts}.
// count: real samples a channel; the last `padding` of the record are none. gap: lost before it, in samples.
export function decodeRecord(payload, card) {
  const n = card.samples_per_record;
  const width = card.channels;
  if (payload.length < 3 * n * width) throw new FrameError('record', 'A record does not have the size it should have.');
  const tals = parseTals(payload.subarray(3 * n * width));
  if (!tals.length) throw new FrameError('tal', 'The notes of a record cannot be read.');
  const record = { start_s: tals[0].onset_s, padding: 0, gap: 0, reason: '', texts: [] };
  for (const text of tals.flatMap((x) => x.texts)) {
    const padding = /^padding (\d{1,9}) samples?$/.exec(text);
    const gap = /^gap (\d{1,12}) samples?(?::\s*(.*))?$/.exec(text);
    if (padding) record.padding = Math.min(n, Number(padding[1]));
    else if (gap) {
      record.gap = Number(gap[1]);
      record.reason = gap[2] ?? '';
    } else record.texts.push(text);
  }
  record.count = n - record.padding;
  record.channels = Array.from({ length: width }, (_, c) => decode24(payload, 3 * n * c, n));
  return record;
}
