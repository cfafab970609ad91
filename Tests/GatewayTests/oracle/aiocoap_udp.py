"""aiocoap as a device on UDP, client and server on one port; the gateway and its manager are at the port given.

Fetches 3000 bytes first, which are more than a stranger may be sent; stores 3000 bytes and reads them back, each
block-wise; asks once by a message that is not confirmable; asks `call-me`, upon which the manager is expected to store
and fetch `mirror` here; and prints what came of it.
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
    site.add_resource(["mirror"], Mirror())
    context = await aiocoap.Context.create_server_context(site, bind=("::", 0), transports=["udp6"])

    async def ask(code, path, payload=b"", **how):
        request = aiocoap.Message(code=code, uri=f"coap://127.0.0.1:{port}/{path}", payload=payload, **how)
        return await context.request(request).response

    first = await ask(aiocoap.GET, "given")
    print("given", first.code, first.payload == BODY)
    stored = await ask(aiocoap.PUT, "big", BODY)
    print("stored", stored.code)
    fetched = await ask(aiocoap.GET, "big")
    print("fetched", fetched.code, fetched.payload == BODY)
    plain = await ask(aiocoap.GET, "small", transport_tuning=aiocoap.Unreliable)
    print("plain", plain.code, plain.mtype)
    called = await ask(aiocoap.POST, "call-me")
    print("called", called.code, called.payload.decode())
    missing = await ask(aiocoap.GET, "nowhere")
    print("missing", missing.code)
    await context.shutdown()


asyncio.run(asyncio.wait_for(main(int(sys.argv[1])), 50))
