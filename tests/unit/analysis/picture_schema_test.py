#!/usr/bin/env python3
"""Holds the JSON of judged pictures against its schema. Usage: picture_schema_test.py TEST_PROGRAM SCHEMA. Without the
jsonschema package it counts as skipped."""
import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("skipped: the Python package jsonschema is not installed")
    sys.exit(77)

schema = json.loads(pathlib.Path(sys.argv[2]).read_text())
check = jsonschema.validators.validator_for(schema)
check.check_schema(schema)
validator = check(schema)
with tempfile.TemporaryDirectory() as folder:
    subprocess.run([sys.argv[1], "reports for the schema*"], env=os.environ | {"CAUKHAM_REPORTS": folder}, check=True)
    reports = [json.loads(p.read_text()) for p in sorted(pathlib.Path(folder).glob("*.json"))]
bad = [f"{e.json_path}: {e.message}" for r in reports for e in validator.iter_errors(r)]
# The schema must be able to say no.
for key, value in (("verdict", "fine"), ("value", 3)):
    broken = copy.deepcopy(reports[0])
    next(f for f in broken["findings"] if f["verdict"] == "cannot_tell")[key] = value
    if validator.is_valid(broken):
        bad.append(f"the schema takes a wrong {key}")
broken = copy.deepcopy(next(r for r in reports if r.get("chart", {}).get("found")))
broken["chart"]["patches"].pop()
if validator.is_valid(broken):
    bad.append("the schema takes a chart of 23 patches")
print(f"{len(reports)} reports, {len(bad)} wrong", *bad, sep="\n")
sys.exit(1 if bad or len(reports) != 5 else 0)
