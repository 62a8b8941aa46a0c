// What arrives late, and why, in words.
import { h, put } from './dom.js';
import { tr, num, words } from './i18n.js';

export class Line {
  constructor() {
    this.figures = h('span.figures');
    this.said = h('span.words', { role: 'status' });
    this.element = h('div.line', {}, this.said, this.figures);
    this.last = null;
    words(() => this.show());
  }

  set(m) {
    this.last = m;
    this.show();
  }

  // phase of the signalling; evidence: {behind_s, catching} over all waveforms.
  state(phase, evidence) {
    this.phase = phase;
    this.evidence = evidence;
    this.show();
  }

  show() {
    const m = this.last;
    const lost = this.phase === 'lost';
    const parts = [];
    if (lost) parts.push(tr('Line lost. Trying again every second; the station goes on recording.'));
    else if (this.phase === 'connecting') parts.push(tr('Connecting to the station …'));
    else {
      if (this.evidence?.catching) parts.push(tr('Catching up on the recording …'));
      else if (this.evidence) parts.push(tr('Recording complete, {s} s behind', { s: num(this.evidence.behind_s, 1) }));
      if (m?.words) parts.push(m.words);
    }
    put(this.said, parts.join(' · '));
    this.element.classList.toggle('bad', lost);
    this.element.classList.toggle('late', !lost && (this.evidence?.catching || (m?.loss_percent ?? 0) >= 3));
    const figures = [];
    if (m && !lost) {
      if (m.kbit_s !== null) figures.push(m.kbit_s >= 1000 ? `${num(m.kbit_s / 1000, 1)} Mbit/s` : `${num(m.kbit_s)} kbit/s`);
      if (m.loss_percent !== null) figures.push(tr('loss {n} %', { n: num(m.loss_percent, m.loss_percent < 10 ? 1 : 0) }));
      if (m.rtt_ms !== null) figures.push(`${num(m.rtt_ms)} ms`);
    }
    put(this.figures, figures.join(' · '));
  }
}
