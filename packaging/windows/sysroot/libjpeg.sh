source=libjpeg-turbo
needs=
make_it() {
  cmake_build "$src" -DENABLE_SHARED=OFF -DENABLE_STATIC=ON -DWITH_TURBOJPEG=OFF
  ninja -j"$jobs" install
}
