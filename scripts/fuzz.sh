#!/usr/bin/env bash
# fuzz.sh [SECONDS] [TARGET...]: every decoder of untrusted bytes under libFuzzer with AddressSanitizer.
# New inputs stay in .build-fuzz/corpora; a crash is kept there too and printed with the command that repeats it.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-20}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(ls Fuzz/Sources)
export SWIFT_BACKTRACE=enable=no # a crash under the fuzzer would hang in the backtracer for minutes
out=.build-fuzz
mkdir -p "$out"
flags=(-O -wmo -package-name muster -parse-as-library -sanitize=fuzzer,address -enable-experimental-feature Lifetimes -I "$out")

# The core by the compiler alone, in the order of its imports: no dependency is fetched for it.
objects=()
for module in SerialLink CoAP COSE OSCORE Trust Whitelist DeviceKit; do
  swiftc "${flags[@]}" -module-name "$module" -emit-module -emit-module-path "$out/$module.swiftmodule" \
    -emit-object -o "$out/$module.o" $(find "Sources/$module" -name '*.swift')
  objects+=("$out/$module.o")
done

# Compiled one after the other, then run as many at a time as there are cores.
for target in "${targets[@]}"; do
  swiftc "${flags[@]}" -module-name "fuzz_${target//-/_}" -o "$out/fuzz-$target" \
    $(find "Fuzz/Sources/$target" Fuzz/Shared -name '*.swift') "${objects[@]}" 2> >(grep -v 'gold' >&2)
done

fuzz() {
  local target=$1 program=$out/fuzz-$1 found=$out/corpora/$1 runs
  mkdir -p "$found"
  if ! "$program" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 \
    -artifact_prefix="$found/" "$found" "Fuzz/corpora/$target" >"$found.log" 2>&1; then
    tail -n 40 "$found.log" >&2
    echo "fuzz: $target failed; repeat it with: $program FILE (the file is named above)" >&2
    return 1
  fi
  runs=$(sed -nE 's/^stat::number_of_executed_units: *//p' "$found.log")
  printf '%-12s %s inputs in %s s, nothing found\n' "$target" "$runs" "$seconds"
  [ "${runs:-0}" -gt 1000 ] || {
    echo "fuzz: $target ran hardly any inputs; that proves nothing" >&2
    return 1
  }
}
export -f fuzz
export out seconds
printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I{} bash -euo pipefail -c 'fuzz {}'
