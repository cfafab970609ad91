#!/usr/bin/env bash
# Builds every image of every board, or of the boards named: scripts/firmware.sh [BOARD ...]
#
# Result: .cache/firmware/IMAGE.elf
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

[[ $# -gt 0 ]] || set -- $(cd boards && ls -d */board.json | xargs -n1 dirname)
mkdir -p .cache/firmware

# field FILE NAME: a field of a board.json; of a table, its values.
field() {
  python3 -c 'import json, sys
value = json.load(open(sys.argv[1]))[sys.argv[2]]
print(*value.values() if isinstance(value, dict) else [value])' "$@"
}

for board in "$@"; do
  description=boards/$board/board.json
  scripts/mbedtls.sh "$(field "$description" cpu)"
  triple=$(field "$description" triple)
  toolset=.cache/firmware/$board.toolset.json
  python3 scripts/firmware-toolset.py "$description" > "$toolset.new"
  # An untouched toolset keeps SwiftPM from building everything anew.
  cmp -s "$toolset.new" "$toolset" && rm "$toolset.new" || mv "$toolset.new" "$toolset"
  library=.cache/mbedtls/$(field "$description" cpu)/libmbedcrypto.a
  for image in $(field "$description" images); do
    # SwiftPM does not know that an image depends on these two: without one it links again.
    product=boards/.build-$board/$triple/release/$image
    if [[ boards/$board/link.ld -nt $product || $library -nt $product ]]; then rm -f "$product"; fi
    swift build --package-path boards -c release --product "$image" --triple "$triple" \
      --toolset "$toolset" --scratch-path "boards/.build-$board" --disable-sandbox -q
    cp "$product" ".cache/firmware/$image.elf"
    echo "$image: .cache/firmware/$image.elf"
  done
done
