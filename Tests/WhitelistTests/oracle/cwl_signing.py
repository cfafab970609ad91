"""How a signer signs a list (docs/spec/cwl.md), by pycose."""

import hashlib

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from pycose.algorithms import Es256
from pycose.headers import KID, Algorithm
from pycose.keys import EC2Key
from pycose.keys.curves import P256
from pycose.messages import Sign1Message

CONTEXT = b"muster-cwl"


def public_key(scalar):
    point = ec.derive_private_key(scalar, ec.SECP256R1()).public_key().public_numbers()
    return point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big")


def kid(public):
    return hashlib.sha256(cbor2.dumps({1: 2, -1: 1, -2: public[:32], -3: public[32:]})).digest()[:8]


def sign1(content, scalar, named=None, context=CONTEXT, header=None, tag=False):
    public = public_key(scalar)
    message = Sign1Message(
        phdr={Algorithm: Es256}, uhdr={KID: named or kid(public), **(header or {})}, payload=content
    )
    message.key = EC2Key(crv=P256, x=public[:32], y=public[32:], d=scalar.to_bytes(32, "big"))
    message.external_aad = context
    return message.encode(tag=tag)
