"""aiocoap as the peer of a connection over TCP, client and server at once.

Connects to the port given, stores 3000 bytes in `big` block-wise, reads them back, asks `call-me`, upon which the other
side is expected to store and fetch `mirror` here over the same connection, and prints what came of it.
"""

import asyncio
import sys

import aiocoap
import aiocoap.resource as resource

BODY = bytes(index * 31 % 256 for index in range(3000))


class Mirror(resource.Resource):
    body = b""

    async def render_put(self, request):
        self.body = request.payload
        return aiocoap.Message(code=aiocoap.CHANGED)

    async def render_get(self, request):
        return aiocoap.Message(code=aiocoap.CONTENT, payload=self.body)


async def main(port):
    site = resource.Site()
    mirror = Mirror()
    site.add_resource(["mirror"], mirror)
    context = await aiocoap.Context.create_server_context(site, transports=["tcpclient"])

    async def ask(code, path, payload=b""):
        request = aiocoap.Message(code=code, uri=f"coap+tcp://127.0.0.1:{port}/{path}", payload=payload)
        return await context.request(request).response

    stored = await ask(aiocoap.PUT, "big", BODY)
    print("stored", stored.code)
    fetched = await ask(aiocoap.GET, "big")
    print("fetched", fetched.code, fetched.payload == BODY)
    called = await ask(aiocoap.POST, "call-me")
    print("called", called.code, called.payload.decode())
    missing = await ask(aiocoap.GET, "nowhere")
    print("missing", missing.code)
    await context.shutdown()


asyncio.run(asyncio.wait_for(main(int(sys.argv[1])), 20))
