"""As much of CoAP (RFC 8323's framing) and CBOR as talking to a device takes."""

from __future__ import annotations

OSCORE, URI_PATH, CONTENT_FORMAT, EDHOC, BLOCK2, BLOCK1, ECHO = 9, 11, 12, 21, 23, 27, 252


def _extended(number: int) -> tuple[int, bytes]:
    if number < 13:
        return number, b""
    if number < 269:
        return 13, bytes([number - 13])
    return 14, (number - 269).to_bytes(2, "big")


def _uint(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def message(code: str, token: bytes, options: list[tuple[int, bytes | int | str]] = (), payload: bytes = b"") -> bytes:
    """A message; `code` is written as in 2.04. Options must come in ascending order."""
    body, last = b"", 0
    for number, value in options:
        value = _uint(value) if isinstance(value, int) else value.encode() if isinstance(value, str) else value
        delta, delta_extension = _extended(number - last)
        length, length_extension = _extended(len(value))
        body += bytes([delta << 4 | length]) + delta_extension + length_extension + value
        last = number
    if payload:
        body += b"\xff" + payload
    length, extension = _extended(len(body))
    major, minor = code.split(".")
    return bytes([length << 4 | len(token)]) + extension + bytes([int(major) << 5 | int(minor)]) + token + body


def parse(frame: bytes) -> tuple[str, bytes, dict[int, bytes], bytes]:
    """A message's code, token, options (of each number the last, of a path all joined) and payload."""

    def extended(nibble: int, at: int) -> tuple[int, int]:
        if nibble == 13:
            return frame[at] + 13, at + 1
        if nibble == 14:
            return int.from_bytes(frame[at : at + 2], "big") + 269, at + 2
        return nibble, at

    _, at = extended(frame[0] >> 4, 1)
    code = f"{frame[at] >> 5}.{frame[at] & 31:02}"
    token_end = at + 1 + (frame[0] & 15)
    token, at = frame[at + 1 : token_end], token_end
    options, number = {}, 0
    while at < len(frame) and frame[at] != 0xFF:
        head = frame[at]
        delta, at = extended(head >> 4, at + 1)
        length, at = extended(head & 15, at)
        number += delta
        value = frame[at : at + length]
        options[number] = options[number] + b"/" + value if number == URI_PATH and number in options else value
        at += length
    return code, token, options, frame[at + 1 :]


def cbor(value) -> bytes:
    def head(major: int, number: int) -> bytes:
        for size, bits in ((0, 24), (1, 1 << 8), (2, 1 << 16), (4, 1 << 32)):
            if number < bits:
                return bytes([major << 5 | number]) if size == 0 else (
                    bytes([major << 5 | 23 + size.bit_length()]) + number.to_bytes(size, "big"))
        raise ValueError(number)

    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    return head(5, len(value)) + b"".join(cbor(key) + cbor(value[key]) for key in sorted(value, key=cbor))


def uncbor(data: bytes):
    value, rest = _uncbor(data)
    if rest:
        raise ValueError("bytes behind the CBOR item")
    return value


def _uncbor(data: bytes):
    major, number, data = data[0] >> 5, data[0] & 31, data[1:]
    if major == 7:
        return {20: False, 21: True, 22: None}[number], data
    if number >= 24:
        size = 1 << number - 24
        number, data = int.from_bytes(data[:size], "big"), data[size:]
    if major == 0:
        return number, data
    if major == 1:
        return -1 - number, data
    if major in (2, 3):
        text = data[:number]
        return (text if major == 2 else text.decode()), data[number:]
    if major == 6:
        return _uncbor(data)
    items = []
    for _ in range(number * (major - 3)):
        item, data = _uncbor(data)
        items.append(item)
    return (items if major == 4 else dict(zip(items[::2], items[1::2]))), data
