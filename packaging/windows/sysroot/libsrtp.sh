source=libsrtp2
needs=openssl
make_it() {
  cmake_build "$src" -DENABLE_OPENSSL=ON -DOPENSSL_ROOT_DIR="$prefix" -DBUILD_WITH_WARNINGS=OFF -DTEST_APPS=OFF \
    -DLIBSRTP_TEST_APPS=OFF -DBUILD_TESTING=OFF -DCMAKE_C_FLAGS=-D__USE_MINGW_ANSI_STDIO=1
  ninja -j"$jobs" install
}
