#!/bin/bash
# The installer in a fresh wine prefix: install, upgrade, repair, uninstall, with a small program in caukham.exe's place,
# so that it needs no sysroot. What wine cannot show (rights, the firewall) is read from the installer's tables.
. "$(dirname "$0")/wine.sh"
need wixl msibuild rsvg-convert x86_64-w64-mingw32-gcc-posix
programs="$WINEPREFIX/drive_c/Program Files/Caukham"
data=$WINEPREFIX/drive_c/ProgramData/Caukham

# make VERSION: what is installed, and its installer
make() {
  local stage=$folder/stage
  rm -rf "$stage"
  mkdir -p "$stage/bin" "$stage/include/caukham" "$stage/share/caukham/keys" "$stage/lib/caukham/plugins/ecg"
  program "$stage/bin/caukham.exe" "$1"
  cp "$stage/bin/caukham.exe" "$stage/bin/caukham-simulator.exe"
  cp "$stage/bin/caukham.exe" "$stage/bin/caukham-sign.exe"
  echo "header $1" >"$stage/include/caukham/abi.h"
  echo "key $1" >"$stage/share/caukham/keys/station.key"
  echo "{}" >"$stage/lib/caukham/plugins/ecg/manifest.json"
  [ "$1" != 0.1.0 ] || echo "only in 0.1.0" >"$stage/share/caukham/old.txt"
  "$windows/installer/make_msi.py" "$stage" "$1" "$folder/caukham.ico" "$folder/caukham-$1.msi"
}
says() { [ "$(run_windows "$programs/bin/caukham.exe" | tr -d '\r')" = "$1" ]; }
msiexec() { (cd "$folder" && run_windows msiexec "$@"); }
entries() { run_windows reg query 'HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall' /s | grep -c 'DisplayName.*Caukham'; }
one_entry() { [ "$(entries)" = "$1" ]; }
table_says() { msiinfo export "$folder/caukham-0.1.1.msi" "$1" | grep -q -- "$2"; }
tree_of() { (cd "$data" && find . -type f | LC_ALL=C sort | xargs -d '\n' sha256sum); }

"$windows/resource/make_icon.py" "$windows/resource/caukham.svg" "$folder/caukham.ico" || exit 1
make 0.1.0 || exit 1
make 0.1.1 || exit 1
start_wine

must "an installation without a window succeeds" msiexec /i caukham-0.1.0.msi /qn
must "the program is in Program Files and runs" says 0.1.0
must "the plugin's manifest is installed" test -f "$programs/lib/caukham/plugins/ecg/manifest.json"
must "the demonstration devices are installed by default" test -f "$programs/bin/caukham-simulator.exe"
must "the SDK is not installed unless it is asked for" missing "$programs/include/caukham/abi.h"
must "the data folder says that it outlives the program" grep -q "NOT remove" "$data/README.txt"
must "the Start menu has the program" sh -c "find '$WINEPREFIX/drive_c' -name Caukham.lnk | grep -q ."
must "Windows lists it once" one_entry 1

mkdir -p "$data/bệnh nhân"
echo "Nguyễn Thị Hồng" >"$data/bệnh nhân/record.db"
kept=$(tree_of)
must "an upgrade over it succeeds" msiexec /i caukham-0.1.1.msi /qn
must "after the upgrade the new program runs" says 0.1.1
must "after the upgrade what only the old one had is gone" missing "$programs/share/caukham/old.txt"
must "after the upgrade Windows still lists it once" one_entry 1
must "the upgrade changed no byte of the patients' data" test "$(tree_of)" = "$kept"

rm "$programs/lib/caukham/plugins/ecg/manifest.json"
echo broken >"$programs/bin/caukham.exe"
# What msiexec /fa asks for, in the words that wine understands too.
must "a repair succeeds" msiexec /i caukham-0.1.1.msi REINSTALL=ALL REINSTALLMODE=amus /qn
must "a repair brings a missing file back" test -f "$programs/lib/caukham/plugins/ecg/manifest.json"
must "a repair mends a broken program" says 0.1.1

must "the SDK is added when it is asked for" msiexec /i caukham-0.1.1.msi ADDLOCAL=ALL /qn
must "the SDK's headers are there" test -f "$programs/include/caukham/abi.h"

must "an uninstallation succeeds" msiexec /x caukham-0.1.1.msi /qn
must "the uninstallation leaves no program" missing "$programs"
must "Windows lists it no more" one_entry 0
must "the uninstallation leaves every byte of the patients' data" test "$(tree_of)" = "$kept"

must "another folder is used when it is named" msiexec /i caukham-0.1.1.msi INSTALLDIR='C:\Khám' /qn
must "the program is in that folder" test -f "$WINEPREFIX/drive_c/Khám/bin/caukham.exe"

must "the firewall's rule names the program and not every network" table_says CustomAction 'profile=domain,private.*caukham.exe'
must "the firewall's rule can be left out" table_says InstallExecuteSequence 'AllowPort.*NOT FIREWALL="0"'
must "the data folder is closed to those who are not users of the PC" table_says MsiLockPermissionsEx 'D:P('
must "the data folder is a permanent component" table_says Component '272.datanote\|DATADIR.*272'
finish
