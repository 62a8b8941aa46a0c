# For tests of what runs on Windows: a fresh wine prefix of one's own.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
need wine
export WINEPREFIX=$folder/wine
trap 'wineserver -k 2>/dev/null; wineserver -w 2>/dev/null; rm -rf "$folder"' EXIT
run_windows() { "$windows/wine-run" "$@" 2>/dev/null; }
start_wine() {
  mkdir -p "$WINEPREFIX"
  run_windows wineboot -i >/dev/null 2>&1
  wineserver -w
  [ -d "$WINEPREFIX/drive_c/windows" ] || { echo "wine could not make a prefix in $WINEPREFIX; is the disk full?"; exit 1; }
}
