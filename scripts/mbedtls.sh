#!/usr/bin/env bash
# Fetches the mbedTLS source from Debian's archive and cross-builds its arithmetic for the boards' processors.
# Idempotent: a second run finds everything under .cache/ and does nothing. Needs no root.
#
#   scripts/mbedtls.sh [CPU ...]     CPU: cortex-m0 cortex-m4 (default: both)
#
# Result:  .cache/mbedtls/include        headers (equal to libmbedtls-dev's)
#          .cache/mbedtls/CPU/libmbedcrypto.a
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=2.28.3
sha256=3b4953aa55a681e084d31892d9904cc5328d6b4958ea57b90ae4b4f94ae69a8d
cache=$PWD/.cache/mbedtls
source=$cache/source-$version
configuration=$PWD/boards/mbedtls

fail() { echo "mbedtls.sh: $*" >&2; exit 1; }
command -v arm-none-eabi-gcc >/dev/null ||
  fail "arm-none-eabi-gcc is missing: apt-get install --no-install-recommends gcc-arm-none-eabi picolibc-arm-none-eabi"

# The machine's own Debian entries, as deb-src entries in a list that only these two apt commands see: same hosts, same
# suites, same keys, so that apt checks the archive against the signed index, and /etc stays as it was.
fetch() {
  local apt=$cache/apt
  rm -rf "$apt" && mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/parts"
  python3 scripts/mbedtls-sources.py > "$apt/parts/sources.sources" || fail "no Debian package source found in /etc/apt"
  local options=(
    -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$apt/parts"
    -o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o "APT::Sandbox::User=$(id -un)" -qq
  )
  apt-get "${options[@]}" update || fail "no index of source packages: is there a network?"
  (cd "$apt" && apt-get "${options[@]}" source --download-only mbedtls >/dev/null) ||
    fail "apt-get source mbedtls failed"
  local archive=$apt/mbedtls_$version.orig.tar.gz
  [[ -f $archive ]] || fail "Debian's archive does not serve mbedtls $version"
  echo "$sha256  $archive" | sha256sum --check --quiet || fail "$archive is not the archive this build was made for"
  rm -rf "$source.new" && mkdir -p "$source.new"
  tar -xf "$archive" -C "$source.new" --strip-components=1 --wildcards '*/include' '*/library' '*/LICENSE'
  mv "$source.new" "$source"
  rm -rf "$apt"
}

build() {
  local cpu=$1 target=$cache/$1 stamp
  stamp=$(cat scripts/mbedtls.sh $(find "$configuration" -type f | sort) | sha256sum)
  [[ -f $target/libmbedcrypto.a && $(cat "$target/stamp" 2>/dev/null) == "$stamp" ]] && return
  rm -rf "$target" && mkdir -p "$target"
  local flags=(
    "-mcpu=$cpu" -mthumb -mfloat-abi=soft -fshort-enums --specs=picolibc.specs -std=c99 -Os
    -ffunction-sections -fdata-sections -Wall
    "-I$configuration/include" "-I$source/include" '-DMBEDTLS_CONFIG_FILE="muster_mbedtls_config.h"'
  )
  arm-none-eabi-gcc "${flags[@]}" -fwhole-program "-I$source/library" "-I$configuration" -c "$configuration/whole.c" -o "$target/whole.o"
  arm-none-eabi-gcc "${flags[@]}" -c "$configuration/to_psa_error.c" -o "$target/to_psa_error.o"
  # One object, because a linker would be content with the weak definition and never look for the other.
  arm-none-eabi-ld -r --unique "$target"/*.o -o "$target/mbedcrypto.o"
  arm-none-eabi-ar rcs "$target/libmbedcrypto.a" "$target/mbedcrypto.o"
  rm "$target"/*.o
  echo "$stamp" > "$target/stamp"
  echo "mbedTLS $version for $cpu: $target/libmbedcrypto.a"
}

mkdir -p "$cache"
[[ -d $source ]] || fetch
ln -sfn "source-$version/include" "$cache/include"
[[ $# -gt 0 ]] || set -- cortex-m0 cortex-m4
for cpu in "$@"; do build "$cpu"; done
