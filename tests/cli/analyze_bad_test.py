#!/usr/bin/env python3
"""caukham-cli analyze must answer every bad recording of a heart with one sentence, or with "cannot tell" and no number: each case is
named, format by format, and told with its verdict."""
import json
import math
import pathlib
import random
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "lib"))
from bad_input import LETTER, must, refused, run  # noqa: E402
from recordings import RATE, Analyze, hearts, write_16, write_212, write_annotations, write_edf  # noqa: E402

cli = Analyze(sys.argv[1])


# --- ECG -------------------------------------------------------------------------------------------------------------

def no_number(path):
    """A recording there is, but no heart in it: told with reasons, and not one number."""
    told = json.loads(cli("ecg", path, "--json", "--lang", "en").stdout)
    assert told["beats"] == [] and told["heart_rate_bpm"] is None and told["axis_deg"] is None, told["beats"][:3]
    assert all(v is None for v in told["intervals_ms"].values()), told["intervals_ms"]
    assert told["rhythm"]["mean_bpm"] is None and told["rhythm"]["reason"], told["rhythm"]
    assert all(told["cannot_tell"][k] for k in ("heart_rate_bpm", "intervals_ms.qt", "axis_deg")), told["cannot_tell"]
    assert all(q["reasons"] for q in told["quality"].values() if not q["usable"]), told["quality"]
    assert "cannot tell" in cli("ecg", path, "--lang", "en").stdout


def says_cut_off(path):
    told = json.loads(cli("ecg", path, "--json", "--lang", "en").stdout)
    assert any("cut off" in w for w in told["warnings"]), told["warnings"]


def signals(leads):
    n, rnd = 20 * RATE, random.Random(5)
    return {
        "constant": [[0.4] * n] * leads,
        "of one sample": [[0.4]] * leads,
        "saturated, at the rail": [[4.9] * n] * leads,
        "saturated, swinging from rail to rail": [[4.9 if i % 7 < 3 else -4.9 for i in range(n)]] * leads,
        "noise alone": [[rnd.gauss(0, 0.3) for _ in range(n)] for _ in range(leads)],
        "mains alone": [[math.sin(2 * math.pi * 50 * i / RATE) for i in range(n)]] * leads,
    }


