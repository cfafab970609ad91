#!/usr/bin/env bash
# Searches the line logs of the last demonstration, every byte both ways, for what nobody on the line shall see.
set -euo pipefail
cd "$(dirname "$0")/.."
exec python3 scripts/opaque.py .demo
