#!/usr/bin/env python3
"""caukham-cli from outside: a whole exam without window and line, the record read back, and bad input in words."""
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

CLI, SCENARIO = sys.argv[1], sys.argv[2]


def cli(*words, expect=0):
    done = subprocess.run([CLI, *words], capture_output=True, text=True, timeout=120)
    assert done.returncode == expect, f"{words}: exit {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done


def main(folder):
    data = ["--data", str(folder / "data")]
    cli("exam", "run", SCENARIO, "--simulate", *data, "--out", str(folder / "out"))
    summary = json.loads((folder / "out" / "summary.json").read_text())
    assert summary["ok"], summary
    streams = {s["name"]: s for s in summary["streams"]}
    assert set(streams) == {"ecg/ecg", "spirometer/flow"}, streams.keys()
    for s in streams.values():
        assert s["recorded"] > 0 and s["produced"] == s["recorded"] + s["lost"], s
    ecg = streams["ecg/ecg"]
    assert len(ecg["gaps"]) == 1 and ecg["gaps"][0]["reason"] == "plugin crashed", ecg["gaps"]
    assert ecg["gaps"][0]["samples"] == ecg["lost"] > 0, ecg

    exams = json.loads(cli("record", "list", "--json", *data).stdout)
    assert len(exams) == 1 and exams[0]["patient"] == "Lò Thị Mẩy" and exams[0]["simulated"], exams
    exam = exams[0]["id"]
    shown = json.loads(cli("record", "show", exam, "--json", *data).stdout)
    assert sorted(c["kind"] for c in shown["captures"]) == ["clip", "ecg", "ecg", "spirometry", "still"], shown["captures"]
    assert all(c["simulated"] and c["files"] for c in shown["captures"]), shown["captures"]
    assert len(shown["gaps"]) == 1 and shown["gaps"][0]["lost"] == ecg["lost"], shown["gaps"]
    assert json.loads(cli("record", "verify", "--json", *data).stdout)["ok"]

    # Whose an exam is can be said later; who is not in the record is not made up.
    again = json.loads(cli("record", "name", exam, "Lo Thi May", "--json", *data).stdout)
    assert again["before"] == again["patient"], again
    assert "No patient" in cli("record", "name", exam, "nobody at all", *data, expect=1).stderr
    assert "Không có người bệnh" in cli("record", "name", exam, "nobody", "--lang", "vi", *data, expect=1).stderr

    cli("record", "export", exam, str(folder / "a"), *data)
    cli("record", "export", exam, str(folder / "b"), *data)
    listing = lambda top: {str(p.relative_to(top)): hashlib.sha256(p.read_bytes()).hexdigest()
                           for p in sorted(top.rglob("*")) if p.is_file()}
    assert listing(folder / "a") == listing(folder / "b") and len(listing(folder / "a")) >= 7, listing(folder / "a")

    # Bad input: a sentence and a status, never a crash.
    assert "cannot be read" in cli("exam", "run", "/nowhere.json", *data, expect=1).stderr
    assert "no exam" in cli("record", "show", "nonsense", *data, expect=1).stderr
    assert "does not know" in cli("record", "burn", *data, expect=2).stderr
    broken = folder / "broken"
    broken.mkdir()
    (broken / "caukham.db").write_bytes(b"this is not a database, it only stands where one should be" * 100)
    words = cli("record", "list", "--data", str(broken), expect=1).stderr
    assert len(words) > 40, words
    assert (broken / "caukham.db").read_bytes().startswith(b"this is not"), "a broken record is never replaced silently"
    # One flipped byte in a stored file is found and named.
    victim = next(p for p in (folder / "data" / "attachments").rglob("*") if p.is_file())
    bytes_ = bytearray(victim.read_bytes())
    bytes_[len(bytes_) // 2] ^= 1
    victim.chmod(0o600)
    victim.write_bytes(bytes_)
    verdict = json.loads(cli("record", "verify", "--json", *data, expect=1).stdout)
    assert not verdict["ok"] and verdict["problems"], verdict
    print("all held")


with tempfile.TemporaryDirectory(prefix="caukham-cli-") as name:
    main(pathlib.Path(name))
