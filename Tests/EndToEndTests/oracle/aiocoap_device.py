"""aiocoap with lakers as a device of a network: EDHOC and OSCORE with the manager, through the gateway's UDP side.

Arguments: the gateway's port, the file of the manager's public key, the device's serial number, and the secret its key
is made from (so that the same device can come again). Then, one after another, what to do:

    thumbprint            prints the key's RFC 9679 thumbprint
    clear                 registers without protection
    value, kid            registers after EDHOC with the credential by value or by key identifier, in a combined request
    value-4               the same by value, with message 3 by itself and a message 4
    twice                 two requests in one session
    stranger              believes another manager's key
    bodies                registers, posts 3000 bytes to /mirror and fetches /given, in one session

Prints a line for each: its word and the answer's code, or what went wrong.
"""

import asyncio
import hashlib
import sys

import aiocoap
import cbor2
from aiocoap.edhoc import EdhocCredentials
from aiocoap.transports.oscore import OSCOREAddress
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_public_key

PORT, MANAGER, SERIAL, SECRET, *STEPS = sys.argv[1:]
URI = f"coap://127.0.0.1:{PORT}/register"


def coordinates(key):
    numbers = key.public_numbers()
    return numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")


def thumbprint(x, y):
    return hashlib.sha256(cbor2.dumps({1: 2, -1: 1, -2: x, -3: y}, canonical=True)).digest()


def credential(x, y):
    return {14: {8: {1: {1: 2, 2: thumbprint(x, y)[:8], -1: 1, -2: x, -3: y}}}}


secret = hashlib.sha256(SECRET.encode()).digest()
own = coordinates(ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1()).public_key())
with open(MANAGER, "rb") as file:
    manager = coordinates(load_pem_public_key(file.read()))
stranger = coordinates(ec.derive_private_key(7, ec.SECP256R1()).public_key())
registration = cbor2.dumps({1: SERIAL, 2: "aiocoap", 3: "0.4", 4: 1, 6: 1024}, canonical=True)


# With its 1,024 bytes a block would be longer than that once protected, and aiocoap would slice it again, outside: a part of
# a ciphertext, which Muster takes from nobody (docs/decisions/0017).
OSCOREAddress.maximum_block_size_exp = 5
OSCOREAddress.maximum_payload_size = 512

BODY = bytes(index * 31 % 256 for index in range(3000))


async def open_context(credentials):
    context = await aiocoap.Context.create_client_context(transports=["oscore", "udp6"])
    if credentials is not None:
        context.client_credentials[f"coap://127.0.0.1:{PORT}/*"] = credentials
    return context


async def bodies(credentials):
    context = await open_context(credentials)
    base = f"coap://127.0.0.1:{PORT}"

    async def ask(code, path, payload=b"", content_format=None):
        request = aiocoap.Message(code=code, uri=base + path, payload=payload, content_format=content_format)
        return await asyncio.wait_for(context.request(request).response, 60)

    try:
        registered = await ask(aiocoap.POST, "/register", registration, 60)
        mirrored = await ask(aiocoap.POST, "/mirror", BODY)
        given = await ask(aiocoap.GET, "/given")
        return ", ".join([
            str(registered.code),
            str(mirrored.code) + (" mirrored" if mirrored.payload == BODY[::-1] else ""),
            str(given.code) + (" given" if given.payload == BODY else ""),
        ])
    finally:
        await context.shutdown()


async def register(credentials, times=1):
    context = await open_context(credentials)
    codes = []
    try:
        for _ in range(times):
            request = aiocoap.Message(code=aiocoap.POST, uri=URI, payload=registration, content_format=60)
            answer = await asyncio.wait_for(context.request(request).response, 20)
            codes.append(str(answer.code))
        return ", ".join(codes)
    finally:
        await context.shutdown()


def credentials(style, peer=manager, combined=None):
    return EdhocCredentials(
        suite=2,
        method=3,
        own_cred_style=style,
        own_cred=credential(*own),
        peer_cred=credential(*peer),
        private_key={1: 2, -1: 1, -4: secret},
        use_combined_edhoc=combined,
    )


async def step(word):
    if word == "thumbprint":
        return thumbprint(*own).hex()
    if word == "clear":
        return await register(None)
    if word == "value":
        return await register(credentials("by-value"))
    if word == "value-4":
        return await register(credentials("by-value", combined=False))
    if word == "kid":
        return await register(credentials("by-key-id"))
    if word == "twice":
        return await register(credentials("by-value"), times=2)
    if word == "bodies":
        return await bodies(credentials("by-value"))
    if word == "stranger":
        return await register(credentials("by-value", peer=stranger))
    raise SystemExit(f"{word} is no step")


async def main():
    for word in STEPS:
        try:
            print(word, await step(word), flush=True)
        except Exception as error:
            print(word, "failed:", type(error).__name__, error, flush=True)


asyncio.run(main())
