"""aiocoap's idea of OSCORE, for comparison with ours.

Each input line is one of

    context secret salt sender recipient   begins a context in memory; all that follows happens on it, in order
    protect-request FRAME                  answered by the protected frame
    unprotect-request FRAME                answered by the plain frame
    protect-response INDEX FRAME           as answer to the request that line INDEX unprotected (the first is 0)
    unprotect-response INDEX FRAME         as answer to the request that line INDEX protected

with frames as RFC 8323 has them, everything in hexadecimal, `-` for nothing. Each but `context` is answered by one line:
a frame, or `error NAME`.
"""

import sys

from aiocoap import oscore
from aiocoap.message import Direction
from aiocoap.transports import tcp



class Context(oscore.CanProtect, oscore.CanUnprotect, oscore.SecurityContextUtils):
    """A context that is kept nowhere."""

    alg_aead = oscore.algorithms["AES-CCM-16-64-128"]
    hashfun = oscore.hashfunctions["sha256"]
    id_context = None
    echo_recovery = None

    def __init__(self, secret, salt, sender, recipient):
        self.sender_id = sender
        self.recipient_id = recipient
        self.derive_keys(salt, secret)
        self.sender_sequence_number = 0
        self.recipient_replay_window = oscore.ReplayWindow(32, lambda: None)
        self.recipient_replay_window.initialize_empty()

    def post_seqnoincrease(self):
        pass


def unfield(text):
    return b"" if text == "-" else bytes.fromhex(text)


def read(text, direction):
    message = tcp._decode_message(bytes.fromhex(text))
    message.direction = direction
    return message


def write(message, token):
    message.token = token
    return tcp._serialize(message).hex()


def answer(context, requests, verb, arguments):
    *index, frame = arguments
    outgoing = verb.startswith("protect")
    message = read(frame, Direction.OUTGOING if outgoing else Direction.INCOMING)
    request = requests[int(index[0])] if index else None
    if outgoing:
        result, request_id = context.protect(message, request)
    else:
        result, request_id = context.unprotect(message, request)
    if not index:
        requests.append(request_id)
    return write(result, message.token)


context, requests, output = None, [], []
for line in sys.stdin.read().splitlines():
    verb, *arguments = line.split()
    if verb == "context":
        context, requests = Context(*map(unfield, arguments)), []
        continue
    try:
        output.append(answer(context, requests, verb, arguments))
    except Exception as error:
        output.append(f"error {type(error).__name__}")
print("\n".join(output))
