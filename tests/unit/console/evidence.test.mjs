// What arrives is checked before it is believed: frames, records, chains, stills.
import test from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { crc32, parseFrame, FrameError } from '../../../app/console/frame.js';
import { decode24, parseTals, decodeRecord } from '../../../app/console/bdf.js';
import { Evidence } from '../../../app/console/evidence.js';
import { Stills } from '../../../app/console/stills.js';
import { frame, tal, record } from '../../session/console_preview/frames.mjs';

const utf8 = new TextEncoder();
const card = (over = {}) => ({
  id: 7, kind: 'waveform', device_kind: 'ecg', labels: ['I', 'II'], channels: 2, samples_per_record: 4, rate_hz: 500, scale: 1, offset: 0,
  unit: 'uV', state: 'live', simulated: true, ...over,
});
const payload = (k, notes = []) => record([[1, -1, k, 0], [8388607, -8388608, 5, 6]], [tal((k * 0.008).toFixed(3)), ...notes], 200);

function evidence() {
  const seen = { records: [], sent: [], faults: [], ended: [], unreadable: 0, stills: [] };
  const e = new Evidence({
    record: (c, r, i) => seen.records.push({ id: c.id, r, i }), send: (m) => seen.sent.push(m), fault: (x) => seen.faults.push(x.code),
    ended: (c) => seen.ended.push(c.equal), unreadable: () => seen.unreadable++, still: (...a) => seen.stills.push(a),
  });
  return { e, seen, settle: async () => { for (const c of e.chains.values()) await c.tail; await new Promise(setImmediate); } };
}

