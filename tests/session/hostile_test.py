#!/usr/bin/env python3
"""A plugin that segfaults, floods, allocates 10 GB, closes every descriptor, lies, hangs and tries to fork, all in one
examination: the window, the specialist's session and every other device go on, and no sample of theirs is missed.

Usage: hostile_test.py BUILD WINDOW SIGN HOSTILE.so OUT. Exit 77: no browser or display here.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "packaging" / "linux"))
from examination import missing_parts, perform  # noqa: E402

# In this order; of the last two it does not die. "plugin …" is the reason that stands in the record.
DEEDS = {"segv": "plugin crashed", "flood": "plugin flooded", "allocate": "plugin crashed", "close_all": "plugin crashed",
         "lie_slot": "plugin sent wrong data", "lie_garbage": "plugin sent wrong data", "hang": "plugin hung",
         "scribble": None, "fork": None}


def install(root, build, window, sign, hostile):
    """The build as an installation in which the spirometer's plugin is another maker's: the window's program in it."""
    for folder in ("bin", "libexec", "lib/caukham/plugins", "share/caukham"):
        (root / folder).mkdir(parents=True)
    program = root / "bin" / "caukham"
    shutil.copy(window, program)
    (root / "libexec" / "caukham").symlink_to(build / "app" / "pluginhost")
    (root / "bin" / "caukham-simulator").symlink_to(build / "app" / "virtualbus" / "caukham-simulator")
    (root / "share" / "locale").symlink_to(build / "app" / "po")
    shutil.copytree(build / "app" / "trust" / "keys", root / "share" / "caukham" / "keys")
    plugins = root / "lib" / "caukham" / "plugins"
    for name in ("ecg_hackeeg", "otoscope_useeplus", "camera_uvc"):
        (plugins / name).mkdir()
        for file in (name + ".so", "manifest.json", "plugin.sig"):
            shutil.copy(build / "plugins" / name / file, plugins / name / file)
    manifest = json.loads((build / "plugins" / "spirometer_vernier" / "manifest.json").read_text())
    manifest.update(id="org.caukham.test.hostile", vendor="Hostile Ltd", version="1", library="hostile", requires=[], params=[],
                    pool={"slots": 256, "slot_bytes": 64}, limits={"memory_mb": 256})
    bad = plugins / "hostile"
    bad.mkdir()
    shutil.copy(hostile, bad / "hostile.so")
    (bad / "manifest.json").write_text(json.dumps(manifest))
    (bad / "deeds").write_text("".join(deed + "\n" for deed in DEEDS))
    subprocess.run([sign, "keygen", "--secret", root / "secret", "--key", root / "share" / "caukham" / "keys" / "hostile.key",
                    "--vendor", "Hostile Ltd"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([sign, "sign", bad, "--secret", root / "secret"], check=True, stdout=subprocess.DEVNULL)
    return program


def judge(summary, console, data):
    problems = []

    def must(held, words):
        if not held:
            problems.append(words)

    must("failed" not in summary, f"a step failed: {json.dumps(summary.get('failed'), ensure_ascii=False)}")
    done = {f.name.removesuffix(".done") for f in (data / "plugins" / "org.caukham.test.hostile").glob("*.done")}
    must(done == set(DEEDS), f"every deed was done (done: {sorted(done)})")
    streams = {s["name"]: s for s in summary.get("streams", [])}
    ecg = streams.get("ecg/ecg", {})
    must(ecg.get("produced", 0) > 10000 and ecg["produced"] == ecg["recorded"] == ecg["console"] and not ecg["gaps"],
         f"the ECG missed no sample: {ecg}")
    seen = next((s for s in console.get("streams", {}).values() if s["digest"] == ecg.get("digest")), None)
    must(seen and seen["samples"] == ecg["recorded"] and not seen["gaps"], f"the browser has every sample of the ECG: {seen}")
    bad = next((s for name, s in streams.items() if name.startswith("spirometer/")), {})
    must(bad.get("produced") == bad.get("recorded", 0) + bad.get("lost", 0) and bad.get("lost", 0) > 0,
         f"the hostile stream's loss is counted: {bad}")
    reasons = [g["reason"] for g in bad.get("gaps", [])]
    must(reasons == [reason for reason in DEEDS.values() if reason], f"each gap names its own reason: {reasons}")
    must(console.get("reconnects") == 0, f"the session never broke: {console.get('losses')}")
    must(set(console.get("stood", {})) >= {"ecg"} and len(console["stood"]) == 3, "the ECG and both pictures were watched")
    must(not any(s["stale"] for s in console.get("stood", {}).values()), f"nothing went stale: {console.get('stood')}")
    must(sorted(c["kind"] for c in summary.get("captures", [])) == ["ecg", "ecg", "spirometry", "still", "still"],
         "captures were taken meanwhile")
    must(summary.get("audit_intact"), "the audit trail is intact")
    print("hostile stream, gaps in ms:", {f"{n} {g['reason']}": g["length_ms"] for n, g in enumerate(bad.get("gaps", []))})
    print("longest stand-still at the specialist's:", console.get("stood"))
    print("latency in ms:", summary.get("latency_ms"))
    return problems


def main():
    build, window, sign, hostile, out = (pathlib.Path(p).resolve() for p in sys.argv[1:6])
    if missing_parts():
        print(f"skipped: {missing_parts()} is needed and not here; packaging/check installs what can be installed")
        return 77
    with tempfile.TemporaryDirectory(prefix="caukham_hostile_") as root:
        program = install(pathlib.Path(root), build, window, sign, hostile)
        summary, console = perform(str(program), HERE / "hostile.json", out, HERE / "hostile_specialist.py", timeout=240)
    problems = judge(summary, console, out / "data")
    for problem in problems:
        print("  not held: " + problem)
    return 1 if problems else 0


sys.exit(main())
