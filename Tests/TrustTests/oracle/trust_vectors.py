"""Writes docs/spec/trust-vectors.txt: trust descriptors by pycose and cbor2, good ones and spoilt ones.

Every run makes new signatures; the keys come from a seed.
"""

import hashlib
import sys

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from pycose.algorithms import Es256
from pycose.headers import KID, Algorithm
from pycose.keys import EC2Key
from pycose.keys.curves import P256
from pycose.messages import Sign1Message


def scalar(label):
    return int.from_bytes(hashlib.sha256(b"muster trust vectors " + label.encode()).digest(), "big") >> 1


def public(label):
    point = ec.derive_private_key(scalar(label), ec.SECP256R1()).public_key().public_numbers()
    return point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big")


def kid(label):
    x, y = public(label)[:32], public(label)[32:]
    return hashlib.sha256(cbor2.dumps({1: 2, -1: 1, -2: x, -3: y})).digest()[:8]


def name(text):
    value = b"\x06\x03\x55\x04\x03\x0c" + bytes([len(text)]) + text.encode()
    attribute = b"\x30" + bytes([len(value)]) + value
    return b"\x30" + bytes([len(attribute) + 2]) + b"\x31" + bytes([len(attribute)]) + attribute


def anchor(label):
    return [name(label), public(label)]


def sign(fields, root="root", named="root", context=b"muster-trust", header=None, tag=False):
    key = EC2Key(crv=P256, x=public(root)[:32], y=public(root)[32:], d=scalar(root).to_bytes(32, "big"))
    content = fields if isinstance(fields, bytes) else cbor2.dumps(fields, canonical=True)
    message = Sign1Message(phdr={Algorithm: Es256}, uhdr={KID: kid(named), **(header or {})}, payload=content)
    message.key = key
    message.external_aad = context
    return message.encode(tag=tag)


least = {1: 1, 2: "Muster", 3: 1, 4: [public("manager")], 5: [], 6: [anchor("CA")]}
most = {
    1: 1,
    2: "n" * 64,
    3: 2**32 - 1,
    4: [public("manager"), public("manager next")],
    5: [public("signer"), public("signer next")],
    6: [anchor("CA"), anchor("CA next")],
}

print("""# Test vectors of docs/spec/trust.md. Made by Tests/TrustTests/oracle/trust_vectors.py; do not edit.
#
# root    PUBLIC-KEY
# good    NAME EPOCH DESCRIPTOR     a device that pinned this root reads it
# bad     NAME REASON DESCRIPTOR    a device refuses it for this reason
#""")
print("root", public("root").hex())
print("good least 1", sign(least).hex())
print("good most 4294967295", sign(most).hex())
print("good unknown-field 1", sign({**least, 7: ["later"]}).hex())


def bad(case, reason, descriptor):
    print("bad", case, reason, descriptor.hex())


bad("trailing-byte", "malformed", sign(least) + b"\0")
bad("content-not-a-map", "malformed", sign(cbor2.dumps([1])))
bad("long-form-epoch", "malformed", sign(cbor2.dumps(least, canonical=True).replace(b"\x03\x01\x04", b"\x03\x18\x01\x04", 1)))
bad("bytes-897", "tooLarge", sign({**least, 7: bytes(897 - len(sign({**least, 7: bytes(256)})) + 256)}))
bad("tagged", "form", sign(least, tag=True))
bad("header-with-more", "form", sign(least, header={99: 0}))
bad("version-2", "version", sign({**least, 1: 2}))
bad("name-of-65-bytes", "network", sign({**least, 2: "n" * 65}))
bad("epoch-0", "epoch", sign({**least, 3: 0}))
bad("three-managers", "managerKeys", sign({**least, 4: [public(text) for text in "abc"]}))
bad("signer-of-65-bytes", "signers", sign({**least, 5: [b"\x04" + public("signer")]}))
bad("no-anchor", "anchors", sign({**least, 6: []}))
bad("anchor-name-cut", "anchorName", sign({**least, 6: [[name("CA")[:-1], public("CA")]]}))
bad("manager-twice", "duplicateKey", sign({**least, 4: [public("manager")] * 2}))
bad("negative-key", "criticalField", sign({**least, -1: 0}))
bad("another-root", "otherRoot", sign(least, root="other", named="other"))
bad("another-root-under-this-name", "signature", sign(least, root="other"))
bad("without-context", "signature", sign(least, context=b""))
bad("context-of-something-else", "signature", sign(least, context=b"muster-list"))
sys.stdout.flush()
