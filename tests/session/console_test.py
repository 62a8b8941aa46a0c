#!/usr/bin/env python3
"""The specialist's own page in a real Chromium meets a real DirectMeeting, as a person would use it.

console_test.py STATION_DOUBLE CONSOLE_FOLDER [name …]   exit 0 good, 77 no browser here
Screenshots go to the folder named by CAUKHAM_SCREENSHOTS, if any.
"""
import json
import os
import signal
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
from station import Station  # noqa: E402
from webdriver import Browser, available  # noqa: E402

DOUBLE = CONSOLE = None
PRESS = "document.querySelector('.pointers').dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}))"


def shot(page, name):
    folder = os.environ.get("CAUKHAM_SCREENSHOTS")
    if folder:
        os.makedirs(folder, exist_ok=True)
        page.screenshot(os.path.join(folder, name + ".png"))


def knock(station, page, code=None):
    link = station.invitation["link"]
    page.goto(link.split("#")[0] if code else link)
    page.wait("return !!window.caukham && !!document.querySelector('#name')")
    page.type("#name", "BS Trần Văn Đức")
    page.type("#organisation", "Bệnh viện Huế")
    if code:
        page.type("#code", code)
    page.click("#knock")


def join(station, page, code=None):
    knock(station, page, code)
    guest = station.await_event("guest", state="knocking")["id"]
    page.wait("return window.caukham.phase === 'waiting'")
    station.order("admit", guest)
    page.wait("return window.caukham.phase === 'live'", timeout=30, what="live")
    page.wait("return window.caukham.streams[1]?.records > 5", what="records")
    return guest


def end(station, page, guest):
    station.order("end")
    ended = station.await_event("ended")
    result = station.await_event("evidence", guest=guest, timeout=40)
    mine = page.run("return window.caukham.streams[1]")
    assert result["equal"] and result["digest"] == ended["digest"] == mine["digest"], (result, ended, mine)
    assert mine["records"] == result["records"] and mine["samples"] == result["samples"], (mine, result)
    assert mine["equal"] is True
    return mine


def test_a_page_of_which_a_file_was_lost_on_the_way_opens_by_itself():
    with Station(DOUBLE, CONSOLE) as station, Browser() as page:
        page.cdp("Network.enable")
        page.cdp("Network.setBlockedURLs", urls=["*/console/loops.js"])
        page.goto(station.invitation["link"])
        page.wait("return document.querySelector('#opening')?.innerText.includes('load the page again')")
        assert page.run("return !window.caukham")
        page.cdp("Network.setBlockedURLs", urls=[])
        page.wait("return !!window.caukham && !!document.querySelector('#name') && !document.querySelector('#opening')")
        assert not page.run("return document.querySelector('#code')?.offsetParent"), "the link's secret is still known"


def test_a_specialist_joins_sees_asks_points_and_advises():
    with Station(DOUBLE, CONSOLE) as station, Browser(size=(1366, 768)) as page:
        guest = join(station, page)
        assert "#" not in page.url() and "s=" not in page.url(), "the secret must leave the address bar"
        page.wait("return window.caukham.videos[2]?.frames > 20 && !window.caukham.videos[2].stale", timeout=30, what="pictures")
        state = page.run("return window.caukham")
        assert state["exam"]["patient_name"] == "Nguyễn Thị Thử" and state["streams"]["1"]["simulated"], state
        assert page.run("return !document.querySelector('.sim-banner').hidden && "
                        "[...document.querySelectorAll('.pane .sim-mark')].every((x) => !x.hidden)"), "SIMULATED must be seen"
        page.wait("return !document.querySelector('.ecg-pane').classList.contains('stale')")
        shot(page, "live")
        page.run("document.querySelector('.video-pane .tool[aria-label]').focus();" + PRESS)
        point = station.await_event("pointer")
        station.order("still", 300000)
        page.wait("return window.caukham.stills[0]?.ok === true && window.caukham.stills[0].bytes === 300000", what="a still in pieces")
        assert 0.5 < point["x"] < 0.53 and point["y"] == 0.5, point
        page.run("document.querySelector('.ask-form').requestSubmit()")
        ask = station.await_event("ask")
        for wanted in ("accepted", "done"):
            station.order("control", json.dumps({"type": "request_state", "id": ask["id"], "state": wanted}))
            page.wait("return window.caukham.asks[0].state === arguments[0]", wanted)
        page.type(".chat input", "Chào chị, cho xem tai phải ạ")
        page.click(".chat button")
        assert station.await_event("chat")["text"] == "Chào chị, cho xem tai phải ạ"
        page.run("const a = document.querySelectorAll('.advice textarea'); a[0].value = 'Màng nhĩ phải đục nhẹ'; a[1].value = 'Viêm tai giữa'")
        page.click(".advice button")
        assert station.await_event("advice")["finding"] == "Màng nhĩ phải đục nhẹ"
        advice = page.run("return window.caukham.advice[0]")
        assert not advice["stored"], "nothing is stored before the station says so"
        station.order("control", json.dumps({"type": "advice_stored", "id": advice["id"]}))
        page.wait("return window.caukham.advice[0].stored")
        page.click(".top .talk")
        page.wait("return window.caukham.talking", what="the microphone")
        end(station, page, guest)
        shot(page, "ended")
        assert page.run("return window.caukham.errors") == []


