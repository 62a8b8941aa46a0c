// The breath as the specialist reads it: flow over volume and volume over time, the running manoeuvre dark, earlier ones
// faint. The numbers are the station's; the curves are integrated here from the flow that was received.
import { Pane } from './pane.js';
import { h, put } from './dom.js';
import { say, tr, num, words } from './i18n.js';

const START_L_S = 0.5;   // a forced breath has begun
const END_L_S = 0.1;     // below that for a second it is over
const BEFORE_S = 0.25;   // drawn before the start was noticed
const LONGEST_S = 30;
const KEEP = 8;

// Cuts a flow stream into manoeuvres. Pure; one push a sample.
export class Breaths {
  constructor(rate_hz) {
    this.rate = rate_hz;
    this.dt = 1 / rate_hz;
    this.list = [];
    this.current = null;
    this.before = [];
    this.version = 0;
  }

  push(flow) {
    if (!this.current) {
      this.before.push(flow);
      if (this.before.length > BEFORE_S * this.rate) this.before.shift();
      if (flow < START_L_S) return;
      this.current = { t: [], v: [], f: [], volume: 0, top: 0, quiet: 0, peak: 0 };
      const first = this.before;
      this.before = [];
      for (const f of first) this.extend(f);
      return;
    }
    this.extend(flow);
    const c = this.current;
    c.quiet = Math.abs(flow) < END_L_S ? c.quiet + this.dt : 0;
    if (c.quiet > 1 || c.t.length > LONGEST_S * this.rate) this.finish();
  }

  extend(flow) {
    const c = this.current;
    c.volume += flow * this.dt;
    c.top = Math.max(c.top, c.volume);
    c.peak = Math.max(c.peak, flow);
    c.t.push(c.t.length * this.dt);
    c.v.push(c.volume);
    c.f.push(flow);
    this.version++;
  }

  // Quiet breathing and a cough are no manoeuvre.
  finish() {
    const c = this.current;
    this.current = null;
    this.version++;
    if (!c || c.top < 0.5 || c.peak < 1) return;
    this.list.push(c);
    if (this.list.length > KEEP) this.list.shift();
  }

  // Samples are missing: what was being blown cannot be integrated any further.
  cut() {
    this.finish();
    this.before = [];
  }
}

export class LoopsPane extends Pane {
  constructor(card, enlarge) {
    super(card, enlarge);
    this.element.classList.add('loops-pane');
    const channel = card.labels.findIndex((x) => /flow/i.test(x));
    this.channel = channel < 0 ? 0 : channel;
    this.factor = { 'L/s': 1, 'mL/s': 0.001, 'L/min': 1 / 60 }[card.unit] ?? 1;
    this.breaths = new Breaths(card.rate_hz);
    this.results = new Map();
    this.arrived_ms = -Infinity;
    this.expected_s = null;
    this.loop = h('canvas', { role: 'img' });
    this.time = h('canvas', { role: 'img' });
    say(this.loop, 'Flow over volume', 'aria-label');
    say(this.time, 'Volume over time', 'aria-label');
    this.table = h('div.results', { role: 'status' });
    this.body.prepend(h('div.plots', {}, this.loop, this.time), this.table);
    words(() => {
      this.dirty = true;
      this.tell();
    });
    new ResizeObserver(() => { this.dirty = true; }).observe(this.body);
  }

  add(record, now_ms) {
    const line = record.channels[this.channel];
    const late = this.expected_s !== null && Math.abs(record.start_s - this.expected_s) > 0.5 / this.card.rate_hz + 1e-6;
    if (late || record.gap > 0) this.breaths.cut();
    for (let i = 0; i < record.count; i++) this.breaths.push((line[i] * this.card.scale + this.card.offset) * this.factor);
    this.expected_s = record.start_s + record.count / this.card.rate_hz;
    this.arrived_ms = now_ms;
  }

  result(m) {
    if (m.manoeuvre === null) return;
    this.results.set(m.manoeuvre, m);
    while (this.results.size > KEEP) this.results.delete(this.results.keys().next().value);
    this.latest = m;
    this.tell();
  }

