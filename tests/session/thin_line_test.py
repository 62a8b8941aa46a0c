#!/usr/bin/env python3
"""Station and browser in two network namespaces with a cable between them, wide at first and then thin.

thin_line_test.py STATION_DOUBLE   exit 77 without root, namespaces or browser
"""
import ctypes
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from station import Station  # noqa: E402
from webdriver import Browser, available  # noqa: E402

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "page")
A, B = f"ck{os.getpid()}a", f"ck{os.getpid()}b"


def run(*words, check=True):
    return subprocess.run(words, check=check, capture_output=True, text=True)


def cable():
    for ns in (A, B):
        run("ip", "netns", "add", ns)
    run("ip", "link", "add", "ck0", "netns", A, "type", "veth", "peer", "name", "ck0", "netns", B)
    for ns, address in ((A, "10.77.0.1"), (B, "10.77.0.2")):
        # No IPv6: its address comes seconds after the cable is up, and a browser drops the page it is loading just then.
        run("ip", "-n", ns, "link", "set", "ck0", "addrgenmode", "none")
        run("ip", "-n", ns, "addr", "add", address + "/24", "dev", "ck0")
        run("ip", "-n", ns, "link", "set", "lo", "up")
        run("ip", "-n", ns, "link", "set", "ck0", "up")
        run("ip", "-n", ns, "route", "add", "default", "dev", "ck0")


def enter(ns):
    with open(f"/run/netns/{ns}") as handle:
        if ctypes.CDLL(None, use_errno=True).setns(handle.fileno(), 0x40000000) != 0:  # CLONE_NEWNET
            raise OSError(ctypes.get_errno(), "setns")


def delays(station, count):
    station.drain()
    return [station.await_event("drawn", timeout=40)["delay_ms"] for _ in range(count)]


def scene(station, page):
    link = station.invitation["link"]
    page.goto(link.split("#")[0])
    page.wait("return !!window.knock")
    page.run("window.reportDrawn = true; window.knock({secret: arguments[0]})", link.split("#s=")[1])
    guest = station.await_event("guest", state="knocking")["id"]
    station.order("admit", guest)
    page.wait("return state.hello && state.evidence[1] && state.evidence[1].next > 5", timeout=30)
    page.wait("return stats().then((s) => Object.values(s.video).some((v) => v.decoded > 10))", timeout=30)
    wide = delays(station, 10)
    print("wide: median %.0f ms, most %.0f ms" % (statistics.median(wide), max(wide)))
    assert max(wide) < 1000, wide

    # 400 kbit/s upwards, as of now: picture, talk and the trace (100 kbit/s of it) have to share that.
    run("tc", "-n", A, "qdisc", "add", "dev", "ck0", "root", "tbf", "rate", "400kbit", "burst", "4kb", "latency", "300ms")
    # What was under way when the line became thin has to go first; then it must be live again.
    start, now, worst = time.monotonic(), [0], 0
    while time.monotonic() - start < 5 or max(now) > 1000:
        now = delays(station, 5)
        worst = max(worst, *now)
        assert time.monotonic() - start < 60, (now, worst)
    print("400 kbit/s: settled after %.0f s, most on the way there %.0f ms" % (time.monotonic() - start, worst))
    station.order("still", 150000)
    thin = delays(station, 40)
    print("400 kbit/s with a still behind: median %.0f ms, most %.0f ms" % (statistics.median(thin), max(thin)))
    before = page.run("return stats().then((s) => Object.values(s.video).map((v) => v.decoded)[0])")
    start = time.monotonic()
    page.wait("return Object.values(state.stills).some((s) => s.whole)", timeout=120, what="the still")
    print("the still took some %.0f s more" % (time.monotonic() - start))
    picture = page.wait("return stats().then((s) => Object.values(s.video).find((v) => v.decoded > arguments[0]))", before + 20,
                        timeout=60, what="a moving picture on the thin line")
    print("picture", picture)
    line = station.await_event("line", timeout=10)
    print("line", line)
    assert statistics.median(thin) < 1000, thin
    # An outage: both ways nothing, then everything is back-filled and equal.
    run("ip", "-n", A, "link", "set", "ck0", "down")
    station.await_event("guest", state="away", timeout=30)
    run("ip", "-n", A, "link", "set", "ck0", "up")
    run("ip", "-n", A, "route", "replace", "default", "dev", "ck0")
    run("tc", "-n", A, "qdisc", "del", "dev", "ck0", "root", check=False)
    station.await_event("guest", state="admitted", id=guest, timeout=60)
    station.order("end")
    ended = station.await_event("ended")
    result = station.await_event("evidence", timeout=60)
    assert result["equal"] and result["records"] == ended["records"], (result, ended)
    assert page.run("return state.evidence[1].holes") == 0
    print("after the outage all", result["records"], "records, digest equal")


def main():
    if not available() or os.geteuid() != 0:
        print("needs root and a browser")
        return 77
    try:
        cable()
    except (OSError, subprocess.CalledProcessError) as error:
        print("no network namespaces here:", getattr(error, "stderr", error))
        for ns in (A, B):
            run("ip", "netns", "del", ns, check=False)
        return 77
    try:
        with Station(sys.argv[1], PAGE, inside=("ip", "netns", "exec", A)) as station:
            enter(B)
            with Browser() as page:
                scene(station, page)
    finally:
        for ns in (A, B):
            run("ip", "netns", "del", ns, check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
