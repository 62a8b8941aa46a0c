#!/usr/bin/env python3
"""caukham-cli analyze from outside: records and annotation files written here by another hand, read back, scored; and bad
input, each answered by one sentence and a status."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "lib"))
from json_schema import violations  # noqa: E402
from recordings import RATE, Analyze, hearts, read_annotations, write_212, write_annotations, write_jpeg, write_wf  # noqa: E402

cli = Analyze(sys.argv[1])
refused = cli.refused


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
    told = holds("ecg", cli("ecg", folder / "300", "--json", "--annotations", folder / "300.ckq").stdout)
    holds("ecg", cli("ecg", folder / "300", "--json", "--age-years", 9, "--filter", "diagnostic", "--median-beat").stdout)
    # Every number that is told has a unit, and the units are UCUM's.
    named = {"heart_rate_bpm", "rr_s", "axis_deg", "p_axis_deg", "t_axis_deg", "st_uv"} | {f"intervals_ms.{k}" for k in told["intervals_ms"]}
    assert named == set(told["codes"]), named ^ set(told["codes"])
    assert {c["unit"] for c in told["codes"].values()} <= {"/min", "s", "ms", "uV", "deg"}, told["codes"]
    holds("compare", cli("compare", folder / "300.atr", folder / "300.ckq", "--json").stdout)
    holds("compare", cli("compare", folder / "300.atr", folder / "300.ckq", "--json", "--skip-s", 1000).stdout)  # nothing left
    before, after = folder / "b.wf", folder / "a.wf"
    write_wf(before, 4.0, 0.9), write_wf(after, 4.3, 0.75)
    person = ("--set", "GLI2022", "--sex", "m", "--age", 40, "--height", 175)
    blown = holds("spirometry", cli("spirometry", before, after, *person, "--json").stdout)
    numbers = {k for k in blown["manoeuvres"][0] if k in blown["quantities"]}
    assert len(numbers) > 15 and all(blown["quantities"][k]["ucum"] in ("L", "L/s", "s", "%", "1") for k in numbers), numbers
    assert blown["reference"]["set"] == "GLI2022" and "Bowerman" in blown["reference"]["publication"], blown["reference"]
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
    # Its day is the one on the station's wall: these two clocks are 26 hours apart.
    days = {subprocess.run([cli.program, "analyze", "calibration", folder / "syringe.wf", "--json"], capture_output=True, check=True,
                           env=os.environ | {"TZ": zone}).stdout.split(b'"checked_on":')[1][:14] for zone in ("WEST+12", "EAST-14")}
    assert len(days) == 2, days
    assert [holds("calibration", line)["passed"] for line in log.read_text().splitlines()] == [True, False]
    table = folder / "two.csv"
    table.write_text("set,age_mode,sex,age,height_cm,ethnicity,parameter,value\nGLI2022,round,1,40,175,1,FEV1,3\n"
                     "GLI2022,round,1,400,175,1,FEV1,3\n")
    rows = holds("gli", cli("gli", table, "--json", expect=1).stdout)
    assert "zscore" in rows[0] and "reason" in rows[1], rows
    write_jpeg(folder / "grey.jpg", 320, 240, 128), write_jpeg(folder / "dot.jpg", 8, 8, 128)
    for words in ((), ("--chart",)):
        for picture in json.loads(cli("picture", folder / "grey.jpg", folder / "dot.jpg", *words, "--json", expect=1).stdout)["pictures"]:
            holds("picture", json.dumps(picture))


with tempfile.TemporaryDirectory(prefix="caukham-analyze-") as name:
    good(pathlib.Path(name))
    scores(pathlib.Path(name))
    segments(pathlib.Path(name))
    breath(pathlib.Path(name))
    schemas(pathlib.Path(name))
print("all held")
