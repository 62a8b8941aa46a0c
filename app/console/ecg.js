// The ECG on paper: twelve leads at true size, swept from left to right. Old signal is never shown as new: a bar is
// erased before the pen, a gap is hatched with its length, a lead without its electrode is a dashed line.
import { Pane } from './pane.js';
import { h, put } from './dom.js';
import { say, tr, num, words } from './i18n.js';
import { LEADS } from './leads.js';
import { HIGH_PASS_HZ } from './ecg-signal.js';
import { paper, pxPerMm, calibrated, calibrate, onScale } from './paper.js';

const IEC = { RA: 'R', LA: 'L', LL: 'F', RL: 'N' };
const ERASE_MM = 6;
const MARGIN_MM = 7;  // room for the calibration mark
const INK = '#17202b';
const LINE = 0.57;  // where in its row a lead's zero lies: beats reach up more than down

// Cells of a layout: {lead, from, to} as parts of the page's width, and the row.
export function cellsOf(layout, leads) {
  const have = LEADS.filter((x) => leads.includes(x));
  const rest = leads.filter((x) => !LEADS.includes(x));
  if (have.length < 12) return [...have, ...rest].map((lead, row) => ({ lead, row, from: 0, to: 1 }));
  if (layout === '12x1') return have.map((lead, row) => ({ lead, row, from: 0, to: 1 }));
  if (layout === '6x2') return have.map((lead, i) => ({ lead, row: i % 6, from: Math.floor(i / 6) / 2, to: Math.floor(i / 6) / 2 + 0.5 }));
  const cells = have.map((lead, i) => ({ lead, row: i % 3, from: Math.floor(i / 3) / 4, to: Math.floor(i / 3) / 4 + 0.25 }));
  return [...cells, { lead: 'II', row: 3, from: 0, to: 1 }];
}

const electrodeName = (e) => (IEC[e] ? `${e} (${IEC[e]})` : `${e} (C${e[1]})`);

export class EcgPane extends Pane {
  constructor(signal, enlarge) {
    super(signal.card, enlarge);
    this.signal = signal;
    this.leads = signal.terms.size ? [...signal.terms.keys()] : signal.card.labels.slice(0, 12);
    if (!signal.terms.size) this.leads.forEach((lead, c) => signal.terms.set(lead, [[c, 1]]));
    this.speed = 25;
    this.gain = window.innerWidth < 700 ? 5 : 10;
    this.layout = window.innerWidth < 700 ? '6x2' : '3x4';
    this.frozen = false;
    this.element.classList.add('ecg-pane');
    this.back = h('canvas', { 'aria-hidden': 'true' });
    this.front = h('canvas', { tabindex: 0, role: 'img' });
    this.caliper = h('div.caliper', { hidden: true }, h('span'));
    this.strip = h('div.strip', {}, h('span'), h('span.wide-only'));
    this.rate = h('div.rate', { title: '' }, h('b', {}, '--'), say(h('small'), 'bpm'));
    this.body.prepend(this.back, this.front, this.caliper, this.strip);
    this.element.querySelector('header').insertBefore(this.rate, this.tools);
    this.controls();
    words(() => {
      this.dirty = true;
      this.front.setAttribute('aria-label', tr('Twelve-lead ECG on millimetre paper. When frozen: drag, or use the arrow keys, to measure.'));
    });
    onScale(() => { this.dirty = true; });
    new ResizeObserver(() => { this.dirty = true; }).observe(this.body);
    this.measure();
  }

