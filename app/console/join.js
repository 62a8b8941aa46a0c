// The door: name and organisation, a link's secret or a six-digit code, and what to do when it does not open.
import { h, put } from './dom.js';
import { say, tr, words, languageButton } from './i18n.js';

const KEY = 'caukham.person';

const ERRORS = {
  used_code: 'This link or code has been used already. Ask the station for a new one.',
  expired_code: 'This link or code is too old. Ask the station for a new one.',
  wrong_code: 'This code is not right. Check the six digits with the nurse and try again.',
  too_many_tries: 'Too many wrong codes. Wait a minute, then ask the nurse for a new code.',
  bad_token: 'The station no longer knows this visit. Ask for a new link or code.',
  malformed: 'The station did not understand this page. Reload it; if that does not help, ask for a new link.',
  busy: 'The station is busy just now. Try again in a minute.',
  unreachable: 'The station cannot be reached. Check your internet connection, then try again.',
};

function remembered() {
  try {
    const p = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return { name: String(p.name ?? ''), organisation: String(p.organisation ?? '') };
  } catch {
    return { name: '', organisation: '' };
  }
}

export class Join {
  // knock({secret or code, name, organisation}); leave(): the person no longer wants in
  constructor(secret, knock, leave) {
    this.secret = secret;
    this.knock = knock;
    const person = remembered();
    const field = (key, attributes) => {
      const input = h('input', { type: 'text', required: true, ...attributes });
      return { input, label: h('label', {}, say(h('span'), key), input) };
    };
    this.name = field('Your name', { id: 'name', maxlength: 60, autocomplete: 'name', value: person.name });
    this.organisation = field('Hospital or organisation', { id: 'organisation', maxlength: 60, autocomplete: 'organization', value: person.organisation });
    this.code = field('Six-digit code', { id: 'code', inputmode: 'numeric', pattern: '[0-9 ]{6,7}', maxlength: 7, autocomplete: 'one-time-code' });
    this.code.input.classList.add('code');
    this.message = h('p.message', { role: 'status' });
    this.button = say(h('button.primary', { type: 'submit', id: 'knock' }), 'Knock');
    this.stop = say(h('button', { type: 'button', onclick: leave }), 'Cancel');
    this.form = h('form', { onsubmit: (e) => {
      e.preventDefault();
      this.submit();
    } }, this.name.label, this.organisation.label, this.code.label, this.button);
    this.element = h('main.join', {}, h('div.join-card', {},
      h('div.join-head', {}, h('h1', {}, 'Caukham'), languageButton()), say(h('p.faint'), 'Join an examination at a health station'), this.message, this.form, this.stop));
    this.show('join', {});
    words(() => this.show(this.phase, this.detail));
  }

  submit() {
    const name = this.name.input.value.trim();
    const organisation = this.organisation.input.value.trim();
    localStorage.setItem(KEY, JSON.stringify({ name, organisation }));
    const who = { name, organisation };
    if (this.secret) who.secret = this.secret;
    else who.code = this.code.input.value.replace(/\D/g, '');
    this.knock(who);
  }

  show(phase, detail) {
    this.phase = phase;
    this.detail = detail;
    const asking = phase === 'join' || phase === 'refused';
    if (phase === 'refused' || ['used_code', 'expired_code', 'bad_token'].includes(detail.code)) this.secret = null;
    this.form.hidden = !asking;
    this.stop.hidden = phase !== 'knocking' && phase !== 'waiting';
    this.code.label.hidden = Boolean(this.secret);
    this.code.input.required = !this.secret;
    if (detail.code === 'wrong_code') this.code.input.select();
    let s = '';
    if (phase === 'knocking') s = tr('Knocking at the station …');
    else if (phase === 'waiting') s = tr('The nurse has been asked and will let you in. Please stay on this page.');
    else if (phase === 'refused') s = tr('The nurse cannot let you in now.') + (detail.text ? ` “${detail.text}” ` : ' ') + tr('Call the station, then ask for a new link or code.');
    else if (phase === 'closed') s = tr('The examination is closed. Thank you; your advice is with the patient’s case.') + (detail.text ? ` “${detail.text}”` : '');
    else if (phase === 'left') s = tr('You have left. To come back, ask the station for a new link or code.');
    else if (detail.code) s = ERRORS[detail.code] ? tr(ERRORS[detail.code]) : detail.text || tr('The station did not let this page in.');
    put(this.message, s);
    this.message.hidden = s === '';
    this.message.className = 'message ' + (phase === 'waiting' || phase === 'knocking' ? 'busy' : phase === 'join' || phase === 'refused' ? 'bad' : '');
  }
}
