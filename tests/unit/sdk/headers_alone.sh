#!/bin/sh
# headers_alone.sh INCLUDE_DIR HEADER CC... -- CXX...: the header compiles with nothing before it, in every language
# a vendor may use. Says which one failed.
set -eu
include=$1 header=$2
shift 2
cc=; while [ "$1" != -- ]; do cc="$cc $1"; shift; done
shift
cxx="$*"
strict="-Wall -Wextra -Wpedantic -Wconversion -Werror -fsyntax-only -I$include"
try() {
  printf '#include <%s>\n' "$header" | "$@" $strict - || { echo "$header does not compile alone with: $*" >&2; exit 1; }
}
case $header in
  *.hpp) ;;
  *) try $cc -x c -std=c11 ;;
esac
try $cxx -x c++ -std=c++17
try $cxx -x c++ -std=c++20
