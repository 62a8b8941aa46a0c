#!/bin/bash
# Our own plugins as Windows loads them: signed by the Windows program, then every promise of the SDK, under wine.
#   plugins_test.sh BUILD FOLDER...   the Windows build, and the plugins' folders in it
. "$(dirname "$0")/wine.sh"
build=$1; shift
sign=$build/app/trust/caukham-sign.exe check=$build/app/plugincheck/caukham-plugin-check.exe
start_wine
must "caukham-sign makes a key" run_windows "$sign" keygen --station --vendor Test --secret "$folder/secret" --key "$folder/key"
promises() { run_windows "$check" run "$1"; }
for from; do
  name=$(basename "$from")
  mkdir -p "$folder/$name"
  cp "$from/$name.dll" "$windows/../../plugins/$name/manifest.json" "$folder/$name/"
  must "$name is signed" run_windows "$sign" sign "$folder/$name" --secret "$folder/secret"
  must "$name keeps every promise of the SDK" promises "$folder/$name"
done
finish
