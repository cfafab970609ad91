"""AES-CCM-16-64-128 and P-256 agreements by pyca/cryptography, as JSON: what HostCryptography must come to as well.

Usage: session.py SEED
"""

import json
import random
import sys

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

draw = random.Random(int(sys.argv[1]))


def sealed(text_bytes: int, additional_bytes: int) -> dict[str, str]:
    key, nonce = draw.randbytes(16), draw.randbytes(13)
    text, additional = draw.randbytes(text_bytes), draw.randbytes(additional_bytes)
    return {
        "key": key.hex(),
        "nonce": nonce.hex(),
        "additionalData": additional.hex(),
        "plaintext": text.hex(),
        "ciphertext": AESCCM(key, tag_length=8).encrypt(nonce, text, additional).hex(),
    }


def agreement() -> dict[str, str]:
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    ours, theirs = (ec.derive_private_key(draw.randrange(1, order), ec.SECP256R1()) for _ in range(2))
    pem = ours.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        "pem": pem.decode(),
        "peerX": theirs.public_key().public_numbers().x.to_bytes(32, "big").hex(),
        "secret": ours.exchange(ec.ECDH(), theirs.public_key()).hex(),
    }


lengths = [(0, 0), (0, 5), (1, 0), (15, 1), (16, 14), (17, 15), (64, 16), (255, 300), (1100, 20), (3000, 0)]
print(json.dumps({"sealed": [sealed(*pair) for pair in lengths], "agreements": [agreement() for _ in range(20)]}))
