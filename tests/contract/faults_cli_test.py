#!/usr/bin/env python3
"""Every fault of the vocabulary while the whole station runs: it is noticed or absorbed, the device delivers again, and no
other device is restarted or loses a sample that is counted."""
import json
import subprocess
import sys
import tempfile

# A clock that steps costs no sample, but is told; nonsense between good frames is absorbed, and the trace runs on.
# fault: what must be seen; "gap" a hole with a length, "lost" samples counted, "restart" a new plugin process, "off" an electrode, "said" words
# on the screen, "" nothing need be seen.
EXPECTED = {
    "LEAD_OFF LA": "off",
    "LEAD_ON LA": "",
    "CORRUPT": "lost",
    "SLOW 3": "lost",
    "CLOCK_JUMP 5000": "said",
    "STALL": "said",
    "FLOOD": "",
    "LIE": "",
    "CRASH": "restart",
    "UNPLUG": "gap",
    "LIE plugin": "restart",
    "HANG": "restart",
}


def main():
    cli = sys.argv[1]
    slower = float(sys.argv[2])  # with sanitizers
    wrong, seen = [], 0
    # Every failure of the plugin's process must be over within 3 s, also when it is not the first failure of that plugin.
    within_s = {"CRASH": 3, "LIE plugin": 3, "HANG": 3}
    # A plugin that fails three times in ten minutes is disabled: two stations share the faults of the plugin's side.
    names = list(EXPECTED)
    for faults, language in ((names[:9], "vi"), (names[9:], "en")):
        with tempfile.TemporaryDirectory(prefix="caukham_faults_") as data:
            done = subprocess.run([cli, "devices", "fault", "ecg", *faults, "--json", "--lang", language, "--data", data],
                                  capture_output=True, text=True, timeout=240)
        told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        if [t["fault"] for t in told] != faults:
            wrong.append(f"told of {[t['fault'] for t in told]}, asked for {faults}: {done.stderr.strip()[-400:]}")
        for t in told:
            seen += 1
            want = EXPECTED[t["fault"]]
            shown = {"": True, "off": t["electrodes_off"] & 2, "lost": t["lost"] > 0, "gap": t["gaps"] > 0,
                     "restart": t["restarts"] > 0, "said": len(t["notices"]) > 0}[want]
            if not shown:
                wrong.append(f"{t['fault']}: expected to see \"{want}\": {json.dumps(t)}")
            # What our own plugins say of a device is in the nurse's language, too.
            if t["fault"] == "STALL" and not any("không gửi dữ liệu" in n for n in t["notices"]):
                wrong.append(f"STALL: the plugin's warning is not in Vietnamese: {t['notices']}")
            if not t["back"]:
                wrong.append(f"{t['fault']}: the ECG does not deliver again: {json.dumps(t)}")
            if t["back_s"] > within_s.get(t["fault"], 60) * slower:
                wrong.append(f"{t['fault']}: back only after {t['back_s']:.1f} s")
            if not t["others_well"]:
                wrong.append(f"{t['fault']}: other devices were disturbed: {json.dumps(t['others'])}")
            print(f"{t['fault']}: noticed: {t['noticed_s']}, back after {t['back_s']:.1f} s, {t['gaps']} gaps, "
                  f"{t['lost']} lost, {t['restarts']} restarts")
    refused = subprocess.run([cli, "devices", "fault", "ecg", "DANCE"], capture_output=True, text=True, timeout=60)
    if refused.returncode == 0 or "is no fault" not in refused.stderr:
        wrong.append("an unknown fault is not refused in words")
    print("\n".join(wrong))
    return 1 if wrong or seen != len(EXPECTED) else 0


sys.exit(main())
