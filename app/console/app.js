// The page put together: what comes from the line goes to the panes, what the person does goes to the line.
import { Signalling } from './signalling.js';
import { Peer } from './peer.js';
import { Evidence } from './evidence.js';
import { Stills } from './stills.js';
import { EcgSignal } from './ecg-signal.js';
import { EcgPane } from './ecg.js';
import { LoopsPane } from './loops.js';
import { PicturePane } from './picture.js';
import { staleWords } from './pane.js';
import { Timeline } from './timeline.js';
import { Asks } from './ask.js';
import { Chat } from './chat.js';
import { AdviceForm } from './advice.js';
import { Talk } from './talk.js';
import { Line } from './line.js';
import { Join } from './join.js';
import { Stage } from './stage.js';
import { clean, clockAnswer } from './messages.js';
import { language } from './i18n.js';
import { expose } from './state.js';

const TOKEN = 'caukham.token';  // of this tab: a reload comes back into the examination
const SILENT_MS = 1000;
const MAX_PANES = 32;
const FULL_RATE = 1000 / 40;    // drawing more often than that shows nothing new

export class App {
  // secret: from the link, or null; socket: makes the WebSocket
  constructor({ secret, url, socket }) {
    this.exam = null;
    this.cards = [];
    this.panes = new Map();
    this.errors = [];
    this.offsets = { best_ms: null };
    this.evidence = new Evidence({
      record: (card, record, index) => this.record(card, record, index),
      send: (m) => this.send(m),
      fault: (error) => this.note(error),
      broken: () => this.again('records out of order'),
      unreadable: (card, error) => this.note(error),
      still: (number, offset, payload) => this.stills.piece(number, offset, payload),
    });
    this.timeline = new Timeline((stream) => this.cards.find((c) => c.id === stream) ?? null);
    this.stills = new Stills((still) => this.timeline.still(still));
    this.asks = new Asks((m) => this.send(m));
    this.chat = new Chat((m) => this.send(m));
    this.advice = new AdviceForm((m) => this.send(m));
    this.talk = new Talk((track) => this.peer?.speak(track) ?? Promise.resolve(false));
    this.line = new Line();
    this.signalling = new Signalling(url, {
      phase: (phase, detail) => this.phase(phase, detail),
      signal: (m) => this.peer?.signal(m),
    }, socket);
    this.join = new Join(secret, (who) => this.signalling.knock({ ...who, lang: language() }), () => this.signalling.leave());
    this.stage = new Stage(this);
    document.body.append(this.join.element);
    expose(this);
    const token = sessionStorage.getItem(TOKEN);
    if (token && !secret) this.signalling.resume(token);
    setInterval(() => this.second(), 1000);
    setInterval(() => this.freshness(), 200);
    requestAnimationFrame((t) => this.frame(t));
  }

  note(error) {
    this.errors.push({ code: error.code ?? '', text: String(error.message ?? error).slice(0, 300) });
    if (this.errors.length > 50) this.errors.shift();
  }

  send(message) {
    return this.peer?.send(message) ?? false;
  }

  phase(phase, detail) {
    this.stage?.phase(phase);
    if (phase === 'connecting') {
      sessionStorage.setItem(TOKEN, this.signalling.token);
      this.connect();
    } else if (phase !== 'live') this.disconnect();
    const outside = ['join', 'knocking', 'waiting', 'refused', 'closed', 'left'].includes(phase);
    if (outside && phase !== 'knocking' && phase !== 'waiting') sessionStorage.removeItem(TOKEN);
    if (phase === 'left' || phase === 'closed') {
      this.talk.stop();
      document.title = 'Caukham';
    }
    this.join.element.hidden = !outside;
    this.stage?.element.toggleAttribute('inert', outside);
    if (outside) this.join.show(phase, detail);
    this.freshness();
  }

  connect() {
    this.disconnect();
    const peer = new Peer({
      signal: (m) => this.signalling.send(m),
      control: (text) => this.control(text),
      evidence: (buffer) => {
        if (!this.evidence.receive(buffer)) this.again('damaged evidence');
      },
      open: () => this.open(),
      track: (mid, track) => this.track(mid, track),
      lost: (why) => {
        if (this.peer === peer) this.again(why);
      },
    });
    this.peer = peer;
    if (this.talk.on) peer.speak(this.talk.track);
  }

