# Boost's compiled libraries, of the version whose headers the machine has. Debian's words "boost1.74" name both.
source=boost1.74
needs=headers
make_it() {
  local locale=$src/libs/locale/src
  grep -q 'BOOST_VERSION 1074' "$prefix/include/boost/version.hpp" ||
    { echo "The Boost headers of this machine are not 1.74; change source= in sysroot/boost.sh to their version."; return 1; }
  compile_all -std=c++17 -w -DBOOST_ALL_NO_LIB -DBOOST_FILESYSTEM_STATIC_LINK -DBOOST_SYSTEM_NO_DEPRECATED -D_WIN32_WINNT=0x0A00 -- \
    "$src"/libs/filesystem/src/*.cpp
  library boost_filesystem
  compile_all -std=c++17 -w -- "$src"/libs/program_options/src/*.cpp
  library boost_program_options
  # The C++ library's locales and Windows' own; no ICU, no iconv, no POSIX.
  compile_all -std=c++17 -w -DBOOST_LOCALE_NO_POSIX_BACKEND -DBOOST_ALL_NO_LIB -DBOOST_THREAD_USE_LIB -D_WIN32_WINNT=0x0A00 -I"$locale" -- \
    "$locale"/encoding/*.cpp "$locale"/shared/*.cpp "$locale"/std/*.cpp "$locale"/util/*.cpp "$locale"/win32/*.cpp
  library boost_locale
  compile_all -std=c++17 -w -DBOOST_ALL_NO_LIB -DBOOST_THREAD_BUILD_LIB -D_WIN32_WINNT=0x0A00 -- \
    "$src"/libs/thread/src/win32/*.cpp "$src"/libs/thread/src/future.cpp
  library boost_thread
  # Boost.System is headers; Meson asks for its library all the same.
  printf 'int caukham_boost_system_is_headers;\n' >system.c
  $triple-gcc-posix -c system.c -o system.o
  library boost_system
}
library() { $triple-ar rcs "$prefix/lib/lib$1.a" ./*.o && rm -f ./*.o; }
