"""The far end of a device's line, written from docs/spec/link.md: an independent implementation, for trying boards.

It runs on a line that loses nothing, so it leaves out most of what only loss needs: it repeats whole messages, and only
because a device may hold a message off, and it sends no probes.
"""

from __future__ import annotations

import secrets
import socket
import time

HELLO, DATA, ASKING, ACKNOWLEDGEMENT, PROBE = range(5)
LONGEST_MESSAGE = 3840
RETRY_SECONDS = 1


def crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def cobs(data: bytes) -> bytes:
    return b"".join(bytes([len(part) + 1]) + part for part in data.split(b"\0"))


def uncobs(data: bytes) -> bytes:
    out = b""
    while data:
        out += data[1 : data[0]] + b"\0"
        data = data[data[0] :]
    return out[:-1]


def is_whole(frame: bytes) -> bool:
    return len(frame) >= 8 and crc32c(frame[:-4]) == int.from_bytes(frame[-4:], "big")


class Peer:
    """One session with the device; `messages` are those it has sent and nobody has taken."""

    def __init__(self, line: socket.socket, begun: bytes = b""):
        self.line = line
        self.bytes_out = self.bytes_in = 0
        self.up = False
        self.messages: list[bytes] = []
        self._own = secrets.randbits(32) or 1
        self._heard = 0
        self._buffer = begun
        self._fragments: dict[int, bytes] = {}
        self._expected = self._next = 0
        self._delivered = True
        self._say_hello()

    def send(self, message: bytes, timeout_seconds: float = 60) -> None:
        """Sends a message and waits until the device has it."""
        self._run_until(lambda: self.up, timeout_seconds)
        size = self._fragment_bytes
        parts = [message[start : start + size] for start in range(0, len(message), size)]
        self._delivered = False
        deadline = time.monotonic() + timeout_seconds
        while not self._delivered:
            if time.monotonic() > deadline:
                raise TimeoutError("the device does not take the message")
            for index, part in enumerate(parts):
                kind = ASKING if index == len(parts) - 1 else DATA
                self._send_frame(kind, self._next, index << 4 | len(parts) - 1, part)
            self._run_until(lambda: self._delivered, RETRY_SECONDS, or_else=None)

    def receive(self, timeout_seconds: float = 60) -> bytes:
        """Waits for the device's next message."""
        self._run_until(lambda: bool(self.messages), timeout_seconds)
        return self.messages.pop(0)

    def restarted(self, timeout_seconds: float = 60) -> Peer:
        """Waits for the first HELLO after the device's power came back: the peer that goes on from there.

        Until then the line carries what the device sent before, and what the power cut left of a frame.
        """
        restarted = False

        def look_for_hello(frame: bytes) -> None:
            nonlocal restarted
            if not restarted and is_whole(frame) and frame[0] & 7 == HELLO:
                restarted = int.from_bytes(frame[8:12], "big") != self._heard

        self._run_until(lambda: restarted, timeout_seconds, take=look_for_hello)
        return Peer(self.line, self._buffer)

    # What comes.

    def _run_until(
        self, condition, timeout_seconds: float, or_else: str | None = "the device is silent", take=None
    ) -> None:
        deadline = time.monotonic() + timeout_seconds
        while not condition():
            self.line.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                received = self.line.recv(4096)
            except TimeoutError:
                if or_else:
                    raise TimeoutError(or_else) from None
                return
            if not received:
                raise OSError("the device hung up")
            self.bytes_in += len(received)
            *frames, self._buffer = (self._buffer + received).split(b"\0")
            for frame in filter(None, frames):
                (take or self._take)(uncobs(frame))

    def _take(self, frame: bytes) -> None:
        if not is_whole(frame):
            raise OSError(f"a damaged frame on a line that loses nothing: {frame.hex()}")
        body = frame[:-4]
        first, epoch, message, fragment = body[:4]
        kind, payload = first & 7, body[4:]
        if kind == HELLO:
            self._take_hello(message, payload)
        elif not self.up or epoch != self._epoch or first >> 3 & 1 == self._side:
            raise OSError(f"a foreign frame: {frame.hex()}")
        elif kind in (DATA, ASKING):
            self._take_fragment(kind, message, fragment, payload)
        elif kind == ACKNOWLEDGEMENT and message == self._next and payload[:2] == b"\xff\xff":
            self._delivered = True
            self._next = (self._next + 1) % 256
        elif kind == PROBE:
            self._acknowledge(0xFFFF, (self._expected - 1) % 256)

    def _take_hello(self, flags: int, payload: bytes) -> None:
        offer, epoch, heard = payload[1], int.from_bytes(payload[4:8], "big"), int.from_bytes(payload[8:12], "big")
        if self.up and (epoch, heard) == (self._heard, self._own):
            if not flags & 1:
                self._say_hello()
            return
        if self.up:
            raise ConnectionResetError("the device has restarted")
        self._heard = epoch
        self._fragment_bytes = min(offer, 240)
        self.up = heard == self._own
        self._say_hello()

    def _take_fragment(self, kind: int, message: int, fragment: int, payload: bytes) -> None:
        index, count = fragment >> 4, (fragment & 15) + 1
        if message == self._expected:
            self._fragments[index] = payload
        if kind != ASKING:
            return
        if message == self._expected and len(self._fragments) < count:
            self._acknowledge(sum(1 << index for index in self._fragments), message)
            return
        if message == self._expected:
            self.messages.append(b"".join(self._fragments[index] for index in range(count)))
            self._fragments = {}
            self._expected = (self._expected + 1) % 256
        self._acknowledge(0xFFFF, message)

    # What goes.

    @property
    def _epoch(self) -> int:
        return (self._own + self._heard) % 256

    @property
    def _side(self) -> int:
        return 1 if self._own > self._heard else 0

    def _say_hello(self) -> None:
        numbers = LONGEST_MESSAGE.to_bytes(2, "big") + self._own.to_bytes(4, "big") + self._heard.to_bytes(4, "big")
        body = bytes([HELLO, self._own % 256, 1 if self.up else 0, 0]) + bytes([0x11, 240]) + numbers
        self._put(b"\0" + self._framed(body))

    def _acknowledge(self, bitmap: int, message: int) -> None:
        self._send_frame(ACKNOWLEDGEMENT, message, 0, bitmap.to_bytes(2, "big"))

    def _send_frame(self, kind: int, message: int, fragment: int, payload: bytes) -> None:
        body = bytes([1 << 4 | self._side << 3 | kind, self._epoch, message, fragment]) + payload
        self._put(self._framed(body))

    @staticmethod
    def _framed(body: bytes) -> bytes:
        return cobs(body + crc32c(body).to_bytes(4, "big")) + b"\0"

    def _put(self, data: bytes) -> None:
        self.bytes_out += len(data)
        self.line.sendall(data)