  disconnect() {
    const peer = this.peer;
    this.peer = null;
    peer?.close();
  }

  // Something is wrong with this line: drop it and come back saying what we have.
  again(why) {
    this.disconnect();
    this.signalling.restart(why);
  }

  open() {
    this.signalling.established();
    this.send({ type: 'have', streams: this.evidence.have(), stills: this.stills.have() });
    this.advice.again();
  }

  track(mid, track) {
    if (track?.kind === 'audio') this.talk.setTrack(track);
    else this.bind();
  }

  // Tracks to panes, by mid; audio to the loudspeaker.
  bind() {
    for (const card of this.cards) {
      if (card.kind !== 'video') continue;
      const track = this.peer?.tracks.get(card.mid);
      this.panes.get(card.id)?.setTrack(track?.kind === 'video' ? track : null);
    }
  }

  control(json) {
    let m;
    try {
      m = clean(json);
    } catch (error) {
      this.note(error);
      this.again('damaged control message');
      return;
    }
    if (m) this[`on_${m.type}`]?.(m);
  }

  on_hello(m) {
    this.exam = m.exam;
    this.station = m.station;
    this.stage.exam(m.exam, m.station);
  }

  on_streams(m) {
    this.cards = m.streams;
    const fresh = this.evidence.setStreams(m.streams);
    for (const card of m.streams) this.pane(card);
    for (const id of this.panes.keys()) {
      const gone = !m.streams.some((c) => c.id === id);
      if (gone) this.panes.get(id).setCard({ ...this.panes.get(id).card, state: 'ended' });
    }
    // Before both channels are open, open() is yet to say all of it: said twice, records would be sent twice.
    if (fresh.length && this.peer?.opened) this.send({ type: 'have', streams: fresh, stills: this.stills.have() });
    this.bind();
    this.asks.setCards(m.streams);
    this.stage.streams();
    this.freshness();
  }

  pane(card) {
    const known = this.panes.get(card.id);
    if (known) {
      known.setCard(card);
      return;
    }
    if (this.panes.size >= MAX_PANES) return;
    const enlarge = (pane) => this.stage.enlarge(pane);
    let pane = null;
    if (card.kind === 'video') {
      pane = new PicturePane(card, { enlarge, point: (p) => this.send({ type: 'pointer', ...p }), ask: (c) => this.asks.quick(c) });
    } else if (card.device_kind === 'spirometer') pane = new LoopsPane(card, enlarge);
    else if (card.device_kind === 'ecg') pane = new EcgPane(new EcgSignal(card), enlarge);
    if (!pane) return;
    this.panes.set(card.id, pane);
    this.stage.add(pane);
  }

  record(card, record, index) {
    const now = performance.now();
    const pane = this.panes.get(card.id);
    if (pane instanceof EcgPane) pane.signal.add(record, now);
    else if (pane instanceof LoopsPane) pane.add(record, now);
    // How late: against the earliest any record has come after the moment it stands for.
    const state = this.lateness(card.id);
    state.newest_s = record.start_s + record.count / card.rate_hz;
    state.arrived_ms = now;
    state.index = index;
    const lag = now - 1000 * state.newest_s;
    // The best may grow by 200 ppm, more than two clocks drift apart.
    state.best_ms = Math.min(state.best_ms + 0.2 * (record.count / card.rate_hz), lag);
    state.lag_ms = lag;
    if (now - state.mark_ms > 500) {  // more than it can measure meanwhile: the past is coming in
      state.catching = 1000 * (state.newest_s - state.mark_s) > 1.5 * (now - state.mark_ms) + 1000 * (record.count / card.rate_hz);
      state.mark_ms = now;
      state.mark_s = state.newest_s;
    }
  }

