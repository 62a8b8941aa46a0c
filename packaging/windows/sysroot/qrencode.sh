source=qrencode suite=trixie
needs=
# LGPL: a DLL of its own, which users may replace.
make_it() {
  cmake_build "$src" -DBUILD_SHARED_LIBS=ON -DWITH_TOOLS=NO -DWITH_TESTS=NO -DWITHOUT_PNG=YES
  ninja -j"$jobs" install
}
