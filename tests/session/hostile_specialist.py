#!/usr/bin/env python3
"""The specialist while a plugin turns on the station: watches, and says how long the ECG and the pictures stood still."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "packaging" / "linux"))
from specialist import STREAM, join, main, say  # noqa: E402

# Ten looks a second, in the page itself. The hostile device's own stream is nobody's loss.
WATCH = """
window.stood = {};
window.lastLive = 0;
const watched = () => [
  ...Object.values(window.caukham.streams).filter((s) => s.device_kind === 'ecg').map((s) => ['ecg', s.samples, s.stale]),
  ...Object.entries(window.caukham.videos).map(([id, v]) => ['picture ' + id, v.frames, v.stale])];
const last = {};
window.setInterval(() => {
  if (window.caukham.phase !== 'live') return;
  window.lastLive = performance.now();
  for (const [name, count, stale] of watched()) {
    const now = performance.now(), seen = last[name];
    if (!seen || seen.count !== count) last[name] = {count, at: now};
    const mine = window.stood[name] ??= {longest_ms: 0, stale: []};
    mine.longest_ms = Math.max(mine.longest_ms, Math.round(now - last[name].at));
    if (stale) mine.stale.push(Math.round(now));
  }
}, 100);
"""


def watch(page, link, code, out):
    join(page, link, code)
    page.wait("return " + STREAM + "?.samples > 500", "ecg", timeout=60, what="live ECG")
    page.wait("return Object.values(window.caukham.videos).filter((v) => v.frames > 10 && !v.stale).length === 2",
              timeout=60, what="two live pictures")
    page.run(WATCH)
    say("watches")
    page.wait("return window.caukham.phase === 'closed'", timeout=180, what="the exam to close")
    state = page.run("return window.caukham")
    # What stands still because the examination is being closed is meant to.
    stood, last = page.run("return window.stood"), page.run("return window.lastLive")
    for one in stood.values():
        one["stale"] = sum(1 for at in one["stale"] if at < last - 1500)
    say("result", streams=state["streams"], reconnects=state["reconnects"], losses=state["losses"], errors=state["errors"],
        stood=stood)


if __name__ == "__main__":
    main(watch)
