#!/usr/bin/env bash
# The full counts of what `make test` samples. Takes hours; write the figures into docs/testing.md.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${ROUNDS:-10}
fuzz_seconds=${FUZZ_SECONDS:-600}

scripts/setup.sh test
scripts/firmware.sh
swift build --build-tests
for ((round = 1; round <= rounds; round++)); do
  echo "=== kills and power cuts, round $round of $rounds"
  swift test --skip-build --no-parallel --filter EndToEndTests
done
seeds=${MUSTER_SEEDS:-100}
kills=${MUSTER_KILLS:-300} cuts=${MUSTER_POWER_CUTS:-30}
echo "=== the CA under load: $kills kills, $cuts power cuts"
MUSTER_KILLS=$kills MUSTER_POWER_CUTS=$cuts swift test --skip-build --filter 'MockCATests.CrashTests'
echo "=== 100,000 revoked"
MUSTER_SOAK=1 swift test --skip-build --filter 'MockCATests.SizeTests'
echo "=== attacks, $seeds seeds each"
MUSTER_SEEDS=$seeds swift test --skip-build --filter AttackTests
echo "=== every byte of an enrolment spoilt"
MUSTER_SOAK=1 swift test --skip-build --filter SimulationTests
echo "=== fuzzing, $fuzz_seconds s a target"
scripts/fuzz.sh "$fuzz_seconds"
