#!/usr/bin/env python3
"""caukham-cli analyze from outside: records and annotation files written here by another hand, read back, scored; and bad
input, each answered by one sentence and a status."""
import json
import math
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "lib"))
from json_schema import violations  # noqa: E402

CLI = sys.argv[1]
RATE = 360


def cli(*words, expect=0):
    done = subprocess.run([CLI, "analyze", *map(str, words)], capture_output=True, text=True, timeout=120)
    assert done.returncode == expect, f"{words}: exit {done.returncode}, not {expect}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done


def refused(*words, expect=1, says=()):
    done = cli(*words, expect=expect)
    assert done.stdout == "", done.stdout[:300]
    lines = done.stderr.strip().splitlines()
    assert lines and len(lines) <= (1 if expect == 1 else 2), done.stderr
    assert "terminate" not in done.stderr and len(lines[0]) > 25, done.stderr
    for word in says:
        assert word in done.stderr, (word, done.stderr)


def hearts(seconds, bpm=72, noise_mv=0.0, ventricular=()):
    """Two leads in mV and the R peaks: gaussian P, QRS, T; a ventricular beat is early, broad and upside down."""
    rnd = random.Random(3)
    n = int(seconds * RATE)
    leads = [[0.0] * n, [0.0] * n]
    peaks, t, beat = [], 0.6, 0
    while t < seconds - 0.6:
        v = beat in ventricular
        peaks.append((round(t * RATE), "V" if v else "N"))
        waves = ([(0.0, -1.6, 0.045), (0.28, 0.5, 0.06)] if v
                 else [(-0.17, 0.12, 0.02), (-0.028, -0.12, 0.009), (0.0, 1.2, 0.011), (0.03, -0.25, 0.010), (0.27, 0.3, 0.045)])
        for dt, mv, width in waves:
            middle, reach = (t + dt) * RATE, int(width * RATE * 5)
            for i in range(max(0, int(middle) - reach), min(n, int(middle) + reach)):
                shape = mv * math.exp(-(((i - middle) / (width * RATE)) ** 2) / 2)
                leads[0][i] += shape
                leads[1][i] += 0.7 * shape
        beat += 1
        period = 60 / bpm * (1 + 0.02 * math.sin(beat / 3))
        t += period * (0.65 if beat in ventricular else 1.35 if v else 1)
    if noise_mv:
        for lead in leads:
            for i in range(n):
                lead[i] += rnd.gauss(0, noise_mv)
    return leads, peaks


def write_212(folder, name, leads, names=("MLII", "V5")):
    """Format 212 by the book: 200 units a mV, zero at 1024."""
    out = bytearray()
    for pair in zip(*leads):
        a, b = (max(-2047, min(2047, round(v * 200) + 1024)) & 0xFFF for v in pair)
        out += bytes([a & 0xFF, a >> 8 | (b >> 8) << 4, b & 0xFF])
    (folder / f"{name}.dat").write_bytes(out)
    lines = [f"{name} 2 {RATE} {len(leads[0])}"] + [f"{name}.dat 212 200 11 1024 0 0 0 {n}" for n in names]
    (folder / f"{name}.hea").write_text("\n".join(lines) + "\n# 61 F\n")


CODES = {"N": 1, "V": 5, "+": 28, "[": 32, "]": 33}


def write_annotations(path, marks):
    out, before = bytearray(), 0
    for sample, letter in marks:
        step = sample - before
        if step > 1023:
            out += struct.pack("<HHH", 59 << 10, step >> 16, step & 0xFFFF)
            step = 0
        out += struct.pack("<H", CODES[letter] << 10 | step)
        before = sample
    path.write_bytes(out + b"\0\0")


def read_annotations(path):
    data, at, time, out = path.read_bytes(), 0, 0, []
    letters = {v: k for k, v in CODES.items()} | {13: "Q"}
    while True:
        word, = struct.unpack_from("<H", data, at)
        at += 2
        code, low = word >> 10, word & 1023
        if word == 0:
            return out
        if code == 59:
            high, down = struct.unpack_from("<HH", data, at)
            at += 4
            time += high << 16 | down
        else:
            assert code in letters, code
            time += low
            out.append((time, letters[code]))


