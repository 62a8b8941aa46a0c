// The console against a fake station in the same page: its socket is made up, its peer connection is a real one.
// ?scene=join|waiting|live&lang=vi|en&off=LA&gap=1&stale=1&still=1&nosim=1 – for screenshots and for trying by hand.
import { App } from '/console/app.js';
import { setLanguage } from '/console/i18n.js';
import { EIGHT, heart, breath, ear, mole, room } from './signals.js';
import { frame, tal, record } from './frames.mjs';

const query = new URLSearchParams(location.search);
const scene = query.get('scene') ?? 'live';
const simulated = !query.has('nosim');
setLanguage(query.get('lang') ?? 'vi');
const ECG = 1;
const FLOW = 2;
const RATE = 500;
const FLOW_RATE = 100;
const started = performance.now();
const seconds = () => (performance.now() - started) / 1000 + 40;  // the exam is 40 s old already
const log = { records: { [ECG]: [], [FLOW]: [] }, got: [] };
window.station_log = log;
const vi = (query.get('lang') ?? 'vi') === 'vi';

// Records of 0.2 s; with ?gap a hole of 1.5 s in every 8.
function make(stream, k) {
  const n = stream === ECG ? 100 : 20;
  const rate = stream === ECG ? RATE : FLOW_RATE;
  const block = Math.floor(k / 32);
  const hole = query.has('gap') && stream === ECG ? 1.6 * block : 0;
  const t0 = k * 0.2 + hole;
  const notes = [tal(t0.toFixed(4))];
  if (hole && k % 32 === 0) notes.push(tal((t0 - 1.6).toFixed(4), ['gap 800 samples: device lost samples'], 1.6));
  const lines = stream === ECG
    ? EIGHT.map((lead) => Array.from({ length: n }, (_, i) => Math.round(heart(lead, t0 + i / rate) * 1000 * 10)))
    : [Array.from({ length: n }, (_, i) => Math.round(breath(t0 + i / rate) * 1000))];
  return { t0, end: t0 + n / rate, payload: record(lines, notes) };
}

class Station {
  constructor(socket) {
    this.socket = socket;
    this.next = { [ECG]: null, [FLOW]: null };
  }

  async offer() {
    const pc = (this.pc = new RTCPeerConnection());
    pc.onicecandidate = (e) => e.candidate && this.socket.say({ type: 'candidate', candidate: e.candidate.candidate, mid: e.candidate.sdpMid });
    this.control = pc.createDataChannel('control');
    this.evidence = pc.createDataChannel('evidence');
    this.control.onopen = () => this.hello();
    this.control.onmessage = (e) => this.heard(JSON.parse(e.data));
    this.senders = [];
    for (const [w, h, paint] of [[1280, 960, ear], [1280, 960, mole], [640, 360, room]]) {
      const canvas = document.createElement('canvas');
      canvas.width = w / 2;
      canvas.height = h / 2;
      const ctx = canvas.getContext('2d');
      const tick = () => paint(ctx, canvas.width, canvas.height, performance.now() / 1000);
      tick();
      this.timers = [...(this.timers ?? []), setInterval(tick, 66)];
      this.canvases = [...(this.canvases ?? []), canvas];
      this.senders.push(pc.addTransceiver(canvas.captureStream(15).getVideoTracks()[0], { direction: 'sendonly' }));
    }
    pc.addTransceiver('audio', { direction: 'sendrecv' });
    await pc.setLocalDescription(await pc.createOffer());
    this.socket.say({ type: 'offer', sdp: pc.localDescription.sdp });
  }

  async signal(m) {
    if (m.type === 'answer') await this.pc.setRemoteDescription({ type: 'answer', sdp: m.sdp });
    else if (m.type === 'candidate' && m.candidate) await this.pc.addIceCandidate({ candidate: m.candidate, sdpMid: m.mid }).catch(() => {});
  }

  say(m) {
    if (this.control.readyState === 'open') this.control.send(JSON.stringify(m));
  }

