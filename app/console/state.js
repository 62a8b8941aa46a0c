// window.caukham: what this page knows, for tests and for support. Read only; nothing in it acts.
import { language } from './i18n.js';
import { PicturePane } from './picture.js';

function snapshot(app) {
  const now = performance.now();
  const streams = {};
  for (const [id, chain] of app.evidence.chains) {
    const { records, samples, padding, gaps, digest, equal } = chain;
    const pane = app.panes.get(id);
    streams[id] = { records, samples, padding, gaps, digest, equal, state: chain.card.state, device_kind: chain.card.device_kind,
      simulated: chain.card.simulated, stale: pane?.stale ?? null, off: pane?.signal?.off() ?? [],
      rate_bpm: pane?.signal?.heart.perMinute(pane.signal.raw.end) ?? null };
  }
  const videos = {};
  for (const [id, pane] of app.panes) {
    if (!(pane instanceof PicturePane)) continue;
    const age = pane.ageMs(now);
    videos[id] = { frames: pane.frames, width: pane.video.videoWidth, height: pane.video.videoHeight,
      lastFrameAgeMs: Number.isFinite(age) ? Math.round(age) : null, stale: pane.stale, state: pane.card.state };
  }
  return {
    phase: app.signalling.phase, exam: app.exam && { ...app.exam }, streams, videos,
    stills: app.stills.list.map(({ id, number, sha256, ok, bytes, got }) => ({ id, number, sha256, ok, bytes, got })),
    asks: app.asks.list.map((a) => ({ ...a })),
    chat: app.chat.list.map(({ from, text }) => ({ from, text })),
    advice: app.advice.list.map((a) => ({ ...a })),
    line: app.line.last && { ...app.line.last },
    reconnects: app.signalling.reconnects, losses: [...app.signalling.losses], errors: app.errors.map((e) => ({ ...e })), language: language(),
    talking: app.talk.on, clock_ns: Math.round(now * 1e6),
  };
}

export function expose(app) {
  Object.defineProperty(window, 'caukham', { get: () => snapshot(app), configurable: false, enumerable: true });
}
