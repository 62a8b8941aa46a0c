#!/usr/bin/env python3
"""Starting the window's program twice, after a crash, and where it cannot start. Wants a screen (xvfb-run). Usage:
start_test.py CAUKHAM XWININFO"""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

caukham, xwininfo = sys.argv[1:]
work = pathlib.Path(tempfile.mkdtemp(prefix="caukham start "))
environment = {**os.environ, "XDG_CONFIG_HOME": str(work / "config"), "GDK_BACKEND": "x11", "NO_AT_BRIDGE": "1"}
running = []


def start(folder, *more, screen=True):
    env = dict(environment)
    if not screen:
        env.pop("DISPLAY", None)
        env.pop("WAYLAND_DISPLAY", None)
    child = subprocess.Popen([caukham, "--simulate", "--lang", "en", "--data", str(work / folder), *more], env=env,
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    running.append(child)
    return child


def wait_for(what, met):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if met():
            return
        time.sleep(0.05)
    raise AssertionError(f"waited in vain for {what}")


def windows(child):
    """Titles of the windows that this process has on the screen."""
    tree = subprocess.run([xwininfo, "-root", "-tree"], capture_output=True, text=True, check=True).stdout
    return [line for line in tree.splitlines() if '"Caukham"' in line]


def log(folder):
    file = work / folder / "logs" / "caukham.log"
    return file.read_text() if file.exists() else ""


def open_window(folder):
    before = len(windows(None))
    child = start(folder)
    wait_for("the window", lambda: len(windows(None)) > before)
    return child


def end(child):
    child.send_signal(signal.SIGKILL)
    child.communicate()


def second_start_shows_the_first():
    first = open_window("one")
    second = start("one")
    said = second.communicate(timeout=60)[1]
    assert second.returncode == 0, said
    wait_for("the first window's word", lambda: "brought to the front" in log("one"))
    assert first.poll() is None
    other = open_window("two")  # another folder is another station
    assert first.poll() is None and other.poll() is None
    end(other)
    # Hung: the second says so in a window of its own and waits there to be read.
    first.send_signal(signal.SIGSTOP)
    before = len(windows(None))
    second = start("one")
    wait_for("the sentence's window", lambda: len(windows(None)) > before)
    assert second.poll() is None
    end(second)
    second = start("one", screen=False)
    said = second.communicate(timeout=60)[1]
    assert second.returncode == 2 and "does not answer" in said, (second.returncode, said)
    second = start("one", "--scenario", "none.json")
    said = second.communicate(timeout=60)[1]
    assert second.returncode == 2 and "already open" in said, (second.returncode, said)
    first.send_signal(signal.SIGCONT)
    end(first)


def practice_and_examinations_are_not_mistaken():
    first = open_window("one")
    second = subprocess.Popen([caukham, "--lang", "en", "--data", str(work / "one"), "--scenario", "none.json"], env=environment,
                              stderr=subprocess.PIPE, text=True)
    said = second.communicate(timeout=60)[1]
    assert second.returncode == 2 and "open for practice" in said, (second.returncode, said)
    end(first)


def what_cannot_start_says_so():
    for screen in (False, True):
        before = len(windows(None))
        child = start("three", "--no-such-option", screen=screen)
        if screen:
            wait_for("the window that says it", lambda: len(windows(None)) > before)
            assert child.poll() is None
            end(child)
        else:
            said = child.communicate(timeout=60)[1]
            assert child.returncode == 2 and "no-such-option" in said, (child.returncode, said)
    child = start("three", "--scenario", "none.json", "--no-such-option")
    said = child.communicate(timeout=60)[1]
    assert child.returncode == 2 and "no-such-option" in said, (child.returncode, said)


try:
    for deed in (second_start_shows_the_first, practice_and_examinations_are_not_mistaken, what_cannot_start_says_so):
        deed()
        print("good:", deed.__name__.replace("_", " "), flush=True)
finally:
    for child in running:
        if child.poll() is None:
            child.send_signal(signal.SIGCONT)
            child.kill()
            child.wait()
    shutil.rmtree(work, ignore_errors=True)
