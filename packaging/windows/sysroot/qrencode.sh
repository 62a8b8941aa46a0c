source=qrencode suite=trixie
needs=
make_it() {
  cmake_build "$src" -DWITH_TOOLS=NO -DWITH_TESTS=NO -DWITHOUT_PNG=YES
  ninja -j"$jobs" install
}
