// The peer connection: answers the station's offers, hands out tracks by mid and the two data channels.
// One Peer lives as long as one line; after a loss a new one is made.

export class Peer {
  // on: signal(message), control(text), evidence(buffer), open(), track(mid, track or null), lost(why)
  constructor(on) {
    this.on = on;
    this.tracks = new Map();
    this.channels = {};
    this.chain = Promise.resolve();
    this.received = this.reported = this.reported_ms = 0;
    const pc = (this.pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' }));
    pc.onicecandidate = (e) => {
      if (e.candidate) on.signal({ type: 'candidate', candidate: e.candidate.candidate, mid: e.candidate.sdpMid });
    };
    pc.ontrack = (e) => {
      const mid = e.transceiver.mid;
      this.tracks.set(mid, e.track);
      on.track(mid, e.track);
    };
    pc.ondatachannel = (e) => this.channel(e.channel);
    pc.onconnectionstatechange = () => {
      if (this.pc === pc && (pc.connectionState === 'failed' || pc.connectionState === 'closed'))
        on.lost('connection ' + pc.connectionState);
    };
  }

  channel(c) {
    if (c.label !== 'control' && c.label !== 'evidence') return;
    c.binaryType = 'arraybuffer';
    this.channels[c.label] = c;
    c.onmessage = (e) => {
      if (this.channels[c.label] !== c) return;
      if (c.label === 'control') this.on.control(e.data);
      else {
        this.received += e.data.byteLength ?? 0;
        this.on.evidence(e.data);
        this.receipt(32768);
      }
    };
    c.onclose = () => {
      if (this.pc) this.on.lost(`channel ${c.label} closed`);
    };
    const ready = () => {
      if (this.channels.control?.readyState === 'open' && this.channels.evidence?.readyState === 'open' && !this.opened) {
        this.opened = true;
        this.timer = setInterval(() => this.receipt(1), 250);
        this.on.open();
      }
    };
    c.onopen = ready;
    ready();
  }

  // `got`: the station's only way to see how much is still on its way.
  receipt(least) {
    if (this.received - this.reported < least) return;
    this.reported = this.received;
    this.send({ type: 'got', bytes: this.received });
  }

  // Offers and candidates in the order in which they came. A failure ends this line.
  signal(m) {
    this.chain = this.chain.then(() => this.handle(m)).catch((error) => {
      if (this.pc) {
        this.error = String(error);
        this.on.lost(this.error);
      }
    });
  }

  async handle(m) {
    const pc = this.pc;
    if (!pc) return;
    if (m.type === 'candidate') {
      // A candidate we cannot use (mDNS name, unknown mid) costs one path, not the line.
      if (m.candidate) await pc.addIceCandidate({ candidate: m.candidate, sdpMid: m.mid }).catch(() => {});
      return;
    }
    await pc.setRemoteDescription({ type: 'offer', sdp: m.sdp });
    for (const t of pc.getTransceivers()) {
      // Ready to talk without another round: the microphone is put in later, when the person asks for it.
      if (t.receiver.track.kind === 'audio' && t.direction !== 'stopped' && !t.stopped) {
        t.direction = 'sendrecv';
        if (!this.talk) this.talk = t.sender;
      }
    }
    await pc.setLocalDescription(await pc.createAnswer());
    if (this.pc) this.on.signal({ type: 'answer', sdp: pc.localDescription.sdp });
    if (this.microphone) await this.speak(this.microphone);
  }

  // Puts a microphone track (or null) on the line. True: it is on.
  async speak(track) {
    this.microphone = track;
    if (!this.talk) return false;
    await this.talk.replaceTrack(track);
    return true;
  }

  // Control message. False: there is no line just now.
  send(message) {
    const c = this.channels.control;
    if (!c || c.readyState !== 'open') return false;
    c.send(JSON.stringify(message));
    return true;
  }

  close() {
    const pc = this.pc;
    if (!pc) return;
    this.pc = null;
    clearInterval(this.timer);
    for (const mid of this.tracks.keys()) this.on.track(mid, null);
    this.tracks.clear();
    this.channels = {};
    pc.close();
  }
}
