#!/usr/bin/env bash
# Runs the README: every line of its `sh` blocks is either run here, as it stands there, or is one of the few that
# another phase of `make test` runs. A command that is neither fails.
set -euo pipefail
cd "$(dirname "$0")/.."

elsewhere() {
  case $1 in
  "make demo" | "make demo ONCE=1") grep -q 'demo.sh --once' scripts/test.sh ;; # phase demo; the same script
  "make sizes") grep -q 'sizes.py' scripts/test.sh ;;                            # phase sizes
  "make test") ;;                                                              # this is it
  *) return 1 ;;
  esac
}

count=0
while IFS= read -r line; do
  line="${line#"${line%%[![:space:]]*}"}"
  [ -z "$line" ] && continue
  count=$((count + 1))
  if elsewhere "$line"; then
    echo "  run by another phase: $line"
    continue
  fi
  echo "  running: $line"
  bash -c "$line" || {
    echo "readme: this command of README.md fails: $line" >&2
    exit 1
  }
done < <(sed -nE '/^ *```sh$/,/^ *```$/{/```/!p}' README.md)
[ "$count" -ge 4 ] || {
  echo "readme: README.md has hardly any commands; is its form still what this script reads?" >&2
  exit 1
}
