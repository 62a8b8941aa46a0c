# libwebrtc (tg_owt) as one static library: signalling, ICE, DTLS, audio and video coding, no capture of screens and
# cameras, no audio devices (the tree brings its own), no H.264 and no AV1.
source=libtgowt
needs="abseil libvpx opus openssl libsrtp"
make_it() {
  local here=$windows/sysroot/tgowt
  cp -r "$src/." tree
  patch -d tree -p1 <"$here/mingw.patch"
  python3 "$here/sources.py" tree >sources.cmake
  mkdir -p generated/crc32c
  cp "$here/crc32c_config.h" generated/crc32c/
  cmake_build "$here" -DTREE="$PWD/tree" -DLISTS="$PWD" -DVPX_VERSION="$(pkg-config --modversion vpx)"
  ninja -j"$jobs"
  install -D -m644 libtg_owt.a "$prefix/lib/libtg_owt.a"
  # Headers as Debian's package lays them.
  (cd tree/src && find . -name '*.h' -not -path './third_party/*' -not -path './test/*' -print0 |
    xargs -0 cp --parents -t "$(mkdir -p "$prefix/include/tg_owt" && echo "$prefix/include/tg_owt")")
  mkdir -p "$prefix/include/tg_owt/third_party/libyuv"
  cp -r tree/src/third_party/libyuv/include "$prefix/include/tg_owt/third_party/libyuv/"
  # The definitions that its headers follow; the library itself is built with NDEBUG and without its checks.
  local libraries
  libraries=$(cd "$prefix/lib" && ls libabsl_*.a | sed 's/^lib/-l/; s/\.a$//' | tr '\n' ' ')
  pc_file tg_owt 0.110 \
    "-Wl,--start-group -ltg_owt -lsrtp2 -lopus -lvpx $libraries -Wl,--end-group -lssl -lcrypto -lws2_32 -liphlpapi -lwinmm -lsecur32 -lcrypt32 -lole32" \
    "-I\${includedir}/tg_owt -I\${includedir}/tg_owt/third_party/libyuv/include $(tr '\n' ' ' <definitions.txt)"
}
