// Control messages of the station, cut to size: after clean() every field has its type, a bounded length and a finite
// value, so that no other module has to doubt them. Unknown types are ignored, malformed messages refused.

const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;  // and what turns text round

export function text(value, most = 200) {
  if (typeof value === 'number' && Number.isFinite(value)) value = String(value);
  return typeof value === 'string' ? value.slice(0, most).replace(CONTROL, '') : '';
}

export function number(value, low = -Number.MAX_VALUE, high = Number.MAX_VALUE) {
  return typeof value === 'number' && Number.isFinite(value) && value >= low && value <= high ? value : null;
}

export function whole(value, high = Number.MAX_SAFE_INTEGER) {
  return Number.isSafeInteger(value) && value >= 0 && value <= high ? value : null;
}

const list = (value, most, each) => (Array.isArray(value) ? value.slice(0, most).map(each) : []);
const oneOf = (value, options, otherwise) => (options.includes(value) ? value : otherwise);

export const STATES = ['live', 'restarting', 'unplugged', 'failed', 'ended'];

// One entry of `streams`, or null when it cannot be used.
function card(s) {
  if (!s || typeof s !== 'object') return null;
  const kind = oneOf(s.kind, ['waveform', 'video'], null);
  const id = whole(s.id, 0xffffffff);
  if (kind === null || id === null) return null;
  const labels = list(s.labels, 64, (x) => text(x, 40));
  const c = {
    id, kind, labels, state: oneOf(s.state, STATES, 'ended'), simulated: s.simulated === true,
    device_kind: text(s.device_kind, 40), device_name: text(s.device_name, 80), name: text(s.name, 80), unit: text(s.unit, 20),
    mid: s.mid === undefined || s.mid === null ? null : text(s.mid, 20),
    start_ns: whole(s.start_ns),
  };
  if (kind === 'video') return c;
  c.rate_hz = number(s.rate_hz, 0.1, 20000);
  c.scale = number(s.scale) ?? 1;
  c.offset = number(s.offset) ?? 0;
  c.samples_per_record = whole(s.samples_per_record, 10000);
  c.channels = whole(s.channels, 64) ?? (labels.length || 1);
  while (labels.length < c.channels) labels.push(String(labels.length + 1));
  return c.rate_hz && c.samples_per_record && c.channels ? c : null;
}

const readers = {
  hello: (m) => ({
    version: whole(m.v), language: text(m.lang, 8), time_ns: whole(m.time_ns), station: text(m.station?.name, 80),
    exam: {
      id: text(m.exam?.id, 80), patient_name: text(m.exam?.patient_name, 120), birth_year: whole(m.exam?.birth_year, 3000),
      sex: text(m.exam?.sex, 20), reason: text(m.exam?.reason, 1000), simulated: m.exam?.simulated === true,
    },
  }),
  streams: (m) => ({ streams: list(m.streams, 32, card).filter((c) => c) }),
  event: (m) => ({
    stream: whole(m.stream), device_kind: text(m.device_kind, 40), event: text(m.event, 40),
    off: list(m.off, 16, (x) => text(x, 8)),
  }),
  still: (m) => ({
    id: text(m.id, 80), number: whole(m.number, 0xffffffff), stream: whole(m.stream), side: text(m.side, 20),
    site: text(m.site, 80), media_type: text(m.media_type, 40), bytes: whole(m.bytes, 33554432), sha256: text(m.sha256, 64),
    taken_ns: whole(m.taken_ns),
  }),
  clip: (m) => ({ id: text(m.id, 80), stream: whole(m.stream), side: text(m.side, 20), site: text(m.site, 80), taken_ns: whole(m.taken_ns) }),
  capture: (m) => ({ id: text(m.id, 80), kind: text(m.kind, 20), stream: whole(m.stream), label: text(m.label, 120), durable: m.durable === true }),
  request_state: (m) => ({
    id: text(m.id, 80), state: oneOf(m.state, ['shown', 'accepted', 'refused', 'done'], ''), reason: text(m.reason, 300),
    capture: text(m.capture, 80),
  }),
  pointer: (m) => ({
    from: text(m.from, 60), stream: whole(m.stream), x: number(m.x, 0, 1), y: number(m.y, 0, 1), visible: m.visible === true,
  }),
  chat: (m) => ({ from: text(m.from, 60), text: text(m.text, 2000), time_ns: whole(m.time_ns) }),
  line: (m) => ({
    kbit_s: number(m.kbit_s, 0, 1e7), loss_percent: number(m.loss_percent, 0, 100), rtt_ms: number(m.rtt_ms, 0, 1e6),
    words: text(m.words, 300),
  }),
  spirometry: (m) => ({
    stream: whole(m.stream), manoeuvre: whole(m.manoeuvre, 1000), fvc_l: number(m.fvc_l, 0, 20), fev1_l: number(m.fev1_l, 0, 20),
    pef_l_s: number(m.pef_l_s, 0, 40), words: text(m.words, 300),
  }),
  time: (m) => ({ t0: number(m.t0) }),
  evidence_end: (m) => ({ stream: whole(m.stream), records: whole(m.records), samples: whole(m.samples), digest: text(m.digest, 64) }),
  advice_stored: (m) => ({ id: text(m.id, 80) }),
  exam_closed: () => ({}),
  bye: (m) => ({ reason: text(m.reason, 300) }),
};

// JSON text -> a clean message with its `type`, or null for a type we do not know. Throws on what is no message.
export function clean(json) {
  if (typeof json !== 'string' || json.length > 65536) throw new Error('a control message is no text or too long');
  const m = JSON.parse(json);
  if (!m || typeof m !== 'object' || typeof m.type !== 'string') throw new Error('a control message has no type');
  return Object.hasOwn(readers, m.type) ? { type: m.type, ...readers[m.type](m) } : null;
}

// The answer to a clock probe: t1 is this page's performance.now() in whole nanoseconds.
export function clockAnswer(probe, now_ms) {
  return { type: 'time', t0: probe.t0, t1: Math.round(now_ms * 1e6) };
}
