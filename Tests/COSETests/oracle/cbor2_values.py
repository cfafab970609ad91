"""cbor2's idea of the values we write.

Each input line is one item in hexadecimal. Its output line is the item as cbor2 writes it canonically after reading it,
with map keys in bytewise order (RFC 8949 §4.2.1), or `error`.
"""

import io
import sys

import cbor2


def canonical(value):
    """cbor2's canonical mode sorts by length first (RFC 7049); this is RFC 8949's order."""
    if isinstance(value, (list, tuple)):
        return head(4, len(value)) + b"".join(canonical(item) for item in value)
    if isinstance(value, cbor2.CBORTag):
        return head(6, value.tag) + canonical(value.value)
    if hasattr(value, "items"):
        pairs = sorted((canonical(key), canonical(item)) for key, item in value.items())
        return head(5, len(pairs)) + b"".join(key + item for key, item in pairs)
    if value is cbor2.undefined:
        return b"\xf7"
    return cbor2.dumps(value, canonical=True)


def head(major, argument):
    encoded = bytearray(cbor2.dumps(argument, canonical=True))
    encoded[0] |= major << 5
    return bytes(encoded)


def line(text):
    try:
        stream = io.BytesIO(bytes.fromhex(text))
        value = cbor2.CBORDecoder(stream).decode()
        return canonical(value).hex() if not stream.read() else "error"
    except Exception as error:
        return f"error {error!r}"


print("\n".join(line(text) for text in sys.stdin.read().splitlines()))
