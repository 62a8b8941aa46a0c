# Third-party sources by Debian package name, with an apt configuration of our own: its source lines come
# from the machine's own package lines, its lists and downloads lie in the work folder, and the system's files stay as they are.
# shellcheck shell=bash

private_apt() { # SUITE COMMAND ARGUMENTS...; SUITE "own": what this machine's own lines name
  local apt=$work/apt/$1 tool=$2; shift 2
  "$tool" -q -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=- -o Dir::State::Lists="$apt/lists" \
    -o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root "$@"
}

# Lists of a suite's source packages, half a day old at most; older ones will do where there is no network.
update_sources() { # SUITE
  local suite=$1 apt=$work/apt/$1 keyring=/usr/share/keyrings/debian-archive-keyring.gpg signed='' lines
  [ -z "$(find "$apt/lists" -name '*_Sources*' -mmin -720 2>/dev/null)" ] || return 0
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  [ ! -f "$keyring" ] || signed="[signed-by=$keyring] "
  # What apt really uses, whichever way it is written down.
  lines=$(apt-get indextargets --format "deb-src $signed\$(REPO_URI) \$(RELEASE) \$(COMPONENT)" \
    'Created-By: Packages' 'Origin: Debian' | sort -u)
  [ -n "$lines" ] || die "apt knows no Debian packages on this machine: its sources name no Debian repository, or 'apt-get update' never ran."
  # The archive before its security updates: a version that both list is surely in the first.
  lines=$(grep -v -- '-security ' <<<"$lines"; grep -- '-security ' <<<"$lines" || true)
  # Another suite lies at the same address as our own release.
  [ "$suite" = own ] || lines=$(sed -n "s| $VERSION_CODENAME | $suite |p" <<<"$lines")
  printf '%s\n' "$lines" >"$apt/sources.list"
  say "sources: updating the lists ($suite)" >&2
  private_apt "$suite" apt-get update >"$work/logs/apt-update-$suite.log" 2>&1 ||
    say "sources: the lists could not be updated (see $work/logs/apt-update-$suite.log); using those that are here" >&2
  [ -n "$(find "$apt/lists" -name '*_Sources*' 2>/dev/null)" ] ||
    die "There is no list of source packages (apt's words are in $work/logs/apt-update-$suite.log). Check the network and run this again."
  touch "$apt/lists"
}

# The newest version of a source package that can really be had: a mirror's list may name what the mirror does not hold
# yet. Asked of the mirror once for every state of the lists.
source_version() { # PACKAGE SUITE
  local known=$work/apt/$2/version-$1 version all newest='' folder=$work/apt/$2/dsc
  update_sources "$2"
  if [ -n "$(find "$known" -newer "$work/apt/$2/lists" 2>/dev/null)" ]; then cat "$known"; return 0; fi
  all=$(private_apt "$2" apt-cache showsrc --only-source "$1" 2>/dev/null | awk '$1 == "Version:" { print $2 }' | sort -u)
  [ -n "$all" ] || die "Debian's sources hold no package '$1' any more (packaging/windows/sysroot asks for it)."
  mkdir -p "$folder"
  for version in $(newest_first $all); do
    newest=${newest:-$version}
    if (cd "$folder" && private_apt "$2" apt-get source --download-only --dsc-only "$1=$version") >"$work/logs/dsc-$1.log" 2>&1; then
      [ "$version" = "$newest" ] || say "sources: $1 $newest is announced but cannot be had; taking $version" >&2
      printf '%s\n' "$version" | tee "$known"
      return 0
    fi
  done
  die "None of the announced sources of $1 can be had (apt's words are in $work/logs/dsc-$1.log). Check the network and run this again."
}

newest_first() { # VERSIONS...
  local i j t v=("$@")
  for ((i = 0; i < ${#v[@]}; i++)); do
    for ((j = i + 1; j < ${#v[@]}; j++)); do
      if dpkg --compare-versions "${v[j]}" gt "${v[i]}"; then t=${v[i]}; v[i]=${v[j]}; v[j]=$t; fi
    done
  done
  printf '%s\n' "${v[@]}"
}

# Unpacks a source package, Debian's own patches applied, once; prints the folder. Without the version's epoch: no
# Makefile bears a colon in a folder.
fetch_source() { # PACKAGE VERSION SUITE
  local folder=$work/sources/$1-${2#*:} log=$work/logs/source-$1.log
  if [ ! -f "$folder.complete" ]; then
    rm -rf "$folder" "$work/sources/download-$1"; mkdir -p "$work/sources/download-$1"
    (cd "$work/sources/download-$1" && private_apt "$3" apt-get source --download-only "$1=$2" &&
      dpkg-source --no-check -x ./*.dsc "$folder") >"$log" 2>&1 ||
      { tail -5 "$log" >&2; die "The source of $1 $2 could not be had (apt's words are above and in $log)."; }
    rm -rf "$work/sources/download-$1"
    touch "$folder.complete"
  fi
  printf '%s\n' "$folder"
}
