// Protocol 1 from the console's side with nothing to look at: what the session's tests need of a browser.
const state = {phase: "start", hello: null, streams: [], events: [], control: [], evidence: {}, stills: {}, errors: [],
               frames: {}, refused: null, error: null, bye: null, openings: 0, candidates: 0};
window.state = state;
let socket, peer, control, evidence, token, gotBytes = 0, gotTimer, chain = Promise.resolve();
let leaving = false;

function crc32(bytes) {
  let c, crc = 0xFFFFFFFF;
  for (const b of bytes) {
    c = (crc ^ b) & 0xFF;
    for (let k = 0; k < 8; ++k) c = c & 1 ? 0xEDB88320 ^ (c >>> 1) : c >>> 1;
    crc = c ^ (crc >>> 8);
  }
  return (crc ^ 0xFFFFFFFF) >>> 0;
}
const hex = (bytes) => [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
const say = (message) => control && control.readyState === "open" && control.send(JSON.stringify(message));
window.say = say;
window.sayRaw = (text) => control.send(text);
window.evidenceRaw = (n) => evidence.send(new Uint8Array(n));

window.knock = (fields) => connect({v: 1, type: "knock", name: "Dr Trần", organisation: "Huế", lang: "vi", ...fields});
window.drop = () => { socket.close(); peer && peer.close(); };
window.signal = (text) => socket.send(text);
window.leave = () => { leaving = true; socket.send('{"type":"leave"}'); };

function connect(first) {
  const ws = socket = new WebSocket(`wss://${location.host}/ws`);
  ws.onopen = () => ws.send(JSON.stringify(first));
  ws.onclose = () => {
    if (ws !== socket) return;
    if (peer) peer.close();
    peer = null;
    if (token && !leaving && !state.bye && !state.error) {
      state.phase = "lost";
      setTimeout(() => connect({v: 1, type: "resume", token}), 300);
    } else if (state.phase !== "refused") state.phase = "closed";
  };
  ws.onmessage = async ({data}) => {
    const m = JSON.parse(data);
    state.events.push(m.type);
    if (m.type === "waiting") state.phase = "waiting";
    else if (m.type === "refused") { state.phase = "refused"; state.refused = m.reason; }
    else if (m.type === "error") { state.phase = "error"; state.error = m; }
    else if (m.type === "bye") state.bye = m.reason;
    else if (m.type === "ping") ws.send(JSON.stringify({type: "pong", t: m.t}));
    else if (m.type === "admitted") { state.phase = "admitted"; state.guest = m.guest; token = m.token; await sit(ws); }
    else if (m.type === "offer") { await ready; await answer(ws, m.sdp); }
    else if (m.type === "candidate") { await ready; state.candidates++; peer.addIceCandidate({candidate: m.candidate, sdpMid: m.mid}).catch((e) => state.errors.push(String(e))); }
  };
}

let ready, isReady, microphone;
async function sit(ws) {
  ready = new Promise((r) => { isReady = r; });
  microphone = microphone || await navigator.mediaDevices.getUserMedia({audio: true}).catch(() => null);
  const pc = peer = new RTCPeerConnection();
  state.frames = {};
  pc.onicecandidate = ({candidate}) => candidate && ws.readyState === 1 &&
    ws.send(JSON.stringify({type: "candidate", candidate: candidate.candidate, mid: candidate.sdpMid}));
  pc.ontrack = ({track, transceiver}) => {
    const element = document.createElement(track.kind);
    element.autoplay = element.muted = element.playsInline = true;
    element.srcObject = new MediaStream([track]);
    element.dataset.mid = transceiver.mid;
    document.body.append(element);
  };
  pc.ondatachannel = ({channel}) => {
    channel.binaryType = "arraybuffer";
    if (channel.label === "control") { control = channel; channel.onmessage = onControl; channel.onopen = () => state.openings++; }
    if (channel.label === "evidence") { evidence = channel; gotBytes = 0; channel.onmessage = ({data}) => onEvidence(data); }
  };
  isReady();
}

async function answer(ws, sdp) {
  const pc = peer;
  if (window.withoutH264) sdp = sdp.replaceAll("H264/90000", "H26X/90000");
  await pc.setRemoteDescription({type: "offer", sdp});
  for (const t of pc.getTransceivers())
    if (t.receiver.track.kind === "audio" && microphone && !t.sender.track) {
      t.direction = "sendrecv";
      await t.sender.replaceTrack(microphone.getAudioTracks()[0]);
    }
  await pc.setLocalDescription();
  ws.send(JSON.stringify({type: "answer", sdp: pc.localDescription.sdp}));
}

function onControl({data}) {
  const m = JSON.parse(data);
  state.control.push(m);
  if (state.control.length > 500) state.control.shift();
  if (m.type === "hello") state.hello = m;
  else if (m.type === "streams") {
    const fresh = m.streams.filter((s) => s.kind === "waveform" && !(s.id in asked));
    state.streams = m.streams;
    if (!window.keepQuiet && (fresh.length || asked.channel !== control)) {
      asked = {channel: control};
      for (const s of m.streams) if (s.kind === "waveform") asked[s.id] = true;
      say({type: "have", streams: m.streams.filter((s) => s.kind === "waveform").map((s) => ({id: s.id, next: record(s.id).next})),
           stills: Object.entries(state.stills).map(([n, s]) => ({number: +n, next: s.next}))});
    }
  } else if (m.type === "time") say({type: "time", t0: m.t0, t1: performance.now() * 1e6});
  else if (m.type === "still") Object.assign(still(m.number), {id: m.id, bytes: m.bytes, sha256: m.sha256});
  else if (m.type === "evidence_end") { record(m.stream).end = m; finish(m.stream); }
}
let asked = {};
const record = (id) => state.evidence[id] ||= {next: 0, digest: "0".repeat(64), holes: 0, end: null, chain: new Uint8Array(32), hashed: 0};
const still = (n) => state.stills[n] ||= {next: 0, parts: []};

function onEvidence(data) {
  gotBytes += data.byteLength;
  gotTimer ||= setTimeout(() => { gotTimer = 0; say({type: "got", bytes: gotBytes}); }, 100);
  const view = new DataView(data), bytes = new Uint8Array(data), checked = bytes.slice();
  checked.fill(0, 20, 24);
  if (view.getUint16(0, true) !== 0x4B43 || view.getUint32(20, true) !== crc32(checked)) return state.errors.push("bad frame");
  const kind = view.getUint8(3), id = view.getUint32(4, true), index = Number(view.getBigUint64(8, true)), payload = bytes.slice(28);
  if (kind === 1) {
    const r = record(id);
    if (index !== r.next) { r.holes++; return state.errors.push(`record ${index} of ${id} instead of ${r.next}`); }
    r.next++;
    if (window.reportDrawn) {  // the double writes into each record when it was made
      const made = /made (\d+)/.exec(String.fromCharCode(...payload.slice(-60)));
      if (made) say({type: "drawn", stream: id, time_ns: Number(made[1]), console_ns: performance.now() * 1e6});
    }
    chain = chain.then(async () => {
      const joined = new Uint8Array(32 + payload.length);
      joined.set(r.chain);
      joined.set(payload, 32);
      r.chain = new Uint8Array(await crypto.subtle.digest("SHA-256", joined));
      r.digest = hex(r.chain);
      r.hashed++;
      finish(id);
    });
  } else {
    const s = still(id);
    if (index !== s.next) return state.errors.push(`still ${id} goes on at ${index} instead of ${s.next}`);
    s.parts.push(payload);
    s.next += payload.length;
    if (s.bytes === s.next)
      new Blob(s.parts).arrayBuffer().then((b) => crypto.subtle.digest("SHA-256", b)).then((d) => { s.whole = hex(new Uint8Array(d)) === s.sha256; });
  }
}

function finish(id) {
  const r = record(id);
  if (!r.end || r.hashed < r.end.records || r.answered === control) return;
  r.answered = control;
  const card = state.streams.find((s) => s.id === id);
  say({type: "digest", stream: id, records: r.hashed, samples: r.hashed * card.samples_per_record, digest: window.lie || r.digest});
}

window.stats = async () => {
  const out = {video: {}, audio: 0, audioEnergy: 0};
  for (const s of (await peer.getStats()).values()) {
    if (s.type === "inbound-rtp" && s.kind === "video") {
      const codec = (await peer.getStats()).get(s.codecId);
      out.video[s.mid] = {decoded: s.framesDecoded, width: s.frameWidth, height: s.frameHeight, codec: codec && codec.mimeType, lost: s.packetsLost};
    }
    if (s.type === "inbound-rtp" && s.kind === "audio") out.audio = s.packetsReceived;
  }
  return out;
};
