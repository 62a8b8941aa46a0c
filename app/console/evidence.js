// What the specialist has received: streams of records in order, each chained with SHA-256, and stills in pieces.
// Frames are checked as they arrive; hashing runs behind in the same order; drawing only ever reads the results.
import { parseFrame, FrameError, KIND_RECORD } from './frame.js';
import { decodeRecord } from './bdf.js';

const MAX_EARLY_FRAMES = 256;  // of streams whose announcement is still on its way
const MAX_STREAMS = 64;

export function hex(bytes) {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

// One waveform stream. `next` is the record that must come; records, samples, padding, gaps and digest belong together
// and describe what has been chained so far.
class Chain {
  constructor(card) {
    this.card = card;
    this.next = 0;
    this.value = new Uint8Array(32);
    this.digest = hex(this.value);
    this.records = this.samples = this.padding = this.gaps = 0;
    this.end = null;       // the station's word on the complete stream
    this.answered = false;
    this.equal = null;     // our digest against the station's, once both are known
    this.tail = Promise.resolve();
  }

  add(payload, record) {
    this.next++;
    this.tail = this.tail.then(async () => {
      const bytes = new Uint8Array(32 + payload.length);
      bytes.set(this.value);
      bytes.set(payload, 32);
      this.value = await sha256(bytes);
      this.digest = hex(this.value);
      this.records++;
      this.samples += record ? record.count : this.card.samples_per_record;
      this.padding += record ? record.padding : 0;
      this.gaps += record && record.gap > 0 ? 1 : 0;
    });
    return this.tail;
  }
}

// Callbacks: record(card, record, index), ended(chain), send(message), fault(FrameError), still(number, offset, payload),
// unreadable(card, FrameError), broken(): the line must be built anew.
export class Evidence {
  constructor(callbacks) {
    this.on = callbacks;
    this.chains = new Map();
    this.early = [];
  }

  // The station's stream list. Returns the streams that are new here, for `have`.
  setStreams(cards) {
    const fresh = [];
    for (const card of cards) {
      if (card.kind !== 'waveform') continue;
      const chain = this.chains.get(card.id);
      if (chain) chain.card = { ...card, samples_per_record: chain.card.samples_per_record, channels: chain.card.channels };
      else if (this.chains.size < MAX_STREAMS) {
        this.chains.set(card.id, new Chain(card));
        fresh.push({ id: card.id, next: 0 });
      }
    }
    const waiting = this.early;
    this.early = [];
    try {
      for (const frame of waiting) this.take(frame);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.on.fault(error);
      this.on.broken?.();
    }
    return fresh;
  }

  // What we have, for the first message after a (re)connection.
  have() {
    this.early = [];
    return [...this.chains].map(([id, chain]) => ({ id, next: chain.next }));
  }

  // One message of the evidence channel. False: the channel must be closed and the line built anew.
  receive(buffer) {
    try {
      if (!(buffer instanceof ArrayBuffer)) throw new FrameError('text', 'What arrived is not evidence.');
      this.take(parseFrame(buffer));
      return true;
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.on.fault(error);
      return false;
    }
  }

  take(frame) {
    if (frame.kind !== KIND_RECORD) {
      this.on.still(frame.id, frame.index, frame.payload);
      return;
    }
    const chain = this.chains.get(frame.id);
    if (!chain) {
      if (this.early.length >= MAX_EARLY_FRAMES) throw new FrameError('stream', 'Records came of a stream nobody announced.');
      this.early.push(frame);
      return;
    }
    if (frame.index !== chain.next) throw new FrameError('order', 'A record is missing; asking the station for it again.');
    let record = null;
    try {
      record = decodeRecord(frame.payload, chain.card);
    } catch (error) {
      // It is evidence all the same: chained and counted, but not drawn, because nobody can say what it shows.
      if (!(error instanceof FrameError)) throw error;
      this.on.unreadable?.(chain.card, error);
    }
    chain.add(frame.payload, record).then(() => this.answer(chain));
    if (record) this.on.record(chain.card, record, frame.index);
  }

  // `evidence_end`: both sides compare once we have everything.
  end(message) {
    const chain = this.chains.get(message.stream);
    if (!chain) return;
    chain.end = message;
    chain.answered = false;
    chain.tail.then(() => this.answer(chain));
  }

  answer(chain) {
    if (!chain.end || chain.answered || chain.records < chain.end.records || chain.records !== chain.next) return;
    chain.answered = true;
    chain.equal = chain.records === chain.end.records && chain.digest === chain.end.digest;
    this.on.send({ type: 'digest', stream: chain.card.id, records: chain.records, samples: chain.samples, digest: chain.digest });
    this.on.ended?.(chain);
  }
}