def ecg(folder):
    heart, _ = hearts(20)
    writers = {
        "WFDB 212": lambda p, l, rate=RATE: write_212(p.parent, p.name, l),
        "WFDB 16": lambda p, l, rate=RATE: write_16(p.parent, p.name, [round(200 * v) for v in l[0]], rate),
        "EDF": lambda p, l, rate=RATE: write_edf(p.with_suffix(".edf"), ["ECG I", "ECG II"], "mV", rate, l, low=-5, high=5),
        "BDF": lambda p, l, rate=RATE: write_edf(p.with_suffix(".bdf"), ["ECG I", "ECG II"], "mV", rate, l, 24, low=-5, high=5),
    }
    suffix = {"WFDB 212": "", "WFDB 16": "", "EDF": ".edf", "BDF": ".bdf"}
    for form, write in writers.items():
        key = form.replace(" ", "").lower()
        for number, (what, l) in enumerate(signals(2).items()):
            stem = folder / f"{key}{number}"
            write(stem, l)
            must(f"ECG, {form}: a recording that is {what}", no_number, stem.with_suffix(suffix[form]) if suffix[form] else stem)
        if form == "WFDB 212":
            continue
        write(folder / f"{key}slow", [[v for v in l[:1000]] for l in heart], rate=25)
        must(f"ECG, {form}: a wrong rate, 25 a second", refused(cli, "ecg", "25"), folder / f"{key}slow{suffix[form]}")
        write(folder / f"{key}fast", heart, rate=4 * RATE)  # QRS complexes of 0.3 s and 18 a minute, said in the header
        must(f"ECG, {form}: a wrong rate, four times the true one", no_number, folder / f"{key}fast{suffix[form]}")
    missing = folder / "nan212.dat"
    missing.write_bytes(bytes([0x00, 0x88, 0x00]) * (20 * RATE))  # both leads -2048: no value
    (folder / "nan212.hea").write_text(f"nan212 2 {RATE} {20 * RATE}\n" + "".join(f"nan212.dat 212 200 11 0 0 0 0 {n}\n" for n in ("I", "II")))
    must("ECG, WFDB 212: a recording of missing values (NaN) alone", no_number, folder / "nan212")
    write_16(folder, "nan16", [-32768] * (20 * RATE))
    must("ECG, WFDB 16: a recording of missing values (NaN) alone", no_number, folder / "nan16")
    write_16(folder, "whole", [int(200 * v) for v in heart[0]])
    for number, (rate, what) in enumerate((("0", "zero"), ("nan", "not a number"), ("-360", "negative"), ("1e99", "endless"))):
        (folder / f"rate{number}.hea").write_text(f"rate{number} 1 {rate} 7200\nwhole.dat 16 200 16 0 0 0 0 II\n")
        must(f"ECG, WFDB: a sampling rate that is {what}", refused(cli, "ecg", f"rate{number}"), folder / f"rate{number}")
    for name, text in (("void", ""), ("letter", LETTER)):
        (folder / f"{name}.hea").write_text(text)
        must(f"ECG, WFDB: a header that is {'empty' if not text else 'a text file'}", refused(cli, "ecg", f"{name}.hea"), folder / name)
        for end in (".edf", ".bdf"):
            (folder / f"{name}{end}").write_text(text)
            must(f"ECG, {end[1:].upper()}: a file that is {'empty' if not text else 'a text file'}", refused(cli, "ecg", f"{name}{end}"),
                 folder / f"{name}{end}")
    (folder / "words.txt").write_text(LETTER)
    must("ECG: a text file", refused(cli, "ecg", "words.txt"), folder / "words.txt")
    (folder / "lone.hea").write_text("lone 1 360 1000\nlone.dat 212 200 11 1024 0 0 0 MLII\n")
    must("ECG, WFDB: a header whose samples are not there", refused(cli, "ecg", "lone.dat"), folder / "lone")
    write_16(folder, "emptydat", [])
    must("ECG, WFDB: a file of samples that is empty", refused(cli, "ecg", "emptydat"), folder / "emptydat")
    write_212(folder, "half212", heart)
    write_16(folder, "half16", [int(200 * v) for v in heart[0]])
    for name in ("half212", "half16"):
        data = (folder / f"{name}.dat").read_bytes()
        (folder / f"{name}.dat").write_bytes(data[:len(data) // 2 + 1])
        must(f"ECG, WFDB {name[4:]}: a file cut off in the middle", says_cut_off, folder / name)
    for end, bits in ((".edf", 16), (".bdf", 24)):
        whole = folder / f"entire{end}"
        write_edf(whole, ["ECG I", "ECG II"], "mV", RATE, heart, bits, low=-5, high=5)
        assert len(json.loads(cli("ecg", whole, "--json").stdout)["beats"]) > 15, "the writer's own file must be good"
        data = whole.read_bytes()
        for name, keep, judge in (("header", 200, refused(cli, "ecg", f"header{end}")), ("middle", len(data) // 2 + 1, says_cut_off)):
            (folder / f"{name}{end}").write_bytes(data[:keep])
            must(f"ECG, {end[1:].upper()}: a file cut off in its {name}", judge, folder / f"{name}{end}")
        nan = data.replace(b"-5      -5      ", b"nan     nan     ", 1)
        assert nan != data
        (folder / f"nan{end}").write_bytes(nan)
        must(f"ECG, {end[1:].upper()}: a physical range that is not a number (NaN)", refused(cli, "ecg", f"nan{end}"), folder / f"nan{end}")
        write_edf(folder / f"reversed{end}", *twelve(heart[0], swapped=True), bits, low=-5, high=5)
        write_edf(folder / f"proper{end}", *twelve(heart[0], swapped=False), bits, low=-5, high=5)
        must(f"ECG, {end[1:].upper()}: arm electrodes reversed", hints_reversal, folder / f"reversed{end}", folder / f"proper{end}")


def twelve(ii, swapped):
    i, iii = [0.6 * v for v in ii], [0.4 * v for v in ii]
    limb = {"I": i, "II": ii, "III": iii, "aVR": [-(a + b) / 2 for a, b in zip(i, ii)], "aVL": [(a - b) / 2 for a, b in zip(i, iii)],
            "aVF": [(a + b) / 2 for a, b in zip(ii, iii)]}
    if swapped:
        limb |= {"I": [-v for v in i], "II": iii, "III": ii, "aVR": limb["aVL"], "aVL": limb["aVR"]}
    limb |= {f"V{n + 1}": [k * v for v in ii] for n, k in enumerate((-0.6, -0.3, 0.5, 1.0, 1.1, 0.8))}
    return [f"ECG {n}" for n in limb], "mV", RATE, list(limb.values())


def hints_reversal(wrong, right):
    told = json.loads(cli("ecg", wrong, "--json", "--lang", "en").stdout)["reversal_hint"]
    assert told and len(told[0]["advice"]) > 30 and told[0]["because"], told
    assert not json.loads(cli("ecg", right, "--json").stdout)["reversal_hint"], "the same, not reversed"


# --- scores, and what is asked wrongly -------------------------------------------------------------------------------

def asked_wrongly(folder):
    heart, peaks = hearts(20)
    write_212(folder, "100", heart)
    write_annotations(folder / "100.atr", peaks)
    write_annotations(folder / "bare.ckq", peaks)
    write_annotations(folder / "none.atr", [])
    (folder / "letter.atr").write_text(LETTER)
    say = lambda *words, expect=1, says=(): (lambda: cli.refused(*words, expect=expect, says=says))
    must("ECG: a record that is not there", say("ecg", folder / "nowhere", "--lang", "en", "--data", folder / "none", says=["nowhere"]))
    must("ECG: a lead that the record has not", say("ecg", folder / "100", "--leads", "V3", "--lang", "en", says=["V3", "MLII"]))
    must("ECG: a place where nothing can be written", say("ecg", folder / "100", "--annotations", folder / "no" / "such" / "100.ckq",
                                                          "--lang", "en", says=["cannot be written"]))
    must("ECG: no file", say("ecg", expect=2))
    must("ECG: an unknown filter", say("ecg", folder / "100", "--filter", "magic", expect=2, says=["--filter"]))
    must("ECG: an age in words", say("ecg", folder / "100", "--age-years", "old", expect=2))
    must("ECG: an unknown option", say("ecg", folder / "100", "--no-such-option", expect=2))
    must("compare: a text file", say("compare", folder / "100.atr", folder / "letter.atr", says=["letter.atr"]))
    must("compare: a file that is not there", say("compare", folder / "100.atr", folder / "missing.ckq", says=["missing.ckq"]))
    must("compare: a reference without its rate", say("compare", folder / "none.atr", folder / "bare.ckq", says=["--fs-hz"]))
    must("compare: one file", say("compare", folder / "100.atr", expect=2))

    def nothing_matched():
        line = cli("compare", folder / "100.atr", folder / "none.atr").stdout.splitlines()[1].split()
        assert line[4] == "0.00" and line[5] == "-" and line[8:11] == ["-", "-", "-"], line
    must("compare: no beat found, so no predictivity", nothing_matched)

    def helps():
        assert cli("burn", expect=2).stderr
        assert "compare" in cli("--help").stdout and "--annotations" in cli("ecg", "--help").stdout
    must("an unknown subject, and help", helps)


run(ecg, asked_wrongly)
