#!/usr/bin/env python3
"""Performs the scripted examination: the nurse's window under Xvfb, the specialist's browser in a network of its own.

The window's program plays the nurse from a script of acts; specialist.py plays the specialist in a real Chromium in a
network namespace, so that the line between them can really be cut. Exit status 0: every assertion held.
"""
import argparse
import json
import os
import pathlib
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
SUDO = [] if os.geteuid() == 0 else ["sudo"]
STARTED = time.monotonic()


def say(words):
    print(f"[{time.monotonic() - STARTED:3.0f} s] {words}", flush=True)


class Line:
    """A cable between this machine and a network namespace in which the specialist's browser lives."""

    def __init__(self):
        self.name = f"ck{os.getpid() % 100000}"
        # One that was killed leaves its end of the cable behind: its network is not ours.
        taken = subprocess.run(["ip", "-4", "-o", "addr"], check=True, capture_output=True, text=True).stdout
        net = next(net for net in (f"10.77.{20 + (os.getpid() + n) % 200}." for n in range(200)) if f" {net}1/" not in taken)
        self.here, self.there = net + "1", net + "2"
        run = lambda *words: subprocess.run([*SUDO, "ip", *words], check=True)
        run("netns", "add", self.name)
        run("link", "add", self.name + "a", "type", "veth", "peer", "name", self.name + "b", "netns", self.name)
        # No IPv6: its address comes seconds after the cable is up, and a browser then drops the page it is loading.
        run("link", "set", self.name + "a", "addrgenmode", "none")
        run("-n", self.name, "link", "set", self.name + "b", "addrgenmode", "none")
        run("addr", "add", self.here + "/24", "dev", self.name + "a")
        run("link", "set", self.name + "a", "up")
        for words in (["link", "set", "lo", "up"], ["addr", "add", self.there + "/24", "dev", self.name + "b"],
                      ["link", "set", self.name + "b", "up"], ["route", "add", "default", "via", self.here]):
            run("-n", self.name, *words)

    def inside(self, command):
        user = ["sudo", "-E", "-u", os.environ["USER"]] if SUDO else []
        return [*SUDO, "ip", "netns", "exec", self.name, *user, *command]

    # The address stays when the far end goes down, as with a router that lost its uplink.
    def cut(self):
        subprocess.run([*SUDO, "ip", "-n", self.name, "link", "set", self.name + "b", "down"], check=True)

    def mend(self):
        for words in (["link", "set", self.name + "b", "up"], ["route", "replace", "default", "via", self.here]):
            subprocess.run([*SUDO, "ip", "-n", self.name, *words], check=True)

    def close(self):
        subprocess.run([*SUDO, "ip", "netns", "del", self.name], check=False)


class Xvfb:
    """A display nobody looks at. No leftovers of another one are touched: the server picks its number itself."""

    def __init__(self):
        read, write = os.pipe()
        self.process = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "1920x1080x24", "-nolisten",
                                         "tcp"], pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise SystemExit("Xvfb did not start; is there room in /tmp?")
        self.display = ":" + number

    def close(self):
        self.process.terminate()
        self.process.wait()


def lines_of(process, who, into):
    """Every JSON line a player says, as (who, object); ("…", None) at its end."""
    for line in process.stdout:
        try:
            into.put((who, json.loads(line)))
        except ValueError:
            say(f"{who}: {line.rstrip()}")
    into.put((who, None))


def missing_parts():
    """What this machine lacks to perform an examination, in words; "" when nothing."""
    missing = [p for p in ("Xvfb", "chromium", "chromedriver", "ip") if not shutil.which(p)]
    if not missing and SUDO and not shutil.which("sudo"):
        missing = ["root or sudo"]
    return ", ".join(missing)


