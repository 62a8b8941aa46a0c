# Cross-builds Caukham itself into build-windows, against $sysroot.
# shellcheck shell=bash

build_project() {
  local folder=$here/build-windows
  mkdir -p "$folder"
  # Meson remembers where it found each library, also when the sysroot is another one by now.
  grep -qsxF "prefix = '$sysroot'" "$folder/sysroot.ini" || rm -f "$folder/build.ninja" "$folder"/meson-private/coredata.dat
  printf "[constants]\nprefix = '%s'\nwrapper = '%s'\n" "$sysroot" "$windows/wine-run" >"$folder/sysroot.ini"
  export CAUKHAM_SYSROOT=$sysroot PKG_CONFIG_PATH=
  unset LIBRARY_PATH CPATH CPLUS_INCLUDE_PATH
  configure "$folder" --cross-file "$folder/sysroot.ini" --cross-file "$windows/cross-mingw64.ini"
  build "$folder" installed  # tests are built when they are run: not all of them are for Windows
}
