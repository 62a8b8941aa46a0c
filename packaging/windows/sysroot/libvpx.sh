source=libvpx
needs=
make_it() {
  CROSS=$triple- CC=$triple-gcc-posix CXX=$triple-g++-posix "$src/configure" --target=x86_64-win64-gcc --prefix="$prefix" \
    --disable-shared --enable-static --disable-examples --disable-tools --disable-docs --disable-unit-tests \
    --enable-vp8 --enable-vp9 --enable-runtime-cpu-detect --disable-webm-io --disable-libyuv --disable-install-bins --as=nasm
  CROSS=$triple- make -j"$jobs"
  make install
}
