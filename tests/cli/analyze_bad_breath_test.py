#!/usr/bin/env python3
"""caukham-cli analyze must answer every bad recording of a breath, table or picture with one sentence, or with "cannot tell" and no number: each case is
named, format by format, and told with its verdict."""
import json
import math
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "lib"))
from bad_input import LETTER, must, refused, run  # noqa: E402
from recordings import Analyze, write_edf, write_jpeg, write_png, write_wf  # noqa: E402

cli = Analyze(sys.argv[1])


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


def of_four_litres(path):
    told = json.loads(cli("spirometry", path, "--json").stdout)
    assert abs(told["fvc_l"] - 4.0) < 0.01 and told["manoeuvres"][0]["acceptable"] == {"fev1": True, "fvc": True}, told


def beyond_range(path):
    told = json.loads(cli("spirometry", path, "--json", expect=1).stdout)
    blow = told["manoeuvres"][0]
    assert blow["acceptable"] == blow["usable"] == {"fev1": False, "fvc": False}, blow
    assert any(c["name"] == "flow_in_range" and c["result"] == "failed" and "limit" in c["reason"] for c in blow["criteria"]), blow["criteria"]
    for source in (told, blow):
        assert all(source.get(k) is None for k in ("fvc_l", "fev1_l", "pef_l_s", "fev1_fvc", "fef25_75_l_s")), source
    assert told["session"]["best"]["pef_l_s"] is None and told["errors"], told
    assert "check the sensor" in cli("spirometry", path, expect=1).stdout


def counted_once(path):
    """The same recording under two names repeats itself perfectly: a grade A of one blow."""
    twin = path.with_name("twin.wf")
    twin.write_bytes(path.read_bytes())
    for others in ([path, path], [twin, path]):
        told = json.loads(cli("spirometry", path, *others, "--json", expect=1).stdout)
        assert len(told["manoeuvres"]) == 1 and told["session"]["grade"] == {"fev1": "E", "fvc": "E"}, told["session"]
        assert len(told["errors"]) == 2 and "same recording" in told["errors"][0]["reason"], told["errors"]


