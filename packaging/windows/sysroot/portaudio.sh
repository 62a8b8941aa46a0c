source=portaudio19
needs=
make_it() {
  # Not with its CMake, which leaves WASAPI out for this compiler: a library without sound. With its configure script WASAPI
  # wants what it gives Microsoft's compiler: the compiler's own headers, and not those that it brings along.
  cp -a "$src" source
  src=$PWD/source
  rm -r source/src/hostapi/wasapi/mingw-include
  sed -i 's/defined(_MSC_VER) && (_MSC_VER >= 1400)/defined(__MINGW64_VERSION_MAJOR)/; s/<Avrt.h>/<avrt.h>/; s/<Audioclient.h>/<audioclient.h>/;
    s/<functiondiscoverykeys.h>/<functiondiscoverykeys_devpkey.h>/' \
    source/src/hostapi/wasapi/pa_win_wasapi.c
  mkdir -p src/hostapi/skeleton
  autotools --disable-shared --with-winapi=wasapi CFLAGS='-O2 -D_WIN32_WINNT=0x0A00 -DUNICODE -D_UNICODE'
  grep -q PaWasapi_Initialize "$prefix/lib/libportaudio.a"
}
