// The WebSocket to the station: knock, wait, be admitted, heartbeat, resume after a lost line.
// Phases: join, knocking, waiting, connecting, live, lost, refused, closed, left.

const SILENCE_MS = 3000;  // no ping that long: the line counts as lost
const RETRY_MS = 1000;
const MAX_MESSAGE = 65536;

export class Signalling {
  // on: phase(name, {code, text}), signal(message); socket(url) makes a WebSocket (tests hand in their own).
  constructor(url, on, socket = (u) => new WebSocket(u)) {
    this.url = url;
    this.on = on;
    this.make = socket;
    this.phase = 'join';
    this.token = null;
    this.guest = null;
    this.reconnects = 0;
    this.losses = [];  // why the line was lost each time, the newest ten
    this.tick = setInterval(() => this.watch(), 500);
  }

  setPhase(phase, detail = {}) {
    if (this.phase === phase && phase !== 'join') return;
    this.phase = phase;
    this.on.phase(phase, detail);
  }

  // who: {secret or code, name, organisation, lang}
  knock(who) {
    this.token = null;
    this.setPhase('knocking');
    this.open({ v: 1, type: 'knock', ...who });
  }

  resume(token) {
    this.token = token;
    this.setPhase('lost');
    this.open({ v: 1, type: 'resume', token });
  }

  open(first) {
    this.drop();
    this.attempt_ms = performance.now();
    let ws;
    try {
      ws = this.make(this.url);
    } catch {
      this.gone('no socket');
      return;
    }
    this.ws = ws;
    ws.onopen = () => {
      if (ws === this.ws) ws.send(JSON.stringify(first));
    };
    ws.onmessage = (e) => {
      if (ws === this.ws) this.message(e.data);
    };
    ws.onclose = ws.onerror = () => {
      if (ws === this.ws) this.gone('socket closed');
    };
  }

  drop() {
    const ws = this.ws;
    this.ws = null;
    if (!ws) return;
    ws.onopen = ws.onmessage = ws.onclose = ws.onerror = null;
    ws.close();
  }

  // The line has ended without a word from the station.
  gone(why) {
    this.drop();
    if (this.token && this.phase !== 'lost') this.losses = [...this.losses.slice(-9), why];
    if (this.token) this.setPhase('lost');
    else if (this.phase === 'knocking' || this.phase === 'waiting') this.setPhase('join', { code: 'unreachable' });
  }

  message(data) {
    this.heard_ms = performance.now();
    let m;
    try {
      if (typeof data !== 'string' || data.length > MAX_MESSAGE) throw new Error('size');
      m = JSON.parse(data);
      if (!m || typeof m.type !== 'string') throw new Error('type');
    } catch {
      this.restart('damaged message');
      return;
    }
    const code = typeof m.code === 'string' ? m.code.slice(0, 40) : '';
    const words = String(m.text ?? m.reason ?? '').slice(0, 300);
    if (m.type === 'ping') this.send({ type: 'pong', t: m.t });
    else if (m.type === 'waiting') this.setPhase('waiting');
    else if (m.type === 'refused') this.finish('refused', { text: words });
    else if (m.type === 'admitted') {
      if (this.token) this.reconnects++;
      this.token = String(m.token ?? '').slice(0, 200);
      this.guest = String(m.guest ?? '').slice(0, 60);
      this.setPhase('connecting');
    } else if (m.type === 'error') {
      if (code === 'closed') this.finish('closed', { code });
      else if (code === 'busy' && this.token) this.gone('busy');
      else this.finish('join', { code, text: words });
    } else if (m.type === 'bye') this.finish('closed', { text: words });
    else if (m.type === 'offer' || m.type === 'candidate') this.on.signal(m);
  }

  send(m) {
    if (this.ws && this.ws.readyState === 1) this.ws.send(JSON.stringify(m));
  }

  // The pipes are up: the examination is before us.
  established() {
    if (this.phase === 'connecting') this.setPhase('live');
  }

  // Something that came was damaged, or the peer connection died: build the line anew.
  restart(why) {
    this.gone(why);
  }

  finish(phase, detail) {
    this.token = null;
    this.drop();
    this.setPhase(phase, detail);
  }

  leave() {
    this.send({ type: 'leave' });
    this.finish('left', {});
  }

  watch() {
    const now = performance.now();
    if (this.ws && this.token && now - Math.max(this.heard_ms ?? 0, this.attempt_ms) > SILENCE_MS) this.gone('silence');
    if (!this.ws && this.token && now - this.attempt_ms >= RETRY_MS) this.open({ v: 1, type: 'resume', token: this.token });
  }
}
