// Builds what a station would send: records with annotations, frames with checksums. Shared by preview and tests.
import { crc32 } from '../../../app/console/frame.js';

const utf8 = new TextEncoder();

export function frame(kind, id, index, payload) {
  const bytes = new Uint8Array(28 + payload.length);
  const v = new DataView(bytes.buffer);
  v.setUint16(0, 0x4b43, true);
  v.setUint8(2, 1);
  v.setUint8(3, kind);
  v.setUint32(4, id, true);
  v.setBigUint64(8, BigInt(index), true);
  v.setUint32(16, payload.length, true);
  bytes.set(payload, 28);
  v.setUint32(20, crc32(bytes), true);
  return bytes.buffer;
}

export function tal(onset_s, texts = [], duration_s = null) {
  const onset = `${onset_s < 0 ? '-' : '+'}${Math.abs(onset_s)}${duration_s === null ? '' : '\x15' + duration_s}`;
  return utf8.encode(`${onset}\x14${(texts.length ? texts : ['']).join('\x14')}\x14\0`);
}

// channels: arrays of whole numbers, all of one length; tals: byte arrays put into `room` bytes.
export function record(channels, tals, room = 120) {
  const n = channels[0].length;
  const out = new Uint8Array(3 * n * channels.length + room);
  let p = 0;
  for (const line of channels)
    for (const x of line) {
      out[p++] = x & 255;
      out[p++] = (x >> 8) & 255;
      out[p++] = (x >> 16) & 255;
    }
  for (const t of tals) {
    out.set(t, p);
    p += t.length;
  }
  return out;
}