// Small generator, so that every run throws the same dirt (mulberry32).
function dirt(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

test('CRC-32 must be that of zlib', () => {
  assert.equal(crc32(utf8.encode('123456789')), 0xcbf43926);
  assert.equal(crc32(utf8.encode('6789'), crc32(utf8.encode('12345'))), 0xcbf43926);
});

test('a good frame must come out as it went in', () => {
  const f = parseFrame(frame(2, 4000000000, 2 ** 33 + 5, utf8.encode('chào')));
  assert.deepEqual({ ...f, payload: Array.from(f.payload) }, { kind: 2, id: 4000000000, index: 2 ** 33 + 5, payload: Array.from(utf8.encode('chào')) });
});

test('every cut, every changed byte and every wrong field of a frame must be refused', () => {
  const good = new Uint8Array(frame(1, 7, 3, payload(3)));
  for (let n = 0; n < good.length; n++) assert.throws(() => parseFrame(good.slice(0, n).buffer), FrameError);
  for (let n = 0; n < good.length; n++) {
    const bad = good.slice();
    bad[n] ^= 0x10;
    assert.throws(() => parseFrame(bad.buffer), FrameError, `byte ${n}`);
  }
  assert.throws(() => parseFrame(frame(3, 7, 0, payload(0))), { code: 'kind' });
  assert.throws(() => parseFrame(frame(1, 7, 2n ** 60n, payload(0))), { code: 'index' });
  assert.throws(() => parseFrame(frame(1, 7, 0, new Uint8Array(32769))), { code: 'length' });
  assert.equal(parseFrame(frame(1, 7, 0, new Uint8Array(32768))).payload.length, 32768);
});

test('random bytes must never pass and never do more than be refused', () => {
  const r = dirt(1);
  for (let n = 0; n < 3000; n++) {
    const bytes = Uint8Array.from({ length: Math.floor(r() * 200) }, () => Math.floor(r() * 256));
    if (n % 2 && bytes.length > 28) bytes.set([0x43, 0x4b, 1, 1], 0);
    assert.throws(() => parseFrame(bytes.buffer), FrameError);
    try {
      parseTals(bytes);
    } catch (e) {
      assert.ok(e instanceof FrameError);
    }
    try {
      decodeRecord(bytes, card());
    } catch (e) {
      assert.ok(e instanceof FrameError);
    }
  }
});

test('24-bit samples must keep their sign and their ends', () => {
  const bytes = Uint8Array.of(0, 0, 0, 1, 0, 0, 255, 255, 255, 255, 255, 127, 0, 0, 128, 0x56, 0x34, 0x12);
  assert.deepEqual(Array.from(decode24(bytes, 0, 6)), [0, 1, -1, 8388607, -8388608, 0x123456]);
  assert.throws(() => decode24(bytes, 3, 6), FrameError);
});

test('annotations must give start, padding and gap, and must be refused when they are none', () => {
  const r = decodeRecord(payload(2, [tal('0.012', ['padding 3 samples']), tal('0.008', ['gap 700 samples: thiết bị mất mẫu: dây'], 1.4), tal(1, ['Nhịp nhanh'])]), card());
  assert.equal(r.start_s, 0.016);
  assert.equal(r.padding, 3);
  assert.equal(r.count, 1);
  assert.equal(r.gap, 700);
  assert.equal(r.reason, 'thiết bị mất mẫu: dây');
  assert.deepEqual(r.texts, ['Nhịp nhanh']);
  assert.deepEqual(r.channels.map((c) => Array.from(c)), [[1, -1, 2, 0], [8388607, -8388608, 5, 6]]);
  assert.deepEqual(parseTals(utf8.encode('-1.5\x152\x14a\x14b\x14\0+2\x14\x14\0\0\0')),
    [{ onset_s: -1.5, duration_s: 2, texts: ['a', 'b'] }, { onset_s: 2, duration_s: 0, texts: [] }]);
  for (const bad of ['1\x14\x14\0', '+\x14\x14\0', '+1e9\x14\x14\0', '+1\x14\x14', '+1\0', '+1\x15x\x14\x14\0', '+NaN\x14\0'])
    assert.throws(() => parseTals(utf8.encode(bad)), FrameError, JSON.stringify(bad));
  assert.throws(() => parseTals(utf8.encode('+1\x14\x14\0'.repeat(65))), FrameError);
  assert.throws(() => decodeRecord(new Uint8Array(24), card()), FrameError);
});

test('padding must never be more than the record', () => {
  const r = decodeRecord(payload(0, [tal(0, ['padding 999999999 samples'])]), card());
  assert.equal(r.count, 0);
  assert.equal(r.padding, 4);
});

test('the chain must be SHA-256 over digest and payload, in order, with counts that belong to it', async () => {
  const { e, seen, settle } = evidence();
  assert.deepEqual(e.setStreams([card(), card({ id: 9, kind: 'video' })]), [{ id: 7, next: 0 }]);
  let digest = Buffer.alloc(32);
  for (let k = 0; k < 300; k++) {
    const p = payload(k, k === 5 ? [tal(0.04, ['padding 1 samples'])] : k === 6 ? [tal(0.048, ['gap 100 samples: x'], 0.2)] : []);
    digest = createHash('sha256').update(digest).update(p).digest();
    assert.equal(e.receive(frame(1, 7, k, p)), true);
  }
  await settle();
  const chain = e.chains.get(7);
  assert.equal(chain.digest, digest.toString('hex'));
  assert.equal(chain.records, 300);
  assert.equal(chain.samples, 1199);
  assert.equal(chain.padding, 1);
  assert.equal(chain.gaps, 1);
  assert.equal(seen.records.length, 300);
  assert.deepEqual(e.have(), [{ id: 7, next: 300 }]);
  assert.deepEqual(e.setStreams([card({ state: 'ended' })]), [], 'a known stream is not asked for again');
  assert.equal(chain.card.state, 'ended');
});

test('a record out of order, twice or damaged must break the line and leave the chain as it was', async () => {
  const { e, seen, settle } = evidence();
  e.setStreams([card()]);
  assert.equal(e.receive(frame(1, 7, 0, payload(0))), true);
  assert.equal(e.receive(frame(1, 7, 2, payload(2))), false);
  assert.equal(e.receive(frame(1, 7, 0, payload(0))), false);
  const bad = new Uint8Array(frame(1, 7, 1, payload(1)));
  bad[60] ^= 1;
  assert.equal(e.receive(bad.buffer), false);
  assert.equal(e.receive('text'), false);
  assert.deepEqual(seen.faults, ['order', 'order', 'crc', 'text']);
  await settle();
  assert.equal(e.chains.get(7).records, 1);
  assert.deepEqual(e.have(), [{ id: 7, next: 1 }]);
  assert.equal(e.receive(frame(1, 7, 1, payload(1))), true, 'after coming back it goes on');
});

test('the digest must be told once, and only when every record is here', async () => {
  const { e, seen, settle } = evidence();
  e.setStreams([card()]);
  let digest = Buffer.alloc(32);
  for (let k = 0; k < 3; k++) digest = createHash('sha256').update(digest).update(payload(k)).digest();
  e.receive(frame(1, 7, 0, payload(0)));
  e.end({ stream: 7, records: 3, samples: 12, digest: digest.toString('hex') });
  e.receive(frame(1, 7, 1, payload(1)));
  await settle();
  assert.deepEqual(seen.sent, []);
  e.receive(frame(1, 7, 2, payload(2)));
  await settle();
  assert.deepEqual(seen.sent, [{ type: 'digest', stream: 7, records: 3, samples: 12, digest: digest.toString('hex') }]);
  assert.deepEqual(seen.ended, [true]);
  e.end({ stream: 99, records: 0, samples: 0, digest: '' });
  e.end({ stream: 7, records: 3, samples: 12, digest: 'f'.repeat(64) });
  await settle();
  assert.deepEqual(seen.ended, [true, false], 'another digest of the station is noticed');
});

test('a record whose notes cannot be read must be chained but not drawn', async () => {
  const { e, seen, settle } = evidence();
  e.setStreams([card()]);
  assert.equal(e.receive(frame(1, 7, 0, new Uint8Array(40).fill(65))), true);
  await settle();
  assert.equal(seen.unreadable, 1);
  assert.equal(seen.records.length, 0);
  assert.equal(e.chains.get(7).records, 1);
});

test('records that come before their stream is announced must wait, but not without end', () => {
  const { e, seen } = evidence();
  e.receive(frame(1, 7, 0, payload(0)));
  e.setStreams([card()]);
  assert.equal(seen.records.length, 1);
  let n = 0;
  while (n < 1000 && e.receive(frame(1, 8, n, payload(0)))) n++;
  assert.equal(n, 256);
  assert.deepEqual(seen.faults, ['stream']);
});

test('a station must not be able to announce streams without end', () => {
  const { e } = evidence();
  for (let k = 0; k < 500; k++) e.setStreams([card({ id: k })]);
  assert.ok(e.chains.size <= 64);
});

test('a still must be whole, equal to its SHA-256, and may come before its announcement', async () => {
  const news = [];
  const stills = new Stills((s) => news.push(s.ok));
  const bytes = Uint8Array.from({ length: 40000 }, (_, i) => i * 7);
  const sha = createHash('sha256').update(bytes).digest('hex');
  const say = (number, sha256) => ({ id: 's' + number, number, stream: 3, side: 'left', site: '', media_type: 'image/jpeg', bytes: bytes.length, sha256, taken_ns: 1 });
  const until = async (f) => { for (let k = 0; k < 1000 && !f(); k++) await new Promise((r) => setTimeout(r, 1)); };
  stills.piece(5, 0, bytes.subarray(0, 16384));
  stills.announce(say(5, sha));
  stills.piece(5, 16384, bytes.subarray(16384, 32768));
  stills.piece(5, 99999, bytes.subarray(0, 5));
  assert.deepEqual(stills.have(), [{ number: 5, next: 32768 }]);
  stills.piece(5, 32768, bytes.subarray(32768));
  await until(() => stills.list[0].ok !== null);
  assert.equal(stills.list[0].ok, true);
  assert.equal(stills.list[0].blob.size, 40000);
  stills.announce(say(5, sha));
  assert.equal(stills.list.length, 1, 'announced again after a reconnection');
  stills.announce(say(6, 'a'.repeat(64)));
  stills.piece(6, 0, bytes.subarray(0, 32768));
  stills.piece(6, 32768, bytes.subarray(32768));
  await until(() => stills.list[1].ok !== null);
  assert.equal(stills.list[1].ok, false);
  for (let k = 0; k < 1000; k++) stills.piece(100 + k, 0, bytes.subarray(0, 16));
  assert.ok(stills.byNumber.size <= 10, 'pieces nobody announced are not kept without end');
});