  tell() {
    if (!this.table) return;
    this.table.replaceChildren();
    const m = this.latest;
    if (!m) {
      this.table.append(h('p.faint', {}, tr('No manoeuvre yet.')));
      return;
    }
    const figure = (name, value, unit, digits) =>
      h('div.figure', {}, h('small', {}, name), h('b', {}, value === null ? '–' : num(value, digits)), h('small', {}, unit));
    const ratio = m.fvc_l && m.fev1_l ? (100 * m.fev1_l) / m.fvc_l : null;
    this.table.append(
      h('div.figures', {}, figure('FVC', m.fvc_l, 'L', 2), figure('FEV1', m.fev1_l, 'L', 2), figure('FEV1/FVC', ratio, '%', 0),
        figure('PEF', m.pef_l_s, 'L/s', 1)),
      h('p', {}, `${tr('Manoeuvre {n}', { n: m.manoeuvre })}${m.words ? ': ' + m.words : ''}`));
  }

  draw() {
    if (!this.dirty && this.version === this.breaths.version) return;
    this.dirty = false;
    this.version = this.breaths.version;
    const all = [...this.breaths.list];
    const now = this.breaths.current ?? all.pop() ?? null;
    const top = Math.max(4, ...[...all, now].filter((x) => x).map((x) => x.top * 1.1));
    const peak = Math.max(8, ...[...all, now].filter((x) => x).map((x) => x.peak * 1.1));
    this.plot(this.loop, all, now, (b, i) => [b.v[i], b.f[i]], [0, top], [-peak / 2, peak], tr('volume, L'), tr('flow, L/s'));
    this.plot(this.time, all, now, (b, i) => [b.t[i], b.v[i]], [0, Math.max(6, now ? now.t.length * this.breaths.dt : 0)], [0, top],
      tr('time, s'), tr('volume, L'));
  }

  plot(canvas, earlier, now, point, [x0, x1], [y0, y1], xName, yName) {
    const ratio = window.devicePixelRatio || 1;
    const w = canvas.clientWidth;
    const height = canvas.clientHeight;
    if (w < 20 || height < 20) return;
    canvas.width = Math.round(w * ratio);
    canvas.height = Math.round(height * ratio);
    const ctx = canvas.getContext('2d');
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    const box = { l: 30, r: w - 8, t: 20, b: height - 22 };
    const X = (v) => box.l + ((v - x0) / (x1 - x0)) * (box.r - box.l);
    const Y = (v) => box.b - ((v - y0) / (y1 - y0)) * (box.b - box.t);
    ctx.font = '14px system-ui, sans-serif';
    ctx.lineWidth = 1;
    const stepX = x1 - x0 > 8 ? 2 : 1;
    const stepY = Math.max(1, Math.ceil((y1 - y0) / Math.max(2, (box.b - box.t) / 26)));
    ctx.textAlign = 'center';
    ctx.textBaseline = 'top';
    for (let v = Math.ceil(x0); v <= x1; v += stepX) {
      this.rule(ctx, X(v), box.t, X(v), box.b, v === 0);
      if (X(v) < box.r - ctx.measureText(xName).width - 6) ctx.fillText(String(v), X(v), box.b + 4);
    }
    ctx.textAlign = 'right';
    ctx.fillText(xName, box.r, box.b + 4);
    ctx.textBaseline = 'middle';
    for (let v = Math.ceil(y0 / stepY) * stepY; v <= y1; v += stepY) {
      this.rule(ctx, box.l, Y(v), box.r, Y(v), v === 0);
      ctx.fillText(String(v), box.l - 4, Y(v));
    }
    ctx.textAlign = 'left';
    ctx.fillText(yName, 2, 9);
    earlier.forEach((b, k) => this.curve(ctx, b, point, X, Y, `rgba(11,93,102,${0.18 + (0.25 * k) / KEEP})`, 1.2));
    if (now) this.curve(ctx, now, point, X, Y, '#0b5d66', 2.4);
  }

  rule(ctx, ax, ay, bx, by, zero) {
    ctx.strokeStyle = zero ? '#6c7682' : '#e3e1da';
    ctx.beginPath();
    ctx.moveTo(ax, ay);
    ctx.lineTo(bx, by);
    ctx.stroke();
    ctx.fillStyle = '#46505c';
  }

  curve(ctx, b, point, X, Y, colour, width) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.lineJoin = 'round';
    ctx.beginPath();
    for (let i = 0; i < b.t.length; i++) {
      const [x, y] = point(b, i);
      if (i) ctx.lineTo(X(x), Y(y));
      else ctx.moveTo(X(x), Y(y));
    }
    ctx.stroke();
  }
}
