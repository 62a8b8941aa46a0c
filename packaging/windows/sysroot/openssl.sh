source=openssl
needs=
make_it() {
  cp -r "$src/." .
  ./Configure mingw64 --cross-compile-prefix=$triple- --prefix="$prefix" --libdir=lib --openssldir="$prefix/ssl" \
    shared no-tests no-legacy no-engine
  make -j"$jobs" build_generated
  make -j"$jobs" build_libs
  make install_dev
}