  streams(state = 'live') {
    const mid = (k) => this.senders[k].mid;
    const common = { kind: 'waveform', simulated, state, offset: 0 };
    this.say({ type: 'streams', streams: [
      { ...common, id: ECG, device_kind: 'ecg', device_name: 'HackEEG SIMULATED', name: 'ecg', labels: EIGHT, unit: 'uV', rate_hz: RATE, scale: 0.1, samples_per_record: 100, channels: 8 },
      { ...common, id: FLOW, device_kind: 'spirometer', device_name: 'Go Direct SIMULATED', name: 'flow', labels: ['flow'], unit: 'L/s', rate_hz: FLOW_RATE, scale: 0.001, samples_per_record: 20, channels: 1 },
      { id: 3, kind: 'video', device_kind: 'otoscope', device_name: 'supercamera SIMULATED', name: 'video', labels: [], simulated, state: query.has('stale') ? 'unplugged' : 'live', mid: mid(0) },
      { id: 4, kind: 'video', device_kind: 'dermatoscope', device_name: 'HT-B30S SIMULATED', name: 'video', labels: [], simulated, state: 'live', mid: mid(1) },
      { id: 5, kind: 'video', device_kind: 'camera', device_name: 'C920', name: 'video', labels: [], simulated: false, state: 'live', mid: mid(2) },
    ].slice(0, Number(query.get('devices') ?? 5)) });
  }

  hello() {
    this.say({ type: 'hello', v: 1, exam: { id: 'e1', patient_name: 'Nguyễn Thị Ánh', birth_year: 1979, sex: 'female', simulated,
      reason: vi ? 'Đau tức ngực trái từ sáng, khó thở khi gắng sức, ù tai phải; nhờ đọc điện tim và xem màng nhĩ' : 'Chest tightness since morning, short of breath on effort, right ear ringing' },
      station: { name: vi ? 'Trạm Y tế xã Hồng Vân' : 'Hong Van health station' }, lang: 'vi', time_ns: Math.round(performance.now() * 1e6) });
    this.streams();
    if (query.get('off')) this.say({ type: 'event', stream: ECG, device_kind: 'ecg', event: 'electrodes', off: query.get('off').split(','), known: [] });
    this.say({ type: 'line', kbit_s: 1240, loss_percent: 0.4, rtt_ms: 62, words: vi ? 'hình đầy đủ' : 'full picture' });
    this.timers.push(setInterval(() => this.pump(), 50));
    this.timers.push(setInterval(() => this.say({ type: 'time', t0: Math.round(performance.now() * 1e6) }), 1000));
    this.say({ type: 'spirometry', stream: FLOW, manoeuvre: 1, fvc_l: 4.31, fev1_l: 3.45, pef_l_s: 7.9, words: vi ? 'Thổi tốt; thổi lại để so sánh' : 'Good; blow again to compare' });
    this.say({ type: 'chat', from: vi ? 'Điều dưỡng Hạnh' : 'Nurse Hạnh', text: vi ? 'Bác sĩ xem giúp tai phải trước ạ, bệnh nhân ù tai ba ngày nay.' : 'Please look at the right ear first.', time_ns: 1 });
    if (query.has('still')) this.still();
    if (query.has('pointer')) this.say({ type: 'pointer', from: 'BS Lê Quốc', stream: 3, x: 0.62, y: 0.4, visible: true });
  }

  pump() {
    if (query.has('silent') && performance.now() - started > Number(query.get('silent'))) return;
    const late = query.get('delay') ? Number(query.get('delay')) : 0;
    for (const s of [ECG, FLOW]) {
      while (this.next[s] !== null) {
        const r = make(s, this.next[s]);
        if (r.end > seconds() - late || this.evidence.bufferedAmount > 200000) break;
        this.evidence.send(frame(1, s, this.next[s]++, r.payload));
      }
    }
  }

