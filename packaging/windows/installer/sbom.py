#!/usr/bin/env python3
"""sbom.py BUILD SYSROOT STAGE VERSION: SPDX list of parts and third-party notices of what is really packed.

A library counts as packed when its DLL lies in STAGE, or when a program or plugin of BUILD that lies in STAGE was linked
with it or compiled with its headers: ninja's own records say so. Writes STAGE/caukham.spdx.json and
STAGE/THIRD-PARTY.txt. What no line of libraries.txt claims ends it: nothing is packed whose licence nobody looked at."""
import fnmatch
import hashlib
import json
import pathlib
import subprocess
import sys
import uuid

COMPILER = [("libstdc++ and libgcc (GCC)", "GPL-3.0-or-later WITH GCC-exception-3.1", "gcc"),
            ("mingw-w64 runtime and winpthreads", "ZPL-2.1 AND MIT", "mingw-w64")]
# Theirs, where a program or one of its libraries has them as DLLs.
COMPILER_DLLS = {"libgcc_s_seh-1.dll", "libstdc++-6.dll", "libwinpthread-1.dll"}


def read_table():
    table = []
    for line in pathlib.Path(__file__).with_name("libraries.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name, licence, patterns = (part.strip() for part in line.split("|"))
            table.append((name, licence, patterns.split()))
    return table


def needs(name):
    """What the recipe of this library was built with, and so may hold."""
    text = (pathlib.Path(__file__).parent.parent / "sysroot" / (name + ".sh")).read_text()
    line = next((line for line in text.splitlines() if line.startswith("needs=")), "")
    return line.removeprefix("needs=").strip("\"").split()


def ninja(build, *words):
    return subprocess.run(["ninja", "-C", str(build), "-t", *words], check=True, capture_output=True, text=True).stdout


def used_files(build, sysroot, programs):
    """Files of the sysroot that went into the programs: linked libraries, and headers of every object."""
    targets = {pathlib.PurePath(line.split(":")[0]).name: line.split(":")[0] for line in ninja(build, "targets", "all").splitlines()
               if line.split(":")[0].endswith((".exe", ".dll"))}
    mine = [targets[p.name] for p in programs if p.name in targets]
    inputs = set(ninja(build, "inputs", *mine).splitlines()) if mine else set()
    # Headers that are links to the machine's own go by their real names in the compiler's records.
    real = {str(p.resolve()): "include/" + p.name for p in (sysroot / "include").iterdir() if p.is_symlink()}

    def name_in_sysroot(path):
        for place, name in [(str(sysroot), ""), *real.items()]:
            if path.startswith(place + "/"):
                return (name + path[len(place):]).lstrip("/")
        return None

    used, counts = {name_in_sysroot(i) for i in inputs}, False
    for line in ninja(build, "deps").splitlines():
        if not line.startswith(" "):
            counts = line.split(":")[0] in inputs
        elif counts:
            used.add(name_in_sysroot(line.strip()))
    return used - {None}, {pathlib.PurePath(t).name for t in mine}


def main():
    build, sysroot, stage, version = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]), sys.argv[4]
    table = read_table()
    programs = [p for p in sorted(stage.rglob("*")) if p.suffix.lower() in (".exe", ".dll")]
    used, ours = used_files(build, sysroot, programs)
    used |= {"bin/" + p.name for p in programs if p.name not in ours | COMPILER_DLLS}
    parts, unclaimed = {}, []
    for file in sorted(used):
        owner = next((row for row in table if any(fnmatch.fnmatch(file, p) for p in row[2])), None)
        if owner:
            parts.setdefault(owner[0], owner[1])
        else:
            unclaimed.append(file)
    licences, todo = {row[0]: row[1] for row in table}, list(parts)
    while todo:
        for name in needs(todo.pop()):
            if name not in parts:
                parts[name] = licences[name]
                todo.append(name)
    if unclaimed:
        sys.exit("No line of packaging/windows/installer/libraries.txt says whose these are: " + ", ".join(unclaimed[:8]))
    if not ours:
        sys.exit(f"None of {stage}'s programs was built in {build}.")
    versions = dict(line.split(" ", 1) for line in (sysroot / "versions.txt").read_text().splitlines())
    packages = [{"SPDXID": "SPDXRef-Caukham", "name": "Caukham", "versionInfo": version, "licenseDeclared": "Apache-2.0",
                 "licenseConcluded": "Apache-2.0", "downloadLocation": "NOASSERTION", "filesAnalyzed": False, "copyrightText": "NOASSERTION"}]
    notices = [f"Caukham {version} is made with the following parts. Caukham itself: Apache-2.0 (LICENSE).\n"]
    for name, licence, text, number in (
            [(n, l, sysroot / "licences" / n, versions.get(n, "")) for n, l in sorted(parts.items())] +
            [(n, l, sysroot / "licences" / f, "") for n, l, f in COMPILER]):
        if not text.is_file():
            sys.exit(f"{sysroot} holds no licence of {name} ({text}); run packaging/windows/build --sysroot again.")
        packages.append({"SPDXID": "SPDXRef-" + "".join(c if c.isalnum() else "-" for c in name), "name": name, "versionInfo": number,
                         "licenseDeclared": licence, "licenseConcluded": licence, "downloadLocation": "NOASSERTION",
                         "filesAnalyzed": False, "copyrightText": "NOASSERTION", "supplier": "Organization: Debian"})
        notices.append(f"{'=' * 100}\n{name} {number}\n{licence}\n{'=' * 100}\n\n{text.read_text(errors='replace')}")
    files = [{"SPDXID": f"SPDXRef-File-{i}", "fileName": "./" + p.relative_to(stage).as_posix(), "licenseConcluded": "NOASSERTION",
              "copyrightText": "NOASSERTION", "checksums": [{"algorithm": "SHA256", "checksumValue": hashlib.sha256(p.read_bytes()).hexdigest()}]}
             for i, p in enumerate(sorted(q for q in stage.rglob("*") if q.is_file() and q.name not in ("caukham.spdx.json", "THIRD-PARTY.txt")))]
    spdx = {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": f"caukham-{version}",
            "documentNamespace": "urn:uuid:" + str(uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([packages, files]))),
            "creationInfo": {"created": "1970-01-01T00:00:00Z", "creators": ["Tool: packaging/windows/installer/sbom.py"]},
            "packages": packages, "files": files,
            "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-Caukham"}] +
                             [{"spdxElementId": "SPDXRef-Caukham", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": p["SPDXID"]} for p in packages[1:]] +
                             [{"spdxElementId": "SPDXRef-Caukham", "relationshipType": "CONTAINS", "relatedSpdxElement": f["SPDXID"]} for f in files]}
    (stage / "caukham.spdx.json").write_text(json.dumps(spdx, indent=1, ensure_ascii=False) + "\n")
    (stage / "THIRD-PARTY.txt").write_text("\n".join(notices))
    print(f"{len(files)} files, third parties: {', '.join(p['name'] for p in packages[1:])}")


main()
