// Written words between the specialist, the nurse and other guests.
import { h, put, icon, clock } from './dom.js';
import { say, tr, words } from './i18n.js';

const KEEP = 500;

export class Chat {
  // send(message) -> bool
  constructor(send) {
    this.send = send;
    this.me = '';  // as the station calls this person
    this.heard = new Set();
    this.list = [];
    this.log = h('ol.chat-log', { role: 'log', 'aria-live': 'polite', tabindex: 0 });
    this.empty = say(h('p.faint'), 'Write to the nurse here.');
    this.input = h('input', { type: 'text', maxlength: 2000, autocomplete: 'off' });
    say(this.input, 'Message', 'aria-label');
    say(this.input, 'Message', 'placeholder');
    const button = say(h('button.primary.square', { type: 'submit' }, icon('send')), 'Send', 'aria-label');
    this.form = h('form.row', { onsubmit: (e) => {
      e.preventDefault();
      this.submit();
    } }, this.input, button);
    this.element = h('section.card.chat', {}, h('header', {}, say(h('h2'), 'Chat')), this.empty, this.log, this.form);
    words(() => this.list.forEach((m) => this.name(m)));
  }

  submit() {
    const text = this.input.value.trim();
    if (!text) return;
    if (this.send({ type: 'chat', text })) {
      this.add({ from: null, text });
      this.input.value = '';
      this.input.setCustomValidity('');
    } else {
      this.input.setCustomValidity(tr('There is no line just now; your text is kept here.'));
      this.input.reportValidity();
      setTimeout(() => this.input.setCustomValidity(''), 3000);
    }
  }

  // What the station says again after a reconnection, one's own words among it, must not stand here twice.
  hear(m) {
    const key = `${m.time_ns} ${m.from} ${m.text}`;
    if (m.time_ns !== null && this.heard.has(key)) return;
    this.heard.add(key);
    if (this.heard.size > 2 * KEEP) this.heard.delete(this.heard.values().next().value);
    const own = m.from === this.me && m.from !== '';
    const said = own && this.list.find((x) => x.from === null && !x.echoed && x.text === m.text);
    if (said) said.echoed = true;
    else this.add({ from: own ? null : m.from, text: m.text, echoed: own });
  }

  // from: null for one's own words.
  add(m) {
    const line = { ...m, at: clock().slice(0, 5), element: h('li' + (m.from === null ? '.own' : ''), {}, h('small'), h('p')) };
    put(line.element.lastChild, m.text);
    this.list.push(line);
    this.name(line);
    this.log.append(line.element);
    if (this.list.length > KEEP) this.list.shift().element.remove();
    this.empty.hidden = true;
    this.log.scrollTop = this.log.scrollHeight;
  }

  name(line) {
    put(line.element.firstChild, `${line.from === null ? tr('You') : line.from || tr('Station')} · ${line.at}`);
  }
}
