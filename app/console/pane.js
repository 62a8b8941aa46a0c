// The frame round one device: its name, its tools, the SIMULATED mark, and the words over it when it is not live.
import { h, icon, put } from './dom.js';
import { say, tr, num, words } from './i18n.js';

const NAMES = {
  ecg: 'ECG', otoscope: 'Ear', dermatoscope: 'Skin', spirometer: 'Spirometry', camera: 'Room camera', room: 'Room camera',
};

export function deviceName(card) {
  return NAMES[card.device_kind] ? tr(NAMES[card.device_kind]) : card.name || card.device_name || card.device_kind;
}

export class Pane {
  // enlarge(pane): the person wants this pane large, or small again.
  constructor(card, enlarge) {
    this.card = card;
    this.title = h('h2');
    this.note = h('span.device-name');
    this.simulated = h('span.sim-mark', {}, 'SIMULATED');
    this.tools = h('div.pane-tools');
    this.body = h('div.pane-body');
    this.veil = h('div.veil');
    this.grow = this.tool('grow', 'Enlarge', () => enlarge(this));
    this.element = h('section.pane.' + (card.kind === 'video' ? 'video-pane' : 'trace-pane'), {},
      h('header', {}, this.title, this.simulated, this.note, this.tools), this.body);
    this.element.dataset.stream = card.id;
    this.element.dataset.kind = card.device_kind;
    this.body.append(this.veil);
    words(() => this.describe());
    this.setCard(card);
    this.setStale('');
  }

  // An icon button in the header, before the enlarge button.
  tool(name, key, action) {
    const button = h('button.tool', { type: 'button', onclick: action }, icon(name));
    say(button, key, 'aria-label');
    say(button, key, 'title');
    if (name === 'grow') button.classList.add('wide-only');
    this.tools.insertBefore(button, this.grow ?? null);
    return button;
  }

  setCard(card) {
    this.card = card;
    this.simulated.hidden = !card.simulated;
    this.describe();
  }

  describe() {
    put(this.title, deviceName(this.card));
    put(this.note, this.card.device_name.replace(/\s*SIMULATED\s*$/i, ''));
    this.element.setAttribute('aria-label', deviceName(this.card));
  }

  // Words why this is not live now; empty: it is live. What is under the words is grey, so that nobody takes it for now.
  setStale(why) {
    this.stale = why !== '';
    this.element.classList.toggle('stale', this.stale);
    this.veil.hidden = !this.stale;
    put(this.veil, why);
  }

  setEnlarged(on) {
    this.element.classList.toggle('enlarged', on);
    this.grow.replaceChildren(icon(on ? 'shrink' : 'grow'));
    this.grow.setAttribute('aria-pressed', String(on));
  }
}

// Why a stream is not live, in words; empty when it is.
// chain: what has been received of it, if it is evidence.
export function staleWords(card, lineLost, silent_s, chain) {
  if (lineLost) return tr('Line lost – this picture is old');
  if (card.state === 'restarting') return tr('Restarting at the station …');
  if (card.state === 'unplugged') return tr('Unplugged at the station');
  if (card.state === 'failed') return tr('The device has failed at the station');
  if (card.state === 'ended') {
    if (chain?.equal) return tr('Ended – all {n} samples received, equal to the recording', { n: num(chain.samples) });
    return chain?.equal === false ? tr('Ended – what came here differs from the recording; call the station') : tr('Ended');
  }
  if (silent_s === Infinity) return tr('Waiting for the first signal …');
  return silent_s > 0 ? tr('Nothing new for {s} s', { s: Math.floor(silent_s) || 1 }) : '';
}
