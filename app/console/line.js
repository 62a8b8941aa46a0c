// What arrives late, and why, in words.
import { h, put } from './dom.js';
import { tr, num, words } from './i18n.js';

export class Line {
  constructor() {
    this.figures = h('span.figures', {}, h('span'), h('span.more'));
    this.said = h('span.words', { role: 'status' });
    this.element = h('div.line', {}, this.said, this.figures);
    this.last = null;
    words(() => this.show());
  }

  set(m) {
    this.last = m;
    this.show();
  }

  // The station has closed the examination.
  close() {
    this.closed = true;
    this.show();
  }

  // phase of the signalling; evidence over all waveforms: {behind_s, catching, silence_s}, or null.
  state(phase, evidence) {
    this.phase = phase;
    this.evidence = evidence;
    this.show();
  }

  show() {
    const m = this.last;
    const lost = this.phase === 'lost';
    const parts = [];
    if (this.closed) parts.push(tr('The station has closed the examination; the last data are being compared.'));
    else if (lost) parts.push(tr('Line lost. Trying again every second; the station goes on recording.'));
    else if (this.phase === 'connecting') parts.push(tr('Connecting to the station …'));
    else {
      if (this.evidence?.silence_s) parts.push(tr('No new recording for {s} s', { s: Math.floor(this.evidence.silence_s) }));
      else if (this.evidence?.catching) parts.push(tr('Catching up on the recording …'));
      else if (this.evidence) parts.push(tr('Recording complete, {s} s behind', { s: num(this.evidence.behind_s, 1) }));
      if (m?.words) parts.push(m.words);
    }
    put(this.said, parts.join(' · '));
    this.element.classList.toggle('bad', lost);
    this.element.classList.toggle('late', !lost && (this.evidence?.catching || this.evidence?.silence_s || (m?.loss_percent ?? 0) >= 3));
    const figures = [];  // the first stays on a phone
    if (m && !lost) {
      if (m.kbit_s !== null) figures.push(m.kbit_s >= 1000 ? `${num(m.kbit_s / 1000, 1)} Mbit/s` : `${num(m.kbit_s)} kbit/s`);
      if (m.loss_percent !== null) figures.push(tr('loss {n} %', { n: num(m.loss_percent, m.loss_percent < 10 ? 1 : 0) }));
      if (m.rtt_ms !== null) figures.push(`${num(m.rtt_ms)} ms`);
    }
    put(this.figures.firstChild, figures[0] ?? '');
    put(this.figures.lastChild, figures.slice(1).map((x) => ' · ' + x).join(''));
  }
}
