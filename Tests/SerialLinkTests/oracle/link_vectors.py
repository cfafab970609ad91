#!/usr/bin/env python3
"""Makes and checks docs/spec/link-vectors.txt from docs/spec/link.md alone: it shares no line with the Swift code.

    link_vectors.py make  > docs/spec/link-vectors.txt
    link_vectors.py check   docs/spec/link-vectors.txt

CRC-32C is done here bit by bit, most significant bit first on reversed bytes, and COBS by splitting at zeros: not the
way the link does either.
"""
import re
import sys

HELLO, DATA, ASKING, ACKNOWLEDGEMENT, PROBE = range(5)


def crc32c(data):
    reverse = lambda value, bits: int(format(value, f"0{bits}b")[::-1], 2)
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= reverse(byte, 8) << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x1EDC6F41 if crc >> 31 else 0)) & 0xFFFFFFFF
    return reverse(crc, 32) ^ 0xFFFFFFFF


def cobs(data):
    assert len(data) < 254
    return b"".join(bytes([len(block) + 1]) + block for block in data.split(b"\0"))


def uncobs(data):
    blocks = []
    while data:
        code, data = data[0], data[1:]
        if code == 0 or code - 1 > len(data):
            raise ValueError("not COBS")
        blocks.append(data[: code - 1])
        data = data[code - 1 :]
    return b"\0".join(blocks)


def wire(first, epoch, message, fragment, payload=b"", lead=b""):
    body = bytes([first, epoch, message, fragment]) + payload
    return lead + cobs(body + crc32c(body).to_bytes(4, "big")) + b"\0"


class End:
    """What one end puts into its frames; the script below decides when it sends which."""

    def __init__(self, name, epoch, payload_bytes, max_message=2048):
        self.name, self.epoch, self.payload_bytes, self.max_message = name, epoch, payload_bytes, max_message

    def hello(self, heard=0, established=False, own=None):
        own = self.epoch if own is None else own
        payload = bytes([0x11, self.payload_bytes]) + self.max_message.to_bytes(2, "big")
        payload += own.to_bytes(4, "big") + heard.to_bytes(4, "big")
        return wire(HELLO, own & 0xFF, int(established), 0, payload, lead=b"\0")

    def session(self, peer_epoch, own=None):
        own = self.epoch if own is None else own
        self.byte = (own + peer_epoch) & 0xFF
        self.form = 0x10 | (8 if own > peer_epoch else 0)

    def frame(self, kind, message=0, fragment=0, payload=b""):
        return wire(self.form | kind, self.byte, message, fragment, payload)

    def data(self, message, body, size, indices=None):
        parts = [body[i : i + size] for i in range(0, len(body), size)]
        indices = list(range(len(parts))) if indices is None else indices
        kind = lambda i: ASKING if i == indices[-1] else DATA
        return b"".join(self.frame(kind(i), message, i << 4 | len(parts) - 1, parts[i]) for i in indices)

    def ack(self, message, bitmap=0xFFFF, busy=0):
        tail = busy.to_bytes(2, "big") if busy else b""
        return self.frame(ACKNOWLEDGEMENT, message, 0, bitmap.to_bytes(2, "big") + tail)


def make():
    out = []
    say = out.append
    say("# Test vectors of docs/spec/link.md. Made by Tests/SerialLinkTests/oracle/link_vectors.py; do not edit.")
    say("#")
    say("# crc     BYTES CRC-32C")
    say("# frame   NAME HEADER PAYLOAD WIRE     what the four header bytes and the payload (- if none) are on the line")
    say("# damaged NAME WIRE                    a receiver drops it, and takes the next frame")
    say("#")
    for data in (b"123456789", bytes(32), b"\xff" * 32, bytes(range(32)), b"\0"):
        say(f"crc {data.hex()} {crc32c(data):08x}")
    say("")
    frames = [
        ("hello", [HELLO, 0x78, 0, 0], bytes.fromhex("11400800" "12345678" "00000000")),
        ("hello-established", [HELLO, 0x78, 1, 0], bytes.fromhex("11f00800" "12345678" "9abcdef0")),
        ("data-first-of-two", [0x11, 0x68, 0, 0x01], bytes(range(64))),
        ("asking-second-of-two", [0x12, 0x68, 0, 0x11], b"\x2a"),
        ("asking-240-zeros", [0x12, 0x68, 255, 0x00], bytes(240)),
        ("asking-240-ones", [0x1A, 0x68, 255, 0xFF], b"\xff" * 240),
        ("asking-zero-at-both-ends", [0x12, 0x68, 3, 0x00], b"\0muster\0"),
        ("acknowledgement-all", [0x1B, 0x68, 0, 0], bytes.fromhex("ffff")),
        ("acknowledgement-some", [0x1B, 0x68, 9, 0], bytes.fromhex("00a5")),
        ("acknowledgement-busy", [0x1B, 0x68, 9, 0], bytes.fromhex("ffff" "1388")),
        ("probe", [0x14, 0x68, 0, 0], b""),
    ]
    for name, header, payload in frames:
        say(f"frame {name} {bytes(header).hex()} {payload.hex() or '-'} {wire(*header, payload).hex()}")
    say("")
    good = wire(0x12, 0x68, 0, 0, b"message")
    flipped = bytearray(good)
    flipped[9] ^= 4
    say(f"damaged one-bit-flipped {flipped.hex()}")
    say(f"damaged cut-short {good[:-4].hex()}00")
    say(f"damaged block-beyond-the-end {(good[:-1] + bytes([9, 1])).hex()}00")
    say(f"damaged seven-bytes {(cobs(b'1234567') + bytes(1)).hex()}")
    body = bytes([0x12, 0x68, 0, 0]) + b"x" * 241
    say(f"damaged payload-of-241 {(cobs(body + crc32c(body).to_bytes(4, 'big')) + bytes(1)).hex()}")
    body = bytes([0x12, 0x68, 0, 0]) + b"x" * 240
    body += crc32c(body).to_bytes(4, "big") + b"y"
    say(f"damaged one-byte-after-the-longest-frame {(cobs(body) + bytes(1)).hex()}")
    say(f"damaged code-255 {'ff' + '01' * 254 + '00'}")
    body = bytes([0x12, 0x68, 0, 0]) + b"message"
    say(f"damaged checksum-little-endian {(cobs(body + crc32c(body).to_bytes(4, 'little')) + bytes(1)).hex()}")
    say("")
    transcripts(say)
    return "\n".join(out) + "\n"


