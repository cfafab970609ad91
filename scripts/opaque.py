"""Searches a demonstration's line logs for what nobody on the line shall see: opaque.py FOLDER

Each log has every byte on a serial line, both ways. It is searched as it is, and with the link's frames taken off
(docs/spec/link.md), for the device's name, its certificate and its certification request, whole or in any part of twelve
bytes, as they are, in hexadecimal, in base64, and backwards. Before that the search has to find what is planted.
"""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path

PART = 12


def directions(log: Path) -> dict[str, bytes]:
    """The bytes of each direction; a line of the log is: time, direction, bytes in hexadecimal."""
    streams: dict[str, bytearray] = {}
    for line in log.read_text().splitlines():
        fields = line.split()
        if len(fields) >= 3:
            streams.setdefault(fields[1], bytearray()).extend(bytes.fromhex(fields[2]))
    return {name: bytes(stream) for name, stream in streams.items()}


def unframed(stream: bytes) -> bytes:
    """The payloads of all frames, one behind the other: COBS undone, four bytes of header and four of CRC taken off."""
    payloads = bytearray()
    for frame in stream.split(b"\0"):
        decoded = bytearray()
        position = 0
        while position < len(frame):
            code = frame[position]
            decoded += frame[position + 1 : position + code]
            position += code
            if code < 255 and position < len(frame):
                decoded.append(0)
        payloads += decoded[4:-4]
    return bytes(payloads)


def parts(secret: bytes) -> list[bytes]:
    count = min(PART, len(secret))
    pieces = [secret[start : start + count] for start in range(len(secret) - count + 1)]
    return [piece for piece in pieces if len(set(piece)) > 3]


def forms(part: bytes) -> list[bytes]:
    # The middle of its base64 does not depend on what stands around it.
    middles = [base64.b64encode(b"\0" * shift + part)[4 : 4 * ((len(part) + shift) // 3)] for shift in range(3)]
    return [part, part[::-1], part.hex().encode(), part.hex().upper().encode(), *middles]


def found(secrets: dict[str, bytes], stream: bytes) -> list[str]:
    return [
        name
        for name, secret in secrets.items()
        if any(form in stream for part in parts(secret) for form in forms(part))
    ]


def main(folder: Path) -> int:
    logs = sorted(folder.glob("line-*.log"))
    if not logs:
        print("opaque: there is no .demo/line-*.log; run 'make demo ONCE=1' first", file=sys.stderr)
        return 66
    failed = False
    for pem in sorted((folder / "devices").glob("*.pem")):
        device = pem.stem
        log = folder / f"line-{device.lower()}.log"
        certificate = subprocess.run(
            ["openssl", "x509", "-in", str(pem), "-outform", "DER"], check=True, capture_output=True
        ).stdout
        secrets = {
            "name": device.encode(),
            "certificate": certificate,
            "certification request": (folder / "devices" / f"{device}.csr.der").read_bytes(),
        }
        total = 0
        for direction, stream in directions(log).items():
            total += len(stream)
            for form in (stream, unframed(stream)):
                for name, secret in secrets.items():
                    planted = form + secret[:PART] + form
                    if name not in found({name: secret}, planted):
                        print(f"opaque: the search does not find the {name} where it was planted", file=sys.stderr)
                        failed = True
                for name in found(secrets, form):
                    print(f"opaque: {log} shows the {name} of {device} ({direction})", file=sys.stderr)
                    failed = True
        if total < 1000:
            print(f"opaque: {log} has only {total} bytes: no enrolment went over this line", file=sys.stderr)
            failed = True
        if not failed:
            print(f"{log}: {total} bytes, nothing of {device} in it")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
