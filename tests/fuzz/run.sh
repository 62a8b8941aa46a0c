#!/bin/sh
# Searches with clang's libFuzzer, AddressSanitizer and UBSan: tests/fuzz/run.sh [SECONDS [TARGET…]]
# In build-fuzz/ of the source; what is found lies in build-fuzz/found/ and belongs into tests/fuzz/corpus/ once mended.
set -e
cd "$(dirname "$0")/../.."
seconds=${1:-60}
[ $# -eq 0 ] || shift
[ -f build-fuzz/build.ninja ] || CC="${CC:-clang}" CXX="${CXX:-clang++}" meson setup build-fuzz -Dfuzz=true -Dbuildtype=debugoptimized \
  -Db_sanitize=address,undefined -Db_lundef=false -Dwerror=false >/dev/null
ninja -C build-fuzz tests/fuzz/fuzz tests/fuzz/every_target | tail -1
build-fuzz/tests/fuzz/every_target --write-seeds build-fuzz/corpus
mkdir -p build-fuzz/found
failed=0
for target in ${*:-$(build-fuzz/tests/fuzz/every_target --list)}; do
  for kept in tests/fuzz/corpus/"$target"-*; do [ ! -f "$kept" ] || cp "$kept" "build-fuzz/corpus/$target/"; done
  if CAUKHAM_FUZZ=$target build-fuzz/tests/fuzz/fuzz -max_total_time="$seconds" -max_len=8192 -rss_limit_mb=1024 -timeout=10 -verbosity=0 \
    -print_final_stats=1 -artifact_prefix="build-fuzz/found/$target-" "build-fuzz/corpus/$target" >"build-fuzz/found/$target.log" 2>&1
  then echo "$target: $(grep -c . "build-fuzz/found/$target.log") lines, $(sed -n 's/^stat::number_of_executed_units: *//p' "build-fuzz/found/$target.log") inputs, nothing found"
  else failed=1; echo "$target: FOUND SOMETHING, see build-fuzz/found/$target.log"
  fi
done
exit $failed