def torn(path):
    """Its blow lies in what is left, another may not."""
    told = json.loads(cli("spirometry", path, "--json", expect=1).stdout)
    assert told["manoeuvres"] and "cut off" in told["errors"][0]["reason"], told["errors"]


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
    must("breath: a blow that is named three times counts once", counted_once, folder / "good.wf")
    for option, value in (("--set", "GLI2099"), ("--group", "1.5")):
        person = {"--set": "GLI2012", "--group": "1", "--sex": "m", "--age": "40", "--height": "175"} | {option: value}
        must(f"breath: {option} {value}", lambda path, person=person: cli("spirometry", path, *sum(person.items(), ()), expect=2), folder / "good.wf")
    for number, rate in enumerate(("0", "-100", "nan", "5", "1e9", "fast")):
        path = folder / f"rate{number}.wf"
        path.write_text(good.replace("Freq=100", f"Freq={rate}"))
        must(f"breath, .wf: a wrong rate, {rate}", no_blow, path)
    for name, text in (("void.wf", ""), ("letter.wf", LETTER), ("header.wf", good[:20]), ("void.edf", ""), ("letter.edf", LETTER)):
        (folder / name).write_text(text)
        must(f"breath: {name}", no_blow, folder / name)
    (folder / "cut.wf").write_text("\n".join(good.splitlines()[:75]) + "\n")  # 0.7 s of 8 s
    must("breath, .wf: a curve cut off 0.7 s after its start", not_acceptable, folder / "cut.wf")
    # A made curve may begin at its peak, where its file says that this is the beginning.
    at_once = [4.0 * (1 - math.exp(-i / 50)) for i in range(800)]
    flows = [100 * (b - a) for a, b in zip(at_once, at_once[1:])]
    for kind, values, start in (("VT", at_once, ""), ("FT", flows, "ExpStart=0\n")):
        (folder / "once.wf").write_text(f"[Header]\nType={kind}\nFreq=100\n{start}[Data]\n" + "\n".join(f"{v:.5f}" for v in values) + "\n")
        must(f"breath, .wf: a made curve that begins at its peak, {kind}", of_four_litres, folder / "once.wf")
    (folder / "late.wf").write_text("\n".join(good.splitlines()[:5] + good.splitlines()[15:]) + "\n")
    must("breath, .wf: a curve whose first 0.1 s are missing", not_acceptable, folder / "late.wf")
    flow = [0.0] * 200 + [8.0 * math.exp(-i / 50) for i in range(800)] + [0.0] * 200
    for end, bits in ((".edf", 16), (".bdf", 24)):
        form = end[1:].upper()
        write = lambda name, values, rate=100, unit="L/s": write_edf(folder / f"{name}{end}", ["Flow"], unit, rate, [values], bits, low=-20, high=20)
        write("blow", flow)
        assert json.loads(cli("spirometry", folder / f"blow{end}", "--json").stdout)["manoeuvres"], "the writer's own file must be good"
        write("blows", flow + [-2.0] * 100 + flow)
        assert len(json.loads(cli("spirometry", folder / f"blows{end}", "--json").stdout)["manoeuvres"]) == 2, "a simulator blows alike"
        for name, values in (("constant", [1.0] * 1200), ("of one sample", [1.0]), ("saturated", [20.0] * 1200), ("still", [0.0] * 1200)):
            stem = "flow " + name
            write(stem, values)
            must(f"breath, {form}: a curve {name}", no_blow, folder / f"{stem}{end}")
        (folder / f"blow torn{end}").write_bytes((folder / f"blow{end}").read_bytes()[:-1])
        must(f"breath, {form}: a file whose last record is torn", torn, folder / f"blow torn{end}")
        # A blow of 8 L/s through a sensor that ends at 5: its top is flat.
        write("clipped", [min(v, 5.0) for v in flow[:200] + [2.0, 4.0, 6.0, 7.5] + flow[200:]])
        must(f"breath, {form}: a blow clipped at the sensor's limit gives no number", beyond_range, folder / f"clipped{end}")
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
    for name, text in (("empty", ""), ("a text file", LETTER), ("without most columns", "set,sex,age\nGLI2012,m,40\n"), ("a head alone", HEAD),
                       ("of two values", HEAD.replace("\n", ",value\n") + "GLI2022,round,1,40,175,1,FEV1,3,4\n")):
        path = folder / f"{name.replace(' ', '')}.csv"
        path.write_text(text)
        must(f"reference values: a table that is {name}", refused(cli, "gli", path.name), path)
    for number, (what, row) in enumerate((
            ("an age that is NaN", "GLI2022,round,1,nan,175,1,FEV1,3"), ("a height that is NaN", "GLI2022,round,1,40,nan,1,FEV1,3"),
            ("a value that is NaN", "GLI2022,round,1,40,175,1,FEV1,nan"), ("an endless value", "GLI2022,round,1,40,175,1,FEV1,inf"),
            ("a value of zero", "GLI2022,round,1,40,175,1,FEV1,0"), ("an age in words", "GLI2022,round,1,forty,175,1,FEV1,3"),
            ("an age of 400 years", "GLI2022,round,1,400,175,1,FEV1,3"), ("a height in metres", "GLI2022,round,1,40,1.75,1,FEV1,3"),
            ("an unknown set", "GLI1999,round,1,40,175,1,FEV1,3"), ("an unknown sex", "GLI2022,round,x,40,175,1,FEV1,3"),
            ("a decimal comma", "GLI2022,round,1,40,175,1,FEV1,3,25"), ("a group and a half", "GLI2012,round,1,40,175,1.5,FEV1,3"),
            ("a ratio in percent", "GLI2022,round,1,40,175,1,FEV1FVC,71"), ("millilitres", "GLI2022,round,1,40,175,1,FEV1,3250"),
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
        must(f"picture: a {colour} PNG", refused(cli, "picture", f"{colour}.png", "PNG"), folder / f"{colour}.png")
    write_jpeg(folder / "dot.jpg", 8, 8, 128)
    must("picture: a JPEG too small to be judged", refused(cli, "picture", "dot.jpg"), folder / "dot.jpg")
    half_jpg, half_png = ((folder / f"grey{e}").read_bytes() for e in (".jpg", ".png"))
    for name, data in (("void.jpg", b""), ("void.png", b""), ("letter.jpg", LETTER.encode()), ("letter.png", LETTER.encode()),
                       ("stub.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0"), ("cut.jpg", half_jpg[:40]), ("cut.png", half_png[:30]),
                       ("other.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 64)):
        (folder / name).write_bytes(data)
        must(f"picture: {name}", refused(cli, "picture", name), folder / name)
    must("picture: a file that is not there", refused(cli, "picture", "nowhere.jpg"), folder / "nowhere.jpg")


run(breath, reference, pictures)
