source=portaudio19
needs=
make_it() {
  cmake_build "$src" -DPA_BUILD_SHARED=OFF -DPA_BUILD_STATIC=ON -DPA_USE_WASAPI=ON -DPA_USE_DS=OFF -DPA_USE_WMME=OFF \
    -DPA_USE_WDMKS=OFF -DPA_USE_ASIO=OFF
  ninja -j"$jobs" install
}
