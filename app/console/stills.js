// Stills arrive in pieces behind the live samples; each is whole only when its size and SHA-256 agree.
import { hex, sha256 } from './evidence.js';

const MAX_BYTES = 32 * 1024 * 1024;
const MAX_UNANNOUNCED = 8;
const MAX_STILLS = 500;
const MAX_KEPT_BYTES = 256 * 1024 * 1024;

// changed(still): something about a still is new. A still: {id, number, stream, side, site, bytes, got, ok, blob, ...};
// ok is null while it comes, true when complete and equal, false when what came is not what was announced.
export class Stills {
  constructor(changed) {
    this.changed = changed;
    this.byNumber = new Map();
    this.list = [];
  }

  slot(number) {
    let slot = this.byNumber.get(number);
    if (!slot) {
      const unannounced = [...this.byNumber.values()].filter((x) => !x.still).length;
      if (unannounced >= MAX_UNANNOUNCED || this.byNumber.size >= MAX_STILLS) return null;
      slot = { pieces: [], got: 0, still: null, done: false };
      this.byNumber.set(number, slot);
    }
    return slot;
  }

  // A cleaned `still` message; sent again after a reconnection.
  announce(m) {
    if (m.number === null || m.bytes === null || !m.id) return;
    const slot = this.byNumber.get(m.number) ?? this.slot(m.number);
    if (!slot || slot.still) return;
    slot.still = { ...m, got: 0, ok: null, blob: null };
    this.list.push(slot.still);
    this.settle(slot);
    this.changed(slot.still);
  }

  // A piece at byte `offset`. Pieces come in order; offset 0 begins anew, anything else that does not join on is dropped.
  piece(number, offset, payload) {
    const slot = this.byNumber.get(number) ?? this.slot(number);
    if (!slot || slot.done) return;
    if (offset === 0) {
      slot.pieces = [];
      slot.got = 0;
    }
    if (offset !== slot.got || slot.got + payload.length > (slot.still?.bytes ?? MAX_BYTES)) return;
    slot.pieces.push(payload.slice());
    slot.got += payload.length;
    this.settle(slot);
    if (slot.still) this.changed(slot.still);
  }

  settle(slot) {
    const still = slot.still;
    if (!still) return;
    still.got = slot.got;
    if (slot.done || slot.got !== still.bytes) return;
    slot.done = true;
    const blob = new Blob(slot.pieces, { type: /^image\/(jpeg|png|webp)$/.test(still.media_type) ? still.media_type : 'image/jpeg' });
    slot.pieces = [];
    blob.arrayBuffer().then(sha256).then((digest) => {
      still.ok = hex(digest) === still.sha256.toLowerCase();
      still.blob = blob;
      this.forget();
      this.changed(still);
    });
  }

  // The oldest pictures go when there is no room; that they came, and what they were, stays.
  forget() {
    let kept = 0;
    for (const still of [...this.list].reverse()) {
      kept += still.blob?.size ?? 0;
      if (kept > MAX_KEPT_BYTES) still.blob = null;
    }
  }

  // For `have`: where each still goes on.
  have() {
    return [...this.byNumber].map(([number, slot]) => ({ number, next: slot.got }));
  }
}