  lateness(id) {
    this.late ??= new Map();
    if (!this.late.has(id)) this.late.set(id, { best_ms: Infinity, lag_ms: 0, newest_s: 0, arrived_ms: -Infinity, mark_ms: performance.now(), mark_s: Infinity, catching: true });
    return this.late.get(id);
  }

  on_event(m) {
    if (m.event !== 'electrodes') return;
    for (const pane of this.panes.values()) if (pane instanceof EcgPane && (m.stream === null || pane.card.id === m.stream)) pane.signal.setOff(m.off);
  }

  on_still(m) { this.stills.announce(m); }
  on_clip(m) { this.timeline.capture(m, 'clip'); }
  on_capture(m) { this.timeline.capture(m); }
  on_request_state(m) { this.asks.state(m); }
  on_chat(m) {
    this.chat.me = this.join.name.input.value.trim();
    this.chat.hear(m);
  }
  on_line(m) { this.line.set(m); }
  on_evidence_end(m) { this.evidence.end(m); }
  on_advice_stored(m) { this.advice.stored(m.id); }
  on_time(m) { this.send(clockAnswer(m, performance.now())); }
  on_exam_closed() { this.line.close(); }
  on_bye(m) { this.signalling.finish('closed', { text: m.reason }); }

  on_pointer(m) {
    const pane = this.panes.get(m.stream);
    if (pane instanceof PicturePane && m.from) pane.showPointer(m);
  }

  on_spirometry(m) {
    const pane = this.panes.get(m.stream) ?? [...this.panes.values()].find((p) => p instanceof LoopsPane);
    if (pane instanceof LoopsPane) pane.result(m);
  }

  // Whether each pane shows what is now; in words when it does not.
  freshness() {
    const now = performance.now();
    const lost = this.signalling.phase !== 'live';
    for (const pane of this.panes.values()) {
      let silent = 0;
      if (pane instanceof PicturePane) {
        const age = pane.ageMs(now);
        if (age > SILENT_MS) silent = age / 1000;
      } else {
        const s = pane.signal ?? pane;
        const age = now - s.arrived_ms;
        if (age > SILENT_MS + (1000 * pane.card.samples_per_record) / pane.card.rate_hz) silent = age / 1000;
      }
      pane.setStale(staleWords(pane.card, lost, silent, this.evidence.chains.get(pane.card.id)));
    }
    const live = this.cards.filter((c) => c.kind === 'waveform' && c.state === 'live' && this.late?.has(c.id));
    let [behind, silence, catching] = [0, 0, false];
    for (const c of live) {
      const s = this.late.get(c.id);
      const record_s = c.samples_per_record / c.rate_hz;
      const silent_s = (now - s.arrived_ms) / 1000 - record_s;
      behind = Math.max(behind, (s.lag_ms - s.best_ms) / 1000 + record_s);
      silence = Math.max(silence, silent_s);
      catching ||= silent_s < 1 && s.catching;
    }
    this.line.state(this.signalling.phase, live.length ? { behind_s: behind, catching: catching || behind > 3, silence_s: silence > 1 ? silence : 0 } : null);
  }

  second() {
    for (const pane of this.panes.values()) {
      if (!(pane instanceof EcgPane) || !pane.signal.raw.end || pane.stale) continue;
      const sample = Math.floor(pane.drawn ?? 0);
      const sensed_s = pane.signal.origin_s + sample / pane.signal.rate;
      this.send({ type: 'drawn', stream: pane.card.id, time_ns: Math.round((pane.card.start_ns ?? 0) + sensed_s * 1e9),
        console_ns: Math.round((pane.drawn_ms ?? 0) * 1e6) });
    }
  }

  frame(t) {
    requestAnimationFrame((next) => this.frame(next));
    const dt = t - (this.frame_ms ?? t);
    if (dt < FULL_RATE - 4 && this.frame_ms !== undefined) return;
    this.frame_ms = t;
    for (const pane of this.panes.values()) {
      if (!pane.element.offsetParent) {
        pane.dirty = true;
        pane.signal?.advance(dt / 1000);
        continue;
      }
      pane.draw(Math.min(1, dt / 1000));
      pane.drawn_ms = performance.now();
    }
  }
}
