#!/bin/sh
# ci/build.sh SDK_FOLDER meson|cmake gcc|clang [cpp|c]: builds into build-..., tests the protocol, runs the validator, then
# the plugin on its transcript. Ends with 0 when all is well. CHECK=no leaves the validator out.
set -eu
sdk=$1 with=$2 compiler=$3 language=${4:-cpp}
build=build-$with-$compiler-$language
case $compiler in
  gcc) export CC=gcc CXX=g++ ;;
  clang) export CC=clang CXX=clang++ ;;
esac
if [ "$with" = meson ]; then
  PKG_CONFIG_PATH=$sdk/share/pkgconfig meson setup "$build" -Dlanguage="$language" --werror
  meson compile -C "$build"
  meson test -C "$build"
else
  cmake -S . -B "$build" -DCMAKE_PREFIX_PATH="$sdk" -DPULSE_LANGUAGE="$language"
  cmake --build "$build"
  ctest --test-dir "$build" --output-on-failure
fi
[ "${CHECK:-yes}" = no ] || "$sdk/bin/caukham-plugin-check" run "$build" --transcript device.transcript --quiet
"$sdk/bin/caukham-plugin-run" "$build" --transcript device.transcript --seconds 2
