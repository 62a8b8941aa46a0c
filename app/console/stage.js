// Where everything stands: three columns on a wide screen; on a narrow one a picture on top, tabs, tools under the thumb.
import { h, put, icon } from './dom.js';
import { say, tr, words, language, languageButton } from './i18n.js';
import { deviceName } from './pane.js';

const WIDE = window.matchMedia('(min-width: 1200px)');

export class Stage {
  constructor(app) {
    this.app = app;
    this.pictures = h('div.column.pictures');
    this.traces = h('div.column.traces');
    this.room = h('div.room');
    this.side = h('div.column.side', {}, this.room, app.asks.element, app.chat.element, app.advice.element);
    this.nothing = say(h('p.nothing'), 'Waiting for devices: nothing is plugged in at the station yet.');
    this.name = h('h1');
    this.reason = h('p.reason');
    this.place = h('span.station');
    const lang = languageButton();
    words(() => {
      document.documentElement.lang = language();
      this.exam(this.patient, this.at);
    });
    const leave = h('button.leave', { type: 'button', onclick: () => app.signalling.leave() }, icon('leave'), say(h('span'), 'Leave'));
    this.top = h('header.top', {}, this.who(), this.place, app.talk.element, lang, leave);
    this.banner = h('div.sim-banner', { role: 'note', hidden: true });
    say(this.banner, 'SIMULATED – not a patient');
    this.stage = h('div.stage', {}, this.nothing, this.pictures, this.traces);
    this.chips = h('nav.chips', { role: 'tablist' });
    this.tabs = h('nav.tabs', { role: 'tablist' });
    this.tools = h('footer.tools');
    this.element = h('div.room-view', {}, this.top, h('div.status-row', {}, this.banner, app.line.element),
      h('main.work', {}, this.stage, this.chips, this.tabs, this.side), this.tools);
    document.body.append(this.element);
    this.front = null;
    this.buildTabs();
    this.buildTools();
    WIDE.addEventListener('change', () => this.arrange());
    this.arrange();
    this.keys();
  }

  // Name and question in one line each; a press shows all of them.
  who() {
    const box = h('div.who', { tabindex: 0, role: 'button', 'aria-expanded': 'false' }, this.name, this.reason);
    say(box, 'Show everything about the patient', 'title');
    const toggle = () => box.setAttribute('aria-expanded', String(box.classList.toggle('open')));
    box.addEventListener('click', toggle);
    box.addEventListener('keydown', (e) => {
      if (e.key !== 'Enter' && e.key !== ' ') return;
      e.preventDefault();
      toggle();
    });
    return box;
  }

  // Timeline under the traces on a wide screen, a tab of its own on a narrow one.
  arrange() {
    if (WIDE.matches) this.traces.append(this.app.timeline.element);
    else this.side.append(this.app.timeline.element);
  }

  buildTabs() {
    const list = [['asks', 'Ask'], ['chat', 'Chat'], ['advice', 'Advice'], ['timeline', 'Captures']];
    this.tabButtons = list.map(([name, key]) => {
      const b = say(h('button', { type: 'button', role: 'tab', onclick: () => this.tab(name) }), key);
      b.dataset.tab = name;
      this.tabs.append(b);
      return b;
    });
    say(this.tabs, 'Sections', 'aria-label');
    say(this.chips, 'Devices', 'aria-label');
    this.tab('asks');
  }

  tab(name) {
    this.side.dataset.tab = name;
    for (const b of this.tabButtons) b.setAttribute('aria-selected', String(b.dataset.tab === name));
  }

  // The thumb's row on a narrow screen; Talk moves there by CSS order.
  buildTools() {
    this.freezeButton = h('button', { type: 'button', onclick: () => this.freeze() }, icon('freeze'), say(h('span'), 'Freeze'));
    this.askButton = h('button', { type: 'button', onclick: () => this.askFront() }, icon('camera'), say(h('span'), 'Ask now'));
    const talk = h('button', { type: 'button', onclick: () => this.app.talk.toggle() }, icon('mic'), say(h('span'), 'Talk'));
    this.tools.append(talk, this.freezeButton, this.askButton);
    setInterval(() => talk.setAttribute('aria-pressed', String(this.app.talk.on)), 250);
  }

  freeze() {
    this.front?.freeze?.(!this.front.frozen);
  }

  askFront() {
    const card = this.front?.card;
    if (!card) return;
    this.tab('asks');
    if (card.kind === 'video') this.app.asks.quick(card);
    else this.app.asks.ask({ stream: card.id, kind: card.device_kind === 'ecg' ? 'ecg' : 'spirometry' });
  }

