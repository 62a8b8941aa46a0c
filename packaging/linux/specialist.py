#!/usr/bin/env python3
"""The specialist of the scripted examination, in a real Chromium: joins with the code, watches, points, asks, advises.

Usage: specialist.py LINK CODE OUT. Says one JSON object a line; the last one, {"step": "result"}, is what the page
itself counted. Works on the page as a person does (keys, pointer), reads only window.caukham.
"""
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests" / "lib"))
from webdriver import Browser  # noqa: E402

STREAM = "Object.entries(window.caukham.streams).find(([, s]) => s.device_kind === arguments[0])?.[1]"


def say(step, **more):
    print(json.dumps({"step": step, **more}, ensure_ascii=False), flush=True)


def cpu_seconds(group_leader):
    """User and system seconds of the browser and everything it started (one process group)."""
    ticks = 0
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = open(f"/proc/{entry}/stat").read().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[2]) == group_leader:
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def point_at(page, kind):
    """Presses and moves on the picture of this device, as a mouse does."""
    layer = page.run("""
      const pane = document.querySelector(`.video-pane[data-kind="${arguments[0]}"] .pointers`);
      const box = pane.getBoundingClientRect();
      return [box.x + box.width * 0.55, box.y + box.height * 0.45];""", kind)
    x, y = (int(v) for v in layer)
    page._in("POST", "/actions", {"actions": [{"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"},
             "actions": [{"type": "pointerMove", "x": x, "y": y, "duration": 100}, {"type": "pointerDown", "button": 0},
                         {"type": "pointerMove", "x": x + 15, "y": y + 10, "duration": 300},
                         {"type": "pause", "duration": 1500}, {"type": "pointerUp", "button": 0}]}]})


def ask_for_still(page, kind):
    page.run("""
      const select = document.querySelector('.asks select');
      const pane = document.querySelector(`.video-pane[data-kind="${arguments[0]}"]`);
      select.value = `${pane.dataset.stream} still`;
      select.dispatchEvent(new Event('change'));
      const side = document.querySelectorAll('.asks select')[1];
      if (!side.hidden) side.value = 'left';""", kind)
    page.click(".asks button.primary")


def join(page, link, code):
    page.goto(link.split("#")[0])  # not the link's secret: the code that was read aloud
    page.wait("return document.querySelector('#name')", timeout=30)
    page.type("#name", "BS. Trần Minh Đức")
    page.type("#organisation", "Bệnh viện Trung ương Huế")
    page.type("#code", code)
    page.click("#knock")
    say("knocked")
    page.wait("return window.caukham.phase === 'live'", timeout=60)
    say("admitted")
    if page.run("return window.caukham.language") != "vi":
        page.click("button.language")


def examine(page, link, code, out):
    shots = []

    def shot(name):
        shots.append(str(out / f"console-{name}.png"))
        page.screenshot(shots[-1])

    join(page, link, code)
    page.wait("return " + STREAM + "?.samples > 4000", "ecg", timeout=60, what="live ECG")
    page.wait("return Object.values(window.caukham.videos).filter((v) => v.frames > 30 && !v.stale).length === 2",
              timeout=60, what="two live pictures")
    say("sees ECG and both pictures")
    shot("live")
    point_at(page, "otoscope")
    say("points at the ear drum")
    ask_for_still(page, "otoscope")
    say("asks for a still of the left ear")
    page.wait("return window.caukham.asks.some((a) => a.state === 'done')", timeout=60, what="the request to be answered")
    page.wait("return window.caukham.stills.some((s) => s.ok)", timeout=30, what="the still to arrive whole")
    say("received the still")
    shot("still")
    page.wait("return " + STREAM + "?.gaps > 0", "ecg", timeout=180, what="the marked gap")
    say("sees the marked gap")
    shot("gap")
    page.wait("return window.caukham.reconnects > 0", timeout=120, what="the line to come back")
    page.wait("return window.caukham.phase === 'live'", timeout=60)
    page.wait("const s = " + STREAM + "; return s && !s.stale", "ecg", timeout=60,
              what="live ECG after the line came back")
    say("is back, everything back-filled")
    shot("back")
    page.type(".advice [name=finding]", "Màng nhĩ trái đỏ nhẹ, không thủng. ECG nhịp xoang.")
    page.type(".advice [name=conclusion]", "Viêm tai giữa nhẹ; chức năng hô hấp bình thường.")
    page.type(".advice [name=next_step]", "Amoxicillin 7 ngày, tái khám sau 1 tuần.")
    page.click(".advice button.primary")
    page.wait("return window.caukham.advice.some((a) => a.stored)", timeout=30, what="the advice to be stored")
    say("advice stored")
    shot("advice")
    page.wait("return window.caukham.phase === 'closed'", timeout=90, what="the exam to close")
    state = page.run("return window.caukham")
    say("result", streams=state["streams"], videos=state["videos"], reconnects=state["reconnects"], losses=state["losses"],
        stills_ok=sum(1 for s in state["stills"] if s["ok"]), errors=state["errors"], screenshots=shots,
        cpu_s={"browser": cpu_seconds(page.driver.pid)})


def main(examine):
    link, code, out = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    page = Browser(size=(1366, 768))
    try:
        examine(page, link, code, out)
    except Exception as error:  # said in words to whoever runs the examination
        try:
            page.screenshot(str(out / "console-failed.png"))
            state = json.dumps(page.run("return window.caukham"), ensure_ascii=False)[:4000]
            log = page.log()[-20:]
        except Exception as second:
            state, log = str(second), []
        print(state, *log, sep="\n", file=sys.stderr)
        say("failed", state="failed", words=str(error))
    finally:
        page.close()


if __name__ == "__main__":
    main(examine)
