source=hidapi
needs=
make_it() {
  cmake_build "$src" -DHIDAPI_BUILD_HIDTEST=OFF -DHIDAPI_WITH_TESTS=OFF
  ninja -j"$jobs" install
}
