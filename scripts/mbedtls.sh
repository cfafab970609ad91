#!/usr/bin/env bash
# Fetches the sources of mbedTLS and BearSSL from Debian's archive and cross-builds the boards' PSA Crypto out of them: key
# store and policies of the one, arithmetic of the other (docs/decisions/0014-bearssl-behind-psa.md).
# Idempotent: a second run finds everything under .cache/ and does nothing. Needs no root.
#
#   scripts/mbedtls.sh [CPU ...]     CPU: cortex-m0 cortex-m4 (default: both)
#
# Result:  .cache/mbedtls/include        mbedTLS's headers (equal to libmbedtls-dev's)
#          .cache/mbedtls/CPU/libmbedcrypto.a
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mbedtls=mbedtls_2.28.3.orig.tar.gz
mbedtls_sha256=3b4953aa55a681e084d31892d9904cc5328d6b4958ea57b90ae4b4f94ae69a8d
bearssl=bearssl_0.6+dfsg.1.orig.tar.xz
bearssl_sha256=102a625bd8f6155260867a50c508df8d8c3f796985dd744df1a68e5cd1a79004
cache=$PWD/.cache/mbedtls
mbedtls_source=$cache/source-2.28.3
bearssl_source=$cache/bearssl-0.6
configuration=$PWD/boards/mbedtls

fail() { echo "mbedtls.sh: $*" >&2; exit 1; }
command -v arm-none-eabi-gcc >/dev/null ||
  fail "arm-none-eabi-gcc is missing: apt-get install --no-install-recommends gcc-arm-none-eabi picolibc-arm-none-eabi"

# fetch ARCHIVE SHA256 FOLDER PATTERN...: unpacks what the patterns name of a Debian source package.
#
# The machine's own Debian entries, as deb-src entries in a list that only these two apt commands see: same hosts, same
# suites, same keys, so that apt checks the archive against the signed index, and /etc stays as it was.
fetch() {
  local archive=$1 sha256=$2 folder=$3 apt=$cache/apt
  rm -rf "$apt" && mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/parts"
  python3 scripts/mbedtls-sources.py > "$apt/parts/sources.sources" || fail "no Debian package source found in /etc/apt"
  local options=(
    -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$apt/parts"
    -o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o "APT::Sandbox::User=$(id -un)" -qq
  )
  apt-get "${options[@]}" update || fail "no index of source packages: is there a network?"
  (cd "$apt" && apt-get "${options[@]}" source --download-only "${archive%%_*}" >/dev/null) ||
    fail "apt-get source ${archive%%_*} failed"
  [[ -f $apt/$archive ]] || fail "Debian's archive does not serve $archive"
  echo "$sha256  $apt/$archive" | sha256sum --check --quiet || fail "$archive is not the archive this build was made for"
  rm -rf "$folder.new" && mkdir -p "$folder.new"
  tar -xf "$apt/$archive" -C "$folder.new" --strip-components=1 --wildcards "${@:4}"
  mv "$folder.new" "$folder"
  rm -rf "$apt"
}

build() {
  local cpu=$1 target=$cache/$1 stamp
  stamp=$(cat scripts/mbedtls.sh $(find "$configuration" -type f | sort) | sha256sum)
  [[ -f $target/libmbedcrypto.a && $(cat "$target/stamp" 2>/dev/null) == "$stamp" ]] && return
  rm -rf "$target" && mkdir -p "$target"
  local flags=(
    "-mcpu=$cpu" -mthumb -mfloat-abi=soft -fshort-enums --specs=picolibc.specs -std=gnu99 -Os
    -ffunction-sections -fdata-sections -Wall -fwhole-program
  )
  arm-none-eabi-gcc "${flags[@]}" "-I$configuration/include" "-I$mbedtls_source/include" "-I$mbedtls_source/library" \
    '-DMBEDTLS_CONFIG_FILE="muster_mbedtls_config.h"' -c "$configuration/whole.c" -o "$target/whole.o"
  arm-none-eabi-gcc "${flags[@]}" "-I$bearssl_source" "-I$bearssl_source/src" "-I$bearssl_source/inc" \
    -c "$configuration/drivers/bearssl.c" -o "$target/bearssl.o"
  arm-none-eabi-ar rcs "$target/libmbedcrypto.a" "$target"/*.o
  rm "$target"/*.o
  echo "$stamp" > "$target/stamp"
  echo "PSA Crypto for $cpu: $target/libmbedcrypto.a"
}

mkdir -p "$cache"
[[ -d $mbedtls_source ]] ||
  fetch "$mbedtls" "$mbedtls_sha256" "$mbedtls_source" '*/include' '*/library' '*/LICENSE'
[[ -d $bearssl_source ]] ||
  fetch "$bearssl" "$bearssl_sha256" "$bearssl_source" '*/inc' '*/src' '*/LICENSE.txt'
ln -sfn "$(basename "$mbedtls_source")/include" "$cache/include"
[[ $# -gt 0 ]] || set -- cortex-m0 cortex-m4
for cpu in "$@"; do build "$cpu"; done
