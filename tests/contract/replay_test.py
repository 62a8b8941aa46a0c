#!/usr/bin/env python3
"""A recorded examination, played again by the replay plugin and recorded anew: the same samples to the last digit, the same
pictures to the last byte, marked SIMULATED and REPLAY; ranges, stamps and faults."""
import csv
import json
import pathlib
import subprocess
import sys
import tempfile

CLI, RUN, PLUGIN = sys.argv[1:4]
WHOLE = [{"do": "patient", "name": "Lò Thị Mẩy", "birth_date": "1990", "sex": "female"}, {"do": "open_exam", "reason": ""}]


def exam(folder, live_s, kinds, *options, steps=()):
    scenario = folder / "scenario.json"
    plugs = [{"do": "simulate", "command": f"plug {k}"} for k in kinds] if "--simulate" in options else []
    script = {"steps": WHOLE + plugs + [{"do": "wait_live", "kinds": kinds}, {"do": "live", "kind": "ecg", "seconds": live_s}, *steps,
                                        {"do": "close_exam"}, {"do": "verify"}]}
    scenario.write_text(json.dumps(script), encoding="utf-8")
    done = subprocess.run([CLI, "exam", "run", scenario, "--out", folder, "--data", folder / "data", "--lang", "en", *options],
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    return folder / "exam"


def samples(path):
    """[(channels…)…] of a BDF file as it lies there, padding left out; and its header."""
    data = path.read_bytes()
    n = int(data[252:256])
    column = lambda at, width: [data[256 + at * n + i * width:256 + at * n + (i + 1) * width].decode().strip() for i in range(n)]
    per_record, labels = [int(c) for c in column(216, 8)], column(0, 16)
    size, out = 3 * sum(per_record), []
    for k in range((len(data) - 256 * (n + 1)) // size):
        record = data[256 * (n + 1) + k * size:][:size]
        at, channels = 0, []
        for count in per_record[:-1]:
            channels.append([int.from_bytes(record[at + 3 * i:at + 3 * i + 3], "little", signed=True) for i in range(count)])
            at += 3 * count
        padding = 0
        for remark in record[at:].split(b"\x14"):
            if remark.startswith(b"padding "):
                padding = int(remark.split()[1])
        out += list(zip(*channels))[:per_record[0] - padding]
    return out, data[:256 * (n + 1)].decode("latin-1"), labels


def newest(exam_folder, pattern):
    return max(exam_folder.glob(f"captures/{pattern}"), key=lambda p: p.stat().st_size)


def the_same_again(first, second):
    for pattern in ("*-ecg-*.bdf", "*-spirometer-*.bdf"):
        was, _, labels = samples(newest(first, pattern))
        now, header, labels_now = samples(newest(second, pattern))
        assert labels == labels_now, (labels, labels_now)
        assert "SIMULATED" in header and "REPLAY" in header, header
        assert len(now) > 300, len(now)
        looped = was + was + was + was
        start = next((i for i in range(len(was)) if looped[i:i + len(now)] == now), None)
        assert start is not None, f"{pattern}: {len(now)} samples are no part of the {len(was)} that were recorded"
        print(f"{pattern}: {len(now)} samples of {len(now[0])} channels, all as they were recorded from sample {start}")
    still, film = newest(second, "*still-dermatoscope*.jpg").read_bytes(), newest(first, "*.mkv").read_bytes()
    assert still in film, "the picture of the replay is none of the film's"


def ranges_and_stamps(recording, folder):
    was, header, _ = samples(recording)
    scale = float(header[header.index("scale=") + 6:].split()[0])
    out = folder / "range.csv"
    done = subprocess.run([RUN, PLUGIN, "--recording", recording, "--seconds", "3", "--csv", out, "--set", "from_s=0.5",
                           "--set", "to_s=1", "--set", "stamps=1"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "SIMULATED" in done.stdout, done.stdout
    assert f'"{recording.name}"' in done.stdout and "from_s is now 0.5" in done.stdout, done.stdout
    rows = {}
    for row in csv.DictReader(out.open()):
        rows.setdefault(int(row["sample"]), []).append(round(float(row["value"]) / scale))
    played = [tuple(v) for _, v in sorted(rows.items())][-250:]
    # The range is half a second of 500 Hz, again and again: its last 250 samples are the range from some sample on.
    part = [tuple(x) for x in was[250:500]]
    assert any(part[i:] + part[:i] == played for i in range(250)), (played[:2], part[:2])
    print("a range of half a second in a loop: the same 250 samples again and again")


def faults(folder):
    names = ["LEAD_OFF LA", "CORRUPT", "SLOW 3", "CLOCK_JUMP 5000", "STALL", "FLOOD", "LIE", "CRASH", "UNPLUG", "HANG"]
    want = {"LEAD_OFF LA": "off", "CORRUPT": "lost", "SLOW 3": "lost", "CLOCK_JUMP 5000": "said", "STALL": "said", "FLOOD": "", "LIE": "lost",
            "CRASH": "restart", "UNPLUG": "gap", "HANG": "restart"}
    with tempfile.TemporaryDirectory(prefix="caukham_replay_") as data:
        done = subprocess.run([CLI, "devices", "fault", "ecg", *names, "--json", "--lang", "en", "--data", data, "--replay", folder],
                              capture_output=True, text=True, timeout=200)
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [t["fault"] for t in told] == names, (done.stdout, done.stderr[-2000:])
    wrong = []
    for t in told:
        shown = {"": True, "off": t["electrodes_off"] & 2, "lost": t["lost"] > 0, "gap": t["gaps"] > 0, "restart": t["restarts"] > 0,
                 "said": len(t["notices"]) > 0}[want[t["fault"]]]
        if not shown or not t["back"] or not t["others_well"]:
            wrong.append(json.dumps(t))
        print(f"{t['fault']}: noticed {t['noticed_s']}, back after {t['back_s']:.1f} s, {t['gaps']} gaps, {t['lost']} lost, {t['restarts']} restarts")
    assert not wrong, "\n".join(wrong)


def refuses(folder):
    for what, part in ((folder / "nothing.bdf", "cannot be read"), (folder / "scenario.json", "is no recording that can be played"),
                       (folder / "data", "no recording in the folder")):
        done = subprocess.run([CLI, "devices", "--replay", what, "--lang", "en", "--data", folder / "data2"], capture_output=True, text=True, timeout=60)
        assert done.returncode != 0 and part in done.stderr, (done.returncode, done.stderr, done.stdout)
    broken = folder / "001-ecg-ecg-ecg.bdf"
    broken.write_bytes(b"\xffBIOSEMI" + b" " * 5000)
    done = subprocess.run([CLI, "devices", "--replay", broken, "--lang", "en", "--json", "--data", folder / "data2"], capture_output=True,
                          text=True, timeout=90)
    devices = json.loads(done.stdout)
    assert devices[0]["state"] in ("failed", "restarting") and devices[0]["problem"], devices


def main():
    with tempfile.TemporaryDirectory(prefix="caukham_replay_") as name:
        root = pathlib.Path(name)
        for part in ("first", "second"):
            (root / part).mkdir()
        kinds = ["ecg", "spirometer", "dermatoscope"]
        first = exam(root / "first", 3, kinds, "--simulate", steps=[{"do": "clip", "kind": "dermatoscope", "seconds": 2}])
        second = exam(root / "second", 4, kinds, "--replay", str(first), steps=[{"do": "still", "kind": "dermatoscope"}])
        the_same_again(first, second)
        ecg = newest(first, "*-ecg-*.bdf")
        ranges_and_stamps(ecg, root)
        faults(first)
        refuses(root / "first")
        if len(sys.argv) > 4:  # the validator
            done = subprocess.run([sys.argv[4], "run", "--quiet", PLUGIN, "--recording", ecg], capture_output=True, text=True, timeout=280)
            print(done.stdout[-2500:])
            assert done.returncode == 0, done.stdout + done.stderr


main()
