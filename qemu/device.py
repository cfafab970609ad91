"""A device as its manager sees it: requests in both directions on one line, in clear until there is a session."""

from __future__ import annotations

import coap
import session
from peer import Peer

Answer = tuple[str, dict[int, bytes], bytes]
CHANGED, UNAUTHORIZED = "2.04", "4.01"


class Device:
    def __init__(self, peer: Peer, manager_key, log):
        self.peer = peer
        self._manager_key = manager_key
        self._log = log
        self._token = 0
        self._echo: list[tuple[int, bytes]] = []
        self._context: session.Context | None = None
        self._responder: session.Responder | None = None
        self.asked: list[tuple[str, bytes]] = []
        self.challenges = 0

    def expect_session_with(self, public_key: bytes) -> None:
        """The device with this key, and no other, may begin a session from now on."""
        self._responder = session.Responder(self._manager_key, public_key)

    @property
    def handshake(self) -> session.Responder:
        return self._responder

    def request_in_clear(self, code: str, *options, payload: bytes = b"") -> Answer:
        return self.parsed(self.exchange(coap.message(code, self._next_token(), options, payload)))

    def request(self, code: str, *options, payload: bytes = b"") -> Answer:
        """A protected request. What the device challenges is asked again with the Echo that it wants."""
        answer = self._request(code, options, payload)
        if answer[0] == UNAUTHORIZED and coap.ECHO in answer[1]:
            self.challenges += 1
            answer = self._request(code, options, payload)
        return answer

    def protected(self, code: str, *options, payload: bytes = b"") -> tuple[bytes, object]:
        """A protected request's frame, and what its answer needs."""
        ordered = sorted([*options, *self._echo])
        return self._context.seal(coap.message(code, self._next_token(), ordered, payload))

    def exchange(self, frame: bytes) -> bytes:
        """Sends a request as it is and waits for its answer."""
        token = coap.parse(frame)[1]
        self.peer.send(frame)
        while True:
            received = self.peer.receive()
            code, answer_token, _, _ = coap.parse(received)
            if answer_token == token and code[0] != "0":
                return received
            self._serve(received)

    def wait_for(self, path: str) -> bytes:
        """Waits until the device asks `path`, and returns the payload."""
        while True:
            for asked_path, payload in self.asked:
                if asked_path == path:
                    return payload
            self._serve(self.peer.receive())

    @staticmethod
    def parsed(frame: bytes) -> Answer:
        code, _, options, payload = coap.parse(frame)
        return code, options, payload

    def opened(self, frame: bytes, request) -> Answer:
        """The answer inside a protected one; what Echo it brings is for the next request."""
        answer = self.parsed(self._context.open(frame, request)[0])
        if coap.ECHO in answer[1]:
            self._echo = [(coap.ECHO, answer[1][coap.ECHO])]
        return answer

    def restarted(self) -> Device:
        """The same device at the same line after its power came back: this end is a new one too, and knows no session."""
        device = Device(self.peer.restarted(), self._manager_key, self._log)
        device._responder = self._responder
        return device

    def _request(self, code: str, options, payload: bytes) -> Answer:
        frame, request = self.protected(code, *options, payload=payload)
        return self.opened(self.exchange(frame), request)

    def _serve(self, frame: bytes) -> None:
        _, token, options, payload = coap.parse(frame)
        if options.get(coap.URI_PATH) == b".well-known/edhoc":
            answer = self._responder.message_2(payload)
            self.peer.send(coap.message(CHANGED, token, [(coap.CONTENT_FORMAT, 64)], answer))
            return
        if coap.OSCORE not in options:
            raise ValueError(f"the device asks in clear: {frame.hex()}")
        if coap.EDHOC in options:
            self._context, frame = self._responder.context(frame)
            self._echo = []
            how = "by value" if self._responder.by_value else "by reference"
            self._log(f"session, the device's credential {how}: {self._responder.message_bytes} bytes of EDHOC")
        if self._context is None:
            # Asked before the restart that this end shares: of no session that it knows.
            self.peer.send(coap.message(UNAUTHORIZED, token))
            return
        plain, request = self._context.open(frame)
        _, token, options, payload = coap.parse(plain)
        self.asked.append((options[coap.URI_PATH].decode(), payload))
        answer, _ = self._context.seal(coap.message(CHANGED, token), request)
        self.peer.send(answer)

    def _next_token(self) -> bytes:
        self._token = self._token % 255 + 1
        return bytes([self._token])
