# Debian's static winpthreads without its version resource: linked in whole (cross-mingw64.ini) it would stand in the way
# of each program's own.
source=
needs=
make_it() {
  mkdir -p "$prefix/lib"
  cp /usr/$triple/lib/libwinpthread.a "$prefix/lib/libwinpthread-code.a"
  $triple-ar d "$prefix/lib/libwinpthread-code.a" version.o
}
