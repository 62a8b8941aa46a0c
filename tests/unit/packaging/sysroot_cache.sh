#!/bin/bash
# A packed sysroot works wherever it is unpacked, and is taken from a folder of somebody else's without touching it.
command -v zstd >/dev/null || { echo "no zstd"; exit 77; }
. "$1/packaging/linux/common.sh"
windows=$here/packaging/windows
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cache=$t/cache work=$t/work prefix=$t/work/prefix triple=fake
. "$windows/sysroot.sh"
. "$windows/cache.sh"
# No network, no compiler and no sources here.
recipe_version() { versions[$1]=1; }
compiler_version() { echo none; }
keep_licences() { :; }
mkdir -p "$t/tools" "$t/extra" "$cache" "$prefix/lib/pkgconfig" "$prefix/bin" "$prefix/lib/wx/config"
printf '#!/bin/sh\n' >"$t/tools/fake-strip"
chmod +x "$t/tools/fake-strip"
PATH=$t/tools:$PATH

config=lib/wx/config/x86_64-w64-mingw32-msw-unicode-3.2
echo "prefix=$prefix" >"$prefix/lib/pkgconfig/a.pc"
echo "prefix=$prefix" >"$prefix/$config"
ln -s "$prefix/$config" "$prefix/bin/wx-config"
ln -s /usr/include/boost "$prefix/boost"
echo code >"$prefix/lib/liba.a"

if use_cached_sysroot; then die "a sysroot was found where there is none"; fi
pack_sysroot
mv "$prefix" "$prefix.away"
mv "$cache"/*.tar.zst "$t/extra/"
before=$(cd "$t/extra" && sha256sum ./*)
CAUKHAM_CACHE_EXTRA=$t/nowhere:$t/extra
use_cached_sysroot
[ "$(cat "$sysroot/lib/pkgconfig/a.pc")" = "prefix=$sysroot" ] || die "a .pc file names the folder it was built in"
[ "$(cat "$sysroot/bin/wx-config")" = "prefix=$sysroot" ] || die "wx-config leads to the folder it was built in"
[ "$(readlink "$sysroot/boost")" = /usr/include/boost ] || die "a link to the system's headers was changed"
[ "$(cat "$sysroot/lib/liba.a")" = code ] || die "a library was changed"
[ "$(cd "$t/extra" && sha256sum ./*)" = "$before" ] || die "the extra cache was changed"
CAUKHAM_CACHE_EXTRA=
use_cached_sysroot || die "what was unpacked once is not found again"
# Another recipe, another sysroot.
compiler_version() { echo another; }
unset sysroot_name_known
if use_cached_sysroot; then die "a sysroot of another compiler was taken"; fi
