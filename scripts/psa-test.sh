#!/usr/bin/env bash
# Runs DeviceCryptoTests on the boards' PSA Crypto: the same sources as scripts/mbedtls.sh cross-builds, compiled for this
# machine and loaded before Debian's libmbedcrypto, so that swift-crypto judges what a board computes.
#
# The tests have to be built: swift build --build-tests. Undefined behaviour in C traps.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/mbedtls.sh cortex-m0
cache=$PWD/.cache/mbedtls
target=$cache/host
rm -rf "$target" && mkdir -p "$target"
flags=(
  -fPIC -std=gnu99 -O1 -Wall -Wno-unknown-attributes -ffunction-sections -fdata-sections -fsanitize=undefined -fsanitize-trap=undefined
  -Iboards/mbedtls/include "-I$cache/source-2.28.3/include" "-I$cache/source-2.28.3/library"
  '-DMBEDTLS_CONFIG_FILE="muster_mbedtls_config.h"'
)
clang "${flags[@]}" -c boards/mbedtls/whole.c -o "$target/whole.o"
clang "${flags[@]}" -DMBEDTLS_PSA_ITS_FILE_C -DMBEDTLS_FS_IO -D_DEFAULT_SOURCE -c boards/mbedtls/host.c -o "$target/host.o"
clang "${flags[@]}" "-I$cache/bearssl-0.6" "-I$cache/bearssl-0.6/src" "-I$cache/bearssl-0.6/inc" \
  -fvisibility=hidden -c boards/mbedtls/drivers/bearssl.c -o "$target/bearssl.o"
# Its own calls stay inside: OpaqueKeyTests listens at the border.
clang -shared -Wl,--gc-sections -Wl,-Bsymbolic-functions "$target"/*.o -o "$target/libpsa.so"

LD_PRELOAD=$target/libpsa.so swift test --skip-build --filter DeviceCryptoTests
