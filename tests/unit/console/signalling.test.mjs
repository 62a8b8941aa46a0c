// Knocking, waiting, losing the line and coming back.
import test from 'node:test';
import assert from 'node:assert/strict';
import { Signalling } from '../../../app/console/signalling.js';

function door(t) {
  try {
    t.mock.timers.enable({ apis: ['setInterval'] });
  } catch {
    t.mock.timers.enable(['setInterval']);  // Node 18, which Debian 12 has
  }
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const sockets = [];
  const phases = [];
  const signals = [];
  const s = new Signalling('wss://x/ws', { phase: (p, d) => phases.push(d.code ? `${p}:${d.code}` : p), signal: (m) => signals.push(m.type) }, () => {
    const ws = { readyState: 1, sent: [], send: (x) => ws.sent.push(JSON.parse(x)), close: () => { ws.readyState = 3; } };
    sockets.push(ws);
    return ws;
  });
  const pass = (ms) => {
    for (let k = 0; k < ms; k += 500) {
      now += 500;
      t.mock.timers.tick(500);
    }
  };
  const hear = (m) => sockets.at(-1).onmessage({ data: typeof m === 'string' ? m : JSON.stringify(m) });
  return { s, sockets, phases, signals, pass, hear, last: () => sockets.at(-1) };
}

test('a knock must go through waiting to admitted and live', (t) => {
  const d = door(t);
  d.s.knock({ secret: 'abc', name: 'BS Trần', organisation: 'Huế', lang: 'vi' });
  d.last().onopen();
  assert.deepEqual(d.last().sent, [{ v: 1, type: 'knock', secret: 'abc', name: 'BS Trần', organisation: 'Huế', lang: 'vi' }]);
  d.hear({ type: 'waiting' });
  d.pass(60000);
  assert.equal(d.s.phase, 'waiting', 'waiting has no end of its own');
  d.hear({ type: 'admitted', guest: 'g1', token: 'tok' });
  d.hear({ type: 'offer', sdp: 'v=0' });
  d.hear({ type: 'ping', t: 5 });
  assert.deepEqual(d.last().sent.at(-1), { type: 'pong', t: 5 });
  d.s.established();
  assert.deepEqual(d.phases, ['knocking', 'waiting', 'connecting', 'live']);
  assert.deepEqual(d.signals, ['offer']);
  assert.equal(d.s.reconnects, 0);
});

test('three seconds without a ping must be a lost line, and resume must be tried every second until it holds', (t) => {
  const d = door(t);
  d.s.knock({ code: '123456' });
  d.last().onopen();
  d.hear({ type: 'admitted', guest: 'g1', token: 'tok' });
  d.s.established();
  d.pass(2500);
  assert.equal(d.s.phase, 'live');
  d.pass(1500);
  assert.equal(d.s.phase, 'lost');
  const before = d.sockets.length;
  for (let k = 0; k < 10; k++) {
    d.last().onclose?.();
    d.pass(1000);
  }
  assert.ok(d.sockets.length - before >= 9 && d.sockets.length - before <= 11, `${d.sockets.length - before} tries in 10 s`);
  d.last().onopen();
  assert.deepEqual(d.last().sent, [{ v: 1, type: 'resume', token: 'tok' }]);
  d.hear({ type: 'admitted', guest: 'g1', token: 'tok2' });
  d.s.established();
  assert.equal(d.s.phase, 'live');
  assert.equal(d.s.reconnects, 1);
});

test('every refusal must lead to a phase with its reason and no further tries', (t) => {
  for (const [message, phase] of [
    [{ type: 'error', code: 'used_code', text: '' }, 'join:used_code'], [{ type: 'error', code: 'wrong_code', text: '' }, 'join:wrong_code'],
    [{ type: 'error', code: 'closed', text: '' }, 'closed:closed'], [{ type: 'refused', reason: 'x' }, 'refused'], [{ type: 'bye', reason: '' }, 'closed']]) {
    const d = door(t);
    d.s.knock({ code: '1' });
    d.last().onopen();
    d.hear(message);
    d.pass(5000);
    assert.equal(d.phases.at(-1), phase);
    assert.equal(d.sockets.length, 1);
    t.mock.reset();
    t.mock.timers.reset();
  }
});

test('a station that cannot be reached must be said, and garbage must not kill the page', (t) => {
  const d = door(t);
  d.s.knock({ code: '1' });
  d.last().onclose();
  assert.equal(d.phases.at(-1), 'join:unreachable');
  d.s.knock({ code: '1' });
  d.last().onopen();
  d.hear('not json');
  assert.equal(d.s.phase, 'join');
  d.s.knock({ code: '1' });
  d.hear({ type: 'admitted', token: 't', guest: 'g' });
  d.hear('x'.repeat(70000));
  assert.equal(d.s.phase, 'lost');
});
