# For tests: a folder that is thrown away, and checks with sentences.
# shellcheck shell=bash
set -u
windows=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

# need PROGRAM...: without them the test is skipped, and says so
need() {
  local program
  for program; do
    command -v "$program" >/dev/null || { echo "SKIP: $program is not installed (packaging/windows/packages.txt)"; exit 77; }
  done
}
# must SENTENCE COMMAND...
must() {
  local sentence=$1; shift
  if "$@" >"$folder/words" 2>&1; then echo "ok: $sentence"; else
    failed=$((failed + 1)); echo "FAILED: $sentence"; tail -5 "$folder/words" | sed 's/^/    /'
  fi
}
refuses() { local words=$1; shift; ! "$@" >"$folder/refusal" 2>&1 && grep -q -- "$words" "$folder/refusal"; }
missing() { [ ! -e "$1" ]; }
# program FILE WORDS: a small program that says WORDS
program() {
  printf '#include <stdio.h>\nint main(void) { puts("%s"); return 0; }\n' "$2" >"$folder/program.c"
  x86_64-w64-mingw32-gcc-posix "$folder/program.c" -o "$1"
}
finish() { [ "$failed" = 0 ]; exit; }