def transcripts(say):
    say("# Transcripts: two ends, a and b, that start at 0 ms with their default timers and buffers of 2,048 bytes.")
    say("#")
    say("# transcript NAME A-EPOCH A-PAYLOAD-BYTES B-EPOCH B-PAYLOAD-BYTES")
    say("# a> WIRE    all that end a has to send; it reaches b      a! WIRE    it is lost")
    say("# a: EVENT   the next event of end a                       at MS      the clock moves on")
    say("# a send BYTES, a busy MS, a restart EPOCH                 what end a's caller does")

    def begin(name, a_epoch=0x11111140, a_bytes=64, b_epoch=0x22222201, b_bytes=240):
        say("")
        say(f"transcript {name} {a_epoch:08x} {a_bytes} {b_epoch:08x} {b_bytes}")
        a, b = End("a", a_epoch, a_bytes), End("b", b_epoch, b_bytes)
        a.session(b_epoch)
        b.session(a_epoch)
        return a, b

    def sends(end, data, lost=False):
        say(f"{end.name}{'!' if lost else '>'} {data.hex()}")

    def comes_up(a, b):
        sends(a, a.hello())
        sends(b, b.hello(heard=a.epoch))
        say("a: up")
        sends(a, a.hello(heard=b.epoch, established=True))
        say("b: up")

    a, b = begin("three-hellos")
    comes_up(a, b)
    sends(a, b"")
    sends(b, b"")

    a, b = begin("first-hellos-lost")
    sends(a, a.hello(), lost=True)
    sends(b, b.hello(), lost=True)
    say("at 250")
    sends(a, a.hello(), lost=True)
    sends(b, b.hello(), lost=True)
    say("at 750")
    sends(a, a.hello())
    sends(b, b.hello(heard=a.epoch))
    say("a: up")
    sends(a, a.hello(heard=b.epoch, established=True))
    say("b: up")

    body = bytes(i % 7 for i in range(150))
    a, b = begin("three-fragments")
    comes_up(a, b)
    say(f"a send {body.hex()}")
    sends(a, a.data(0, body, 64))
    say("b: message")
    sends(b, b.ack(0))
    say("a: delivered")
    say(f"a send {b'again'.hex()}")
    sends(a, a.data(1, b"again", 64))
    say("b: message")
    sends(b, b.ack(1))
    say("a: delivered")

    a, b = begin("lost-message-is-asked-after-by-its-last-fragment")
    comes_up(a, b)
    say(f"a send {body.hex()}")
    sends(a, a.data(0, body, 64), lost=True)
    say("at 250")
    sends(a, a.data(0, body, 64, [2]))
    sends(b, b.ack(0, 0b100))
    sends(a, a.data(0, body, 64, [0, 1]))
    say("b: message")
    sends(b, b.ack(0))
    say("a: delivered")

    a, b = begin("lost-acknowledgement")
    comes_up(a, b)
    say(f"b send {b'hello'.hex()}")
    sends(b, b.data(0, b"hello", 64))
    say("a: message")
    sends(a, a.ack(0), lost=True)
    say("at 250")
    sends(b, b.data(0, b"hello", 64))
    sends(a, a.ack(0))
    say("b: delivered")

    a, b = begin("busy-with-the-acknowledgement")
    comes_up(a, b)
    say(f"a send {b'sign this'.hex()}")
    sends(a, a.data(0, b"sign this", 64))
    say("b: message")
    say("b busy 3000")
    sends(b, b.ack(0, busy=3000))
    say("a: delivered")
    say("a: busy 3000")
    say(f"a send {b'and this'.hex()}")
    sends(a, b"")
    say(f"b send {b'signed'.hex()}")
    sends(b, b.data(0, b"signed", 64))
    say("a: message")
    sends(a, a.ack(0) + a.data(1, b"and this", 64))
    say("b: delivered")
    say("b: message")
    sends(b, b.ack(1))
    say("a: delivered")

    a, b = begin("a-silent-peer-is-probed")
    comes_up(a, b)
    say("at 20000")
    sends(b, b.frame(PROBE))
    sends(a, a.ack(0xFF))
    say("at 25000")
    sends(a, b"")
    sends(b, b"")

    a, b = begin("a-restart-ends-the-session")
    comes_up(a, b)
    say(f"b send {b'lost'.hex()}")
    sends(b, b.data(0, b"lost", 64), lost=True)
    say("a restart 33333333")
    new = End("a", 0x33333333, 64)
    new.session(b.epoch + 1)
    sends(new, new.hello())
    sends(b, b.hello(heard=a.epoch, established=True))
    sends(new, new.hello(heard=b.epoch))
    say("b: undelivered peerRestarted")
    say("b: down peerRestarted")
    sends(b, b.hello(own=b.epoch + 1, heard=new.epoch))
    say("a: up")
    sends(new, new.hello(heard=b.epoch + 1, established=True))
    say("b: up")
    b.session(new.epoch, own=b.epoch + 1)
    say(f"b send {b'once more'.hex()}")
    sends(b, b.data(0, b"once more", 64))
    say("a: message")
    sends(new, new.ack(0))
    say("b: delivered")

    a, b = begin("a-frame-of-a-foreign-epoch-is-answered-with-hello")
    sends(a, a.hello(), lost=True)
    sends(b, b.hello(), lost=True)
    stranger = End("a", 0x44444444, 64)
    stranger.session(0x55555555)
    say(f"to b {stranger.data(0, b'act on this', 64).hex()}")
    sends(b, b.hello(), lost=True)

    a, b = begin("the-new-session-has-another-epoch-byte", a_epoch=0x11111140, b_epoch=0x22222201)
    comes_up(a, b)
    say("a restart 3333333f")
    new = End("a", 0x3333333F, 64)
    sends(new, new.hello())
    sends(b, b.hello(heard=a.epoch, established=True))
    sends(new, new.hello(heard=b.epoch))
    say("b: down peerRestarted")
    # 0x3f + 0x02 would be the byte of the session before: b takes its next epoch but one.
    sends(b, b.hello(own=b.epoch + 2, heard=new.epoch))
    say("a: up")

    a, b = begin("an-old-hello-replayed-is-questioned-and-ends-nothing")
    comes_up(a, b)
    old = End("a", 0x44444444, 64)
    say(f"to b {old.hello().hex()}")
    sends(b, b.hello(heard=a.epoch, established=True))
    sends(a, b"")
    say(f"b send {b'still here'.hex()}")
    sends(b, b.data(0, b"still here", 64))
    say("a: message")
    sends(a, a.ack(0))
    say("b: delivered")


