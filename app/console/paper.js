// Millimetres on this screen, and the paper of an electrocardiogram.
import { h } from './dom.js';
import { say, tr, num, words } from './i18n.js';

const CARD_MM = 85.6;  // ISO/IEC 7810 ID-1
const KEY = 'caukham.px_per_mm';
const ASSUMED = 96 / 25.4;  // what CSS believes; wrong on most screens, hence the card
const listeners = new Set();

export function pxPerMm() {
  const kept = Number(localStorage.getItem(KEY));
  return kept > 1 && kept < 30 ? kept : ASSUMED;
}

export function calibrated() {
  return localStorage.getItem(KEY) !== null;
}

export function onScale(f) {
  listeners.add(f);
}

export function paper(ctx, width, height, mm) {
  ctx.fillStyle = '#fffaf7';
  ctx.fillRect(0, 0, width, height);
  for (const [step, colour, line] of [[1, '#f8e1da', 0.6], [5, '#eeb9ab', 0.9]]) {
    ctx.beginPath();
    for (let x = 0; x <= width; x += step * mm) {
      ctx.moveTo(x, 0);
      ctx.lineTo(x, height);
    }
    for (let y = 0; y <= height; y += step * mm) {
      ctx.moveTo(0, y);
      ctx.lineTo(width, y);
    }
    ctx.strokeStyle = colour;
    ctx.lineWidth = line;
    ctx.stroke();
  }
}

// Opens the calibration: a bank card is held to the screen and the bar is drawn to its length.
export function calibrate() {
  const bar = h('div.card-bar');
  const slider = h('input', { type: 'range', min: 150, max: 900, step: 1 });
  const value = h('output');
  const show = () => {
    bar.style.width = slider.value + 'px';
    value.textContent = tr('{n} pixels a millimetre', { n: num(slider.value / CARD_MM, 2) });
  };
  slider.value = Math.round(pxPerMm() * CARD_MM);
  slider.addEventListener('input', show);
  const drag = (e) => {
    if (e.buttons & 1) {
      slider.value = Math.round(e.clientX - bar.getBoundingClientRect().left);
      show();
    }
  };
  bar.addEventListener('pointerdown', (e) => {
    bar.setPointerCapture(e.pointerId);
    drag(e);
  });
  bar.addEventListener('pointermove', drag);
  const done = (kept) => {
    if (kept) localStorage.setItem(KEY, String(slider.value / CARD_MM));
    dialog.close();
    dialog.remove();
    for (const f of listeners) f();
  };
  const title = say(h('h2'), 'True size');
  const dialog = h('dialog.calibrate', {}, title,
    say(h('p'), 'Hold a bank card to the screen and drag the bar to the card’s long side (85.6 mm). Then 1 mm on the paper is 1 mm.'),
    bar, say(slider, 'Length of the card', 'aria-label'), value,
    h('div.row', {}, say(h('button', { type: 'button', onclick: () => done(false) }), 'Cancel'),
      say(h('button.primary', { type: 'button', onclick: () => done(true) }), 'Keep this size')));
  document.body.append(dialog);
  words(show);
  dialog.showModal();
}

