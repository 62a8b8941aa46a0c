# Libraries that are headers only, as Debian's own packages (packaging/linux/packages.txt) hold them.
source=
needs=
header_version() { # DEBIAN PACKAGE
  dpkg-query -W -f='${Version}' "$1" | sed -E 's/^[0-9]+://; s/[-+~].*//'
}
make_it() {
  debian_headers boost nlohmann spdlog fmt catch2
  pc_file nlohmann_json "$(header_version nlohmann-json3-dev)" ''
  pc_file catch2 "$(header_version catch2)" ''
  # spdlog and fmt compile into the one file of app/core that includes them.
  pc_file spdlog "$(header_version libspdlog-dev)" '' '-DSPDLOG_FMT_EXTERNAL -DFMT_HEADER_ONLY'
}
