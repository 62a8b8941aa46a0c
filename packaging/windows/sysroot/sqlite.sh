source=sqlite3
needs=
make_it() {
  # The one big file is made by the machine's own tools, then compiled for Windows.
  "$src/configure" --disable-tcl --disable-readline
  make sqlite3.c sqlite3.h
  $triple-gcc-posix -O2 -DSQLITE_ENABLE_FTS5 -DSQLITE_THREADSAFE=1 -c sqlite3.c -o sqlite3.o
  $triple-ar rcs libsqlite3.a sqlite3.o
  install -D -m644 libsqlite3.a "$prefix/lib/libsqlite3.a"
  install -D -m644 sqlite3.h "$prefix/include/sqlite3.h"
  pc_file sqlite3 "$(upstream)" -lsqlite3
}
