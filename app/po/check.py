#!/usr/bin/env python3
"""Every tr("...") and tr_later("...") in app/, and every sentence of our own plugins, must have a finished Vietnamese
translation. Usage: check.py SOURCE_ROOT"""
import pathlib
import re
import subprocess
import sys
import unicodedata

root = pathlib.Path(sys.argv[1])
sources = sorted(str(p.relative_to(root)) for p in (root / "app").rglob("*")
                 if p.suffix in (".cpp", ".hpp", ".h", ".c"))


wrong = []


def entries(po_text):
    """msgid -> (msgstr, fuzzy); strings of several lines are joined. Blank lines do not matter: merges eat them."""
    found, field, texts, fuzzy = {}, None, None, False

    def finish():
        if not texts or not texts["msgid"]:
            return
        if texts["msgid"] in found:
            wrong.append(f'two entries in app/po/vi.po, take one out: "{texts["msgid"]}"')
        else:
            found[texts["msgid"]] = (texts["msgstr"], texts["fuzzy"])

    for line in po_text.splitlines():
        match = re.match(r'(msgid|msgstr)?\s*"(.*)"\s*$', line)
        if line.startswith("#,") and "fuzzy" in line:
            fuzzy = True
        if not match:
            continue
        if match.group(1) == "msgid":
            finish()
            texts, fuzzy = {"msgid": "", "msgstr": "", "fuzzy": fuzzy}, False
        field = match.group(1) or field
        texts[field] += match.group(2)
    finish()
    return found


extracted = subprocess.run(
    ["xgettext", "--language=C++", "--from-code=UTF-8", "--keyword=tr", "--keyword=tr_later", "--keyword=words", "--add-location=file",
     "-o", "-", "--force-po", *sources], cwd=root, capture_output=True, text=True, check=True).stdout
used = entries(extracted)
# A plugin says its warnings in English, and the station looks them up where it shows them (another maker's unknown words
# are shown as they are). In a plugin a sentence, from its capital letter to its full stop, is for a person; the log's
# lines begin small.
for source in [*(root / "plugins").rglob("*.cpp"), *(root / "sdk/include/caukham/cpp").glob("*.hpp")]:
    code = re.sub(r"^\s*//.*$", "", source.read_text(encoding="utf-8"), flags=re.M)
    for literals in re.findall(r'(?:"(?:[^"\\\n]|\\.)*"\s*)+', code):
        sentence = "".join(re.findall(r'"((?:[^"\\\n]|\\.)*)"', literals))
        if re.fullmatch(r"[A-Z].* .*\.", sentence):
            used[sentence] = ("", False)
vi_text = (root / "app/po/vi.po").read_text(encoding="utf-8")
have = entries(vi_text)
checked = subprocess.run(["msgfmt", "-c", "-o", "/dev/null", str(root / "app/po/vi.po")], capture_output=True, text=True)
if checked.returncode:
    wrong.append(checked.stderr.strip())

for key in used:
    text, fuzzy = have.get(key, ("", False))
    if not text or fuzzy:
        wrong.append(f'no Vietnamese in app/po/vi.po: "{key}"')
    elif set(re.findall(r"\{\d\}", key)) != set(re.findall(r"\{\d\}", text)):
        wrong.append(f'the places {{0}}, {{1}} differ in: "{key}"')
if unicodedata.normalize("NFC", vi_text) != vi_text:
    wrong.append("app/po/vi.po is not in NFC: accents are split from their letters")
for key in sorted(set(have) - set(used)):
    print(f'unused in app/po/vi.po: "{key}"')
print(f"{len(used)} texts, {len(wrong)} wrong")
print("\n".join(wrong))
sys.exit(1 if wrong else 0)
