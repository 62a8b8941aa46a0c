// Asking the nurse for a capture. Every request can be refused at the bedside; its state is always shown in words.
import { h, put, icon } from './dom.js';
import { say, tr, words } from './i18n.js';
import { deviceName } from './pane.js';

const STATES = {
  sent: 'sent', shown: 'the nurse sees it', accepted: 'accepted', refused: 'refused', done: 'done', lost: 'not sent – no line',
};

export class Asks {
  // send(message) -> bool
  constructor(send) {
    this.send = send;
    this.list = [];
    this.cards = [];
    this.device = h('select');
    this.side = h('select', {}, ...['', 'right', 'left'].map((v) => say(h('option', { value: v }), v || 'no side')));
    this.site = h('input', { type: 'text', maxlength: 80, autocomplete: 'off' });
    this.what = h('input', { type: 'text', maxlength: 300, autocomplete: 'off' });
    say(this.device, 'What to capture', 'aria-label');
    say(this.side, 'Side', 'aria-label');
    for (const [input, key] of [[this.site, 'Place on the body'], [this.what, 'What you want to see']]) {
      say(input, key, 'placeholder');
      say(input, key, 'aria-label');
    }
    this.button = h('button.primary', { type: 'submit' }, icon('camera'), say(h('span'), 'Ask'));
    this.form = h('form.ask-form', { onsubmit: (e) => {
      e.preventDefault();
      this.submit();
    } }, h('div.row', {}, this.device, this.side), h('div.row', {}, this.site), h('div.row', {}, this.what, this.button));
    this.states = h('ul.states', { 'aria-live': 'polite' });
    this.element = h('section.card.asks', {}, h('header', {}, say(h('h2'), 'Ask for a capture')), this.form, this.states);
    this.device.addEventListener('change', () => this.fit());
    words(() => {
      this.setCards(this.cards);
      this.render();
    });
  }

  setCards(cards) {
    this.cards = cards;
    const chosen = this.device.value;
    const options = [];
    for (const c of cards) {
      if (c.kind === 'video' && c.device_kind !== 'camera' && c.device_kind !== 'room') {
        options.push([`${c.id} still`, `${deviceName(c)}: ${tr('still')}`], [`${c.id} clip`, `${deviceName(c)}: ${tr('clip')}`]);
      } else if (c.device_kind === 'ecg') options.push([`${c.id} ecg`, tr('ECG, 10 seconds')]);
      else if (c.device_kind === 'spirometer') options.push([`${c.id} spirometry`, tr('Spirometry manoeuvre')]);
    }
    this.device.replaceChildren(...options.map(([value, label]) => h('option', { value }, label)));
    if (options.some(([v]) => v === chosen)) this.device.value = chosen;
    this.button.disabled = !options.length;
    this.fit();
  }

  // The person has turned to a device: that is what will be asked for next.
  choose(card) {
    const option = [...this.device.options].find((o) => o.value.startsWith(card.id + ' '));
    if (!option || this.element.contains(document.activeElement)) return;
    if (Number(this.device.value.split(' ')[0]) !== card.id) this.device.value = option.value;
    this.fit();
  }

  // Only the fields that make sense for the device.
  fit() {
    const card = this.cards.find((c) => c.id === Number(this.device.value.split(' ')[0]));
    const scope = card?.kind === 'video';
    this.side.hidden = !scope;
    this.site.parentElement.hidden = card?.device_kind !== 'dermatoscope';
  }

  submit() {
    const [id, kind] = this.device.value.split(' ');
    if (!kind) return;
    this.ask({ stream: Number(id), kind, side: this.side.hidden ? '' : this.side.value,
      site: this.site.parentElement.hidden ? '' : this.site.value.trim(), text: this.what.value.trim() });
    this.what.value = '';
  }

  // One press on a picture's own button.
  quick(card) {
    this.device.value = `${card.id} still`;
    this.fit();
    this.ask({ stream: card.id, kind: 'still', side: this.side.hidden ? '' : this.side.value, site: '', text: '' });
  }

  ask(fields) {
    const request = { id: crypto.randomUUID(), stream: fields.stream, kind: fields.kind };
    for (const key of ['side', 'site', 'text']) if (fields[key]) request[key] = fields[key];
    const sent = this.send({ type: 'ask_capture', ...request });
    this.list.push({ ...request, state: sent ? 'sent' : 'lost', reason: '' });
    if (this.list.length > 50) this.list.shift();
    this.render();
  }

  state(m) {
    const ask = this.list.find((a) => a.id === m.id);
    if (!ask || !m.state) return;
    ask.state = m.state;
    ask.reason = m.reason;
    this.render();
  }

  render() {
    this.states.replaceChildren(...[...this.list].reverse().map((a) => {
      const card = this.cards.find((c) => c.id === a.stream);
      const side = a.side ? ' ' + tr(a.side) : '';
      const line = h('li', {}, h('span.what'), h('span.state.' + a.state));
      put(line.firstChild, `${card ? deviceName(card) : a.kind}${side}${a.site ? ', ' + a.site : ''}${a.text ? ' – ' + a.text : ''}`);
      put(line.lastChild, tr(STATES[a.state]) + (a.reason ? ': ' + a.reason : ''));
      return line;
    }));
  }
}