  controls() {
    const choice = (name, options, get, set) => {
      const select = h('select', { onchange: () => {
        set(select.value);
        this.dirty = true;
        this.settle.forEach((f) => f());
      } }, ...options.map(([v, label]) => (label === null ? say(h('option', { value: v }), v) : h('option', { value: v }, label))));
      this.settle.push(() => { select.value = get(); });
      say(select, name, 'aria-label');
      return select;
    };
    this.settle = [];
    const layouts = ['Layout', [['3x4', '3×4 + II'], ['6x2', '6×2'], ['12x1', '12×1']], () => this.layout, (v) => { this.layout = v; }];
    const inHeader = choice(...layouts);
    inHeader.classList.add('wide-only');
    this.tools.insertBefore(inHeader, this.grow);
    this.freezer = this.tool('freeze', 'Freeze (F)', () => this.freeze(!this.frozen));
    this.freezer.classList.add('wide-only');
    const open = this.tool('paper', 'Paper: speed, gain, filter, true size', () => show(this.sheet.hidden));
    const rows = [
      layouts,
      ['Paper speed', [['25', '25 mm/s'], ['50', '50 mm/s']], () => String(this.speed), (v) => { this.speed = Number(v); }],
      ['Gain', [['5', '5 mm/mV'], ['10', '10 mm/mV'], ['20', '20 mm/mV']], () => String(this.gain), (v) => { this.gain = Number(v); }],
      ['Filter for the display', [['baseline steady', null], ['no filter', null]], () => (this.signal.baseline ? 'baseline steady' : 'no filter'),
        (v) => this.signal.setBaseline(v === 'baseline steady')],
    ].map((row) => h('label', {}, say(h('span'), row[0]), choice(...row)));
    rows[0].classList.add('narrow-only');
    this.sheet = h('div.sheet', { hidden: true }, ...rows, say(h('button', { type: 'button', onclick: () => {
      show(false);
      calibrate();
    } }), 'True size: calibrate with a bank card'));
    const show = (on) => {
      this.sheet.hidden = !on;
      open.setAttribute('aria-expanded', String(on));
      (on ? this.sheet.querySelector('select') : open).focus({ preventScroll: true });
    };
    this.sheet.addEventListener('keydown', (e) => {
      if (e.key !== 'Escape') return;
      e.stopPropagation();
      show(false);
    });
    this.body.append(this.sheet);
    this.front.addEventListener('pointerdown', () => { if (!this.sheet.hidden) show(false); });
    this.settle.forEach((f) => f());
  }

  freeze(on) {
    this.frozen = on;
    this.freezer.setAttribute('aria-pressed', String(on));
    this.element.classList.toggle('frozen', on);
    if (!on) this.caliper.hidden = true;
    this.dirty = true;
  }

