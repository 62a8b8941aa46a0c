#!/usr/bin/env python3
"""compare.py GOLDEN NEW: exit code 0 when NEW holds everything GOLDEN does, and only adds; else says what broke.

What may be added: values, macros, types, whole structs and headers, and members at the end of a wire struct, whose size
then grows. Interface tables never change. GOLDEN is brought up to date by hand, with the CHANGELOG (see README.md).
"""
import re
import sys


def read(path):
    header, facts = "", {}
    for line in open(path, encoding="utf-8"):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            header = line.strip("[]")
            continue
        kind, rest = line.split(" ", 1)
        name, value = re.match(r"([\w.()]+)(.*)", rest).groups()
        facts[(kind, name)] = (value.strip(), header)
    return facts


def size_of(value):
    return int(re.search(r"size=(\d+)", value).group(1))


def offset_of(value):
    return int(re.search(r"offset=(\d+)", value).group(1))


def problems(golden, new):
    wires = {name for kind, name in golden if kind == "wire"}
    tables = {name for kind, name in golden if kind == "table"}
    for key, (value, header) in golden.items():
        kind, name = key
        if key not in new:
            yield f"{header}: {kind} {name} has gone"
        elif new[key][1] != header:
            yield f"{header}: {kind} {name} has moved to {new[key][1]}"
        elif kind == "wire" and size_of(new[key][0]) > size_of(value) and size_of(new[key][0]) % 8 == 0:
            continue
        elif new[key][0] != value:
            yield f"{header}: {kind} {name} was \"{value}\" and is \"{new[key][0]}\""
    for kind, name in new:
        if (kind, name) in golden or kind != "member":
            continue
        struct = name.split(".")[0]
        value, header = new[(kind, name)]
        if struct in tables:
            yield f"{header}: {name} has been added to a table, which is frozen: make an extension"
        elif struct in wires and offset_of(value) < size_of(golden[("wire", struct)][0]):
            yield f"{header}: {name} has been put in the middle of a wire struct: add it at the end"


def main():
    golden, new = read(sys.argv[1]), read(sys.argv[2])
    if not golden or not new:
        sys.exit("a description is empty")
    found = list(problems(golden, new))
    for line in found:
        print(line)
    added = [f"{kind} {name}" for kind, name in new if (kind, name) not in golden]
    print(f"{len(golden)} facts, {len(found)} broken, {len(added)} added")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
