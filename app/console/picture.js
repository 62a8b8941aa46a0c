// A scope's or camera's live picture: as large as it can be, with pointers on top. Press and hold to point; freeze keeps
// what is seen while the stream goes on behind.
import { Pane } from './pane.js';
import { h, put, clock } from './dom.js';
import { say, tr, words } from './i18n.js';

const POINT_MS = 34;      // at most 30 a second
const LINGER_MS = 2500;   // a released pointer stays that long, then it is taken away

export class PicturePane extends Pane {
  // on: enlarge(pane), point({stream, x, y, visible}), ask(card)
  constructor(card, on) {
    super(card, on.enlarge);
    this.on = on;
    this.frames = 0;
    this.frame_ms = -Infinity;
    this.pointers = new Map();
    this.spot = { x: 0.5, y: 0.5 };
    this.video = h('video', { playsinline: true, muted: true, autoplay: true });
    this.video.muted = true;
    this.still = h('canvas.frozen-frame', { hidden: true });
    this.layer = h('div.pointers', { tabindex: 0, role: 'application' });
    this.badge = h('div.frozen-badge', { hidden: true });
    this.body.prepend(this.video, this.still, this.layer, this.badge);
    say(this.layer, 'Live picture. Press and hold to point; with the keyboard use the arrow keys, Escape takes the pointer away.', 'aria-label');
    say(this.layer, 'Press and hold to point', 'title');
    if (card.device_kind !== 'camera' && card.device_kind !== 'room') {
      this.freezer = this.tool('freeze', 'Freeze (F)', () => this.freeze(!this.frozen));
      this.asker = this.tool('camera', 'Ask for a still of this', () => on.ask(this.card));
      this.freezer.classList.add('wide-only');
      this.asker.classList.add('wide-only');
    }
    words(() => this.describe());
    this.pointing();
    this.watch();
  }

  setTrack(track) {
    if (this.track === track) return;
    if (!track && !this.frozen) this.keep();  // the last picture stays, greyed, instead of black
    this.track = track;
    this.video.srcObject = track ? new MediaStream([track]) : null;
    if (track) this.video.play().catch(() => {});
  }

  // Counts the frames really shown.
  watch() {
    const seen = () => {
      this.frames++;
      if (this.kept && !this.frozen) this.still.hidden = !(this.kept = false);
      this.frame_ms = performance.now();
    };
    if (this.video.requestVideoFrameCallback) {
      const next = () => {
        seen();
        this.video.requestVideoFrameCallback(next);
      };
      this.video.requestVideoFrameCallback(next);
    } else {
      setInterval(() => {
        const now = this.video.getVideoPlaybackQuality?.().totalVideoFrames ?? this.video.currentTime;
        if (now !== this.count) seen();
        this.count = now;
      }, 100);
    }
  }

  ageMs(now_ms) {
    return now_ms - this.frame_ms;
  }

  freeze(on) {
    if (on && !this.video.videoWidth) return;
    this.frozen = on;
    this.freezer?.setAttribute('aria-pressed', String(on));
    this.element.classList.toggle('frozen', on);
    this.still.hidden = this.badge.hidden = !on;
    if (!on) return;
    this.keep();
    put(this.badge, tr('Frozen at {t}', { t: clock() }));
  }

  keep() {
    if (!this.video.videoWidth) return;
    this.still.width = this.video.videoWidth;
    this.still.height = this.video.videoHeight;
    this.still.getContext('2d').drawImage(this.video, 0, 0);
    this.still.hidden = false;
    this.kept = true;
  }

  // The picture's rectangle inside the pane (it is letterboxed).
  rectangle() {
    const w = this.layer.clientWidth;
    const hgt = this.layer.clientHeight;
    const vw = this.video.videoWidth || this.still.width || 4;
    const vh = this.video.videoHeight || this.still.height || 3;
    const k = Math.min(w / vw, hgt / vh);
    return { x: (w - vw * k) / 2, y: (hgt - vh * k) / 2, w: vw * k, h: vh * k };
  }

  pointing() {
    const at = (e) => {
      const box = this.layer.getBoundingClientRect();
      const r = this.rectangle();
      return { x: (e.clientX - box.left - r.x) / r.w, y: (e.clientY - box.top - r.y) / r.h };
    };
    const inside = (p) => p.x >= 0 && p.x <= 1 && p.y >= 0 && p.y <= 1;
    this.layer.addEventListener('pointerdown', (e) => {
      if (!inside(at(e))) return;
      this.layer.setPointerCapture(e.pointerId);
      this.held = true;
      this.point(at(e), true);
    });
    this.layer.addEventListener('pointermove', (e) => {
      if (!this.held) return;
      const p = at(e);
      this.point({ x: Math.min(1, Math.max(0, p.x)), y: Math.min(1, Math.max(0, p.y)) }, false);
    });
    const release = () => {
      if (!this.held) return;
      this.held = false;
      this.linger();
    };
    this.layer.addEventListener('pointerup', release);
    this.layer.addEventListener('pointercancel', release);
    this.layer.addEventListener('keydown', (e) => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
      if (e.key === 'Escape' && this.pointers.get('')?.visible) {
        e.stopPropagation();
        this.hidePointer();
      } else if (step) {
        e.preventDefault();
        const by = e.shiftKey ? 0.05 : 0.015;
        this.point({ x: Math.min(1, Math.max(0, this.spot.x + step[0] * by)), y: Math.min(1, Math.max(0, this.spot.y + step[1] * by)) }, true);
        this.linger();
      }
    });
  }

  point(p, at_once) {
    this.spot = p;
    clearTimeout(this.lingering);
    this.showPointer({ from: '', ...p, visible: true });
    const now = performance.now();
    clearTimeout(this.pending);
    const wait = POINT_MS - (now - (this.pointed_ms ?? 0));
    const send = () => {
      this.pointed_ms = performance.now();
      this.on.point({ stream: this.card.id, x: this.spot.x, y: this.spot.y, visible: true });
    };
    if (wait <= 0 || at_once) send();
    else this.pending = setTimeout(send, wait);
  }

  linger() {
    clearTimeout(this.lingering);
    this.lingering = setTimeout(() => this.hidePointer(), LINGER_MS);
  }

  hidePointer() {
    clearTimeout(this.pending);
    this.showPointer({ from: '', ...this.spot, visible: false });
    this.on.point({ stream: this.card.id, x: this.spot.x, y: this.spot.y, visible: false });
  }

  // A pointer on this picture; `from` is empty for one's own.
  showPointer(p) {
    let mark = this.pointers.get(p.from);
    if (!mark) {
      if (this.pointers.size >= 12) return;
      mark = { element: h('div.pointer' + (p.from === '' ? '.own' : ''), {}, h('span')) };
      put(mark.element.firstChild, p.from);
      this.layer.append(mark.element);
      this.pointers.set(p.from, mark);
    }
    mark.visible = p.visible;
    mark.x = p.x ?? 0;
    mark.y = p.y ?? 0;
    this.place(mark);
  }

  place(mark) {
    mark.element.hidden = !mark.visible;
    if (!mark.visible) return;
    const r = this.rectangle();
    mark.element.style.left = r.x + mark.x * r.w + 'px';
    mark.element.style.top = r.y + mark.y * r.h + 'px';
  }

  draw() {
    for (const mark of this.pointers.values()) if (mark.visible) this.place(mark);
  }
}
