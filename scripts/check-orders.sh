#!/usr/bin/env bash
# Opens every order of the last demonstration with OpenSSL: the manager's signature is good, its certificate leads to
# the demonstration's anchor, and the certification request inside is byte for byte the one the device made.
set -euo pipefail
cd "$(dirname "$0")/.."
shopt -s nullglob
orders=(.demo/devices/*.order.der)
[ ${#orders[@]} -gt 0 ] || {
  echo "check-orders: there is no .demo/devices/*.order.der; run 'make demo ONCE=1' first" >&2
  exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for order in "${orders[@]}"; do
  csr=${order%.order.der}.csr.der
  # -purpose any: OpenSSL knows no purpose for id-kp-cmcRA.
  openssl cms -verify -purpose any -inform DER -in "$order" -CAfile .demo/ca.pem \
    -out "$work/pkidata.der" 2>"$work/said" || {
    cat "$work/said" >&2
    echo "check-orders: $order is not signed as it should be" >&2
    exit 1
  }
  python3 - "$work/pkidata.der" "$csr" <<'PYTHON' || exit 1
import sys
content, csr = (open(path, "rb").read() for path in sys.argv[1:])
if len(csr) < 100 or content.count(csr) != 1:
    sys.exit(f"check-orders: {sys.argv[2]} is not inside its order byte for byte")
PYTHON
  openssl req -inform DER -in "$csr" -verify -noout 2>/dev/null || {
    echo "check-orders: $csr does not prove possession of its key" >&2
    exit 1
  }
  echo "$order: signature good, $(basename "$csr") inside unchanged ($(stat -c %s "$csr") bytes), possession proven"
done
