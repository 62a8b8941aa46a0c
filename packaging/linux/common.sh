# Shared by demo and check: where we are, what is missing, and one sentence when something cannot be had.
# shellcheck shell=bash
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
started=$SECONDS
# What was compiled in one clone serves in the next, wherever that lies.
export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$(dirname "$here")} CCACHE_NOHASHDIR=1 \
  CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros}

say() { printf '[%3d s] %s\n' $((SECONDS - started)) "$*"; }
die() { printf '\n%s\n' "$*" >&2; exit 1; }

need_system() {
  [ "$(uname -s)" = Linux ] || die "This command is for Linux. On Windows use the MSI package."
  . /etc/os-release
  [ "${ID:-}" = debian ] && [ "${VERSION_ID:-0}" -ge 12 ] ||
    die "This command knows Debian 12 (found: ${PRETTY_NAME:-unknown}). Elsewhere install the packages named in packaging/linux/packages.txt by hand and run it again with CAUKHAM_NO_INSTALL=1."
}

need_disk() { # MiB [FOLDER]
  local free folder=${2:-$here}
  free=$(df -Pm "$folder" | awk 'NR==2 {print $4}')
  [ "$free" -ge "$1" ] || die "Only $free MiB are free at $folder; the build needs $1 MiB. Free some space and run this again."
}

install_packages() { # [LISTS OF PACKAGES], Linux' own without
  local wanted missing=() p
  [ $# -gt 0 ] || set -- "$here/packaging/linux/packages.txt"
  [ -z "${CAUKHAM_NO_INSTALL:-}" ] || return 0
  wanted=$(grep -hv '^#' "$@")
  for p in $wanted; do
    dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
  done
  [ ${#missing[@]} -gt 0 ] || { say "packages: all present"; return 0; }
  local sudo=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "Packages are missing (${missing[*]}) and only root may install them: run this as root, or install sudo."
    sudo=(sudo)
  fi
  say "packages: installing ${#missing[@]} with apt (${missing[*]:0:6} …)"
  local log; log=$(mktemp)
  { "${sudo[@]}" apt-get update -q && "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 ||
    { tail -15 "$log" >&2; die "apt could not install what is missing (its last lines are above, all of it in $log). Check the network and the disk, then run this again."; }
  rm -f "$log"
}

# Line tables are what a stack trace needs; all of -g is a fifth of the compiler's time.
lines_only="-Wno-missing-field-initializers -g1"

# configure FOLDER [meson options]: once
configure() {
  local folder=$1; shift
  [ ! -f "$folder/build.ninja" ] || return 0
  say "configuring $(basename "$folder")"
  mkdir -p "$folder"
  CC="${CC:-ccache gcc}" CXX="${CXX:-ccache g++}" meson setup "$folder" "$here" "$@" >"$folder/setup.log" 2>&1 ||
    { tail -25 "$folder/setup.log" >&2; die "Meson could not configure the build (all of it in $folder/setup.log)."; }
}

# build FOLDER TARGET [meson options]: configures once, builds, shows progress and only what matters of a failure
build() {
  local folder=$1 target=$2 log
  shift 2
  configure "$folder" "$@"
  say "building $(basename "$folder") ($(nproc) jobs)"
  log="$folder/build.log"
  # A line every 40 steps is enough to follow.
  NINJA_STATUS='%f/%t ' ninja -C "$folder" "$target" 2>&1 | tee "$log" | awk '/^[0-9]+\/[0-9]+ / { split($1, a, "/"); if (a[1] % 40 == 0 || a[1] == a[2]) { print "         " $1; fflush() } }' ||
    { grep -E -A12 'error|FAILED' "$log" | head -60 >&2; die "The build failed (all of it in $log)."; }
}
