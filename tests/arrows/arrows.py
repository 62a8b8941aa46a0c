#!/usr/bin/env python3
"""Holds the code against the map of rooms in the README: reads Meson's list of targets, follows every include of every
source and header of a room, and fails when an arrow runs against the table."""
import json
import pathlib
import re
import sys

# room: rooms it may use (itself always). The README's map says the same in words.
MAY_USE = {
    "sdk": set(),
    "devices": set(),
    "plugins": {"sdk", "devices"},
    "app/json": set(),
    "app/trust": {"app/json"},
    "app/ipc": {"app/json", "sdk"},
    "app/pluginhost": {"app/ipc", "sdk"},
    "app/virtualbus": {"app/ipc", "devices", "sdk"},
    "app/plugincheck": {"app/json", "app/trust", "app/pluginhost", "app/virtualbus", "app/ipc", "devices", "sdk"},
    "app/core": {"app/json", "app/ipc", "app/trust", "sdk"},
    "app/pluginrun": {"app/core", "app/ipc", "app/virtualbus", "devices", "sdk"},
    "app/media": {"app/core"},
    "app/analysis": set(),
    "app/record": {"app/json", "app/core", "devices"},
    "app/interop": {"app/record", "app/analysis"},
    "app/session": {"app/json", "app/core", "app/media"},
    "app/station": {"app/json", "app/trust", "app/ipc", "app/core", "app/media", "app/analysis", "app/record", "app/interop", "app/session",
                    "app/virtualbus"},
    "app/cli": {"app/json", "devices", "app/trust", "app/station", "app/ipc", "app/core", "app/media", "app/analysis", "app/record", "app/session"},
    "app/ui": {"app/json", "app/trust", "app/station", "app/ipc", "app/core", "app/media", "app/analysis", "app/record", "app/session"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([\w./-]+)[">]', re.M)


def room_of(path):
    parts = path.parts
    if parts[0] == "app" and len(parts) > 2:
        return "app/" + parts[1]
    return parts[0] if parts[0] in MAY_USE else None


def main():
    build, root = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    targets = json.loads((build / "meson-info" / "intro-targets.json").read_text())
    wrong, looked_at = [], 0
    folders = {pathlib.Path(s).parent for t in targets for g in t["target_sources"] for s in g.get("sources", [])}
    files = {f for folder in folders if folder.is_dir() for f in folder.iterdir() if f.suffix in (".cpp", ".hpp", ".c", ".h")}
    for file in sorted(files):
        try:
            relative = file.resolve().relative_to(root.resolve())
        except ValueError:
            continue
        room = room_of(relative)
        if room is None:
            continue
        looked_at += 1
        for name in INCLUDE.findall(file.read_text(errors="replace")):
            if name.startswith("caukham/"):
                used = "sdk"
            else:
                used = next((room_of(p) for p in (pathlib.Path(name), pathlib.Path("app") / name)
                             if (root / p).exists() and room_of(p)), None)
            if used and used != room and used not in MAY_USE[room]:
                wrong.append(f"{relative} includes {name}: {room} may not use {used}")
    print(f"{looked_at} files of {len(MAY_USE)} rooms looked at")
    print("\n".join(wrong))
    return 1 if wrong or looked_at < 20 else 0


sys.exit(main())
