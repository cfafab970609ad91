"""A second implementation of trust descriptors, on pycose and cbor2, from docs/spec/trust.md alone.

The first input line is the root's private key, 32 bytes in hexadecimal. Each further line is

    read DESCRIPTOR   prints the content's fields as one line of JSON, keys in hexadecimal; or `bad`
    write JSON        prints a descriptor that says what the JSON says
    thumbprint KEY    prints the RFC 9679 thumbprint of a public key
"""

import hashlib
import json
import sys

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from pycose.algorithms import Es256
from pycose.headers import KID, Algorithm
from pycose.keys import EC2Key
from pycose.keys.curves import P256
from pycose.messages import Sign1Message

CONTEXT = b"muster-trust"


def thumbprint(public_key):
    return hashlib.sha256(cbor2.dumps({1: 2, -1: 1, -2: public_key[:32], -3: public_key[32:]})).digest()


def read(text):
    protected, unprotected, content, signature = cbor2.loads(bytes.fromhex(text))
    message = Sign1Message.from_cose_obj([protected, dict(unprotected), content, signature], True)
    message.key = key
    message.external_aad = CONTEXT
    if not message.verify_signature() or message.uhdr[KID] != thumbprint(public)[:8]:
        return "bad"
    fields = cbor2.loads(content)
    return json.dumps(
        {
            "version": fields[1],
            "network": fields[2],
            "epoch": fields[3],
            "managerKeys": [item.hex() for item in fields[4]],
            "signers": [item.hex() for item in fields[5]],
            "anchors": [[name.hex(), point.hex()] for name, point in fields[6]],
        },
        sort_keys=True,
        separators=(",", ":"),
    )


def write(text):
    terms = json.loads(text)
    fields = {
        1: 1,
        2: terms["network"],
        3: terms["epoch"],
        4: [bytes.fromhex(item) for item in terms["managerKeys"]],
        5: [bytes.fromhex(item) for item in terms["signers"]],
        6: [[bytes.fromhex(name), bytes.fromhex(point)] for name, point in terms["anchors"]],
    }
    message = Sign1Message(
        phdr={Algorithm: Es256}, uhdr={KID: thumbprint(public)[:8]}, payload=cbor2.dumps(fields, canonical=True)
    )
    message.key = key
    message.external_aad = CONTEXT
    return message.encode(tag=False).hex()


def line(text):
    try:
        verb, field = text.split(" ", 1)
        if verb == "thumbprint":
            return thumbprint(bytes.fromhex(field)).hex()
        return {"read": read, "write": write}[verb](field)
    except Exception as error:
        return f"error {error!r}"


lines = sys.stdin.read().splitlines()
scalar = int(lines[0], 16)
point = ec.derive_private_key(scalar, ec.SECP256R1()).public_key().public_numbers()
public = point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big")
key = EC2Key(crv=P256, x=public[:32], y=public[32:], d=scalar.to_bytes(32, "big"))
print("\n".join(line(text) for text in lines[1:]))
