#!/bin/bash
# The SDK for Windows' device makers: the template built as C and as C++ by GCC, and as C by clang, each with no more than
# the SDK's headers; each exports its entry and nothing of its own besides, and is checked by caukham-plugin-check where that was built.
#   sdk_test.sh [PLUGIN-CHECK.EXE]
. "$(dirname "$0")/wine.sh"
need x86_64-w64-mingw32-gcc-posix x86_64-w64-mingw32-g++-posix clang
sdk=$windows/../../sdk
check=${1:-}
[ -z "$check" ] || start_wine

# template NAME COMPILER-COMMAND-FOR-C LINK-COMMAND SOURCES...: one plugin folder
strict=(-O2 -Wall -Wextra -Werror -fvisibility=hidden -I"$sdk/include")
build_c() { # NAME COMPILER...
  local to=$folder/$1; shift
  mkdir -p "$to"; cp "$sdk/template/manifest.json" "$to/"
  "$@" -std=c11 "${strict[@]}" -shared "$sdk/template/protocol.c" "$sdk/template/c/plugin.c" -o "$to/pulse.dll" \
    -static-libgcc -Wl,-Bstatic -lwinpthread -Wl,-Bdynamic
}
build_cpp() {
  local to=$folder/$1; mkdir -p "$to"; cp "$sdk/template/manifest.json" "$to/"
  x86_64-w64-mingw32-gcc-posix -std=c11 "${strict[@]}" -c "$sdk/template/protocol.c" -o "$folder/protocol.o" &&
    x86_64-w64-mingw32-g++-posix -std=c++17 "${strict[@]}" -I"$sdk/template" -shared "$folder/protocol.o" "$sdk/template/cpp/plugin.cpp" \
      -o "$to/pulse.dll" -static-libgcc -static-libstdc++ -Wl,-Bstatic -lstdc++ -lwinpthread -Wl,-Bdynamic
}
only_windows() { mkdir -p "$1/bin"; "$windows/installer/imports.py" check "$1"; }
exports() { x86_64-w64-mingw32-objdump -p "$1/pulse.dll" | awk '/^\[Ordinal\/Name Pointer\]/ { on = 1; next } /^$/ { on = 0 } on { print $NF }'; }
one_export() { [ "$(exports "$1" | wc -l)" = 1 ] && exports "$1" | grep -q '^ck_'; }
sound() { run_windows "$check" run "$1"; }

# clang has no posix threads' folder of its own: it takes GCC's of the same target.
gcc_folder=$(dirname "$(x86_64-w64-mingw32-gcc-posix -print-libgcc-file-name)")
must "the template builds as C with GCC" build_c gcc x86_64-w64-mingw32-gcc-posix
must "the template builds as C++ with GCC" build_cpp gxx
must "the template builds as C with clang for Windows" build_c clang clang --target=x86_64-w64-mingw32 -L"$gcc_folder" -B"$gcc_folder"
for kind in gcc gxx clang; do
  must "the plugin of $kind exports its entry and nothing else" one_export "$folder/$kind"
  must "the plugin of $kind needs nothing but Windows" only_windows "$folder/$kind"
  [ -z "$check" ] || must "caukham-plugin-check finds every promise kept by the plugin of $kind" sound "$folder/$kind"
done
[ -n "$check" ] || echo "caukham-plugin-check was not built: the plugins were not run"
finish
