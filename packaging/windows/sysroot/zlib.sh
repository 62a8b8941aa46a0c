# Debian's source of zlib lacks the Windows part; its own mingw package holds the library.
source=
needs=
make_it() {
  mkdir -p "$prefix/lib" "$prefix/include"
  cp /usr/$triple/lib/libz.a "$prefix/lib/"
  cp /usr/$triple/include/zlib.h /usr/$triple/include/zconf.h "$prefix/include/"
  pc_file zlib "$(sed -n 's/^#define ZLIB_VERSION "\([0-9.]*\).*/\1/p' "$prefix/include/zlib.h")" -lz
}