  async still() {
    let k = 0;
    for (const [stream, side, site] of [[3, 'right', ''], [4, '', vi ? 'cẳng tay trái' : 'left forearm'], [3, 'left', '']]) {
      const canvas = document.createElement('canvas');
      canvas.width = 1280;
      canvas.height = 960;
      (stream === 3 ? ear : mole)(canvas.getContext('2d'), 1280, 960, k);
      const blob = await new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.9));
      const bytes = new Uint8Array(await blob.arrayBuffer());
      const sha = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
      const number = 10 + k;
      for (let at = 0; at < bytes.length; at += 16384) this.evidence.send(frame(2, number, at, bytes.subarray(at, at + 16384)));
      this.say({ type: 'still', id: 's' + number, number, stream, side, site, media_type: 'image/jpeg', bytes: bytes.length,
        sha256: Array.from(sha, (b) => b.toString(16).padStart(2, '0')).join(''), taken_ns: 1 });
      this.say({ type: 'capture', id: 's' + number, kind: 'still', stream, label: '', durable: true });
      k++;
    }
    this.say({ type: 'capture', id: 'c1', kind: 'ecg', stream: ECG, label: '', durable: true });
    this.say({ type: 'capture', id: 'c2', kind: 'spirometry', stream: FLOW, label: '', durable: true });
  }

  heard(m) {
    if (m.type !== 'got' && m.type !== 'time') log.got.push(m);
    if (m.type === 'have') for (const s of m.streams) this.next[s.id] = s.next;
    if (m.type === 'ask_capture') {
      const states = log.got.filter((x) => x.type === 'ask_capture').length % 3 === 0 ? ['shown', 'refused'] : ['shown', 'accepted', 'done'];
      states.forEach((state, k) => setTimeout(() => this.say({ type: 'request_state', id: m.id, state, reason: state === 'refused' ? (vi ? 'bệnh nhân đau' : 'the patient is in pain') : '' }), 300 * (k + 1)));
    }
    if (m.type === 'advice') setTimeout(() => this.say({ type: 'advice_stored', id: m.id }), 400);
  }

  close() {
    for (const t of this.timers ?? []) clearInterval(t);
    this.pc?.close();
  }
}

class FakeSocket {
  constructor() {
    this.readyState = 0;
    window.line_down ? setTimeout(() => this.onclose?.(), 50) : setTimeout(() => {
      this.readyState = 1;
      this.onopen?.();
      this.beat = setInterval(() => window.line_down || this.say({ type: 'ping', t: 1 }), 1000);
    }, 50);
  }

  say(m) {
    if (this.readyState === 1) this.onmessage?.({ data: JSON.stringify(m) });
  }

  send(json) {
    const m = JSON.parse(json);
    if (m.type === 'knock' || m.type === 'resume') {
      if (m.code === '000000') return this.say({ type: 'error', code: 'wrong_code', text: '' });
      if (m.type === 'knock') this.say({ type: 'waiting' });
      if (scene === 'waiting') return;
      if (scene === 'refused') return void setTimeout(() => this.say({ type: 'refused', reason: vi ? 'Người bệnh chưa sẵn sàng' : 'The patient is not ready' }), 200);
      setTimeout(() => {
        this.say({ type: 'admitted', guest: 'g1', token: 'tok' });
        this.station = new Station(this);
        window.fake_station = this.station;
        this.station.offer();
      }, 200);
    } else if (m.type === 'answer' || m.type === 'candidate') this.station?.signal(m);
  }

  close() {
    this.readyState = 3;
    clearInterval(this.beat);
    this.station?.close();
  }
}

sessionStorage.clear();
localStorage.setItem('caukham.person', JSON.stringify({ name: 'BS Trần Văn Đức', organisation: 'Bệnh viện Trung ương Huế' }));
const app = new App({ secret: scene === 'join' ? null : 'abc', url: 'fake', socket: () => new FakeSocket() });
if (scene !== 'join') app.join.submit();
window.preview_app = app;
