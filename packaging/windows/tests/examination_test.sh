#!/bin/bash
# The installed program performs the scripted examination under wine, with a Chromium on Linux as the specialist, and must hold
# what it holds on Linux (packaging/linux/examination.py). Pictures of the windows and summary.json stay in OUT.
#   examination_test.sh INSTALLER OUT [CAUKHAM-CLI]   the last: Linux' own, which must export the same bytes
. "$(dirname "$0")/wine.sh"
need Xvfb chromium chromedriver ip python3
installer=$1 out=$2 linux_cli=${3:-}
programs="$WINEPREFIX/drive_c/Program Files/Caukham/bin"
# Not wine-run: libraries that are not packed must be missing here, too.
installed() { env -u WINEPATH WINEDEBUG=-all WINEDLLOVERRIDES='winemenubuilder.exe=d;mscoree=d;mshtml=d' wine "$@"; }
performs() {
  printf '#!/bin/sh\nexec env -u WINEPATH WINEDEBUG=-all wine "%s" "$@"\n' "$programs/caukham.exe" >"$folder/window"
  chmod +x "$folder/window"
  python3 "$windows/../linux/examination.py" --window "$folder/window" --out "$out" --script "$windows/../linux/examination.json" --timeout 400
}
exports_the_same() {
  local exam
  exam=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["exam"])' "$out/summary.json") &&
    installed "$programs/caukham-cli.exe" record export "$exam" "$folder/windows" --data "$out/data" &&
    "$linux_cli" record export "$exam" "$folder/linux" --data "$out/data" && diff -r "$folder/windows" "$folder/linux"
}

start_wine
cp "$installer" "$folder/caukham.msi"
cd "$folder" || exit 1
must "the real installer installs" installed msiexec /i caukham.msi /qn
wineserver -w  # so that its desktop, which began without a screen, is gone
must "the installed program performs the scripted examination, and every assertion holds" performs
if [ -x "$linux_cli" ]; then
  must "the same exam gives the same bytes from record export on both systems" exports_the_same
else
  echo "SKIP: Linux' caukham-cli is not built: record export was not compared"
fi
finish
