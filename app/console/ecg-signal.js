// One ECG as the page keeps it: the last 60 s in millivolts, where gaps and loose electrodes were, and the playhead that
// walks evenly behind what arrives in records.
import { Ring } from './ring.js';
import { HeartRate } from './rate.js';
import { leadOf, leadTerms, leadsWithout, electrodeOf, toMillivolts } from './leads.js';

const SECONDS = 60;
const MAX_MARKS = 200;
export const HIGH_PASS_HZ = 0.5;

export class EcgSignal {
  constructor(card) {
    this.card = card;
    this.rate = card.rate_hz;
    this.terms = leadTerms(card.labels);
    this.raw = new Ring(card.channels, this.rate, SECONDS);
    this.view = new Ring(card.channels, this.rate, SECONDS);
    this.heart = new HeartRate(this.rate);
    this.sound = card.labels.map((_, c) => c).slice(0, card.channels);  // channels that are signal now
    this.origin_s = null;
    this.gaps = [];   // {from, to, reason} in grid numbers
    this.loose = [];  // {electrode, leads, from, to}
    this.head = 0;
    this.arrived_ms = -Infinity;
    this.baseline = true;
    this.version = 0;  // changes when what was already drawn must be drawn anew
    this.state = null;
  }

  add(record, now_ms) {
    if (this.origin_s === null) this.origin_s = record.start_s;
    const at = Math.round((record.start_s - this.origin_s) * this.rate);
    if (!Number.isSafeInteger(at) || at < 0) return;
    const factor = toMillivolts(this.card.unit);
    const { scale, offset } = this.card;
    const values = record.channels.map((line) => Float32Array.from(line, (x) => (x * scale + offset) * factor));
    const end = this.raw.end;
    const missing = this.raw.write(at, values, record.count);
    if (missing > 0) {
      this.gaps.push({ from: end, to: at, reason: record.reason });
      if (this.gaps.length > MAX_MARKS) this.gaps.shift();
      this.state = null;
      this.heart.reset();
      this.version++;
    }
    this.view.write(at, this.filtered(values, record.count), record.count);
    if (this.sound.length)
      for (let i = 0; i < record.count; i++) this.heart.push(at + i, this.sound.map((c) => values[c][i]));
    this.arrived_ms = now_ms;
  }

  // First-order high pass: takes the wandering baseline away, for the eye only.
  filtered(values, count) {
    if (!this.baseline) return values;
    const a = 1 / (1 + (2 * Math.PI * HIGH_PASS_HZ) / this.rate);
    if (!this.state) this.state = values.map((line) => ({ x: line[0], y: 0 }));
    return values.map((line, c) => {
      const s = this.state[c];
      const out = new Float32Array(count);
      for (let i = 0; i < count; i++) {
        s.y = a * (s.y + line[i] - s.x);
        s.x = line[i];
        out[i] = s.y;
      }
      return out;
    });
  }

  // Switches the display's baseline filter; what is kept is filtered anew.
  setBaseline(on) {
    this.baseline = on;
    this.state = null;
    const { begin, end } = this.raw;
    this.view = new Ring(this.card.channels, this.rate, SECONDS);
    for (let from = begin; from < end; ) {
      while (from < end && Number.isNaN(this.raw.get(0, from))) from++;
      let to = from;
      while (to < end && !Number.isNaN(this.raw.get(0, to))) to++;
      if (to === from) break;
      const part = this.raw.data.map((_, c) => Float32Array.from({ length: to - from }, (_, i) => this.raw.get(c, from + i)));
      this.state = null;
      this.view.write(from, this.filtered(part, to - from), to - from);
      from = to;
    }
    this.version++;
  }

  // The electrodes that are off now.
  setOff(names) {
    const off = names.map(electrodeOf).filter((x) => x);
    for (const mark of this.loose) if (mark.to === Infinity && !off.includes(mark.electrode)) mark.to = this.raw.end;
    for (const electrode of off)
      if (!this.loose.some((m) => m.to === Infinity && m.electrode === electrode))
        this.loose.push({ electrode, leads: leadsWithout(electrode), from: this.raw.end, to: Infinity });
    this.loose = this.loose.filter((m) => m.to > this.raw.begin).slice(-MAX_MARKS);
    this.sound = this.card.labels.map((_, c) => c).slice(0, this.card.channels)
      .filter((c) => !leadOf(this.card.labels[c]) || !this.off(leadOf(this.card.labels[c])).length);
    this.heart.reset();
    this.version++;
  }

  // Electrodes that are off now, and those that make `lead` no signal now.
  off(lead = null) {
    return this.loose.filter((m) => m.to === Infinity && (lead === null || m.leads.includes(lead))).map((m) => m.electrode);
  }

  // Moves the playhead by dt_s; it stays about one record behind the newest sample, so that it never has to stop and wait.
  advance(dt_s) {
    const n = this.card.samples_per_record;
    const behind = this.raw.end - this.head;
    if (behind > 3 * this.rate + n || this.head < this.raw.begin) {
      this.head = Math.max(this.raw.begin, this.raw.end - n);
      this.version++;
      return;
    }
    const pull = Math.min(0.5, Math.max(-0.2, (behind - 0.6 * n) / (2 * this.rate)));
    this.head = Math.min(this.raw.end, this.head + dt_s * this.rate * (1 + pull));
  }
}
