"""P-256 keys as Muster writes them: x and y side by side, thumbprints, credentials (docs/spec/device.md)."""

from __future__ import annotations

import hashlib

import coap
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key


def load(pem: bytes) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(pem, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("not a key on a curve")
    return key


def public(key: ec.EllipticCurvePrivateKey) -> bytes:
    """x and y, 64 bytes."""
    numbers = key.public_key().public_numbers()
    return numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")


def secret(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_numbers().private_value.to_bytes(32, "big")


def thumbprint(public_key: bytes) -> bytes:
    """RFC 9679: SHA-256 over the required parameters of the COSE_Key, in deterministic order."""
    return hashlib.sha256(_cose_key(public_key)).digest()


def credential(public_key: bytes) -> bytes:
    """A CWT Claims Set with the key as its confirmation, and the front of its thumbprint as kid."""
    return b"\xa1\x08\xa1\x01" + _cose_key(public_key, kid=thumbprint(public_key)[:8])


def _cose_key(public_key: bytes, kid: bytes | None = None) -> bytes:
    parameters = {1: 2, -1: 1, -2: public_key[:32], -3: public_key[32:]}
    return coap.cbor(parameters | ({2: kid} if kid else {}))
