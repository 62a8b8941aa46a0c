# Builds the recipes of sysroot/ one after another into $prefix. A stamp a recipe says what it was made from; what has
# not changed since is not made again, so an interrupted build goes on where it was.
# shellcheck shell=bash

recipe_names() { grep -v '^#' "$windows/sysroot/order.txt"; }

recipe_field() { # NAME VARIABLE
  [ -f "$windows/sysroot/$1.sh" ] || die "There is no recipe packaging/windows/sysroot/$1.sh."
  (. "$windows/sysroot/$1.sh"; printf '%s\n' "${!2:-}")
}

recipe_suite() { # NAME
  local suite
  suite=$(recipe_field "$1" suite)
  printf '%s\n' "${suite:-own}"
}

compiler_version() { dpkg-query -W -f='${Package} ${Version}\n' g++-mingw-w64-x86-64-posix mingw-w64-x86-64-dev nasm; }

# Source versions by recipe, asked of apt once.
declare -A versions
recipe_version() { # NAME; the answer stands in versions[NAME]
  local package
  [ -z "${versions[$1]:-}" ] || return 0
  package=$(recipe_field "$1" source)
  if [ -n "$package" ]; then versions[$1]=$(source_version "$package" "$(recipe_suite "$1")"); else versions[$1]=debian; fi
}

# Everything that makes a recipe's result what it is, the recipes it needs included.
recipe_stamp() { # NAME
  local need
  recipe_version "$1"
  { cat "$windows/sysroot/$1.sh" "$windows/recipes.sh" "$windows/toolchain.cmake"
    [ ! -d "$windows/sysroot/$1" ] || cat "$windows/sysroot/$1"/*
    printf '%s\n' "${versions[$1]}" "$prefix"
    compiler_version
    for need in $(recipe_field "$1" needs); do recipe_stamp "$need"; done
  } | sha256sum | cut -c1-16
}

build_recipe() { # NAME POSITION
  local name=$1 stamp log=$work/logs/$1.log objects=$work/objects/$1 package src='' began=$SECONDS status=0 watcher
  stamp=$(recipe_stamp "$name")
  recipe_version "$name"
  if [ "$(cat "$work/stamps/$name" 2>/dev/null)" = "$stamp" ]; then
    say "sysroot $2: $name ${versions[$name]}, already there"
    return 0
  fi
  package=$(recipe_field "$name" source)
  if [ -n "$package" ]; then src=$(fetch_source "$package" "${versions[$name]}" "$(recipe_suite "$name")"); fi
  say "sysroot $2: $name ${versions[$name]}"
  rm -rf "$objects" "$work/stamps/$name"; mkdir -p "$objects"
  # A sign of life once a minute: the long ones take their time.
  (while sleep 60; do say "         $name: $(((SECONDS - began) / 60)) min, $(find "$objects" -name '*.o' -o -name '*.obj' | wc -l) objects"; done) 7>&- &
  watcher=$!
  (
    export prefix windows triple jobs src
    version=${versions[$name]}
    TIMEFORMAT='%R %U %S'
    cd "$objects"
    time bash -euo pipefail -c '
      version=$1 name=$2
      . "$windows/recipes.sh"
      . "$windows/sysroot/$name.sh"
      make_it' - "$version" "$name" >"$log" 2>&1
  ) 2>"$work/logs/$name.time" || status=$?
  kill "$watcher" 2>/dev/null; wait "$watcher" 2>/dev/null || true
  if [ $status != 0 ]; then
    { grep -nE 'error:|Error [0-9]|ERROR|not found' "$log" | head -5; tail -15 "$log"; } >&2
    die "$name could not be built (all its words are in $log). Its recipe is packaging/windows/sysroot/$name.sh; when it is mended run this again: what is finished stays."
  fi
  rm -rf "$objects"
  awk '{ printf "         %d s, of it %d s of processor time\n", $1, $2 + $3 }' "$work/logs/$name.time"
  echo "$stamp" >"$work/stamps/$name"
}

build_recipes() { # NAMES...
  local name i=0
  for name; do i=$((i + 1)); build_recipe "$name" "$i/$#"; done
}
