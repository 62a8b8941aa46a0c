// What has been captured in this examination, in order; a press on a still shows it in full resolution.
import { h, put, icon, clock } from './dom.js';
import { say, tr, num, words } from './i18n.js';

const THUMB = 96;
const KINDS = { still: 'Still', clip: 'Clip', ecg: 'ECG', spirometry: 'Spirometry', note: 'Note', scan: 'Scan', advice: 'Advice' };

export class Timeline {
  // deviceOf(stream) -> card or null
  constructor(deviceOf) {
    this.deviceOf = deviceOf;
    this.items = new Map();
    this.list = h('ul.captures');
    this.empty = say(h('p.faint'), 'Nothing captured yet. What the nurse captures appears here.');
    this.title = say(h('h2'), 'Captures');
    this.element = h('section.card.timeline.none', {}, h('header', {}, this.title), this.empty, this.list);
    words(() => this.items.forEach((item) => this.describe(item)));
  }

  item(id, kind) {
    let item = this.items.get(id);
    if (!item) {
      if (this.items.size >= 500) return null;
      const canvas = h('canvas', { width: THUMB, height: 64, 'aria-hidden': 'true' });
      const words = h('span.words');
      const mark = h('span.sim-mark', { hidden: true }, 'SIMULATED');
      const button = h('button.capture', { type: 'button', onclick: () => this.open(item) }, h('span.thumb', {}, canvas, mark), words);
      item = { id, kind, canvas, words, mark, button, came: new Date() };
      this.items.set(id, item);
      this.list.append(h('li', {}, button));
      this.empty.hidden = true;
      this.element.classList.remove('none');
      this.list.scrollLeft = this.list.scrollWidth;
    }
    return item;
  }

  // `capture` and `clip` messages.
  capture(m, kind = m.kind) {
    const item = this.item(m.id, kind);
    if (!item) return;
    Object.assign(item, { kind, stream: m.stream ?? item.stream, label: m.label || item.label, durable: m.durable ?? item.durable });
    item.side = m.side || item.side;
    item.site = m.site || item.site;
    this.describe(item);
  }

  // News of a still: announced, coming in, complete.
  still(still) {
    const item = this.item(still.id, 'still');
    if (!item) return;
    item.still = still;
    item.stream = still.stream;
    item.side = still.side;
    item.site = still.site;
    if (still.blob && !item.drawn) {
      item.drawn = true;
      createImageBitmap(still.blob).then((bitmap) => {
        const k = Math.max(THUMB / bitmap.width, 64 / bitmap.height);
        const ctx = item.canvas.getContext('2d');
        ctx.drawImage(bitmap, (THUMB - bitmap.width * k) / 2, (64 - bitmap.height * k) / 2, bitmap.width * k, bitmap.height * k);
        bitmap.close();
      }).catch(() => {
        item.unreadable = true;  // came as it was sent, but is no picture
        this.describe(item);
      });
    }
    this.describe(item);
  }

  caption(item) {
    const side = item.side === 'left' ? tr('left') : item.side === 'right' ? tr('right') : '';
    return item.label || [tr(KINDS[item.kind] ?? item.kind), side, item.site].filter((x) => x).join(', ');
  }

  state(item) {
    const s = item.still;
    if (s && s.ok === null) return `${num((100 * s.got) / Math.max(1, s.bytes))} %`;
    if (s && (s.ok === false || item.unreadable)) return tr('damaged');
    return item.durable || s?.ok ? '✓ ' + clock(item.came).slice(0, 5) : clock(item.came).slice(0, 5);
  }

  describe(item) {
    const device = this.deviceOf(item.stream);
    item.mark.hidden = !device?.simulated;
    item.button.disabled = !item.still?.blob || item.still.ok === false || item.unreadable === true;
    item.button.classList.toggle('bad', item.still?.ok === false || item.unreadable === true);
    item.canvas.dataset.kind = item.kind;
    if (item.kind !== 'still' && !item.drawn) this.sign(item);
    const words = `${this.caption(item)} · ${this.state(item)}`;
    put(item.words, words);
    item.button.title = words;
  }

  // A sign for what has no picture.
  sign(item) {
    item.drawn = true;
    const ctx = item.canvas.getContext('2d');
    ctx.fillStyle = '#eef3f3';
    ctx.fillRect(0, 0, THUMB, 64);
    ctx.strokeStyle = '#0b5d66';
    ctx.lineWidth = 2;
    ctx.beginPath();
    const shape = item.kind === 'ecg' ? [[8, 36], [30, 36], [36, 30], [42, 36], [46, 50], [52, 10], [58, 44], [64, 36], [72, 28], [80, 36], [90, 36]]
      : item.kind === 'spirometry' ? [[12, 52], [20, 10], [32, 22], [50, 34], [84, 52]] : [[38, 18], [62, 32], [38, 46], [38, 18]];
    shape.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
    ctx.stroke();
  }

  open(item) {
    if (!item.still?.blob) return;
    createImageBitmap(item.still.blob)
      .then((bitmap) => view(bitmap, this.caption(item), item.still, this.deviceOf(item.stream)?.simulated), () => {});
  }
}

// The still in full resolution: whole, or pixel for pixel with scrolling.
function view(bitmap, caption, still, simulated) {
  const canvas = h('canvas', { width: bitmap.width, height: bitmap.height, role: 'img', 'aria-label': caption });
  canvas.getContext('2d').drawImage(bitmap, 0, 0);
  bitmap.close();
  const frame = h('div.still-frame', { tabindex: 0 }, canvas);
  const zoom = h('button', { type: 'button', onclick: () => {
    const large = frame.classList.toggle('pixels');
    zoom.setAttribute('aria-pressed', String(large));
  } }, tr('Pixel for pixel'));
  const close = h('button.tool', { type: 'button', 'aria-label': tr('Close'), onclick: () => dialog.close() }, icon('close'));
  const proof = h('p.faint', {}, `${canvas.width} × ${canvas.height} · SHA-256 ${still.sha256.slice(0, 16)}… ${tr('received complete')} ✓`);
  const dialog = h('dialog.still-view', {}, h('header', {}, h('h2', {}, caption), simulated ? h('span.sim-mark', {}, 'SIMULATED') : null, zoom, close),
    frame, proof);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
