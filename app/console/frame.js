// One frame of the evidence channel: a 28-byte little-endian header and a payload (app/session/protocol.md, part 3).
// The bytes come from a peer and are treated as hostile: every field is checked before the payload is looked at.

export const HEADER_BYTES = 28;
export const MAX_PAYLOAD_BYTES = 32768;
export const KIND_RECORD = 1;
export const KIND_STILL = 2;
const MAGIC = 0x4b43;

export class FrameError extends Error {
  // code: short word for tests and support; words: an English sentence (a key of i18n).
  constructor(code, words) {
    super(words);
    this.code = code;
  }
}

const table = (() => {
  const t = new Uint32Array(256);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    t[n] = c >>> 0;
  }
  return t;
})();

// CRC-32 as zlib computes it. `seed` is the CRC of the bytes before.
export function crc32(bytes, seed = 0) {
  let c = ~seed >>> 0;
  for (let i = 0; i < bytes.length; i++) c = table[(c ^ bytes[i]) & 255] ^ (c >>> 8);
  return ~c >>> 0;
}

// ArrayBuffer -> {kind, id, index, payload}; the payload is a view into the buffer. Throws FrameError.
export function parseFrame(buffer) {
  const size = buffer.byteLength;
  if (size < HEADER_BYTES) throw new FrameError('short', 'A piece of evidence was cut short on the way.');
  const view = new DataView(buffer);
  if (view.getUint16(0, true) !== MAGIC) throw new FrameError('magic', 'What arrived is not evidence.');
  if (view.getUint8(2) !== 1) throw new FrameError('version', 'The station speaks a newer protocol; reload this page.');
  const kind = view.getUint8(3);
  if (kind !== KIND_RECORD && kind !== KIND_STILL) throw new FrameError('kind', 'What arrived is not evidence.');
  const length = view.getUint32(16, true);
  if (length > MAX_PAYLOAD_BYTES || length !== size - HEADER_BYTES)
    throw new FrameError('length', 'A piece of evidence was cut short on the way.');
  if (view.getUint32(24, true) !== 0) throw new FrameError('reserved', 'What arrived is not evidence.');
  const high = view.getUint32(12, true);
  if (high >= 0x200000) throw new FrameError('index', 'What arrived is not evidence.');  // beyond exact numbers
  const header = new Uint8Array(buffer.slice(0, HEADER_BYTES));
  header.fill(0, 20, 24);
  const payload = new Uint8Array(buffer, HEADER_BYTES);
  if (crc32(payload, crc32(header)) !== view.getUint32(20, true))
    throw new FrameError('crc', 'A piece of evidence was damaged on the way.');
  return { kind, id: view.getUint32(4, true), index: high * 0x100000000 + view.getUint32(8, true), payload };
}