  add(pane) {
    const kind = pane.card.device_kind;
    if (kind === 'camera' || kind === 'room') this.room.append(pane.element);
    else if (pane.card.kind === 'video') this.pictures.append(pane.element);
    else if (kind === 'ecg') this.traces.prepend(pane.element);
    else this.traces.insertBefore(pane.element, this.traces.contains(this.app.timeline.element) ? this.app.timeline.element : null);
    const use = () => {
      if (!WIDE.matches) return;
      this.front = pane;
      this.app.asks.choose(pane.card);
    };
    pane.element.addEventListener('focusin', use);
    pane.element.addEventListener('pointerdown', use);
    pane.chip = h('button', { type: 'button', role: 'tab', onclick: () => this.bring(pane) });
    words(() => put(pane.chip, deviceName(pane.card)));
    this.chips.append(pane.chip);
    if (!this.front || (this.front.card.device_kind === 'camera' && kind !== 'camera')) this.bring(pane);
  }

  // The pane that is seen on a narrow screen, and the one the keys are for.
  bring(pane) {
    this.front = pane;
    for (const p of this.app.panes.values()) {
      p.element.classList.toggle('front', p === pane);
      p.chip?.setAttribute('aria-selected', String(p === pane));
    }
    pane.element.classList.add('front');
    pane.chip.setAttribute('aria-selected', 'true');
    pane.chip.scrollIntoView({ inline: 'nearest', block: 'nearest' });
    const room = pane.card.device_kind === 'camera' || pane.card.device_kind === 'room';
    this.element.classList.toggle('front-room', room);
    this.element.classList.toggle('front-ecg', pane.card.device_kind === 'ecg');
    this.askButton.disabled = room;
    this.app.asks.choose(pane.card);
  }

  enlarge(pane) {
    const on = this.large !== pane;
    this.large?.setEnlarged(false);
    for (const column of [this.pictures, this.traces]) column.classList.toggle('holds-large', on && column.contains(pane.element));
    this.large = on ? pane : null;
    if (on) {
      pane.setEnlarged(true);
      this.bring(pane);
    }
    this.element.classList.toggle('one-large', on);
  }

  streams() {
    const panes = [...this.app.panes.values()];
    this.nothing.hidden = panes.length > 0;
    // A device that came back with a new stream: the old one has had its say.
    for (const p of panes) {
      const same = (q) => q.card.device_kind === p.card.device_kind && q.card.device_name === p.card.device_name;
      const replaced = p.card.state === 'ended' && panes.some((q) => q !== p && same(q) && q.card.id > p.card.id);
      p.element.hidden = p.chip.hidden = replaced;
      if (replaced && this.front === p) this.bring(panes.find((q) => q !== p && same(q) && q.card.id > p.card.id));
    }
    this.element.classList.toggle('no-pictures', !this.pictures.childElementCount);
    this.element.classList.toggle('no-loops', !this.traces.querySelector('.loops-pane'));
    this.element.classList.toggle('no-ecg', !this.traces.querySelector('.ecg-pane'));
    this.simulated();
  }

  simulated() {
    this.banner.hidden = !(this.patient?.simulated || this.app.cards.some((c) => c.simulated) || !this.banner.hidden);
  }

  exam(exam, station) {
    this.patient = exam;
    this.at = station;
    if (!exam) return;
    const sex = { female: 'female', male: 'male', F: 'female', M: 'male', f: 'female', m: 'male' }[exam.sex];
    const parts = [exam.patient_name || tr('Patient not yet identified'), sex ? tr(sex) : exam.sex, exam.birth_year ? tr('born {y}', { y: exam.birth_year }) : ''];
    put(this.name, parts.filter((x) => x).join(' · '));
    put(this.reason, exam.reason ? tr('Question') + ': ' + exam.reason : '');
    this.reason.title = exam.reason;
    put(this.place, station ?? '');
    document.title = (exam.patient_name ? exam.patient_name + ' – ' : '') + 'Caukham';
    this.simulated();
  }

  phase(phase) {
    this.element.dataset.phase = phase;
  }

  keys() {
    document.addEventListener('keydown', (e) => {
      if (this.element.hasAttribute('inert') || e.ctrlKey || e.metaKey || e.altKey) return;
      if (/^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName) || document.querySelector('dialog[open]')) return;
      if (e.key === 'f' || e.key === 'F') this.freeze();
      else if (e.key === 't' || e.key === 'T') this.app.talk.toggle();
      else if (e.key === 'Escape' && this.large) this.enlarge(this.large);
      else if (/^[1-9]$/.test(e.key)) {
        const pane = [...this.app.panes.values()][Number(e.key) - 1];
        if (pane) WIDE.matches ? this.enlarge(pane) : this.bring(pane);
      }
    });
  }
}
