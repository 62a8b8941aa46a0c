#!/usr/bin/env python3
"""caukham-cli plugins from outside: what is listed, what of a running station another program sees and changes, and words
for what cannot be."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

CLI = pathlib.Path(sys.argv[1]).resolve()
ECG = "org.caukham.ecg-hackeeg"


def run(*words, data, expect=0, cli=CLI):
    done = subprocess.run([cli, *words, "--data", data, "--lang", "en"], capture_output=True, text=True, timeout=60)
    assert done.returncode == expect, f"{words}: exit {done.returncode}, not {expect}\n{done.stdout}\n{done.stderr}"
    return done


def told(*words, **options):
    return json.loads(run("plugins", *words, "--json", **options).stdout)


def until(what, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"not within {seconds} s: {what.__doc__}")


def lists_what_is_installed(data):
    listed = {p["id"]: p for p in told("list", data=data)}
    assert ECG in listed and len(listed) >= 4, listed
    ecg = listed[ECG]
    assert ecg["signature"]["state"] == "trusted" and not ecg["signature"]["third_party"], ecg
    assert ecg["state"] == "idle" and ecg["version"] and ecg["vendor"] == "Caukham" and ecg["enabled"], ecg
    words = run("plugins", data=data).stdout
    assert f"{ECG} {ecg['version']}  ready, part of Caukham" in words, words
    one = told("show", "ecg-hackeeg", data=data)
    assert one["id"] == ECG and one["log"] == [], one
    assert told("log", ECG, data=data) == []


def refuses_in_words(data):
    for words, part in ((("show", "org.nobody"), "no driver program org.nobody"), (("dance", ECG), "plugins takes list"),
                        (("show",), "plugins takes list"), (("enable", ECG, "x"), "plugins takes list")):
        done = run("plugins", *words, data=data, expect=1)
        assert part in done.stderr and done.stdout == "", done.stderr


def switches_off_and_on(data):
    off = told("disable", "ecg-hackeeg", data=data)
    assert off["state"] == "disabled" and not off["enabled"] and "switched off" in off["reason"], off
    assert "switched off, part of Caukham" in run("plugins", "list", data=data).stdout
    assert told("enable", ECG, data=data)["state"] == "idle"


def a_running_station_is_seen_and_heeds(data):
    station = subprocess.Popen([CLI, "session", "serve", "--simulate", "--data", data, "--lang", "en", "--json",
                                "--address", "127.0.0.1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        def ecg():
            return told("show", ECG, data=data)

        def runs():
            """the ECG's plugin runs, with what it uses"""
            p = ecg()  # the system counts processor time in hundredths: the first of them may be still to come
            uses = p["processes"] == 1 and p["resident_bytes"] > 100_000 and p["cpu_seconds"] > 0
            return p if p["state"] == "running" and uses and p["sandbox"] else None
        seen = until(runs, 60)
        assert seen["restarts"] == 0, seen
        told("disable", ECG, data=data)

        def ended():
            """the running station ends the plugin that was switched off"""
            with open(pathlib.Path(data) / "plugins-status.json", encoding="utf-8") as file:
                status = json.load(file)
            return status["running"] and status["plugins"][ECG]["processes"] == 0
        until(ended)
        assert ecg()["state"] == "disabled"
        told("enable", ECG, data=data)
        until(runs)
    finally:
        station.send_signal(signal.SIGINT)
        station.wait(30)
    after = ecg()
    assert after["state"] == "idle" and after["processes"] == 0 and after["cpu_seconds"] > 0, after
    assert after["log"], "the log of the last run is kept"