def check(text):
    count = 0
    for line in text.splitlines():
        words = line.split()
        if not words or words[0] == "#":
            continue
        count += 1
        if words[0] == "crc":
            assert crc32c(bytes.fromhex(words[1])) == int(words[2], 16), line
        elif words[0] == "frame":
            body = uncobs(bytes.fromhex(words[4])[:-1])
            payload = "" if words[3] == "-" else words[3]
            assert body[:-4].hex() == words[2] + payload, line
            assert crc32c(body[:-4]) == int.from_bytes(body[-4:], "big"), line
        elif words[0] == "damaged":
            frame = bytes.fromhex(words[2])
            try:
                body = uncobs(frame[:-1])
                assert frame.find(0) == len(frame) - 1, line
                assert not (8 <= len(body) <= 248 and crc32c(body[:-4]) == int.from_bytes(body[-4:], "big")), line
            except ValueError:
                pass
        elif re.fullmatch("[ab][>!]", words[0]):
            for frame in bytes.fromhex("".join(words[1:])).split(b"\0"):
                body = uncobs(frame)
                assert not frame or crc32c(body[:-4]) == int.from_bytes(body[-4:], "big"), line
    assert text == make(), "the file is not what this program makes"
    return count


if __name__ == "__main__":
    if sys.argv[1:] == ["make"]:
        sys.stdout.write(make())
    elif len(sys.argv) == 3 and sys.argv[1] == "check":
        print(f"{check(open(sys.argv[2]).read())} lines checked")
    else:
        sys.exit(__doc__)
