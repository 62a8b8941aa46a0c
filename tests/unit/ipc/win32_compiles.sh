#!/bin/sh
# The Windows back end behind the same headers must compile for Windows. Without the compiler: skipped (77).
set -eu
root=$1
compiler=$(command -v x86_64-w64-mingw32-g++-posix || command -v x86_64-w64-mingw32-g++) || { echo "no x86_64-w64-mingw32-g++"; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
ln -s /usr/include/nlohmann "$dir/nlohmann"  # headers alone, never the whole of the system's folder
for file in "$root"/app/ipc/*.cpp "$root"/app/ipc/win32/*.cpp "$root"/app/trust/win32/*.cpp "$root"/app/pluginhost/win32/*.cpp; do
  [ -e "$file" ] || continue
  "$compiler" -std=c++20 -fsyntax-only -Wall -Wextra -Werror -Wno-missing-field-initializers \
    -I"$root/app" -I"$root/sdk/include" -isystem "$dir" "$file"
  echo "compiles: ${file#"$root"/}"
done
