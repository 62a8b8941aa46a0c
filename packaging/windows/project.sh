# Cross-builds Caukham itself into build-windows, against $sysroot.
# shellcheck shell=bash

build_project() {
  local folder=$here/build-windows
  mkdir -p "$folder"
  printf "# for %s\n[constants]\nprefix = '%s'\nwrapper = '%s'\n" "$(cksum <"$windows/cross-mingw64.ini")" "$sysroot" "$windows/wine-run" >"$folder/sysroot.new"
  # Meson remembers where it found each library and with what it links, also when these files say otherwise by now.
  if ! cmp -s "$folder/sysroot.new" "$folder/sysroot.ini"; then rm -rf "$folder/build.ninja" "$folder/meson-private"; fi
  mv "$folder/sysroot.new" "$folder/sysroot.ini"
  export CAUKHAM_SYSROOT=$sysroot PKG_CONFIG_PATH=
  unset LIBRARY_PATH CPATH CPLUS_INCLUDE_PATH
  configure "$folder" --cross-file "$folder/sysroot.ini" --cross-file "$windows/cross-mingw64.ini"
  build "$folder" installed  # tests are built when they are run: not all of them are for Windows
}
