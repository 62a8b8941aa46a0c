// The specialist's advice, which goes into the patient's case: sent, then "stored" once it is durable at the station.
// What is not yet stored is sent again with the same id after a lost line.
import { h, put } from './dom.js';
import { say, tr, words } from './i18n.js';

export class AdviceForm {
  // send(message) -> bool
  constructor(send) {
    this.send = send;
    this.list = [];
    const field = (key, rows, name) => {
      const f = h('textarea', { rows, name, maxlength: 1500 });
      say(f, key, 'aria-label');
      say(f, key, 'placeholder');
      return f;
    };
    this.finding = field('Finding', 2, 'finding');
    this.conclusion = field('Conclusion', 1, 'conclusion');
    this.next = field('Next step', 1, 'next_step');
    this.urgency = h('select', {}, ...['routine', 'soon', 'urgent'].map((v) => say(h('option', { value: v }), v)));
    say(this.urgency, 'Urgency', 'aria-label');
    this.status = h('p.advice-status', { role: 'status' });
    const button = say(h('button.primary', { type: 'submit' }), 'Send advice');
    this.form = h('form', { onsubmit: (e) => {
      e.preventDefault();
      this.submit();
    } }, this.finding, h('div.short', {}, this.conclusion, this.next), h('div.row', {}, this.urgency, button), this.status);
    this.element = h('section.card.advice', {}, h('header', {}, say(h('h2'), 'Advice')), this.form);
    words(() => this.tell());
  }

  submit() {
    const advice = {
      id: crypto.randomUUID(), finding: this.finding.value.trim(), conclusion: this.conclusion.value.trim(),
      next_step: this.next.value.trim(), urgency: this.urgency.value,
    };
    if (!advice.finding && !advice.conclusion && !advice.next_step) {
      this.finding.focus();
      put(this.status, tr('Write a finding, a conclusion or a next step first.'));
      return;
    }
    this.list.push({ ...advice, sent: this.send({ type: 'advice', ...advice }), stored: false });
    if (this.list.length > 20) this.list.shift();
    this.tell();
  }

  // The control channel is open again.
  again() {
    for (const a of this.list) {
      if (a.stored) continue;
      const { sent, stored, ...advice } = a;
      a.sent = this.send({ type: 'advice', ...advice });
    }
    this.tell();
  }

  stored(id) {
    const a = this.list.find((x) => x.id === id);
    if (!a) return;
    a.stored = true;
    if (this.list.every((x) => x.stored) && this.finding.value.trim() === a.finding) this.form.reset();
    this.tell();
  }

  tell() {
    const last = this.list[this.list.length - 1];
    this.status.classList.toggle('good', Boolean(last?.stored));
    if (!last) return put(this.status, '');
    if (last.stored) return put(this.status, '✓ ' + tr('Stored in the patient’s case'));
    put(this.status, last.sent ? tr('Sent, not yet stored …') : tr('No line: will be sent when it is back'));
  }
}
