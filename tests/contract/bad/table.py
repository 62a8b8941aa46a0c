#!/usr/bin/env python3
"""The validator against plugins with one flaw each: every flaw fails exactly the tests meant for it, and the same plugin
without a flaw fails none.

  table.py CHECK SIGN SDK_INCLUDE COMPILER ..  [--only FLAW]

Builds bad.c once a flaw into a folder of its own, runs the whole validator on each."""
import concurrent.futures
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
MANIFEST = {"id": "org.caukham.test.bad", "name": "Skeleton", "vendor": "Caukham", "version": "1.0", "abi": "1.0",
            "kind": "ecg", "library": "bad", "match": [{"link": "serial", "vid": "1209", "pid": "ba0d"}],
            "requires": ["ck.host.transport/1"], "pool": {"slots": 8, "slot_bytes": 256}, "params": ["gain"],
            "simulated": False, "licence": "Apache-2.0"}

# flaw of bad.c: the tests that must fail, all of them and no other
CODE = {
    "none": [],
    "second_export": ["exports_alone"],
    "other_version": ["entry_names"],
    "greedy_probe": ["probe_strange"],
    "init_opens_file": ["scan_inert"],
    "wordless_open": ["open_words"],
    "any_stream": ["stream_arguments"],
    "no_unit": ["stream_plausible"],
    "changing_name": ["stream_steady"],
    "similar_extension": ["unknown_extension"],
    "any_extension": ["entry_extension"],
    "late_acquire": ["nothing_after_stop"],
    "second_start": ["double_start"],
    "stop_idle": ["stop_without_start"],
    "configure_none": ["configure_masks"],
    "configure_running": ["configure_started"],
    "close_aborts": ["close_started"],
    "acquire_on_main": ["stream_thread"],
    "second_release": ["slot_rules"],
    "writes_behind": ["slot_end"],
    "writes_late": ["slot_hands_off"],
    "wrong_bytes": ["chunk_headers"],
    "wide_sample": ["sample_range"],
    "time_back": ["time_forward"],
    "time_ahead": ["time_plausible"],
    "perfect_time": ["time_error"],
    "false_rate": ["time_rate"],
    "wrapped_ticks": ["device_ticks"],
    "hides_loss": ["loss_line"],
    "hides_full_pool": ["full_pool_counts"],
    "insists_on_slot": ["full_pool_stop"],
    "spins_on_full": ["full_pool_calm"],
    "impossible_event": ["events_valid"],
    "off_unjudged": ["events_valid"],
    "chatty_log": ["log_few"],
    "latin1_log": ["text_utf8"],
    "clamps_param": ["params_range"],
    "any_param": ["params_unknown"],
    "sets_while_started": ["params_started"],
    "sets_read_only": ["params_readonly"],
    "records_unlisted": ["params_recorded"],
    "needless_words": ["params_words"],
    "trusts_state": ["state_damaged"],
    "silent_gone": ["unplug_streaming"],
    "stop_gone_fails": ["unplug_stop"],
    "keeps_port": ["transport_rules"],
    "trusts_line": ["line_noise"],
    "tells_nobody": ["silence_told"],
    "leaks_object": ["leak_memory"],
    "leaks_file": ["leak_handles"],
    "leaks_on_start": ["leak_streaming"],
    "prints": ["output_quiet"],
    "starts_program": ["no_children"],
}

# flaw of the manifest: what changes in it, and the tests that must fail
PAPER = {
    "unknown_field": ({"colour": "blue"}, ["manifest_fields"]),
    "no_version": ({"version": "next"}, ["manifest_words", "entry_names"]),
    "claims_all": ({"match": [{"link": "serial"}]}, ["manifest_match"]),
    "needs_magic": ({"requires": ["ck.host.transport/1", "ck.host.magic/3"]}, ["manifest_extensions"]),
    "no_transport": ({"requires": []}, ["simulated_flag"]),
    "small_slots": ({"pool": {"slots": 8, "slot_bytes": 4}}, ["slot_size"]),
}

