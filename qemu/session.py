"""The manager's end of a session, out of other people's programs: EDHOC by lakers, OSCORE by aiocoap."""

from __future__ import annotations

import secrets

import coap
import keys
import lakers
from aiocoap import oscore
from aiocoap.message import Direction
from aiocoap.transports import tcp


class Context(oscore.CanProtect, oscore.CanUnprotect, oscore.SecurityContextUtils):
    """An OSCORE context that is kept nowhere."""

    alg_aead = oscore.algorithms["AES-CCM-16-64-128"]
    hashfun = oscore.hashfunctions["sha256"]
    id_context = None
    echo_recovery = None

    def __init__(self, secret: bytes, salt: bytes, sender: bytes, recipient: bytes):
        self.sender_id, self.recipient_id = sender, recipient
        self.derive_keys(salt, secret)
        self.sender_sequence_number = 0
        self.recipient_replay_window = oscore.ReplayWindow(32, lambda: None)
        self.recipient_replay_window.initialize_empty()

    def post_seqnoincrease(self):
        pass

    def seal(self, frame: bytes, request=None) -> tuple[bytes, object]:
        """Protects a frame; an answer needs what `open` gave for its request, and a request gives what its answer needs."""
        message = _message(frame, Direction.OUTGOING)
        protected, request = self.protect(message, request)
        protected.token = message.token
        return tcp._serialize(protected), request

    def open(self, frame: bytes, request=None) -> tuple[bytes, object]:
        """The frame inside a protected one."""
        message = _message(frame, Direction.INCOMING)
        plain, request = self.unprotect(message, request)
        plain.token = message.token
        return tcp._serialize(plain), request


def _message(frame: bytes, direction: Direction):
    message = tcp._decode_message(frame)
    message.direction = direction
    return message


class Responder:
    """EDHOC's responder for one device, known by its public key; a handshake at a time."""

    def __init__(self, key: bytes, device_key: bytes):
        self._key = keys.load(key)
        self._device_credential = keys.credential(device_key)
        self._device_kid = keys.thumbprint(device_key)[:8]
        self.by_value = False
        self.message_bytes = 0

    def message_2(self, payload: bytes) -> bytes:
        """Takes `true || message_1`."""
        if payload[:1] != b"\xf5":
            raise ValueError(f"no message 1: {payload.hex()}")
        self._edhoc = lakers.EdhocResponder(r=keys.secret(self._key), cred_r=keys.credential(keys.public(self._key)))
        self._device_id, _ = self._edhoc.process_message_1(payload[1:])
        self._own_id = secrets.token_bytes(4)
        message_2 = self._edhoc.prepare_message_2(lakers.CredentialTransfer.ByReference, self._own_id, [])
        self.message_bytes = len(payload) - 1 + len(message_2)
        return message_2

    def context(self, frame: bytes) -> tuple[Context, bytes]:
        """Takes a combined request (RFC 9668): the context that comes of its message 3, and the request without it."""
        code, token, options, payload = coap.parse(frame)
        if options.get(coap.EDHOC) != b"" or self._own_id not in options.get(coap.OSCORE, b""):
            raise ValueError(f"no combined request: {options}")
        end = _byte_string_bytes(payload)
        self.message_bytes += end
        identity, _ = self._edhoc.parse_message_3(payload[:end])
        by_reference, by_value = coap.cbor({4: self._device_kid}), b"\xa1\x0e" + self._device_credential
        if identity not in (by_reference, by_value):
            raise ValueError(f"another device's credential: {identity.hex()}")
        self.by_value = identity == by_value
        self._edhoc.verify_message_3(self._device_credential)
        self._edhoc.completed_without_message_4()
        secret, salt = (self._edhoc.edhoc_exporter(label, b"", length) for label, length in ((0, 16), (1, 8)))
        context = Context(secret, salt, sender=self._device_id, recipient=self._own_id)
        return context, coap.message(code, token, [(coap.OSCORE, options[coap.OSCORE])], payload[end:])


def _byte_string_bytes(data: bytes) -> int:
    """The length of the CBOR byte string at the front, its head included."""
    if data[0] >> 5 != 2:
        raise ValueError(f"no byte string: {data.hex()}")
    short = data[0] & 31
    if short < 24:
        return 1 + short
    size = 1 << short - 24
    return 1 + size + int.from_bytes(data[1 : 1 + size], "big")
