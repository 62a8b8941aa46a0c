# What a recipe (sysroot/NAME.sh) may use. A recipe sets
#   source=PACKAGE   Debian source package, or nothing where Debian's binary packages already hold what is wanted
#   suite=SUITE      where it comes from another Debian than the machine's own
#   needs="NAMES"    recipes whose results it uses
# and defines make_it, which runs in an empty folder with $src (the unpacked source) and installs into $prefix.
# shellcheck shell=bash
triple=x86_64-w64-mingw32
export PKG_CONFIG_LIBDIR=$prefix/lib/pkgconfig PKG_CONFIG_PATH=
unset LIBRARY_PATH CPATH C_INCLUDE_PATH CPLUS_INCLUDE_PATH CFLAGS CXXFLAGS LDFLAGS CC CXX

with_compiler() { # COMMAND...: for configure scripts that do not find the posix-threads compiler by themselves
  env CC=$triple-gcc-posix CXX=$triple-g++-posix AR=$triple-ar RANLIB=$triple-ranlib STRIP=$triple-strip "$@"
}

autotools() { # CONFIGURE OPTIONS...
  [ -x "$src/configure" ] || (cd "$src" && autoreconf -fi)
  with_compiler "$src/configure" --host=$triple --build=x86_64-linux-gnu --prefix="$prefix" \
    CPPFLAGS="-I$prefix/include" LDFLAGS="-L$prefix/lib" "$@"
  make -j"$jobs"
  make install
}

cmake_build() { # SOURCE FOLDER, CMAKE OPTIONS...
  local folder=$1; shift
  cmake -G Ninja -S "$folder" -B . -DCMAKE_TOOLCHAIN_FILE="$windows/toolchain.cmake" -DCMAKE_INSTALL_PREFIX="$prefix" \
    -DCMAKE_FIND_ROOT_PATH="$prefix" -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF "$@"
}

compile_all() { # C++ OPTIONS... -- FILES: objects in this folder
  local options=()
  while [ "$1" != -- ]; do options+=("$1"); shift; done
  shift
  printf '%s\0' "$@" | xargs -0 -P"$jobs" -I{} sh -c \
    'out=$(echo "$1" | sed "s|.*/src/||; s|/|_|g").o; shift; echo "compiling $out"; exec "$@" -o "$out"' \
    - {} "$triple-g++-posix" -O2 "${options[@]}" -I"$prefix/include" -c {}
}

pc_file() { # NAME VERSION LIBS [CFLAGS] [REQUIRES]
  mkdir -p "$prefix/lib/pkgconfig"
  printf '%s\n' "prefix=$prefix" 'libdir=${prefix}/lib' 'includedir=${prefix}/include' '' \
    "Name: $1" "Description: $1" "Version: $2" "Requires: ${5:-}" "Libs: -L\${libdir} $3" "Cflags: -I\${includedir} ${4:-}" \
    >"$prefix/lib/pkgconfig/$1.pc"
}

debian_headers() { # NAMES...: headers that Debian's packages of this machine already hold; they know no platform
  local name
  mkdir -p "$prefix/include"
  for name; do ln -sfn "/usr/include/$name" "$prefix/include/$name"; done
}

upstream() { printf '%s\n' "$version" | sed -E 's/^[0-9]+://; s/[-+~].*//'; } # 1:2.3.4+dfsg-5 becomes 2.3.4
