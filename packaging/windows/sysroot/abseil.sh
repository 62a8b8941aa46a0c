source=abseil
needs=
make_it() {
  cmake_build "$src" -DCMAKE_CXX_STANDARD=20 -DABSL_PROPAGATE_CXX_STD=ON -DBUILD_TESTING=OFF
  ninja -j"$jobs" install
}
