// What is drawn: leads, gaps, loose electrodes, rate, manoeuvres; and the words.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { LEADS, leadOf, leadTerms, leadValue, electrodeOf, leadsWithout } from '../../../app/console/leads.js';
import { Ring } from '../../../app/console/ring.js';
import { HeartRate } from '../../../app/console/rate.js';
import { EcgSignal } from '../../../app/console/ecg-signal.js';
import { clean, clockAnswer, text } from '../../../app/console/messages.js';
import { vi } from '../../../app/console/vi.js';
import { EIGHT, heart } from '../../session/console_preview/signals.js';

const folder = new URL('../../../app/console/', import.meta.url);
const near = (a, b, e = 1e-6) => assert.ok(Math.abs(a - b) <= e, `${a} is not ${b}`);

test('the derived leads must follow Einthoven and Goldberger', () => {
  const terms = leadTerms(['ECG I', 'ECG II', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6']);
  assert.deepEqual([...terms.keys()].sort(), [...LEADS].sort());
  const v = [0.5, 1.2, 1, 2, 3, 4, 5, 6];
  near(leadValue(terms, 'III', v), 0.7);
  near(leadValue(terms, 'aVR', v), -0.85);
  near(leadValue(terms, 'aVL', v), -0.1);
  near(leadValue(terms, 'aVF', v), 0.95);
  near(leadValue(terms, 'V4', v), 4);
  near(leadValue(terms, 'aVR', v) + leadValue(terms, 'aVL', v) + leadValue(terms, 'aVF', v), 0);
  assert.deepEqual([...leadTerms(['I']).keys()], ['I'], 'one lead makes no others');
  assert.equal(leadOf('avr'), 'aVR');
  assert.equal(leadOf('resp'), null);
});

test('an electrode must take the right leads with it, in IEC and AHA naming', () => {
  assert.equal(electrodeOf('L'), 'LA');
  assert.equal(electrodeOf('C3'), 'V3');
  assert.equal(electrodeOf('ra'), 'RA');
  assert.equal(electrodeOf('X9'), null);
  assert.deepEqual(leadsWithout('V3'), ['V3']);
  assert.ok(!leadsWithout('LA').includes('II') && leadsWithout('LA').includes('V6') && leadsWithout('LA').includes('aVF'));
  assert.ok(!leadsWithout('LL').includes('I') && leadsWithout('LL').length === 11);
  assert.equal(leadsWithout('RA').length, 12);
  assert.deepEqual(leadsWithout('RL'), []);
});

test('the ring must show a gap as a gap and forget what is too old', () => {
  const ring = new Ring(1, 10, 2);
  assert.equal(ring.write(100, [[1, 2, 3]], 3), 0);
  assert.equal(ring.write(105, [[4, 5]], 2), 2);
  assert.deepEqual([100, 102, 103, 104, 105, 106].map((g) => ring.get(0, g)), [1, 3, NaN, NaN, 4, 5]);
  ring.write(107, [Array(20).fill(9)], 20);
  assert.equal(ring.get(0, 106), NaN);
  assert.equal(ring.get(0, 126), 9);
  assert.equal(ring.write(10000, [[7]], 1), 9873);
  assert.equal(ring.get(0, 126), NaN);
  assert.equal(ring.get(0, 10000), 7);
});

const card = { id: 1, kind: 'waveform', device_kind: 'ecg', labels: EIGHT, channels: 8, samples_per_record: 100, rate_hz: 500, scale: 0.1, offset: 0, unit: 'uV' };
function feed(signal, from, to) {
  for (let k = from; k < to; k++)
    signal.add({ start_s: 7.3 + k * 0.2, count: 100, padding: 0, gap: 0, reason: '', channels: EIGHT.map((lead) =>
      Int32Array.from({ length: 100 }, (_, i) => Math.round(heart(lead, k * 0.2 + i / 500) * 10000))) }, 0);
}

test('the heart rate must be that of the signal, must not survive a gap, and must follow an electrode that is off', () => {
  const signal = new EcgSignal(card);
  feed(signal, 0, 60);
  assert.equal(signal.raw.end, 6000);
  near(signal.heart.perMinute(6000), 74, 1);
  assert.equal(signal.heart.perMinute(6000 + 3 * 500 + 500), null);
  feed(signal, 70, 72);
  assert.deepEqual(signal.gaps, [{ from: 6000, to: 7000, reason: '' }]);
  assert.equal(signal.heart.perMinute(signal.raw.end), null);
  signal.setOff(['L']);
  assert.deepEqual(signal.off('aVL'), ['LA']);
  assert.deepEqual(signal.off('II'), []);
  feed(signal, 72, 120);
  near(signal.heart.perMinute(signal.raw.end), 74, 1);
  signal.setOff(['R']);
  feed(signal, 120, 160);
  assert.equal(signal.heart.perMinute(signal.raw.end), null, 'no lead is left');
  signal.setOff([]);
  assert.deepEqual(signal.off(), []);
  assert.equal(signal.loose.length, 2, 'where it was off stays off');
});

test('the rate must be right from one lead alone, wherever in the beat the signal begins', () => {
  for (let begin = 0; begin < 1; begin += 0.05) {
    const rate = new HeartRate(500);
    for (let g = 0; g < 5 * 500; g++) rate.push(g, [heart('II', begin + g / 500)]);
    near(rate.perMinute(2500), 74, 1);
  }
});

test('a flat line must have no rate', () => {
  const rate = new HeartRate(500);
  for (let g = 0; g < 5000; g++) rate.push(g, [0.002 * Math.sin(g * 0.6)]);
  assert.equal(rate.perMinute(5000), null);
});

test('the display filter must take the baseline away and leave what was received as it is', () => {
  const signal = new EcgSignal({ ...card, labels: ['I'], channels: 1, scale: 1, unit: 'mV' });
  for (let k = 0; k < 50; k++) signal.add({ start_s: k * 0.2, count: 100, reason: '', channels: [new Int32Array(100).fill(3)] }, 0);
  assert.equal(signal.raw.get(0, 4000), 3);
  near(signal.view.get(0, 4000), 0, 1e-3);
  signal.setBaseline(false);
  assert.equal(signal.view.get(0, 4000), 3);
});

test('the playhead must never pass the newest sample and never fall far behind', () => {
  const signal = new EcgSignal(card);
  for (let k = 0; k < 200; k++) {
    feed(signal, k, k + 1);
    for (let f = 0; f < 12; f++) {
      signal.advance(1 / 60);
      assert.ok(signal.head <= signal.raw.end);
    }
  }
  assert.ok(signal.raw.end - signal.head < 200);
  feed(signal, 200, 500);  // a back-fill comes all at once
  signal.advance(1 / 60);
  assert.ok(signal.raw.end - signal.head <= 100);
});

test('hostile control messages must be cut to size or refused', () => {
  assert.throws(() => clean('{'));
  assert.throws(() => clean('[]'));
  assert.throws(() => clean('null'));
  assert.throws(() => clean('"' + 'x'.repeat(70000) + '"'));
  assert.equal(clean('{"type":"tomorrow"}'), null);
  assert.equal(clean('{"type":"constructor"}'), null);
  assert.equal(clean('{"type":"__proto__"}'), null);
  assert.equal(clean(JSON.stringify({ type: 'chat', from: 'x'.repeat(999), text: 'y'.repeat(9999) })).text.length, 2000);
  assert.equal(text('a\u202eb\u0000c\nd'), 'abc\nd');
  const m = clean(JSON.stringify({ type: 'streams', streams: [null, 3, { id: -1, kind: 'video' }, { id: 1, kind: 'waveform', rate_hz: 1e9 },
    { id: 2, kind: 'waveform', rate_hz: 500, samples_per_record: 500, channels: 2, labels: ['I'], scale: 'x', state: '<b>' }] }));
  assert.equal(m.streams.length, 1);
  assert.deepEqual(m.streams[0].labels, ['I', '2']);
  assert.equal(m.streams[0].scale, 1);
  assert.equal(m.streams[0].state, 'ended');
  assert.equal(clean('{"type":"pointer","from":"g","stream":1,"x":7,"y":0.5,"visible":true}').x, null);
  assert.equal(clean('{"type":"hello"}').exam.patient_name, '');
});

test('the clock answer must repeat t0 and give this clock in whole nanoseconds', () => {
  const a = clockAnswer(clean('{"type":"time","t0":123456789012}'), 1234.5678);
  assert.deepEqual(a, { type: 'time', t0: 123456789012, t1: 1234567800 });
});

test('every English key of the page must have Vietnamese words, with the same values in them', () => {
  const missing = [];
  const used = new Set();
  for (const file of readdirSync(folder).filter((f) => f.endsWith('.js') && f !== 'vi.js')) {
    const source = readFileSync(new URL(file, folder), 'utf8');
    for (const m of source.matchAll(/\b(?:tr|say|tool|field)\((?:[^'"`]*?,\s*)?'((?:[^'\\]|\\.)+)'/g)) used.add(m[1]);
    for (const m of source.matchAll(/say\(h\([^;\n]*?\), '((?:[^'\\]|\\.)+)'(?:, '[a-z-]+')?\)/g)) used.add(m[1]);
  }
  for (const key of used) if (/^[A-Z]/.test(key) && / /.test(key) && !(key in vi)) missing.push(key);
  assert.ok(used.size > 60, `only ${used.size} keys were found`);
  assert.deepEqual(missing, []);
  for (const [key, value] of Object.entries(vi))
    assert.deepEqual([...value.matchAll(/\{\w+\}/g)].map(String).sort(), [...key.matchAll(/\{\w+\}/g)].map(String).sort(), key);
});

test('the page must need nothing from elsewhere, nothing inline, and every file must be listed', () => {
  const html = readFileSync(new URL('index.html', folder), 'utf8');
  assert.doesNotMatch(html, /style=|<style|\son\w+=|https?:/);
  assert.match(html, /<script defer src="console\/start.js"><\/script>/);
  const listed = [...readFileSync(new URL('meson.build', folder), 'utf8').matchAll(/'([\w-]+\.(?:js|css|html|svg))'/g)].map((m) => m[1]).sort();
  assert.deepEqual(readdirSync(folder).filter((f) => /\.(js|css|html|svg)$/.test(f)).sort(), listed);
  for (const file of listed.filter((f) => f.endsWith('.js'))) {
    const source = readFileSync(new URL(file, folder), 'utf8');
    assert.doesNotMatch(source, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/, file);
    for (const m of source.matchAll(/from '([^']+)'/g)) assert.ok(m[1].startsWith('./') && listed.includes(m[1].slice(2)), `${file}: ${m[1]}`);
  }
});