  // Calipers: two corners over the frozen trace give time, rate and millivolts.
  measure() {
    let a = null;
    const at = (e) => {
      const r = this.front.getBoundingClientRect();
      return { x: Math.min(r.width, Math.max(0, e.clientX - r.left)), y: Math.min(r.height, Math.max(0, e.clientY - r.top)) };
    };
    this.front.addEventListener('pointerdown', (e) => {
      if (!this.frozen) return;
      this.front.setPointerCapture(e.pointerId);
      a = at(e);
      this.legs(a, a);
    });
    this.front.addEventListener('pointermove', (e) => { if (a && this.frozen) this.legs(a, at(e)); });
    this.front.addEventListener('pointerup', () => { a = null; });
    this.front.addEventListener('keydown', (e) => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
      if (!this.frozen || !step) return;
      e.preventDefault();
      const [p, q] = this.corners ?? [{ x: this.width / 3, y: this.height / 3 }, { x: this.width / 3, y: this.height / 3 }];
      const leg = e.shiftKey ? p : q;
      const by = e.ctrlKey ? 1 : pxPerMm();
      leg.x = Math.min(this.width, Math.max(0, leg.x + step[0] * by));
      leg.y = Math.min(this.height, Math.max(0, leg.y + step[1] * by));
      this.legs(p, q);
    });
  }

  legs(a, b) {
    this.corners = [{ ...a }, { ...b }];
    const s = this.caliper.style;
    s.left = Math.min(a.x, b.x) + 'px';
    s.top = Math.min(a.y, b.y) + 'px';
    s.width = Math.abs(a.x - b.x) + 'px';
    s.height = Math.abs(a.y - b.y) + 'px';
    const ms = (Math.abs(a.x - b.x) / (pxPerMm() * this.speed)) * 1000;
    const mv = Math.abs(a.y - b.y) / (pxPerMm() * this.gain);
    put(this.caliper.firstChild, `${num(ms)} ms · ${ms > 100 ? num(60000 / ms) + '/min · ' : ''}${num(mv, 2)} mV`);
    this.caliper.hidden = false;
  }

  // Called once a frame.
  draw(dt_s) {
    if (!this.frozen) this.signal.advance(dt_s);
    if (this.body.clientWidth < 20 || this.body.clientHeight < 20) return;
    if (this.dirty || this.version !== this.signal.version || this.drawn > this.signal.head) this.all();
    else if (this.signal.head > this.drawn) this.sweep(this.drawn, this.signal.head);
    this.drawn = this.signal.head;
    const bpm = this.stale ? null : this.signal.heart.perMinute(this.signal.raw.end);
    put(this.rate.firstChild, bpm === null ? '--' : String(bpm));
    this.rate.classList.toggle('none', bpm === null);
  }

  all() {
    this.dirty = false;
    this.version = this.signal.version;
    const ratio = window.devicePixelRatio || 1;
    this.width = this.body.clientWidth;
    this.height = this.body.clientHeight;
    for (const canvas of [this.back, this.front]) {
      canvas.width = Math.round(this.width * ratio);
      canvas.height = Math.round(this.height * ratio);
      canvas.getContext('2d').setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    const mm = pxPerMm();
    this.left = MARGIN_MM * mm;
    this.perSample = (this.speed * mm) / this.signal.rate;
    this.page = Math.max(1, Math.floor((this.width - this.left) / this.perSample));
    this.cells = cellsOf(this.layout, this.leads);
    const rows = Math.max(...this.cells.map((c) => c.row), 0) + 1;
    const top = 4;
    const pitch = (this.height - top - 20) / rows;
    for (const c of this.cells) {
      c.y = top + (c.row + LINE) * pitch;
      c.x0 = this.left + c.from * this.page * this.perSample;
      c.x1 = this.left + c.to * this.page * this.perSample;
    }
    this.drawPaper(mm, rows, pitch, top);
    const erase = Math.ceil((ERASE_MM * mm) / this.perSample);
    this.sweep(Math.max(this.signal.raw.begin, this.signal.head - this.page + erase), this.signal.head);
  }

  drawPaper(mm, rows, pitch, top) {
    const ctx = this.back.getContext('2d');
    paper(ctx, this.width, this.height, mm);
    ctx.strokeStyle = INK;
    ctx.lineWidth = 1.2;
    for (let row = 0; row < rows; row++) {  // 1 mV for 0.1 s at least, as the machine on the ward draws it
      const y = top + (row + LINE) * pitch;
      const up = this.gain * mm;
      ctx.beginPath();
      ctx.moveTo(1 * mm, y);
      ctx.lineTo(2 * mm, y);
      ctx.lineTo(2 * mm, y - up);
      ctx.lineTo(5 * mm, y - up);
      ctx.lineTo(5 * mm, y);
      ctx.lineTo(6 * mm, y);
      ctx.stroke();
    }
    ctx.textBaseline = 'top';
    for (const c of this.cells) {
      const off = this.signal.off(c.lead);
      const label = off.length ? `${c.lead}  ${tr('{e} off', { e: electrodeName(off[0]) })}` : c.lead;
      const y = c.y - LINE * pitch + 1;
      ctx.font = '600 14px system-ui, sans-serif';
      ctx.fillStyle = 'rgba(255,250,247,0.85)';
      ctx.fillRect(c.x0 + 2, y - 1, ctx.measureText(label).width + 4, 17);
      ctx.fillStyle = off.length ? '#9d1c1c' : INK;
      ctx.fillText(label, c.x0 + 4, y, Math.max(10, c.x1 - c.x0 - 8));
    }
    const filter = this.signal.baseline ? tr('display ≥ {hz} Hz', { hz: num(HIGH_PASS_HZ, 1) }) : tr('no filter');
    put(this.strip.firstChild, `${this.speed} mm/s · ${this.gain} mm/mV · ${filter}`);
    put(this.strip.lastChild, calibrated() ? '' : ' · ' + tr('size not calibrated'));
  }

  // Paints grid numbers [from, to) page by page and clears the bar before the pen.
  sweep(from, to) {
    const ctx = this.front.getContext('2d');
    for (let g = Math.floor(from); g < to; ) {
      const start = Math.floor(g / this.page) * this.page;
      const stop = Math.min(Math.ceil(to), start + this.page);
      this.paint(ctx, start, g, stop);
      g = stop;
    }
  }

  paint(ctx, start, from, to) {
    const x = (g) => this.left + (g - start) * this.perSample;
    const bar = ERASE_MM * pxPerMm();
    const xa = x(from);
    const xb = x(to);
    ctx.clearRect(xa, 0, xb - xa + bar, this.height);
    const over = xb + bar - x(start + this.page);
    if (over > 0) ctx.clearRect(this.left, 0, over, this.height);
    this.hatch(ctx, start, from, to, x);
    ctx.lineJoin = 'round';
    for (const c of this.cells) {
      const first = Math.max(start, Math.floor(start + c.from * this.page), from - 1);
      const last = Math.min(to, Math.ceil(start + c.to * this.page));
      if (last <= first) continue;
      ctx.save();
      ctx.beginPath();
      ctx.rect(Math.max(xa - 0.5, c.x0), 0, Math.min(xb, c.x1) - Math.max(xa - 0.5, c.x0) + 0.5, this.height);
      ctx.clip();
      this.trace(ctx, c, first, last, x);
      ctx.restore();
    }
  }

  trace(ctx, cell, first, last, x) {
    const ring = this.signal.view;
    const terms = this.signal.terms.get(cell.lead);
    const scale = this.gain * pxPerMm();
    const loose = this.signal.loose.filter((m) => m.leads.includes(cell.lead) && m.to > first && m.from < last);
    let pen = false;
    ctx.beginPath();
    for (let g = first; g < last; g++) {
      let mv = 0;
      for (const [c, f] of terms) mv += f * ring.get(c, g);
      if (Number.isNaN(mv) || (loose.length && loose.some((m) => g >= m.from && g < m.to))) {
        pen = false;
        continue;
      }
      const y = cell.y - mv * scale;
      if (pen) ctx.lineTo(x(g), y);
      else ctx.moveTo(x(g), y);
      pen = true;
    }
    ctx.strokeStyle = INK;
    ctx.lineWidth = 1.3;
    ctx.stroke();
    if (!loose.length) return;
    ctx.setLineDash([6, 5]);
    ctx.lineDashOffset = x(first) % 11;
    ctx.strokeStyle = '#8d939b';
    ctx.beginPath();
    for (const m of loose) {
      ctx.moveTo(x(Math.max(m.from, first)), cell.y);
      ctx.lineTo(x(Math.min(m.to, last)), cell.y);
    }
    ctx.stroke();
    ctx.setLineDash([]);
  }

  hatch(ctx, start, from, to, x) {
    for (const gap of this.signal.gaps) {
      if (gap.to <= from || gap.from >= to) continue;
      const a = x(Math.max(gap.from, start));
      const b = x(Math.min(gap.to, start + this.page, to));
      ctx.save();
      ctx.beginPath();
      ctx.rect(a, 0, b - a, this.height);
      ctx.clip();
      ctx.fillStyle = '#ecebe8';
      ctx.fillRect(a, 0, b - a, this.height);
      ctx.strokeStyle = '#b3b0aa';
      ctx.lineWidth = 1;
      ctx.beginPath();
      for (let d = Math.floor((a - this.height) / 9) * 9; d < b; d += 9) {
        ctx.moveTo(d, this.height);
        ctx.lineTo(d + this.height, 0);
      }
      ctx.stroke();
      const label = tr('gap {s} s', { s: num((gap.to - gap.from) / this.signal.rate, 2) });
      ctx.font = '600 14px system-ui, sans-serif';
      ctx.translate((a + b) / 2, this.height / 2);
      if (ctx.measureText(label).width + 12 > b - a) ctx.rotate(-Math.PI / 2);
      const w = ctx.measureText(label).width + 10;
      ctx.fillStyle = '#ecebe8';
      ctx.fillRect(-w / 2, -10, w, 20);
      ctx.fillStyle = '#4a4640';
      ctx.textAlign = 'center';
      ctx.textBaseline = 'middle';
      ctx.fillText(label, 0, 0);
      ctx.restore();
    }
  }
}
