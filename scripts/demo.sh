#!/usr/bin/env bash
# demo.sh [--once]: builds what the demonstration needs and starts it.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/firmware.sh
echo "Building muster (the first time takes some minutes)"
swift build --product muster
exec .build/debug/muster demo "$@"
