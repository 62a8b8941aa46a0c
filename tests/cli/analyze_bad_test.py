#!/usr/bin/env python3
"""caukham-cli analyze must answer every bad input with one sentence, or with "cannot tell" and no number: each case is
named, format by format, and told with its verdict."""
import json
import math
import pathlib
import random
import sys
import tempfile
import traceback

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "lib"))
from recordings import (RATE, Analyze, hearts, write_16, write_212, write_annotations, write_edf,  # noqa: E402
                        write_jpeg, write_png, write_wf)

cli = Analyze(sys.argv[1])
LETTER = "Dear colleague,\nplease find attached.\n"
cases = []


def must(name, judge, *args):
    cases.append((name, judge, args))


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


def refused(what, *says):
    return lambda path: cli.refused(what, path, *(("--lang", "en") if what == "ecg" else ()), says=says)


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
        must(f"ECG, {form}: a wrong rate, 25 a second", refused("ecg", "25"), folder / f"{key}slow{suffix[form]}")
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
        must(f"ECG, WFDB: a sampling rate that is {what}", refused("ecg", f"rate{number}"), folder / f"rate{number}")
    for name, text in (("void", ""), ("letter", LETTER)):
        (folder / f"{name}.hea").write_text(text)
        must(f"ECG, WFDB: a header that is {'empty' if not text else 'a text file'}", refused("ecg", f"{name}.hea"), folder / name)
        for end in (".edf", ".bdf"):
            (folder / f"{name}{end}").write_text(text)
            must(f"ECG, {end[1:].upper()}: a file that is {'empty' if not text else 'a text file'}", refused("ecg", f"{name}{end}"),
                 folder / f"{name}{end}")
    (folder / "words.txt").write_text(LETTER)
    must("ECG: a text file", refused("ecg", "words.txt"), folder / "words.txt")
    (folder / "lone.hea").write_text("lone 1 360 1000\nlone.dat 212 200 11 1024 0 0 0 MLII\n")
    must("ECG, WFDB: a header whose samples are not there", refused("ecg", "lone.dat"), folder / "lone")
    write_16(folder, "emptydat", [])
    must("ECG, WFDB: a file of samples that is empty", refused("ecg", "emptydat"), folder / "emptydat")
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
        for name, keep, judge in (("header", 200, refused("ecg", f"header{end}")), ("middle", len(data) // 2 + 1, says_cut_off)):
            (folder / f"{name}{end}").write_bytes(data[:keep])
            must(f"ECG, {end[1:].upper()}: a file cut off in its {name}", judge, folder / f"{name}{end}")
        nan = data.replace(b"-5      -5      ", b"nan     nan     ", 1)
        assert nan != data
        (folder / f"nan{end}").write_bytes(nan)
        must(f"ECG, {end[1:].upper()}: a physical range that is not a number (NaN)", refused("ecg", f"nan{end}"), folder / f"nan{end}")
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


# --- breath ----------------------------------------------------------------------------------------------------------

def no_blow(path):
    done = cli("spirometry", path, "--json", expect=1)
    told = json.loads(done.stdout)
    assert told["errors"] and len(told["errors"][0]["reason"]) > 10, told["errors"]
    assert told["manoeuvres"] == [] and told.get("fvc_l") is None and told.get("fev1_l") is None, told
    said = cli("spirometry", path, expect=1)
    assert path.name in said.stdout + said.stderr, (said.stdout, said.stderr)


def not_acceptable(path):
    told = json.loads(cli("spirometry", path, "--json", expect=1).stdout)
    blow = told["manoeuvres"][0]
    assert blow["acceptable"] == blow["usable"] == {"fev1": False, "fvc": False}, blow
    assert any(c["name"] == "complete_recording" and c["result"] == "failed" and c["reason"] for c in blow["criteria"]), blow["criteria"]
    assert told.get("fvc_l") is None and told.get("fev1_l") is None, told


def breath(folder):
    samples = {"constant": ["1.0"] * 500, "of one sample": ["0.1"], "of NaN": ["0.1", "nan"] * 200, "of NaN alone": ["nan"] * 400,
               "infinite": ["inf"] * 400, "saturated": ["3000"] * 500, "without samples": []}
    for form in ("VT", "FT"):
        for number, (what, data) in enumerate(samples.items()):
            path = folder / f"{form}{number}.wf"
            path.write_text(f"[Header]\nType={form}\nFreq=100\n[Data]\n" + "\n".join(data) + "\n")
            must(f"breath, .wf {form}: a curve {what}", no_blow, path)
    write_wf(folder / "good.wf", 4.0, 0.9)
    good = (folder / "good.wf").read_text()
    for number, rate in enumerate(("0", "-100", "nan", "5", "1e9", "fast")):
        path = folder / f"rate{number}.wf"
        path.write_text(good.replace("Freq=100", f"Freq={rate}"))
        must(f"breath, .wf: a wrong rate, {rate}", no_blow, path)
    for name, text in (("void.wf", ""), ("letter.wf", LETTER), ("header.wf", good[:20]), ("void.edf", ""), ("letter.edf", LETTER)):
        (folder / name).write_text(text)
        must(f"breath: {name}", no_blow, folder / name)
    (folder / "cut.wf").write_text("\n".join(good.splitlines()[:75]) + "\n")  # 0.7 s of 8 s
    must("breath, .wf: a curve cut off 0.7 s after its start", not_acceptable, folder / "cut.wf")
    flow = [0.0] * 200 + [8.0 * math.exp(-i / 50) for i in range(800)] + [0.0] * 200
    for end, bits in ((".edf", 16), (".bdf", 24)):
        form = end[1:].upper()
        write = lambda name, values, rate=100, unit="L/s": write_edf(folder / f"{name}{end}", ["Flow"], unit, rate, [values], bits, low=-20, high=20)
        write("blow", flow)
        assert json.loads(cli("spirometry", folder / f"blow{end}", "--json").stdout)["manoeuvres"], "the writer's own file must be good"
        for name, values in (("constant", [1.0] * 1200), ("of one sample", [1.0]), ("saturated", [20.0] * 1200), ("still", [0.0] * 1200)):
            stem = "flow " + name
            write(stem, values)
            must(f"breath, {form}: a curve {name}", no_blow, folder / f"{stem}{end}")
        write("flow slow", flow, 10)
        must(f"breath, {form}: a wrong rate, 10 a second", no_blow, folder / f"flow slow{end}")
        write("flow heart", flow, 100, "mV")
        must(f"breath, {form}: a recording that has no flow", no_blow, folder / f"flow heart{end}")
        (folder / f"flow cut{end}").write_bytes((folder / f"blow{end}").read_bytes()[:100])
        must(f"breath, {form}: a file cut off in its header", no_blow, folder / f"flow cut{end}")


# --- reference values ------------------------------------------------------------------------------------------------

HEAD = "set,age_mode,sex,age,height_cm,ethnicity,parameter,value\n"


def no_reference(path):
    """Every row comes back, without a number that was not computed, and the reason names the line."""
    done = cli("gli", path, expect=1)
    assert "line 2" in done.stderr and done.stdout.splitlines()[1].endswith(",,,,,,,"), (done.stdout, done.stderr)
    rows = json.loads(cli("gli", path, "--json", expect=1).stdout)
    assert rows[0]["reason"] and not {"L", "M", "S", "zscore", "lln"} & set(rows[0]), rows


def reference(folder):
    for name, text in (("empty", ""), ("a text file", LETTER), ("without most columns", "set,sex,age\nGLI2012,m,40\n"), ("a head alone", HEAD)):
        path = folder / f"{name.replace(' ', '')}.csv"
        path.write_text(text)
        must(f"reference values: a table that is {name}", refused("gli", path.name), path)
    for number, (what, row) in enumerate((
            ("an age that is NaN", "GLI2022,round,1,nan,175,1,FEV1,3"), ("a height that is NaN", "GLI2022,round,1,40,nan,1,FEV1,3"),
            ("a value that is NaN", "GLI2022,round,1,40,175,1,FEV1,nan"), ("an endless value", "GLI2022,round,1,40,175,1,FEV1,inf"),
            ("a value of zero", "GLI2022,round,1,40,175,1,FEV1,0"), ("an age in words", "GLI2022,round,1,forty,175,1,FEV1,3"),
            ("an age of 400 years", "GLI2022,round,1,400,175,1,FEV1,3"), ("a height in metres", "GLI2022,round,1,40,1.75,1,FEV1,3"),
            ("an unknown set", "GLI1999,round,1,40,175,1,FEV1,3"), ("an unknown sex", "GLI2022,round,x,40,175,1,FEV1,3"),
            ("an unknown parameter", "GLI2022,round,1,40,175,1,DLCO,3"), ("an unknown age mode", "GLI2022,about,1,40,175,1,FEV1,3"),
            ("a row cut off", "GLI2022,round,1,40"))):
        path = folder / f"row{number}.csv"
        path.write_text(HEAD + row + "\n")
        must(f"reference values: {what}", no_reference, path)


# --- pictures --------------------------------------------------------------------------------------------------------

def nothing_in_view(path):
    """Decoded well, and judged: nothing in view, never "good"."""
    told = json.loads(cli("picture", path, "--json").stdout)["pictures"][0]
    view = next(f for f in told["findings"] if f["key"] == "in_view")
    assert view["verdict"] == "poor" and len(view["sentence"]) > 15, view
    assert len(told["sentence"]) > 15 and "good" not in told["verdict"], (told["verdict"], told["sentence"])


def pictures(folder):
    for grey, colour in ((0, "black"), (255, "white"), (128, "grey")):
        write_jpeg(folder / f"{colour}.jpg", 640, 480, grey), write_png(folder / f"{colour}.png", 640, 480, grey)
        must(f"picture: a {colour} JPEG", nothing_in_view, folder / f"{colour}.jpg")
        must(f"picture: a {colour} PNG", refused("picture", f"{colour}.png", "PNG"), folder / f"{colour}.png")
    write_jpeg(folder / "dot.jpg", 8, 8, 128)
    must("picture: a JPEG too small to be judged", refused("picture", "dot.jpg"), folder / "dot.jpg")
    half_jpg, half_png = ((folder / f"grey{e}").read_bytes() for e in (".jpg", ".png"))
    for name, data in (("void.jpg", b""), ("void.png", b""), ("letter.jpg", LETTER.encode()), ("letter.png", LETTER.encode()),
                       ("stub.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0"), ("cut.jpg", half_jpg[:40]), ("cut.png", half_png[:30]),
                       ("other.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 64)):
        (folder / name).write_bytes(data)
        must(f"picture: {name}", refused("picture", name), folder / name)
    must("picture: a file that is not there", refused("picture", "nowhere.jpg"), folder / "nowhere.jpg")


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


with tempfile.TemporaryDirectory(prefix="caukham-bad-") as name:
    for room in (ecg, breath, reference, pictures, asked_wrongly):
        inside = pathlib.Path(name) / room.__name__
        inside.mkdir()
        room(inside)
    failed = 0
    for what, judge, args in cases:
        try:
            judge(*args)
            print(f"ok     {what}")
        except Exception as e:
            failed += 1
            print(f"FAILED {what}: {type(e).__name__} {str(e)[:600]}")
            if not isinstance(e, AssertionError):
                traceback.print_exc()
print(f"{len(cases)} kinds of bad input, {failed} failed")
sys.exit(1 if failed else 0)
