#!/usr/bin/env python3
"""Holds what the analysis writes against its schema. Usage: schema_test.py TEST_PROGRAM SCHEMA. Without the jsonschema
package it counts as skipped."""
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
    reports = sorted(pathlib.Path(folder).glob("*.json"))
    bad = [f"{r.name}: {e.json_path}: {e.message}" for r in reports for e in validator.iter_errors(json.loads(r.read_text()))]
    full = json.loads((pathlib.Path(folder) / "full.json").read_text())
# The schema must be able to say no.
for path in (("session", "grade", "fev1"), ("manoeuvres", 0, "criteria", 0, "result"), ("manoeuvres", 0, "fvc_l")):
    broken = copy.deepcopy(full)
    inner = broken
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = "Z"
    if validator.is_valid(broken):
        bad.append(f"the schema takes a wrong {path}")
print(f"{len(reports)} reports, {len(bad)} wrong", *bad, sep="\n")
sys.exit(1 if bad or len(reports) != 3 else 0)