# what is done to a flawless plugin after it was signed, and the tests that must fail when the maker's key is asked for
SIGNED = {
    "signed": (lambda folder: None, []),
    "altered_library": (lambda folder: (folder / "bad.so").write_bytes((folder / "bad.so").read_bytes() + b"!"), ["signature"]),
    "unsigned": (lambda folder: (folder / "plugin.sig").unlink(), ["signature"]),
}

# Whether random trouble hits this flaw in these tests is chance.
CHANCE = {"trusts_line": {"fuzz_states"}}


def build(flaw, code, manifest, folder, include, compiler):
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    more = ["-DSECOND_EXPORT"] if flaw == "second_export" else []
    subprocess.run([*compiler, "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O1", "-fPIC", "-shared",
                    "-fvisibility=hidden", f"-I{include}", f"-DFLAW={code}", *more, str(HERE / "bad.c"),
                    "-o", str(folder / "bad.so"), "-lpthread", "-lm"], check=True)


def run(check, flaw, folder, expected, *options):
    done = subprocess.run([check, "run", "--json", "--jobs", "16", "--reproduce", "7", "--transcript",
                           str(HERE / "device.txt"), str(folder), *options], capture_output=True, text=True, timeout=300)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        return f"{flaw}: no report, exit code {done.returncode}: {done.stderr.strip()}"
    failed = {t["name"]: t["why"] for t in report["tests"] if t["outcome"] == "failed"}
    chance = CHANCE.get(flaw, set())
    missing = [t for t in expected if t not in failed]
    others = {t: why for t, why in failed.items() if t not in expected and t not in chance}
    if done.returncode != (1 if failed else 0):
        return f"{flaw}: exit code {done.returncode} with {len(failed)} failed tests"
    if missing or others:
        return f"{flaw}: not found by {missing or 'nobody missing'}; also failed: {others or 'none'}"
    return None


def main():
    arguments = sys.argv[1:]
    only = None
    if "--only" in arguments:
        at = arguments.index("--only")
        only = arguments[at + 1]
        del arguments[at:at + 2]
    check, sign, include, *compiler = arguments
    with tempfile.TemporaryDirectory(prefix="caukham_bad_") as scratch:
        jobs = []
        for flaw, expected in CODE.items():
            jobs.append((flaw, flaw, MANIFEST, expected))
        for flaw, (change, expected) in PAPER.items():
            jobs.append((flaw, "none", {**copy.deepcopy(MANIFEST), **change}, expected))
        for flaw, (_, expected) in SIGNED.items():
            jobs.append((flaw, "none", MANIFEST, expected))
        jobs = [j for j in jobs if only in (None, j[0])]
        subprocess.run([sign, "keygen", "--secret", f"{scratch}/vendor.secret", "--key", f"{scratch}/vendor.key", "--vendor", "Caukham"],
                       check=True, stdout=subprocess.DEVNULL)

        def make(job):
            flaw, code, manifest, _ = job
            folder = pathlib.Path(scratch) / flaw
            build(flaw, code, manifest, folder, include, compiler)
            if flaw in SIGNED:
                subprocess.run([sign, "sign", str(folder), "--secret", f"{scratch}/vendor.secret"], check=True,
                               stdout=subprocess.DEVNULL)
                SIGNED[flaw][0](folder)

        def judge(job):
            flaw = job[0]
            folder = pathlib.Path(scratch) / flaw
            return run(check, flaw, folder, job[3], *(("--keys", scratch) if flaw in SIGNED else ()))

        def one(job):
            make(job)
            return judge(job)

        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            verdicts = list(pool.map(one, jobs))
        # Three validators with 16 tests each at once leave a test less than its share of the processor, and a validator's
        # own second look is not a look at a quiet machine then. What was judged wrongly is judged again by itself.
        wrong = []
        for job, verdict in zip(jobs, verdicts):
            if verdict:
                print("once more, with nothing beside it:", verdict, flush=True)
                verdict = judge(job)
            if verdict:
                wrong.append(verdict)
    print("\n".join(wrong))
    print(f"{len(jobs)} plugins, {len(jobs) - len(wrong)} judged as they should be")
    return 1 if wrong or not jobs else 0


sys.exit(main())