def good(folder):
    leads, peaks = hearts(90, ventricular={20, 35, 50, 65, 80})
    write_212(folder, "100", leads)
    write_annotations(folder / "100.atr", [(5, "+")] + peaks)
    result = json.loads(cli("ecg", folder / "100", "--json", "--annotations", folder / "100.ckq").stdout)
    for key in ("record", "fs_hz", "leads", "beats", "heart_rate_bpm", "intervals_ms", "axis_deg", "quality", "algorithm"):
        assert key in result, key
    assert result["record"] == "100" and result["fs_hz"] == RATE and result["leads"][:2] == ["MLII", "V5"], result["leads"]
    assert result["simulated"] is False and set(result["algorithm"]) >= {"name", "version"}
    assert all(set(q) >= {"usable", "reasons"} for q in result["quality"].values())
    assert result["quality"]["MLII"]["usable"] is True
    assert 68 < result["heart_rate_bpm"] < 76, result["heart_rate_bpm"]
    assert result["axis_deg"] is None, "two precordial-like leads say nothing of the axis"
    beats = result["beats"]
    assert abs(len(beats) - len(peaks)) == 0, (len(beats), len(peaks))
    assert all(b["time_s"] == round(b["sample"] / RATE, 4) and b["type"] in "NVQ" for b in beats)
    assert [(b["sample"], b["type"]) for b in beats] == read_annotations(folder / "100.ckq")
    for name in ("100.hea", "100.dat"):
        assert json.loads(cli("ecg", folder / name, "--json").stdout)["beats"] == beats
    one = json.loads(cli("ecg", folder / "100", "--json", "--leads", "v5").stdout)
    assert [l for l in one["leads"]] == ["V5"], one["leads"]
    filtered = json.loads(cli("ecg", folder / "100", "--json", "--filter", "diagnostic", "--notch", 50, "--age-years", 61).stdout)
    assert "150" in filtered["filter"] and "50 Hz" in filtered["filter"], filtered["filter"]
    for lang, word in (("vi", "Tần số tim"), ("en", "Heart rate")):
        assert word in cli("ecg", folder / "100", "--lang", lang).stdout, lang

    score = json.loads(cli("compare", folder / "100.atr", folder / "100.ckq", "--json").stdout)
    gross = score["gross"]
    assert gross["window_150_ms"]["FN"] == gross["window_150_ms"]["FP"] == 0, gross
    assert gross["window_50_ms"]["se_percent"] == 100, gross
    assert abs(gross["r_placement_error_ms"]["median"]) < 6, gross
    assert gross["ventricular"]["se_percent"] == 100 and gross["ventricular"]["ppv_percent"] == 100, gross["ventricular"]


def scores(folder):
    """Errors that were put in must be counted: no detector takes part."""
    ref, test = folder / "ref", folder / "test"
    ref.mkdir(), test.mkdir()
    marks = [(1000 + 300 * i, "N") for i in range(40)]
    for name in ("201", "202"):
        write_annotations(ref / f"{name}.atr", marks)
        (ref / f"{name}.hea").write_text(f"{name} 1 {RATE} 20000\n{name}.dat 212 200\n")
    wrong = [(s + 4, l) for s, l in marks]
    del wrong[10], wrong[20]
    wrong.append((1150, "N"))                   # extra, between two beats: 150 samples from either
    wrong[30] = (wrong[30][0] + 30, "N")        # within 150 ms, not within 50
    write_annotations(test / "201.ckq", sorted(wrong))
    write_annotations(test / "202.ckq", marks)
    write_annotations(ref / "203.atr", marks)
    score = json.loads(cli("compare", ref, test, "--json", "--fs-hz", RATE).stdout)
    first = score["records"][0]
    assert [r["record"] for r in score["records"]] == ["201", "202"] and score["without_test_file"] == ["203"]
    assert (first["window_150_ms"]["FN"], first["window_150_ms"]["FP"]) == (2, 1), first
    assert (first["window_50_ms"]["FN"], first["window_50_ms"]["FP"]) == (3, 2), first
    assert first["window_150_ms"]["se_percent"] == 95, first
    assert abs(first["r_placement_error_ms"]["median"] - 11.11) < 0.01, first
    assert score["gross"]["window_150_ms"]["reference_beats"] == 80
    assert score["gross"]["window_150_ms"]["se_percent"] == 97.5
    late = json.loads(cli("compare", ref / "201", test / "201", "--json", "--skip-s", 20).stdout)
    assert late["records"][0]["reference_beats_skipped"] == 21, late
    table = cli("compare", ref, test).stdout
    assert "gross" in table and "203" in table and "97.50" in table, table
    # Ventricular flutter counts on neither side.
    write_annotations(ref / "204.atr", marks[:5] + [(2500, "["), (4000, "]")] + marks[11:])
    write_annotations(test / "204.ckq", marks)
    flutter = json.loads(cli("compare", ref / "204.atr", test / "204.ckq", "--json", "--fs-hz", RATE).stdout)["gross"]
    assert flutter["window_150_ms"]["FP"] == 0 and flutter["test_beats_in_flutter"] == 6, flutter
    assert flutter["flutter_episodes_left_out"] == 1


