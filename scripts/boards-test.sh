#!/usr/bin/env bash
# Tests the boards' drivers on the host: each read and write of a register, recorded.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../boards"
swift build --product boardsPackageTests --scratch-path .build-host
swift test --skip-build --scratch-path .build-host
