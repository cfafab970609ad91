#!/usr/bin/env bash
# Everything that guards main, in the order in which it fails fastest. MUSTER_TEST_ONLY=phase[,phase] runs a part.
set -euo pipefail
cd "$(dirname "$0")/.."
only=${MUSTER_TEST_ONLY:-}
begin=$SECONDS

phase() {
  local name=$1
  shift
  if [ -n "$only" ] && [[ ",$only," != *",$name,"* ]]; then return 0; fi
  local start=$SECONDS
  printf '\n=== %s\n' "$name"
  "$@" || {
    printf '\n=== %s FAILED after %d s\n' "$name" $((SECONDS - start)) >&2
    exit 1
  }
  printf '=== %s: %d s\n' "$name" $((SECONDS - start))
}

phase setup scripts/setup.sh test
phase lint scripts/lint.sh
phase firmware scripts/firmware.sh
phase drivers scripts/boards-test.sh
phase sizes python3 scripts/sizes.py
phase erasure python3 scripts/erasure.py .cache/firmware/microbit.elf
phase entropy qemu/enrol mps2-an386 .cache/firmware/mps2-an386.elf --without-entropy
phase build swift build --build-tests
# Tests that compute would starve tests that wait, of which there are many, so they run one after the other.
phase compute swift test --skip-build \
  --filter 'SerialLinkTests|CoAPTests|COSETests|OSCORETests|TrustTests|WhitelistTests|PolicyTests|DeviceKitTests|DeviceCryptoTests|PKITests|SimulationTests|EdgeTests|DurabilityTests'
phase psa scripts/psa-test.sh
phase unit swift test --skip-build --filter 'CoAPStreamTests|GatewayTests|ManagerTests'
# The CA's tests sign and lint a great deal, beside which other peoples' CoAP stacks would give up waiting.
phase ca swift test --skip-build --filter MockCATests
phase fuzz scripts/fuzz.sh 20
phase demo scripts/demo.sh --once
phase readme scripts/readme.sh
phase endtoend swift test --skip-build --no-parallel --filter 'AttackTests|EndToEndTests'
printf '\nAll phases passed in %d s\n' $((SECONDS - begin))
