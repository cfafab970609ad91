"""EDHOC method 3, suite 2 (RFC 9528), step by step, on pyca/cryptography: every value of a session from its private keys.

Usage: edhoc_trace.py          the session of RFC 9529 chapter 3, as in vectors/rfc9529-chapter3.txt
       edhoc_trace.py SEED     a session from drawn keys, identifiers, credentials and EAD

Prints one `name hexadecimal` a line. The first form's output was compared with the RFC's text, value by value.
"""

import hashlib
import hmac
import random
import sys

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def head(major, argument):
    for count, information in ((1, 24), (2, 25), (4, 26)):
        if argument < 24:
            return bytes([major << 5 | argument])
        if argument < 1 << 8 * count:
            return bytes([major << 5 | information]) + argument.to_bytes(count, "big")
    raise ValueError(argument)


def bstr(data):
    return head(2, len(data)) + data


def compact(data):
    """RFC 9528 §3.3.2: one byte that encodes an integer of -24 to 23 stands for itself."""
    return data if len(data) == 1 and data[0] < 0x40 and data[0] & 31 < 24 else bstr(data)


def integer(value):
    return head(0, value) if value >= 0 else head(1, -1 - value)


def kdf(key, label, context, length):
    info = integer(label) + bstr(context) + integer(length)
    output, block = b"", b""
    while len(output) < length:
        block = hmac.digest(key, block + info + bytes([len(output) // 32 + 1]), "sha256")
        output += block
    return output[:length]


def extract(salt, secret):
    return hmac.digest(salt, secret, "sha256")


def sha(data):
    return hashlib.sha256(data).digest()


class Key:
    def __init__(self, scalar):
        self.private = ec.derive_private_key(scalar, ec.SECP256R1())
        self.scalar = scalar.to_bytes(32, "big")
        numbers = self.private.public_key().public_numbers()
        self.x, self.y = (value.to_bytes(32, "big") for value in (numbers.x, numbers.y))

    def agree(self, peer):
        return self.private.exchange(ec.ECDH(), peer.private.public_key())


def claims(key, kid, subject):
    parameters = b"\x01\x02" + (b"\x02" + bstr(kid) if kid is not None else b"")
    parameters += b"\x20\x01\x21" + bstr(key.x) + b"\x22" + bstr(key.y)
    cose_key = head(5, 5 if kid is not None else 4) + parameters
    confirmation = b"\x08" + head(5, 1) + b"\x01" + cose_key
    if subject is None:
        return head(5, 1) + confirmation
    return head(5, 2) + b"\x02" + head(3, len(subject)) + subject.encode() + confirmation


def session(x, y, i, r, suites, c_i, c_r, kid_i, kid_r, subject_i, subject_r, value_i, value_r, ead):
    made = {}

    def note(name, value):
        made[name] = value
        return value

    note("X", x.scalar), note("Y", y.scalar), note("SK_I", i.scalar), note("SK_R", r.scalar)
    note("G_X", x.x), note("G_Y", y.x), note("C_I", c_i), note("C_R", c_r)
    note("SUITES_I", suites)
    for number in range(4):
        note(f"EAD_{number + 1}", ead[number])
    cred_r, cred_i = note("CRED_R", claims(r, kid_r, subject_r)), note("CRED_I", claims(i, kid_i, subject_i))
    note("transfer_I", bytes([value_i])), note("transfer_R", bytes([value_r]))
    id_r = b"\xa1\x0e" + cred_r if value_r else b"\xa1\x04" + bstr(kid_r)
    id_i = b"\xa1\x0e" + cred_i if value_i else b"\xa1\x04" + bstr(kid_i)
    wire_r = id_r if value_r else compact(kid_r)
    wire_i = id_i if value_i else compact(kid_i)

    message_1 = note("message_1", integer(3) + suites + bstr(x.x) + compact(c_i) + ead[0])
    h_1 = note("H_message_1", sha(message_1))
    th_2 = note("TH_2", sha(bstr(y.x) + bstr(h_1)))
    prk_2e = note("PRK_2e", extract(th_2, note("G_XY", x.agree(y))))
    salt = note("SALT_3e2m", kdf(prk_2e, 1, th_2, 32))
    prk_3e2m = note("PRK_3e2m", extract(salt, note("G_RX", x.agree(r))))
    context_2 = note("context_2", compact(c_r) + id_r + bstr(th_2) + cred_r + ead[1])
    mac_2 = note("MAC_2", kdf(prk_3e2m, 2, context_2, 8))
    plaintext_2 = note("PLAINTEXT_2", compact(c_r) + wire_r + bstr(mac_2) + ead[1])
    keystream = note("KEYSTREAM_2", kdf(prk_2e, 0, th_2, len(plaintext_2)))
    note("message_2", bstr(y.x + bytes(a ^ b for a, b in zip(plaintext_2, keystream))))

    th_3 = note("TH_3", sha(bstr(th_2) + plaintext_2 + cred_r))
    salt = note("SALT_4e3m", kdf(prk_3e2m, 5, th_3, 32))
    prk_4e3m = note("PRK_4e3m", extract(salt, note("G_IY", y.agree(i))))
    context_3 = note("context_3", id_i + bstr(th_3) + cred_i + ead[2])
    mac_3 = note("MAC_3", kdf(prk_4e3m, 6, context_3, 8))
    plaintext_3 = note("PLAINTEXT_3", wire_i + bstr(mac_3) + ead[2])
    k_3, iv_3 = note("K_3", kdf(prk_3e2m, 3, th_3, 16)), note("IV_3", kdf(prk_3e2m, 4, th_3, 13))
    note("message_3", bstr(seal(k_3, iv_3, plaintext_3, th_3)))

    th_4 = note("TH_4", sha(bstr(th_3) + plaintext_3 + cred_i))
    k_4, iv_4 = note("K_4", kdf(prk_4e3m, 8, th_4, 16)), note("IV_4", kdf(prk_4e3m, 9, th_4, 13))
    note("message_4", bstr(seal(k_4, iv_4, ead[3], th_4)))
    prk_out = note("PRK_out", kdf(prk_4e3m, 7, th_4, 32))
    exporter = note("PRK_exporter", kdf(prk_out, 10, b"", 32))
    note("OSCORE_master_secret", kdf(exporter, 0, b"", 16))
    note("OSCORE_master_salt", kdf(exporter, 1, b"", 8))
    note("exported_200_context_70", kdf(exporter, 200, b"context", 70))
    return made


def seal(key, nonce, plaintext, transcript):
    return AESCCM(key, tag_length=8).encrypt(nonce, plaintext, b"\x83\x68Encrypt0\x40" + bstr(transcript))


def chapter_3():
    keys = [
        0x368EC1F69AEB659BA37D5A8D45B21BDC0299DCEAA8EF235F3CA42CE3530F9525,
        0xE2F4126777205E853B437D6EACA1E1F753CDCC3E2C69FA884B0A1A640977E418,
        0xFB13ADEB6518CEE5F88417660841142E830A81FE334380A953406A1305E8706B,
        0x72CC4761DBD4C78F758931AA589D348D1EF874A7E303EDE2F140DCF3E6AA4AAC,
    ]
    return session(
        *map(Key, keys), b"\x82\x06\x02", b"\x37", b"\x27", b"\x2b", b"\x32", "42-50-31-FF-EF-37-32-39", "example.edu",
        False, False, [b""] * 4)


def drawn(seed):
    draw = random.Random(seed)

    def ead(limit):
        made = b""
        for _ in range(draw.randrange(3)):
            made += integer(draw.choice([0, 1, 23, 24, 300, 65535]))
            made += draw.choice([b"", bstr(draw.randbytes(draw.randrange(limit)))])
        return made

    kids = [draw.randbytes(draw.choice([1, 1, 4, 8, 16])) for _ in range(2)]
    identifiers = [draw.randbytes(1), draw.randbytes(draw.choice([0, 2, 4, 7]))]
    subjects = [draw.choice([None, "a", "thing.example"]) for _ in range(2)]
    suites = draw.choice([b"\x02", b"\x82\x06\x02", b"\x84\x00\x01\x37\x02"])
    keys = [Key(draw.randrange(1, ORDER)) for _ in range(4)]
    return session(
        *keys, suites, *identifiers, *kids, *subjects, draw.random() < 0.4, draw.random() < 0.4,
        [ead(40), ead(8), ead(8), ead(40)])


made = chapter_3() if len(sys.argv) < 2 else drawn(int(sys.argv[1]))
print("\n".join(f"{name} {value.hex() or '-'}" for name, value in made.items()))
