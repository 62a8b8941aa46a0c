#!/bin/sh
# caukham-sign as a vendor uses it: make a key, sign, verify, and see a change refused.
set -eu
tool=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/plugin" "$dir/keys"
echo '{"id":"org.example.heart","version":"1.0","library":"heart"}' > "$dir/plugin/manifest.json"
echo code > "$dir/plugin/heart.so"
fails() { # EXIT WORDS COMMAND...
  want=$1 words=$2; shift 2
  code=0; out=$("$@" 2>&1) || code=$?
  [ "$code" = "$want" ] || { echo "exit $code instead of $want: $*: $out"; exit 1; }
  case $out in *"$words"*) ;; *) echo "no '$words' in: $out"; exit 1 ;; esac
}
fails 2 "caukham-sign keygen" "$tool"
fails 2 "caukham-sign keygen" "$tool" sign
fails 0 "unsigned" sh -c "\"$tool\" verify \"$dir/plugin\" --keys \"$dir/keys\" || true"
"$tool" keygen --secret "$dir/secret" --key "$dir/keys/example.key" --vendor Example
[ "$(stat -c %a "$dir/secret")" = 600 ]
fails 1 "exists already" "$tool" keygen --secret "$dir/secret" --key "$dir/keys/b.key" --vendor Example
fails 1 "cannot be read" "$tool" sign "$dir/plugin" --secret "$dir/nothing"
"$tool" sign "$dir/plugin" --secret "$dir/secret"
fails 0 "trusted: Signed by Example" "$tool" verify "$dir/plugin" --keys "$dir/keys"
echo other >> "$dir/plugin/heart.so"
fails 1 "tampered: The plugin is not as Example signed it: heart.so was changed" "$tool" verify "$dir/plugin" --keys "$dir/keys"
fails 1 "cannot be read" "$tool" verify "$dir" --keys "$dir/keys"
