# LGPL: no x264; DLLs of their own, which users may replace. What is not named here is left out.
source=ffmpeg
needs="zlib libvpx opus"
make_it() {
  "$src/configure" --prefix="$prefix" --arch=x86_64 --target-os=mingw32 --enable-cross-compile --cross-prefix=$triple- \
    --cc=$triple-gcc-posix --cxx=$triple-g++-posix --pkg-config=pkg-config --pkg-config-flags=--static \
    --enable-shared --disable-static --disable-doc --disable-debug --disable-programs --disable-postproc \
    --disable-autodetect --enable-w32threads --enable-zlib --enable-libvpx --enable-libopus \
    --enable-mediafoundation --enable-d3d11va --enable-dxva2 --enable-schannel --disable-everything \
    --enable-encoder=libvpx_vp8,libvpx_vp9,libopus,h264_mf,mjpeg,ffv1,flac,pcm_s16le,png,rawvideo,wrapped_avframe \
    --enable-decoder=h264,mjpeg,ffv1,vp8,vp9,opus,libopus,flac,pcm_s16le,png,bmp,rawvideo,wrapped_avframe \
    --enable-hwaccel=h264_d3d11va,h264_d3d11va2,h264_dxva2 \
    --enable-muxer=matroska,webm,mp4,image2,mjpeg,rawvideo,wav,null --enable-demuxer=matroska,mov,image2,rawvideo,wav,mjpeg,h264 \
    --enable-parsers --enable-bsfs --enable-protocol=file,pipe,tcp,tls,http,https \
    --enable-filter=scale,format,fps,null,anull,aresample,aformat,crop,pad,transpose,hflip,vflip,testsrc,testsrc2,color \
    --enable-indev=dshow,lavfi \
    --extra-cflags="-I$prefix/include" --extra-ldflags="-L$prefix/lib -static-libgcc -Wl,-Bstatic -lpthread -Wl,-Bdynamic"
  grep -q 'define FFMPEG_LICENSE "LGPL' config.h || { echo "FFmpeg was configured under another licence than the LGPL."; return 1; }
  make -j"$jobs"
  make install
}