def keeps_other_makers_out(data, prefix):
    """An installation with one driver program of its own and one of another maker, whose key it knows."""
    build = CLI.parent.parent
    sign = build / "trust" / "caukham-sign"
    for what in ("cli", "pluginhost", "virtualbus", "po"):
        (prefix / what).symlink_to(build / what)
    shutil.copytree(build / "trust" / "keys", prefix / "trust" / "keys")
    (prefix.parent / "plugins").symlink_to(prefix / "plugins")
    for name in ("spirometer_vernier", "ecg_hackeeg"):
        shutil.copytree(build.parent / "plugins" / name, prefix / "plugins" / name,
                        ignore=lambda _, names: [n for n in names if n.endswith(".p")])
    secret = prefix / "maker.secret"
    for words in (("keygen", "--secret", secret, "--key", prefix / "trust" / "keys" / "maker.key", "--vendor", "Maker Ltd"),
                  ("sign", prefix / "plugins" / "ecg_hackeeg", "--secret", secret)):
        subprocess.run([sign, *words], check=True, capture_output=True, timeout=60)
    cli = prefix / "bin" / CLI.name
    cli.parent.mkdir()
    shutil.copy(CLI, cli)

    def states(*more):
        return {p["id"]: (p["state"], p["reason"]) for p in told("list", *more, data=data, cli=cli)}
    assert told("others", data=data, cli=cli) == {"concerned": 1, "others_may_run": True}
    assert states()[ECG][0] == "idle", states()
    assert states("--safe")[ECG][0] == "disabled" and states()[ECG][0] == "idle", "--safe is for one start"
    assert told("others", "off", data=data, cli=cli)["others_may_run"] is False
    assert [state for state, _ in states().values()].count("disabled") == 1, states()
    assert "Other makers' driver programs are switched off" in states()[ECG][1], states()
    assert "do not run, not after the next start either" in run("plugins", "others", data=data, cli=cli).stdout
    refused = run("plugins", "others", "perhaps", data=data, cli=cli, expect=1)
    assert "takes on, off, or nothing" in refused.stderr, refused.stderr
    assert told("others", "on", data=data, cli=cli)["others_may_run"] is True
    assert states()[ECG][0] == "idle", states()


def removes(data, prefix):
    """A copy of the programs and plugins of the build, as an installation that may be changed."""
    build = CLI.parent.parent
    for what in ("cli", "pluginhost", "virtualbus", "trust", "po"):
        (prefix / what).symlink_to(build / what)
    (prefix.parent / "plugins").symlink_to(prefix / "plugins")
    plugins = prefix / "plugins"
    shutil.copytree(build.parent / "plugins" / "spirometer_vernier", plugins / "spirometer_vernier",
                    ignore=lambda _, names: [n for n in names if n.endswith(".p")])
    (plugins / "broken").mkdir()
    (plugins / "broken" / "manifest.json").write_text("{", encoding="utf-8")
    cli = prefix / "bin" / CLI.name
    cli.parent.mkdir()
    shutil.copy(CLI, cli)
    listed = told("list", data=data, cli=cli)
    assert [p["state"] for p in listed] == ["idle", "broken"], listed
    assert "not JSON" in listed[1]["reason"], listed
    refused = run("plugins", "disable", "broken", data=data, cli=cli, expect=1)
    assert "cannot be used in any case" in refused.stderr, refused.stderr
    gone = told("remove", "spirometer-vernier", data=data, cli=cli)
    assert gone["removed"] and gone["state"] == "disabled" and "was removed" in gone["reason"], gone
    assert not (plugins / "spirometer_vernier").exists()
    assert [p["state"] for p in told("list", data=data, cli=cli)] == ["broken"]


def main():
    os.environ.pop("CAUKHAM_DEVELOPER", None)
    with tempfile.TemporaryDirectory(prefix="caukham_plugins_") as folder:
        data = str(pathlib.Path(folder) / "data")
        for test in (lists_what_is_installed, refuses_in_words, switches_off_and_on, a_running_station_is_seen_and_heeds):
            test(data)
            print(f"{test.__name__}: passed", flush=True)
        for test in (keeps_other_makers_out, removes):
            prefix = pathlib.Path(folder) / test.__name__ / "app"
            prefix.mkdir(parents=True)
            test(str(pathlib.Path(folder) / (test.__name__ + " data")), prefix)
            print(f"{test.__name__}: passed", flush=True)


main()