def write_16(folder, name, samples, rate=RATE):
    (folder / f"{name}.dat").write_bytes(struct.pack(f"<{len(samples)}h", *samples))
    (folder / f"{name}.hea").write_text(f"{name} 1 {rate} {len(samples)}\n{name}.dat 16 200 16 0 0 0 0 II\n")


def bad(folder):
    (folder / "letter.txt").write_text("Dear colleague, please find attached.")
    (folder / "empty.edf").write_bytes(b"")
    (folder / "cut.bdf").write_bytes(b"\xffBIOSEMI" + b" " * 300)
    (folder / "lone.hea").write_text("lone 1 360 1000\nlone.dat 212 200 11 1024 0 0 0 MLII\n")
    (folder / "slow.hea").write_text("slow 1 25 100\nslow.dat 16 200 16 0 0 0 0 I\n")
    (folder / "slow.dat").write_bytes(b"\1\0" * 100)
    refused("ecg", folder / "letter.txt", "--lang", "en", says=["letter.txt"])
    refused("ecg", folder / "empty.edf", "--lang", "en", says=["empty"])
    refused("ecg", folder / "cut.bdf", "--lang", "en", says=["cut off"])
    refused("ecg", folder / "lone", "--lang", "en", says=["lone.dat"])
    refused("ecg", folder / "slow", "--lang", "en", says=["25"])
    refused("ecg", folder / "nowhere", "--lang", "en", "--data", folder / "none", says=["nowhere"])
    refused("ecg", folder / "100", "--leads", "V3", "--lang", "en", says=["V3", "MLII"])
    refused("ecg", folder / "100", "--annotations", folder / "no" / "such" / "100.ckq", "--lang", "en", says=["cannot be written"])
    refused("compare", folder / "100.atr", folder / "letter.txt", says=["letter.txt"])
    refused("compare", folder / "100.atr", folder / "missing.ckq", says=["missing.ckq"])
    refused("compare", folder / "ref" / "203.atr", folder / "test" / "202.ckq", says=["203.atr", "--fs-hz"])
    # A record there is, but no heart in it: told with reasons, and not one number.
    n = 20 * RATE
    rnd = random.Random(5)
    good, _ = hearts(20)
    for name, samples in (("flat", [100] * n), ("missing", [-32768] * n), ("single", [5]), ("railed", [2047] * n),
                          ("clipped", [32767 if i % 7 < 3 else -32767 for i in range(n)]),
                          ("hissing", [int(rnd.gauss(0, 60)) for _ in range(n)]),
                          ("humming", [int(200 * math.sin(2 * math.pi * 50 * i / RATE)) for i in range(n)])):
        write_16(folder, name, samples)
        told = json.loads(cli("ecg", folder / name, "--json", "--lang", "en").stdout)
        assert told["beats"] == [] and told["heart_rate_bpm"] is None and told["axis_deg"] is None, (name, told["beats"][:3])
        assert all(v is None for v in told["intervals_ms"].values()), (name, told["intervals_ms"])
        assert told["rhythm"]["mean_bpm"] is None and told["rhythm"]["reason"], name
        assert "cannot tell" in cli("ecg", folder / name, "--lang", "en").stdout, name
    # At a fourth of its rate the same heart beats 18 times a minute, in QRS complexes of 0.3 s: no heart.
    write_16(folder, "fast", [int(200 * v) for v in good[0]], rate=4 * RATE)
    assert json.loads(cli("ecg", folder / "fast", "--json").stdout)["heart_rate_bpm"] is None
    # Cut off: what is there is measured, and it says so.
    write_16(folder, "half", [int(200 * v) for v in good[0]])
    (folder / "half.dat").write_bytes((folder / "half.dat").read_bytes()[:n])
    assert "cut off" in cli("ecg", folder / "half", "--lang", "en").stdout
    for name, text in (("void", ""), ("letter", "Dear colleague,\nplease find attached.\n"), ("still", "still 1 0 100\nstill.dat 16\n"),
                       ("never", "never 1 nan 100\nnever.dat 16\n")):
        (folder / f"{name}.hea").write_text(text)
        refused("ecg", folder / name, "--lang", "en", says=[f"{name}.hea"])
    # Nothing matched, nothing measured.
    write_annotations(folder / "none.atr", [])
    line = cli("compare", folder / "100.atr", folder / "none.atr").stdout.splitlines()[1].split()
    assert line[4] == "0.00" and line[5] == "-" and line[8:11] == ["-", "-", "-"], line
    # Pictures that are none.
    for name, data in (("void.jpg", b""), ("letter.jpg", b"Dear colleague"), ("stub.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0"),
                       ("other.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 64)):
        (folder / name).write_bytes(data)
        refused("picture", folder / name, says=[name])
    refused("picture", folder / "nowhere.jpg", says=["nowhere.jpg"])
    for name, text in (("void.csv", ""), ("letter.csv", "Dear colleague\n"), ("narrow.csv", "set,sex,age\nGLI2012,m,40\n")):
        (folder / name).write_text(text)
        refused("gli", folder / name, says=[name])
    # Asked wrongly: status 2.
    refused("ecg", expect=2)
    refused("ecg", folder / "100", "--filter", "magic", expect=2, says=["--filter"])
    refused("ecg", folder / "100", "--age-years", "old", expect=2)
    refused("ecg", folder / "100", "--no-such-option", expect=2)
    refused("compare", folder / "100.atr", expect=2)
    assert cli("burn", expect=2).stderr
    assert "compare" in cli("--help").stdout and "--annotations" in cli("ecg", "--help").stdout
    # A flat line, noise, a cut file: an answer without numbers that look measured.
    write_212(folder, "flat", [[0.0] * (20 * RATE)] * 2)
    rnd = random.Random(1)
    write_212(folder, "noise", [[rnd.gauss(0, 0.3) for _ in range(20 * RATE)] for _ in range(2)])
    for name in ("flat", "noise"):
        result = json.loads(cli("ecg", folder / name, "--json").stdout)
        assert result["intervals_ms"]["qt"] is None and result["intervals_ms"]["pr"] is None, (name, result["intervals_ms"])
        assert not any(q["usable"] for q in result["quality"].values()), (name, result["quality"])
        assert all(q["reasons"] for q in result["quality"].values()), name
    flat = json.loads(cli("ecg", folder / "flat", "--json").stdout)
    assert flat["beats"] == [] and flat["heart_rate_bpm"] is None and flat["cannot_tell"], flat["heart_rate_bpm"]
    data = (folder / "100.dat").read_bytes()
    (folder / "100.dat").write_bytes(data[:len(data) // 2])
    cut = json.loads(cli("ecg", folder / "100", "--json").stdout)
    assert any("cut off" in w for w in cut["warnings"]), cut["warnings"]
    (folder / "100.dat").write_bytes(data[:40])
    result = json.loads(cli("ecg", folder / "100", "--json").stdout)
    assert result["heart_rate_bpm"] is None and result["beats"] == [], result


def segments(folder):
    """A record of three segments and a gap is one recording; a table of segments that are not there is refused."""
    leads, peaks = hearts(60)
    cut = 20 * RATE
    write_212(folder, "s1", [l[:cut] for l in leads])
    write_212(folder, "s2", [l[cut:2 * cut] for l in leads])
    write_212(folder, "s3", [l[2 * cut:] for l in leads])
    write_212(folder, "whole", leads)
    (folder / "multi.hea").write_text(f"multi/4 2 {RATE} {60 * RATE + 3600}\ns1 {cut}\ns2 {cut}\n~ 3600\ns3 {60 * RATE - 2 * cut}\n")
    whole = json.loads(cli("ecg", folder / "whole", "--json").stdout)["beats"]
    multi = json.loads(cli("ecg", folder / "multi", "--json").stdout)
    samples = [b["sample"] for b in multi["beats"]]
    assert multi["record"] == "multi" and multi["leads"][:2] == ["MLII", "V5"]
    assert not [s for s in samples if 2 * cut + 40 < s < 2 * cut + 3560], "a beat in the gap"
    wanted = [b["sample"] + (3600 if b["sample"] >= 2 * cut else 0) for b in whole]
    missed = [s for s in wanted if min(abs(s - t) for t in samples) > 8]
    assert len(missed) <= 2 and abs(len(samples) - len(wanted)) <= 2, (missed, len(samples), len(wanted))
    (folder / "gone.hea").write_text(f"gone/2 2 {RATE} 2000\nno1 1000\nno2 1000\n")
    refused("ecg", folder / "gone", "--lang", "en", says=["segments"])


def write_wf(path, fvc, tau, rate=100):
    """An exponential expiration of 8 s, volume over time in litres."""
    lines = ["[Header]", f"Name={path.stem}", "Type=VT", f"Freq={rate}", "[Data]"]
    lines += [f"{fvc * (1 - math.exp(-i / rate / tau)):.5f}" for i in range(8 * rate)]
    path.write_text("\n".join(lines) + "\n")
    return fvc


def breath(folder):
    """Before and after a bronchodilator, by both rules; and what is asked wrongly."""
    before, after = folder / "before.wf", folder / "after.wf"
    write_wf(before, 4.0, 0.9), write_wf(after, 4.3, 0.75)
    person = ("--set", "GLI2022", "--sex", "m", "--age", 40, "--height", 175)
    both = json.loads(cli("spirometry", "--pre", before, "--post", after, *person, "--json").stdout)
    fev1 = both["bronchodilator_response"]["fev1"]
    pre, post = both["pre"]["session"]["best"]["fev1_l"], both["post"]["session"]["best"]["fev1_l"]
    assert fev1["pre_l"] == pre and fev1["post_l"] == post and abs(fev1["change_l"] - (post - pre)) < 0.0011, fev1
    assert abs(fev1["percent_of_predicted"] - 100 * (post - pre) / fev1["predicted_l"]) < 0.05, fev1
    assert [r["met"] for r in fev1["rules"]] == [True, True] and "2022" in fev1["rules"][0]["rule"], fev1
    fvc = both["bronchodilator_response"]["fvc"]
    assert [r["met"] for r in fvc["rules"]] == [False, False], fvc  # + 0.3 L of 4: 7.5 %
    alone = json.loads(cli("spirometry", "--pre", before, "--post", after, "--json").stdout)["bronchodilator_response"]["fev1"]
    assert alone["rules"][0]["met"] is None and alone["rules"][1]["met"] is True and "predicted" in alone["reason"], alone
    assert "ATS/ERS 2005" in cli("spirometry", "--pre", before, "--post", after).stdout
    refused("spirometry", "--pre", before, expect=2, says=["--post"])
    refused("spirometry", before, "--pre", before, "--post", after, expect=2, says=["--pre"])
    refused("spirometry", before, "--age", "old", expect=2, says=["--age"])
    refused("spirometry", before, "--set", "GLI2022", expect=2, says=["--height"])
    one = json.loads(cli("spirometry", before, "--json").stdout)
    for key in ("fvc_l", "fev1_l", "fev1_fvc", "pef_l_s", "fef25_75_l_s", "bev_l", "bev_percent_fvc", "fet_s", "eotv_l"):
        assert key in one, key
    for what in ("ecg", "compare", "spirometry", "calibration", "gli", "picture"):
        refused(what, "some-file", "--no-such-option", expect=2, says=["--no-such-option"])
        refused(what, expect=2)
        assert len(cli(what, "--help").stdout) > 60
    # One sample, constant, not a number, saturated: no curve, no number.
    for name, data in (("one", ["0.1"]), ("constant", ["1.0"] * 500), ("nan", ["0.1", "nan"] * 200), ("huge", ["3000"] * 500)):
        path = folder / f"{name}.wf"
        path.write_text("[Header]\nType=VT\nFreq=100\n[Data]\n" + "\n".join(data) + "\n")
        done = cli("spirometry", path, "--json", expect=1)
        result = json.loads(done.stdout)
        assert result["errors"] and result["manoeuvres"] == [] and result.get("fvc_l") is None, (name, result)
    table = folder / "rows.csv"
    table.write_text("set,age_mode,sex,age,height_cm,ethnicity,parameter,value\nGLI2022,interpolated,m,forty,175,1,FEV1,3\n")
    done = cli("gli", table, expect=1)
    assert "line 2" in done.stderr, done.stderr


def schemas(folder):
    """What every command prints as JSON is what its schema says, and the schema can say no."""
    def holds(name, printed):
        schema = json.loads((ROOT / "app" / "analysis" / "schema" / f"{name}.schema.json").read_text())
        value = json.loads(printed)
        assert not violations(value, schema), (name, violations(value, schema)[:5])
        first = value[0] if isinstance(value, list) else value
        assert violations([first | {"surprise": 1}] if isinstance(value, list) else first | {"surprise": 1}, schema), name
        assert violations({k: v for k, v in list(first.items())[1:]} if first is value else [{}], schema), name
        return value

    leads, peaks = hearts(30)
    write_212(folder, "300", leads)
    write_annotations(folder / "300.atr", peaks)
    holds("ecg", cli("ecg", folder / "300", "--json", "--annotations", folder / "300.ckq").stdout)
    holds("compare", cli("compare", folder / "300.atr", folder / "300.ckq", "--json").stdout)
    holds("compare", cli("compare", folder / "300.atr", folder / "300.ckq", "--json", "--skip-s", 1000).stdout)  # nothing left
    before, after = folder / "b.wf", folder / "a.wf"
    write_wf(before, 4.0, 0.9), write_wf(after, 4.3, 0.75)
    person = ("--set", "GLI2022", "--sex", "m", "--age", 40, "--height", 175)
    holds("spirometry", cli("spirometry", before, after, *person, "--json").stdout)
    for more in ((), person):
        both = holds("bronchodilator", cli("spirometry", "--pre", before, "--post", after, *more, "--json").stdout)
        for one in ("pre", "post"):
            holds("spirometry", json.dumps(both[one]))
    strokes = [f"{sign * 3 / s:.6f}\n" for s in (4, 1.5, 0.6) for sign in (1, -1) for _ in range(int(s * 100))]
    (folder / "syringe.wf").write_text("[Header]\nType=FT\nFreq=100\n[Data]\n" + "".join(strokes))
    log = folder / "calibration.log"
    check = holds("calibration", cli("calibration", folder / "syringe.wf", "--json", "--log", log).stdout)
    assert check["passed"] and check["due_on"] > check["checked_on"], check
    holds("calibration", cli("calibration", before, "--json", "--log", log, expect=1).stdout)
    assert [holds("calibration", line)["passed"] for line in log.read_text().splitlines()] == [True, False]
    table = folder / "two.csv"
    table.write_text("set,age_mode,sex,age,height_cm,ethnicity,parameter,value\nGLI2022,round,1,40,175,1,FEV1,3\n"
                     "GLI2022,round,1,400,175,1,FEV1,3\n")
    rows = holds("gli", cli("gli", table, "--json", expect=1).stdout)
    assert "zscore" in rows[0] and "reason" in rows[1], rows


with tempfile.TemporaryDirectory(prefix="caukham-analyze-") as name:
    good(pathlib.Path(name))
    scores(pathlib.Path(name))
    bad(pathlib.Path(name))
    segments(pathlib.Path(name))
    breath(pathlib.Path(name))
    schemas(pathlib.Path(name))
print("all held")