# Whichever of the two channels opens first is chance: here it is the one that announces the streams.
LATE_EVIDENCE = """
const set = Object.getOwnPropertyDescriptor(RTCPeerConnection.prototype, 'ondatachannel').set;
Object.defineProperty(RTCPeerConnection.prototype, 'ondatachannel', {set(tell) {
  set.call(this, (e) => e.channel.label === 'evidence' ? setTimeout(() => tell(e), 700) : tell(e));
}});
const send = RTCDataChannel.prototype.send;
window.said = [];
RTCDataChannel.prototype.send = function (text) {
  window.said.push(JSON.parse(text));
  return send.call(this, text);
};"""


def test_what_the_page_has_is_said_once_also_when_streams_are_announced_before_the_evidence_channel_is_open():
    with Station(DOUBLE, CONSOLE) as station, Browser() as page:
        page.cdp("Page.addScriptToEvaluateOnNewDocument", source=LATE_EVIDENCE)
        guest = join(station, page)
        page.wait("return window.caukham.streams[1]?.records > 20", what="records")
        said = page.run("return window.said.filter((m) => m.type === 'have' && m.streams.some((s) => s.id === 1))")
        assert len(said) == 1, f"records would come twice, and out of order: {said}"
        assert page.run("return window.caukham.losses") == []
        end(station, page, guest)


def test_a_lost_line_is_said_and_everything_comes_back():
    with Station(DOUBLE, CONSOLE) as station, Browser(size=(1366, 768)) as page:
        guest = join(station, page)
        page.type(".chat input", "Một")
        page.click(".chat button")
        station.await_event("chat")
        station.process.send_signal(signal.SIGSTOP)
        try:
            page.wait("return window.caukham.phase === 'lost'", timeout=15)
            assert page.run("return [...document.querySelectorAll('.pane')].every((p) => p.classList.contains('stale'))"), "old must look old"
            assert page.run("return document.querySelector('.line').classList.contains('bad')")
            page.run("document.querySelector('.advice textarea').value = 'khi mất đường truyền'")
            page.click(".advice button")
            shot(page, "lost")
        finally:
            station.process.send_signal(signal.SIGCONT)
        page.wait("return window.caukham.phase === 'live' && window.caukham.reconnects >= 1", timeout=40, what="resumed")
        assert station.await_event("advice")["finding"] == "khi mất đường truyền"
        page.wait("return !document.querySelector('.ecg-pane').classList.contains('stale')", timeout=20)
        page.wait("return !window.caukham.videos[2].stale", timeout=20)
        assert page.run("return window.caukham.chat") == [{"from": None, "text": "Một"}], "one's own words stand there once"
        end(station, page, guest)


def test_a_reload_comes_back_without_knocking_and_has_the_whole_exam():
    with Station(DOUBLE, CONSOLE) as station, Browser(size=(1366, 768)) as page:
        guest = join(station, page)
        page.wait("return window.caukham.streams[1].records > 30")
        page.reload()
        page.wait("return window.caukham && window.caukham.phase === 'live' && window.caukham.streams[1]?.records > 35", timeout=40, what="back")
        end(station, page, guest)


def test_a_second_specialist_on_a_phone_gets_the_whole_exam_by_code():
    phone = {"width": 390, "height": 844, "pixelRatio": 2}
    with Station(DOUBLE, CONSOLE) as station, Browser(size=(1366, 768)) as first, Browser(mobile=phone) as page:
        join(station, first)
        first.wait("return window.caukham.streams[1].records > 50", timeout=30)
        code = station.invite()["code"]
        wrong = "%06d" % ((int(code) + 1) % 1000000)
        knock(station, page, wrong)
        page.wait("return document.querySelector('.join .message.bad') && !document.querySelector('.join .message').hidden")
        page.type("#code", code)
        page.click("#knock")
        guest = station.await_event("guest", state="knocking")["id"]
        station.order("admit", guest)
        page.wait("return window.caukham.phase === 'live' && window.caukham.streams[1]?.records > 55", timeout=40, what="the exam from its start")
        shot(page, "phone")
        assert page.run("return document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight + 1")
        small = page.run("""return [...document.querySelectorAll('button, select, input')].filter((e) => e.offsetParent)
            .map((e) => [e.textContent || e.ariaLabel, e.getBoundingClientRect()]).filter(([, r]) => r.width < 43.5 || r.height < 43.5).map(([t]) => t)""")
        assert small == [], small
        end(station, page, guest)


def main():
    global DOUBLE, CONSOLE
    if not available():
        print("SKIP: chromium and chromedriver are not installed")
        return 77
    DOUBLE, CONSOLE = sys.argv[1:3]
    tests = {k[5:]: v for k, v in globals().items() if k.startswith("test_")}
    failed = 0
    for name in sys.argv[3:] or tests:
        try:
            tests[name]()
            print("ok  ", name.replace("_", " "), flush=True)
        except Exception as error:  # a browser's troubles are a failure of this test, not the end of all
            failed += 1
            print("FAIL", name.replace("_", " "), repr(error)[:600], flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
