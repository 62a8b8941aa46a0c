#!/bin/bash
# What is packed: its imports, its signatures. Small programs stand in for ours; no sysroot and no wine are needed.
. "$(dirname "$0")/checks.sh"
need x86_64-w64-mingw32-gcc-posix osslsigncode openssl

# A program that needs a library that nobody has.
mkdir -p "$folder/stage/bin" "$folder/libraries"
printf '__declspec(dllexport) int answer(void) { return 42; }\n' >"$folder/own.c"
x86_64-w64-mingw32-gcc-posix -shared "$folder/own.c" -o "$folder/libraries/own.dll"
printf 'int answer(void);\nint main(void) { return answer(); }\n' >"$folder/user.c"
x86_64-w64-mingw32-gcc-posix "$folder/user.c" "$folder/libraries/own.dll" -o "$folder/stage/bin/user.exe"
imports=$windows/installer/imports.py
must "an import that is neither packed nor Windows' own is named and refused" refuses 'own.dll, which is neither' "$imports" check "$folder/stage"
must "libraries are collected" "$imports" collect "$folder/stage" "$folder/libraries"
must "the collected library lies beside the program" test -f "$folder/stage/bin/own.dll"
must "with it every import is there" "$imports" check "$folder/stage"
must "an empty folder is not called good" refuses 'holds no program' "$imports" check "$folder/libraries/.."/nothing

# A certificate of this test's own.
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=Caukham test/O=made by packing_test.sh' -addext extendedKeyUsage=codeSigning \
  -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null
export CAUKHAM_SIGN_CERT=$folder/cert.pem CAUKHAM_SIGN_KEY=$folder/key.pem
holds() { osslsigncode verify -CAfile "$folder/cert.pem" -in "$1"; }
must "an unsigned program is not taken for a signed one" refuses . holds "$folder/stage/bin/user.exe"
must "programs and libraries are signed" "$windows/sign" "$folder/stage"
must "the program's signature holds" holds "$folder/stage/bin/user.exe"
must "the library's signature holds" holds "$folder/stage/bin/own.dll"
cp "$folder/stage/bin/user.exe" "$folder/changed.exe"
printf 'X' | dd of="$folder/changed.exe" bs=1 seek=1500 conv=notrunc status=none
must "a program that was changed after it was signed is found out" refuses . holds "$folder/changed.exe"
must "without a certificate nothing is signed, and it says so" refuses 'names no certificate' env -u CAUKHAM_SIGN_CERT "$windows/sign" "$folder/stage"
must "a folder with nothing to sign is not called signed" refuses 'nothing to sign' "$windows/sign" "$folder/key.pem"
finish
