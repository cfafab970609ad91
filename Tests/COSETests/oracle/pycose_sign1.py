"""pycose's idea of COSE_Sign1.

The first input line is a P-256 private key, 32 bytes in hexadecimal. Each further line is

    verify OBJECT AAD      prints the payload, or `bad`
    sign PAYLOAD KID AAD   prints the object, tagged

all in hexadecimal, `-` for nothing.
"""

import sys

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from pycose.algorithms import Es256
from pycose.headers import KID, Algorithm
from pycose.keys import EC2Key
from pycose.keys.curves import P256
from pycose.messages import Sign1Message


def unfield(text):
    return b"" if text == "-" else bytes.fromhex(text)


def verify(data, aad):
    # From the object itself: our objects are untagged, and pycose's own decoder wants lists where cbor2 6 has tuples.
    protected, unprotected, payload, signature = cbor2.loads(unfield(data))
    message = Sign1Message.from_cose_obj([protected, dict(unprotected), payload, signature], True)
    message.key = key
    message.external_aad = unfield(aad)
    return message.payload.hex() or "-" if message.verify_signature() else "bad"


def sign(payload, kid, aad):
    header = {KID: unfield(kid)} if kid != "-" else {}
    message = Sign1Message(phdr={Algorithm: Es256}, uhdr=header, payload=unfield(payload))
    message.key = key
    message.external_aad = unfield(aad)
    return message.encode().hex()


def line(text):
    try:
        verb, *fields = text.split()
        return {"verify": verify, "sign": sign}[verb](*fields)
    except Exception as error:
        return f"error {error!r}"


lines = sys.stdin.read().splitlines()
scalar = int(lines[0], 16)
point = ec.derive_private_key(scalar, ec.SECP256R1()).public_key().public_numbers()
key = EC2Key(crv=P256, x=point.x.to_bytes(32, "big"), y=point.y.to_bytes(32, "big"), d=scalar.to_bytes(32, "big"))
print("\n".join(line(text) for text in lines[1:]))
