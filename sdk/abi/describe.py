#!/usr/bin/env python3
"""describe.py INCLUDE_DIR [--cc CC]: the ABI of the stable headers in text, one fact a line, sorted within a header.

A golden copy lies in caukham-1.txt; compare.py says whether a new description only adds to it. Facts come from two
places: what is written (names, signatures, member types) from the preprocessed headers, what it amounts to (values,
sizes, offsets, macros) from a small program that is compiled against them. Draft headers are no part of it.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HEADERS = ["abi.h", "stream.h", "event.h", "host.h", "device.h", "entry.h", "ext/params.h", "ext/transport.h",
           "ext/state.h"]


def bare(text):
    """Comments out, lines joined, blanks folded."""
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S).replace("\\\n", " ")
    return text


def fold(text):
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"\s*([(),*])\s*", r"\1", text).replace("*", " *").replace(",", ", ")


def split_members(body):
    """Declarations of a struct body, at semicolons outside of brackets."""
    return [fold(m) for m in body.split(";") if m.strip()]


def member_names(declaration):
    """('type', [names]) of 'uint16_t vid, pid' or 'char x[2]' or 'ck_result(CK_ABI *f)(int)'."""
    function = re.match(r"(.+?)\((?:CK_ABI )?\*(\w+)\)\((.*)\)$", declaration.replace(" *", "*").replace("CK_ABI*", "CK_ABI *"))
    if function:
        returns, name, arguments = function.groups()
        return "function", [(name, fold(f"{returns}({arguments})"))]
    first = re.match(r"((?:const )?(?:struct )?\w+(?: \*)?) ?(.+)$", declaration)
    kind, rest = first.groups()
    return "data", [(part.strip(), kind) for part in rest.split(",")]


def describe(include, cc):
    facts, probe = [], []
    for header in HEADERS:
        raw = (Path(include) / "caukham" / header).read_text(encoding="utf-8")
        text = bare(raw)
        for name in re.findall(r"^#define (CK_\w+)[ \t]+\S", text, flags=re.M):
            probe.append((header, "macro", name))
        for name in re.findall(r"^#define (CK_\w+)\(", text, flags=re.M):
            facts.append((header, f"macro {name}()"))
        code = re.sub(r"^\s*#.*$", "", text, flags=re.M)
        for body in re.findall(r"\benum \{(.*?)\}", code, flags=re.S):
            for item in body.split(","):
                if item.strip():
                    probe.append((header, "value", item.split("=")[0].strip()))
        for base, name in re.findall(r"\btypedef (u?int\d+_t) (\w+);", code):
            facts.append((header, f"type {name} {base}"))
        for returns, name, arguments in re.findall(r"\btypedef (\w+)\(CK_ABI\* (\w+)\)\((.*?)\);", code, flags=re.S):
            facts.append((header, f"type {name} {fold(returns)}({fold(arguments)})"))
        for name in re.findall(r"\btypedef struct (\w+) \1;", code):
            facts.append((header, f"opaque {name}"))
        for name, body in re.findall(r"\btypedef struct (\w+) \{(.*?)\} \1;", code, flags=re.S):
            members = split_members(body)
            wire = members[0] == "uint32_t size"
            probe.append((header, "wire" if wire else "table", name))
            for declaration in members:
                what, names = member_names(declaration)
                for member, kind in names:
                    plain = re.sub(r"\[.*", "", member).lstrip("*")
                    probe.append((header, "member", f"{name}.{plain} {kind}{member[len(plain):] if what == 'data' else ''}"))
        for declaration in re.findall(r"^extern CK_EXPORT (.*?);", code, flags=re.M):
            facts.append((header, f"symbol {fold(declaration)}"))
    return facts + measured(include, cc, probe)


def measured(include, cc, probe):
    lines = ["#include <stdio.h>"] + [f"#include <caukham/{h}>" for h in HEADERS]
    lines += ["#define SHOW(x) _Generic((x), char*: printf(\"\\\"%s\\\"\\n\", (const char*)(size_t)(x)), "
              "default: printf(\"%lld\\n\", (long long)(size_t)(x)))", "int main(void) {"]
    asked = []
    for header, what, name in probe:
        if what == "macro":
            if name in ("CK_ABI", "CK_EXPORT", "CK_EXTERN_C_BEGIN", "CK_EXTERN_C_END", "CK_ABI_MINOR"):
                continue  # of the compiler, or what grows with each version
            lines.append(f"SHOW({name});")
        elif what == "value":
            lines.append(f'printf("%lld\\n", (long long)({name}));')
        elif what in ("wire", "table"):
            lines.append(f'printf("%zu\\n", sizeof({name}));')
        else:
            struct, member = name.split(" ")[0].split(".")
            lines.append(f'printf("%zu %zu\\n", offsetof({struct}, {member}), sizeof((({struct}*)0)->{member}));')
        asked.append((header, what, name))
    lines += ["return 0; }", ""]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "probe.c"
        source.write_text("\n".join(lines))
        subprocess.run(cc + ["-std=c11", "-w", f"-I{include}", str(source), "-o", f"{folder}/probe"], check=True)
        answers = subprocess.run([f"{folder}/probe"], check=True, capture_output=True, text=True).stdout.splitlines()
    facts = []
    for (header, what, name), answer in zip(asked, answers, strict=True):
        if what == "member":
            offset, size = answer.split()
            facts.append((header, f"member {name} offset={offset} size={size}"))
        elif what in ("wire", "table"):
            facts.append((header, f"{what} {name} size={answer}"))
        else:
            facts.append((header, f"{what} {name}={answer}"))
    return facts


def main():
    arguments = sys.argv[1:]
    cc = ["cc"]
    if "--cc" in arguments:
        at = arguments.index("--cc")
        cc = arguments[at + 1:]
        arguments = arguments[:at]
    include = arguments[0]
    print("# Caukham plugin ABI, major version 1, 64 bit. Made by describe.py; lines are only ever added.")
    for header in HEADERS:
        print(f"\n[{header}]")
        for fact in sorted(f for h, f in describe_once(include, cc) if h == header):
            print(fact)


_cache = {}


def describe_once(include, cc):
    key = (include, tuple(cc))
    if key not in _cache:
        _cache[key] = describe(include, cc)
    return _cache[key]


if __name__ == "__main__":
    main()
