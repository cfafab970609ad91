#!/usr/bin/env bash
# The rules of the house that a program can hold: format, foreign imports in the core, what must not be committed.
set -uo pipefail
cd "$(dirname "$0")/.."

mapfile -t files < <(git ls-files --cached --others --exclude-standard -- '*.swift' | sort -u | while read -r f; do [ -f "$f" ] && echo "$f"; done)
if [ "${1:-}" = --fix ]; then
  swift format format --in-place --parallel "${files[@]}"
  exit
fi
failed=0
swift format lint --strict --parallel "${files[@]}" || failed=1

report() {
  [ -z "$2" ] && return
  printf '%s:\n%s\n' "$1" "$2" >&2
  failed=1
}

core='Sources/SerialLink Sources/CoAP Sources/COSE Sources/OSCORE Sources/Trust Sources/Whitelist Sources/DeviceKit'
report "The core imports only the core (docs/architecture.md)" \
  "$(grep -rnE '^ *(public |@_exported |package )?import ' $core --include='*.swift' | grep -vE 'import (SerialLink|CoAP|COSE|OSCORE|Trust|Whitelist)$')"
report "No unsafe pointers, classes or existentials in the core" \
  "$(grep -rnE 'Unsafe(Mutable)?(Raw)?(Buffer)?Pointer|^ *(public |final |private )*class |\bany [A-Z]|withUnsafe' $core --include='*.swift' | grep -vE '^[^:]+:[0-9]+: *//')"
report "The gateway imports nothing that could read what it carries" \
  "$(grep -rnE '^ *((public|package|private|internal|fileprivate|@_exported|@testable) +)*import +((struct|class|enum|protocol|func|typealias|let|var) +)?(COSE|OSCORE|Trust|Whitelist|DeviceKit|DeviceCrypto|PKI|Manager|MockCA)\b' Sources/Gateway Sources/CoAPStream)"
report "A path of somebody's machine" "$(git grep -nE '(/work/|/home/[a-z]+/|/root/)' -- ':!scripts/lint.sh' ':!LICENSE' | head -n 20)"
report "Bare TODO" "$(git grep -nE '\b(TODO|FIXME|XXX)\b' -- '*.swift' '*.c' '*.h' '*.py' '*.sh' ':!scripts/lint.sh' | head -n 20)"
report "SQL by interpolation" "$(grep -rnE 'sql: *"[^"]*\\\(' Sources | grep -v 'PRAGMA ' | head -n 5)"
report "Build folders or Package.resolved in git" "$(git ls-files | grep -E '(^|/)(\.build[^/]*/|Package\.resolved$)' | head)"
report "Threats without the tests they name" "$(python3 scripts/check-threats.py 2>&1)"
report "Shell scripts with syntax errors" "$(for f in scripts/*.sh .ci/run; do bash -n "$f" 2>&1; done)"
exit $failed