def perform(window, script, out, specialist, timeout, play=()):
    """Plays both parts until each has ended: (the station's report, what the specialist's page counted).

    `out` is emptied first. SystemExit when it takes longer than `timeout` seconds.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # and so nothing stays behind
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    words = queue.Queue()
    line, screen, players = None, None, {}
    console, failed = {}, {}
    try:
        line, screen = Line(), Xvfb()
        say("the window opens")
        nurse = subprocess.Popen(
            [window, "--simulate", "--lang", "vi", "--data", str(out / "data"), "--scenario", str(script), "--out", str(out),
             "--public-host", line.here, *play],
            stdout=subprocess.PIPE, stderr=open(out / "station.log", "w"), text=True,
            env={**os.environ, "DISPLAY": screen.display, "GDK_BACKEND": "x11", "NO_AT_BRIDGE": "1"})
        players["nurse"] = nurse
        threading.Thread(target=lines_of, args=(nurse, "nurse", words), daemon=True).start()
        end = time.monotonic() + timeout
        running = 1
        while running:
            try:
                who, said = words.get(timeout=max(0.1, end - time.monotonic()))
            except queue.Empty:
                raise SystemExit(f"the examination did not end within {timeout} s (logs in {out})")
            if said is None:
                running -= 1
                continue
            step, state = said.get("step"), said.get("state")
            if who == "specialist":
                if step == "result":
                    console = said
                else:
                    say(f"     specialist: {step}")
                if state == "failed":
                    failed.setdefault("failed", said)
                    players["nurse"].terminate()
            else:
                if state == "begins":
                    say(f"nurse: {step}")
                elif state == "failed":
                    say(f"nurse: {step} failed: {said.get('words')}")
                    if "specialist" in players:
                        players["specialist"].terminate()
                if step == "session" and state == "open":
                    players["specialist"] = subprocess.Popen(
                        line.inside([sys.executable, str(specialist), said["link"], said["code"], str(out)]),
                        stdout=subprocess.PIPE, stderr=open(out / "specialist.log", "w"), text=True)
                    running += 1
                    threading.Thread(target=lines_of, args=(players["specialist"], "specialist", words), daemon=True).start()
                if step == "cut_network" and state == "now":
                    line.cut()
                    time.sleep(said["seconds"])
                    line.mend()
                    say("the line is back")
    finally:
        for process in players.values():
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
        if screen:
            screen.close()
        if line:
            line.close()
    if players["nurse"].returncode not in (0, 1):
        failed.setdefault("failed", f"the window's program ended with {players['nurse'].returncode} (station.log says more)")
    report = out / "report.json"
    return {**(json.loads(report.read_text()) if report.exists() else {}), **failed}, console


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--window", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--script", required=True)
    parser.add_argument("--timeout", type=int, default=240)
    parser.add_argument("play", nargs="*")
    options = parser.parse_args()
    if missing_parts():
        print(f"skipped: {missing_parts()} is needed and not here; packaging/check installs what can be installed")
        return 77
    out = pathlib.Path(options.out)
    summary, console = perform(options.window, options.script, out, HERE / "specialist.py", options.timeout, options.play)
    problems = judge(summary, console)
    summary["console"] = console
    summary["screenshots"] = summary.get("screenshots", []) + console.get("screenshots", [])
    summary["cpu_s"] = {**summary.get("cpu_s", {}), **console.get("cpu_s", {})}
    summary["problems"] = problems
    summary["ok"] = not problems
    (out / "summary.json").write_text(json.dumps(summary, indent=2, ensure_ascii=False))
    say(f"summary in {out / 'summary.json'}")
    for problem in problems:
        print("  not held: " + problem)
    print("the examination held every assertion" if not problems else "the examination FAILED")
    return 0 if not problems else 1


def judge(summary, console):
    """What must be true of a whole examination; every sentence that is not."""
    problems = []

    def must(held, words):
        if not held:
            problems.append(words)

    if "failed" in summary:
        problems.append(f"a step failed: {json.dumps(summary['failed'], ensure_ascii=False)}")
    must(summary.get("ok"), "the station's own balance holds")
    streams = {s["name"]: s for s in summary.get("streams", [])}
    must(set(streams) == {"ecg/ecg", "spirometer/flow"}, f"both waveforms were recorded (found {sorted(streams)})")
    for name, s in streams.items():
        must(s["produced"] > 0 and s["produced"] == s["recorded"] + s["lost"], f"{name}: produced = recorded + lost")
        must(s["console"] == s["recorded"], f"{name}: the console received what was recorded")
        must(s["lost"] == sum(g["samples"] for g in s["gaps"]), f"{name}: the loss is explained by its gaps")
        seen = next((c for c in console.get("streams", {}).values() if c["digest"] == s["digest"]), None)
        must(seen and seen["samples"] == s["recorded"], f"{name}: the browser's own digest and count are the station's")
    ecg = streams.get("ecg/ecg", {"gaps": []})
    must(len(ecg["gaps"]) == 1 and ecg["gaps"][0]["samples"] > 0, "the ECG has exactly one marked gap")
    must(not streams.get("spirometer/flow", {"gaps": [1]})["gaps"], "the flow has no gap")
    must(summary.get("digests_equal"), "station and console agree on every digest")
    kinds = sorted(c["kind"] for c in summary.get("captures", []))
    must(kinds == ["advice", "clip", "ecg", "ecg", "spirometry", "still", "still"], f"every capture is there (found {kinds})")
    must(all(c["attached"] for c in summary.get("captures", [])), "every capture has its file")
    must(any(c["kind"] == "still" and c["stream"].startswith("otoscope") and c["asked_by"] for c in
             summary.get("captures", [])), "the ear still names the specialist who asked for it")
    must(all(c["simulated"] for c in summary.get("captures", []) if c["stream"]), "everything is marked SIMULATED")
    must(summary.get("audit_intact") and summary.get("audit_events", 0) >= 15, "the audit trail lists each step")
    must(console.get("reconnects", 0) >= 1, "the specialist's line was lost and came back")
    must(console.get("stills_ok", 0) >= 1, "a still arrived whole at the specialist's")
    must(all(v["frames"] > 30 for v in console.get("videos", {}).values()) and len(console.get("videos", {})) == 2,
         "both pictures were seen live")
    return problems


if __name__ == "__main__":
    sys.exit(main())
