"""Writes docs/spec/cwl-vectors.txt: whitelists by pycose and cbor2, good ones and spoilt ones. With a folder as its argument it
also writes each list there as a file: the fuzz target's corpus.

Every run makes new signatures; the keys come from a seed.
"""

import hashlib
import sys
from pathlib import Path

import cbor2
from cwl_signing import kid, public_key, sign1

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None


def scalar(label):
    return int.from_bytes(hashlib.sha256(b"muster cwl vectors " + label.encode()).digest(), "big") >> 1


def digest(label):
    return hashlib.sha256(label.encode()).digest()


def sign(fields, by="signer", **options):
    content = fields if isinstance(fields, bytes) else cbor2.dumps(fields, canonical=True)
    return sign1(content, scalar(by), **options)


def without(field):
    return {number: value for number, value in least.items() if number != field}


issuer = [digest("issuer"), digest("issuer's key")]
other_issuer = [digest("other issuer"), digest("other issuer's key")]
issuers = sorted([issuer, other_issuer])
serial = digest("serial number")[:20].replace(b"\0", b"\1")
times = {7: 1_800_000_000, 8: 1_800_604_800, 9: 1_802_592_000}
least = {1: 1, 2: "Muster", 3: 1, 4: ["pump-1", digest("pump-1")], 5: 1, 6: 1, **times, 10: 1, 11: 2, 12: 0, 13: [], 14: [], 15: []}
one = {**least, 6: 2, 13: [issuer], 15: [[0, serial]]}
rules = [
    [{1: 1, 2: 1, 3: 3, 4: 5684}],
    [{1: 2, 2: [3, 4], 3: [1, 4], 4: [8883, [4840, 4843]], 5: 3}, {2: []}],
    [],
]
most = {
    **least,
    2: "n" * 64,
    3: 2**32 - 1,
    4: ["d" * 64, digest("d")],
    5: 2**32 - 1,
    6: 2**64 - 2,
    7: 2**64 - 3,
    8: 2**64 - 2,
    9: 2**64 - 1,
    10: 3,
    12: 65535,
    13: issuers,
    14: rules,
    15: [
        [0, b"\1"],
        [0, b"\xff", 2],
        [0, serial, 0, {1: digest("key"), 2: 1, 3: 2**64 - 2, 4: [1, b"\1"]}],
        [1, b"\1", 1],
        [1, b"\1\0", {2: 5}],
    ],
    16: 2**64 - 2,
}
peers = {**one, 6: 3, 14: rules[:1], 15: sorted([[0, b"\x40" + digest(f"peer {number}")[:19], 0] for number in range(64)])}

print("""# Test vectors of docs/spec/cwl.md. Made by Tests/WhitelistTests/oracle/cwl_vectors.py; do not edit.
#
# signer  PUBLIC-KEY
# good    NAME EPOCH.NUMBER ENTRIES LIST    a device that believes these signers reads it
# bad     NAME REASON LIST                  a device refuses it for this reason
#""")
print("signer", public_key(scalar("signer")).hex())
print("signer", public_key(scalar("next signer")).hex())


def show(*row):
    print(*row[:-1], row[-1].hex())
    if folder:
        (folder / row[1]).write_bytes(row[-1])


def good(name, fields, **options):
    show("good", name, f"{fields[5]}.{fields[6]}", len(fields[15]), sign(fields, **options))


def bad(name, reason, data):
    show("bad", name, reason, data)


good("empty", least)
good("one", one)
good("most", most)
good("64-peers", peers)
good("next-signer", one, by="next signer")
good("unknown-field", {**one, 99: b"later"})

