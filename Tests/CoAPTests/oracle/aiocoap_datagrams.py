"""aiocoap's idea of RFC 7252 datagrams, for comparison with ours.

Each input line is `type id code token payload number:value...` in hexadecimal, `-` for nothing. For each, one output
line: the datagram as aiocoap serialises it. Then, after a line `--`, each input line is a datagram; its output line is
the message as aiocoap parses it, in the form above, or `error`.
"""

import sys

from aiocoap import Message
from aiocoap.numbers.optionnumbers import OptionNumber
from aiocoap.optiontypes import OpaqueOption

# Opaque throughout: aiocoap's typed options refuse or normalise values, and here only the framing is compared.
OptionNumber.format = property(lambda self: OpaqueOption)


def field(data):
    return data.hex() or "-"


def unfield(text):
    return b"" if text == "-" else bytes.fromhex(text)


def encode(line):
    kind, number, code, token, payload, *options = line.split()
    message = Message(
        _mtype=int(kind, 16), _mid=int(number, 16), code=int(code, 16), payload=unfield(payload), _token=unfield(token)
    )
    for option in options:
        number, value = option.split(":")
        message.opt.add_option(OpaqueOption(int(number), unfield(value)))
    return message.encode().hex()


def decode(line):
    try:
        message = Message.decode(bytes.fromhex(line))
    except Exception:
        return "error"
    parts = [f"{int(message.mtype):02x}", f"{message.mid:04x}", f"{int(message.code):02x}"]
    parts += [field(message.token), field(message.payload)]
    parts += [f"{int(o.number)}:{field(o.encode())}" for o in message.opt.option_list()]
    return " ".join(parts)


lines = sys.stdin.read().splitlines()
border = lines.index("--")
print("\n".join([encode(line) for line in lines[:border]] + [decode(line) for line in lines[border + 1 :]]))
