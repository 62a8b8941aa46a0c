# Tests only.
source=edflib suite=trixie
needs=
make_it() {
  $triple-gcc-posix -O2 -w -D__USE_MINGW_ANSI_STDIO=1 -c "$src/edflib.c" -o edflib.o
  $triple-ar rcs libedf.a edflib.o
  install -D -m644 libedf.a "$prefix/lib/libedf.a"
  install -D -m644 "$src/edflib.h" "$prefix/include/edflib.h"
}