whole = sign(one)
content = cbor2.dumps(one, canonical=True)
bad("array", "malformed", b"\x80" + whole)
bad("content-not-a-map", "malformed", sign(b"\x80"))
bad("byte-behind-the-content", "malformed", sign(content + b"\0"))
bad("cut", "truncated", whole[:-1])
bad("trailing-byte", "trailingBytes", whole + b"\0")
bad("tagged", "form", sign(one, tag=True))
bad("header-with-more", "form", sign(one, header={99: 0}))
bad("signature-empty", "unsigned", whole[:-66] + b"\x40")
bad("content-alone", "unsigned", content)
bad("another-signer", "otherSigner", sign(one, by="stranger"))
bad("another-signer-under-this-name", "signature", sign(one, by="stranger", named=kid(public_key(scalar("signer")))))
bad("without-context", "signature", sign(one, context=b""))
bad("context-of-a-descriptor", "signature", sign(one, context=b"muster-trust"))
bad("version-2", "version", sign({**one, 1: 2}))
bad("long-form-version", "version", sign(content.replace(b"\1\1\2", b"\1\x18\1\2", 1)))
bad("no-network", "network", sign({**one, 2: ""}))
bad("network-of-65-bytes", "network", sign({**one, 2: "n" * 65}))
bad("list-0", "list", sign({**one, 3: 0}))
bad("holder-without-thumbprint", "holder", sign({**one, 4: ["pump-1"]}))
bad("epoch-0", "epoch", sign({**one, 5: 0}))
bad("number-0", "number", sign({**one, 6: 0}))
bad("number-2-64-1", "number", sign({**one, 6: 2**64 - 1}))
bad("next-update-at-this-update", "times", sign({**one, 8: times[7]}))
bad("end-before-next-update", "times", sign({**one, 9: times[8] - 1}))
bad("stale-policy-4", "stalePolicy", sign({**one, 10: 4}))
bad("time-mode-0", "timeMode", sign({**one, 11: 0}))
bad("restarts-65536", "timeMode", sign({**one, 12: 65536}))
bad("nine-issuers", "issuers", sign({**one, 13: sorted([digest(str(n)), digest("k")] for n in range(9))}))
bad("issuers-descending", "issuers", sign({**one, 13: issuers[::-1]}))
bad("issuer-twice", "issuers", sign({**one, 13: [issuer, issuer]}))
bad("rule-for-port-0", "rules", sign({**one, 14: [[{4: 0}]]}))
bad("nine-rules", "rules", sign({**one, 14: [[{}] * 9]}))
bad("observe-too-long", "observation", sign({**one, 16: times[8] + 1}))
bad("observe-by-counters", "observation", sign({**one, 11: 3, 16: times[8]}))
bad("delta", "delta", sign({**one, 17: [1, digest("base")]}))
bad("negative-key", "criticalField", sign({**one, -1: 0}))
bad("unknown-option", "criticalField", sign({**one, 15: [[0, serial, {5: 0}]]}))
bad("unknown-part-of-a-rule", "criticalField", sign({**one, 14: [[{6: 0}]]}))
bad("entry-without-serial-number", "entry", sign({**one, 15: [[0]]}))
bad("no-entries", "entry", sign(without(15)))
bad("no-such-issuer", "entryIndex", sign({**one, 15: [[1, serial]]}))
bad("no-such-rules", "entryIndex", sign({**one, 15: [[0, serial, 0]]}))
bad("serial-number-with-zero", "serialNumber", sign({**one, 15: [[0, b"\0\1"]]}))
bad("serial-number-of-21-bytes", "serialNumber", sign({**one, 15: [[0, serial + b"\1"]]}))
bad("entries-descending", "entryOrder", sign({**one, 15: [[0, b"\1\1"], [0, b"\2"]]}))
bad("entry-twice", "entryOrder", sign({**one, 15: [[0, serial], [0, serial]]}))
bad("validity-over-at-once", "entryValidity", sign({**one, 15: [[0, serial, {2: 5, 3: 5}]]}))
bad("validity-by-counters", "entryValidity", sign({**one, 11: 3, 15: [[0, serial, {2: 5}]]}))
sys.stdout.flush()
