#!/usr/bin/env python3
"""Every plugin is installed with its manifest, and with a signature that still holds there: installing changes no byte."""
import pathlib
import subprocess
import sys
import tempfile

BUILD, SIGN, KEYS, *ROOMS = sys.argv[1:]
with tempfile.TemporaryDirectory(prefix="caukham_installed_") as root:
    subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--tags", "plugins", "--destdir", root], check=True,
                   stdout=subprocess.DEVNULL)
    found = sorted(p.parent for p in pathlib.Path(root).rglob("lib/caukham/plugins/*/manifest.json"))
    assert [p.name for p in found] == sorted(ROOMS), found
    for folder in found:
        done = subprocess.run([SIGN, "verify", folder, "--keys", KEYS], capture_output=True, text=True)
        print(folder.name, done.stdout.strip(), done.stderr.strip())
        assert done.returncode == 0, folder
