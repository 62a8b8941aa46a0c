#!/usr/bin/env python3
"""What Windows programs import, and whether it will be there.

imports.py collect FOLDER FROM...  copies into FOLDER/bin every library that programs below FOLDER import and that lies in
                                   one of FROM, and what those import in turn
imports.py check FOLDER            every import of every program and library below FOLDER lies beside it or in FOLDER's
                                   bin, or is Windows' own (windows-dlls.txt); else it says which is not, exit status 1"""
import pathlib
import re
import shutil
import subprocess
import sys

WINDOWS = {line.strip().lower() for line in pathlib.Path(__file__).with_name("windows-dlls.txt").read_text().splitlines()
           if line and not line.startswith("#")}


def programs(folder):
    return sorted(p for p in pathlib.Path(folder).rglob("*") if p.suffix.lower() in (".exe", ".dll"))


def imports(path):
    done = subprocess.run(["x86_64-w64-mingw32-objdump", "-p", str(path)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{path} is not a program or library for Windows: {done.stderr.strip()}")
    return re.findall(r"DLL Name: (\S+)", done.stdout)


def collect(folder, places):
    known = {p.name.lower(): p for place in places for p in pathlib.Path(place).glob("*.dll")}
    bin_folder = pathlib.Path(folder) / "bin"  # where Windows looks for them, also for plugins': beside the program
    here = {p.name.lower() for p in programs(folder)}
    todo = programs(folder)
    while todo:
        for name in imports(todo.pop()):
            if name.lower() in known and name.lower() not in here and name.lower() not in WINDOWS:
                todo.append(pathlib.Path(shutil.copy2(known[name.lower()], bin_folder)))
                here.add(name.lower())
                print(f"packed {todo[-1].name}")


def check(folder):
    shared = {p.name.lower() for p in programs(pathlib.Path(folder) / "bin")}
    bad, seen = 0, programs(folder)
    for path in seen:
        beside = {p.name.lower() for p in path.parent.glob("*.dll")}
        for name in imports(path):
            if name.lower() not in WINDOWS | beside | shared:
                bad += 1
                print(f"{path} needs {name}, which is neither packed nor Windows' own")
    if not seen:
        sys.exit(f"{folder} holds no program to look at")
    print(f"{len(seen)} programs and libraries looked at, {bad} imports that will not be there")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    if len(sys.argv) > 3 and sys.argv[1] == "collect":
        collect(sys.argv[2], sys.argv[3:])
    elif len(sys.argv) == 3 and sys.argv[1] == "check":
        check(sys.argv[2])
    else:
        sys.exit(__doc__)
