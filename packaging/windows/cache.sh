# Finished sysroots: a tarball each, named after what it was made from, and the folder it is unpacked into.
# shellcheck shell=bash

# sysroot-<recipes and compiler>-<source versions>: two parts, so that one whose sources Debian has since mended can
# still be told from one that other recipes made.
recipes_hash() {
  { (cd "$windows" && find sysroot recipes.sh toolchain.cmake -type f | LC_ALL=C sort | xargs cat); compiler_version; } |
    sha256sum | cut -c1-12
}

sources_hash() {
  local name
  for name in $(recipe_names); do recipe_version "$name"; printf '%s %s\n' "$name" "${versions[$name]}"; done |
    sha256sum | cut -c1-12
}

sysroot_name() {
  [ -n "${sysroot_name_known:-}" ] || sysroot_name_known=sysroot-$(recipes_hash)-$(sources_hash)
  printf '%s\n' "$sysroot_name_known"
}

# What each library's licence says, as Debian's maintainers gathered it, beside the libraries: the notices are made of it.
keep_licences() {
  local name package from to=$prefix/licences
  mkdir -p "$to"
  for name in $(recipe_names); do
    package=$(recipe_field "$name" source)
    [ -z "$package" ] || from=$(fetch_source "$package" "${versions[$name]}" "$(recipe_suite "$name")")/debian/copyright
    case "$name" in
      headers) cat /usr/share/doc/{nlohmann-json3-dev,libspdlog-dev,libfmt-dev}/copyright >"$to/$name" ;;
      zlib) cp /usr/share/doc/libz-mingw-w64-dev/copyright "$to/$name" ;;
      winpthread) cp /usr/share/doc/mingw-w64-common/copyright "$to/$name" ;;
      *) cp "$from" "$to/$name" || die "The licence of $name is not where it should be ($from)." ;;
    esac
  done
  cp /usr/share/doc/gcc-mingw-w64-base/copyright "$to/gcc"
  cp /usr/share/doc/mingw-w64-common/copyright "$to/mingw-w64"
}

pack_sysroot() {
  local name old=$prefix
  name=$(sysroot_name)
  say "packing $name"
  printf '%s\n' "$old" >"$old/built-in.txt"
  for recipe in $(recipe_names); do recipe_version "$recipe"; printf '%s %s\n' "$recipe" "${versions[$recipe]}"; done >"$old/versions.txt"
  keep_licences
  find "$old" -name '*.dll' -exec $triple-strip --strip-unneeded {} +
  find "$old" -name '*.a' -exec $triple-strip --strip-debug {} +
  tar --exclude=./share/doc --exclude=./share/man --zstd -cf "$cache/$name.tar.zst.part" -C "$old" . ||
    die "The sysroot could not be packed into $cache; the disk may be full."
  mv "$cache/$name.tar.zst.part" "$cache/$name.tar.zst"
  say "packed: $(du -h "$cache/$name.tar.zst" | cut -f1) in $cache/$name.tar.zst"
}

# Sets $sysroot to an unpacked sysroot, from our own cache or one of the extra ones; fails where there is none.
use_cached_sysroot() {
  local name tarball='' folder old target
  name=$(sysroot_name)
  sysroot=$cache/$name
  [ ! -f "$sysroot/complete" ] || { say "sysroot: $sysroot"; return 0; }
  while read -r -d: folder; do
    if [ -n "$folder" ] && [ -f "$folder/$name.tar.zst" ]; then tarball=$folder/$name.tar.zst; break; fi
  done <<<"${CAUKHAM_CACHE_EXTRA:-}:$cache:"
  [ -n "$tarball" ] || return 1
  say "sysroot: unpacking $tarball"
  rm -rf "$sysroot"; mkdir -p "$sysroot"
  tar --zstd -xf "$tarball" -C "$sysroot" ||
    die "$tarball cannot be unpacked; it may be damaged. Delete it and run this again."
  # Links and text files name the folder that the sysroot was built in.
  old=$(cat "$sysroot/built-in.txt")
  find "$sysroot" -type l -lname "$old/*" | while read -r file; do
    target=$(readlink "$file"); ln -sfn "$sysroot${target#"$old"}" "$file"
  done
  { grep -rlIF --include='*.pc' --include='*.cmake' --include='*-config' --include='*.la' --include='*-msw-*' -e "$old" "$sysroot" ||
    [ $? = 1 ]; } | while read -r file; do sed -i "s|$old|$sysroot|g" "$file"; done
  touch "$sysroot/complete"
}
