#!/usr/bin/env python3
"""A bad serial line: stands between QEMU's UART socket and the gateway, and does to the bytes what lines do.

    line.py --device uart.sock --gateway line.sock
            [--control control.sock] [--log FILE] [--seed N] [--policy JSON]

QEMU listens on --device (`-chardev socket,path=uart.sock,server=on,wait=off`); the gateway connects to --gateway. Either
may come, go and come again; bytes for a side that is not there are lost, as on a line. `up` is from the device to
the gateway, `down` the other way.

A policy is what happens to the bytes of a direction. Every rate is a probability, per frame (which ends in 00) unless
said otherwise; draws come from the seed, one sequence per direction, so equal bytes meet an equal fate:

    flip       per bit                           drop       the frame is lost
    duplicate  it comes twice                    truncate   only a part of it comes
    reorder    it comes after the next one       replay     an earlier frame comes after it
    inject     random bytes come after it        delay      milliseconds (no rate) that every frame takes
    at         {"byte": N, "do": "corrupt" | "delete" | "duplicate"}: the N-th byte from now on, once

Control socket, one JSON object a line, one answered a line:

    {"cut": true}                         no byte passes, either way, until {"cut": false}
    {"policy": {"drop": 0.1}}             for both directions; {"policy": {"up": {...}, "down": {...}}} for each
    {"inject": {"up": "0011.."}}          these bytes, now
    {"counters": true}                    what happened so far

The log has a line for every chunk: time, direction (< up, > down), a mark, bytes in hex. No mark: delivered. x: lost.
~: as it came, where what was delivered differs.

    line.py --self-test                   runs this program against itself
"""
import argparse
import asyncio
import contextlib
import datetime
import json
import os
import random
import signal
import sys
import tempfile
import unittest

RATES = ("flip", "drop", "duplicate", "truncate", "reorder", "replay", "inject")
DIRECTIONS = ("up", "down")
MAX_FRAME = 4096
MAX_PAST = 256


class PolicyError(ValueError):
    pass


def checked_policy(policy):
    """The policy with all its fields, or an error that names what is wrong with it."""
    if not isinstance(policy, dict):
        raise PolicyError("a policy is an object")
    whole = dict.fromkeys(RATES, 0.0) | {"delay": 0, "at": None}
    for key, value in policy.items():
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if key in RATES and is_number and 0 <= value <= 1 or key == "delay" and is_number and 0 <= value <= 60_000:
            whole[key] = value
        elif key == "at" and value is None:
            pass
        elif key == "at" and isinstance(value, dict) and value.get("do") in ("corrupt", "delete", "duplicate"):
            whole[key] = dict(value, byte=int(value["byte"]))
        else:
            raise PolicyError(f"no such policy: {key} = {value}")
    return whole


def policies_by_direction(policy):
    """A policy for both directions, or one for each that is named."""
    if isinstance(policy, dict) and policy and set(policy) <= set(DIRECTIONS):
        return {direction: checked_policy(part) for direction, part in policy.items()}
    return dict.fromkeys(DIRECTIONS, checked_policy(policy))


class Direction:
    """One direction's policy, dice, half frame and memory. No input or output: bytes in, bytes out."""

    def __init__(self, seed, name):
        self.dice = random.Random(f"{seed}/{name}")
        self.counters = dict.fromkeys(("bytes", "frames", "lost", "delivered", *RATES, "at"), 0)
        self.pending = bytearray()
        self.past = []
        self.late = None
        self.set_policy({})

    def set_policy(self, policy):
        self.policy = checked_policy(policy)
        self.bytes_seen = 0

    def take(self, data):
        """What a chunk from the line becomes: pairs of bytes as they came and as they go on (None: lost)."""
        self.counters["bytes"] += len(data)
        self.pending += self._disturb(data)
        while (end := self.pending.find(0) + 1) or (end := MAX_FRAME if len(self.pending) >= MAX_FRAME else 0):
            frame = bytes(self.pending[:end])
            del self.pending[:end]
            yield from self._carry(frame)
        if self.pending and not any(self.policy[rate] for rate in RATES):
            chunk = bytes(self.pending)
            self.pending.clear()
            yield chunk, chunk

    def _disturb(self, data):
        at = self.policy["at"]
        index = None if at is None else at["byte"] - self.bytes_seen
        self.bytes_seen += len(data)
        if index is None or not 0 <= index < len(data):
            return data
        self._count("at")
        middle = {"corrupt": bytes([data[index] ^ 0x55]), "delete": b"", "duplicate": data[index : index + 1] * 2}
        return data[:index] + middle[at["do"]] + data[index + 1 :]

    def _carry(self, frame):
        self.counters["frames"] += 1
        fates = {rate: self.dice.random() < self.policy[rate] for rate in RATES if rate != "flip"}
        if fates["drop"]:
            self._count("drop")
            yield frame, None
            return
        out = self._flipped(frame)
        if fates["truncate"] and len(out) > 1:
            self._count("truncate")
            out = out[: self.dice.randrange(1, len(out))]
        if fates["reorder"] and self.late is None:
            self._count("reorder")
            self.late = frame, out
            return
        yield frame, out
        if fates["duplicate"]:
            self._count("duplicate")
            yield b"", out
        if fates["replay"] and self.past:
            self._count("replay")
            yield b"", self.dice.choice(self.past)
        if fates["inject"]:
            self._count("inject")
            yield b"", self.dice.randbytes(self.dice.randrange(1, 300))
        if self.late is not None:
            late, self.late = self.late, None
            yield late
        self.past = (self.past + [frame])[-MAX_PAST:]

    def _flipped(self, frame):
        if not self.policy["flip"]:
            return frame
        out = bytearray(frame)
        for bit in range(8 * len(out)):
            if self.dice.random() < self.policy["flip"]:
                self._count("flip")
                out[bit // 8] ^= 1 << bit % 8
        return bytes(out)

    def _count(self, name):
        self.counters[name] += 1


class Line:
    """The two sockets, the control socket and the log."""

    def __init__(self, device, gateway, control=None, log=None, seed=0, policy=None):
        self.paths = {"device": device, "gateway": gateway, "control": control}
        self.directions = {name: Direction(seed, name) for name in DIRECTIONS}
        self.writers = {"up": None, "down": None}
        self.queues = {name: asyncio.Queue() for name in DIRECTIONS}
        self.is_cut = False
        self.log_file = open(log, "a", buffering=1) if log else None
        for name, part in policies_by_direction(policy or {}).items():
            self.directions[name].set_policy(part)

    async def run(self, ready=None):
        servers = [await self._listen(self.paths["gateway"], self._serve_gateway)]
        if self.paths["control"]:
            servers.append(await self._listen(self.paths["control"], self._serve_control))
        tasks = [asyncio.create_task(self._deliver(name)) for name in DIRECTIONS]
        tasks.append(asyncio.create_task(self._keep_device()))
        if ready:
            ready.set()
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            for server in servers:
                server.close()
            for writer in self.writers.values():
                if writer is not None:
                    writer.close()
            for name in ("gateway", "control"):
                if self.paths[name]:
                    with contextlib.suppress(FileNotFoundError):
                        os.unlink(self.paths[name])
            if self.log_file:
                self.log_file.close()

    async def _listen(self, path, handler):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        return await asyncio.start_unix_server(handler, path)

    async def _keep_device(self):
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_unix_connection(self.paths["device"])
                await self._pump(reader, writer, receives="down", sends="up")
            await asyncio.sleep(0.1)

    async def _serve_gateway(self, reader, writer):
        # The last to plug in has the line: a gateway that restarts need not wait for its old connection to end.
        if self.writers["up"] is not None:
            self.writers["up"].close()
        await self._pump(reader, writer, receives="up", sends="down")

    async def _pump(self, reader, writer, receives, sends):
        self.writers[receives] = writer
        try:
            while data := await reader.read(4096):
                self._take(sends, data)
        except OSError:
            pass
        finally:
            if self.writers[receives] is writer:
                self.writers[receives] = None
            writer.close()

    def _take(self, name, data):
        if self.is_cut:
            self._lose(name, data)
            return
        direction = self.directions[name]
        due = asyncio.get_running_loop().time() + direction.policy["delay"] / 1000
        for came, goes in direction.take(data):
            if goes is None:
                self._lose(name, came)
                continue
            if came != goes and came:
                self._log(name, "~", came)
            self.queues[name].put_nowait((due, goes))

    async def _deliver(self, name):
        while True:
            due, data = await self.queues[name].get()
            await asyncio.sleep(max(0, due - asyncio.get_running_loop().time()))
            writer = self.writers[name]
            if self.is_cut or writer is None or writer.is_closing():
                self._lose(name, data)
                continue
            self.directions[name].counters["delivered"] += len(data)
            self._log(name, "", data)
            try:
                writer.write(data)
                await writer.drain()
            except OSError:
                pass

    def _lose(self, name, data):
        self.directions[name].counters["lost"] += len(data)
        self._log(name, "x", data)

    def _log(self, name, mark, data):
        if self.log_file:
            now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")
            self.log_file.write(f"{now.replace('+00:00', 'Z')} {'<' if name == 'up' else '>'}{mark} {data.hex()}\n")

    async def _serve_control(self, reader, writer):
        with contextlib.suppress(OSError):
            while line := await reader.readline():
                try:
                    answer = self._command(json.loads(line))
                except (ValueError, KeyError, TypeError, AttributeError) as error:
                    answer = {"ok": False, "error": str(error)}
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        writer.close()

    def _command(self, command):
        answer = {"ok": True}
        for name, value in command.items():
            if name == "cut" and isinstance(value, bool):
                self.is_cut = value
            elif name == "policy":
                for direction, part in policies_by_direction(value).items():
                    self.directions[direction].set_policy(part)
            elif name == "inject":
                for direction, text in value.items():
                    self.queues[direction].put_nowait((0, bytes.fromhex(text)))
            elif name == "counters":
                answer["counters"] = {key: direction.counters for key, direction in self.directions.items()}
            else:
                raise ValueError(f"no such command: {name}")
        return answer


class DirectionTest(unittest.TestCase):
    """What each policy does to frames, without sockets."""

    FRAMES = b"".join(bytes([n, 7, n, 0]) for n in range(1, 101))

    def out(self, policy, data=None, seed=1):
        direction = Direction(seed, "up")
        direction.set_policy(policy)
        return b"".join(goes for _, goes in direction.take(data or self.FRAMES) if goes is not None), direction.counters

    def test_nothing_is_changed_without_a_policy(self):
        self.assertEqual(self.out({}, b"\1\2\0\3")[0], b"\1\2\0\3")

    def test_equal_seeds_give_equal_fates_and_others_do_not(self):
        policy = {rate: 0.1 for rate in RATES}
        self.assertEqual(self.out(policy), self.out(policy))
        self.assertNotEqual(self.out(policy)[0], self.out(policy, seed=2)[0])

    def test_every_rate_does_what_it_says(self):
        self.assertEqual(self.out({"drop": 1})[0], b"")
        self.assertEqual(self.out({"duplicate": 1}, b"\1\0\2\0")[0], b"\1\0\1\0\2\0\2\0")
        self.assertEqual(self.out({"reorder": 1}, b"\1\0\2\0\3\0\4\0")[0], b"\2\0\1\0\4\0\3\0")
        self.assertEqual(self.out({"replay": 1}, b"\1\0\2\0")[0], b"\1\0\2\0\1\0")
        truncated = self.out({"truncate": 1}, b"\1\2\3\4\0")[0]
        self.assertTrue(0 < len(truncated) < 5 and b"\1\2\3\4\0".startswith(truncated))
        self.assertGreater(len(self.out({"inject": 1}, b"\1\0")[0]), 2)
        flipped, counters = self.out({"flip": 0.05})
        self.assertEqual(len(flipped), len(self.FRAMES))
        self.assertEqual(counters["flip"], sum((a ^ b).bit_count() for a, b in zip(flipped, self.FRAMES)))
        self.assertTrue(100 < counters["flip"] < 220)
        self.assertTrue(5 < self.out({"drop": 0.2})[1]["drop"] < 40)

    def test_one_byte_is_disturbed_once(self):
        for do, expected in (("corrupt", b"\1\x57\0"), ("delete", b"\1\0"), ("duplicate", b"\1\2\2\0")):
            direction = Direction(0, "up")
            direction.set_policy({"at": {"byte": 1, "do": do}})
            out = [goes for byte in (b"\1", b"\2", b"\0", b"\1\2\0") for _, goes in direction.take(byte)]
            self.assertEqual(b"".join(out), expected + b"\1\2\0")

    def test_wrong_policies_are_refused(self):
        for policy in ({"drop": 2}, {"drop": True}, {"drip": 0.1}, {"delay": -1}, {"at": {"do": "eat"}}, 7):
            with self.assertRaises(ValueError):
                policies_by_direction(policy)


class LineTest(unittest.IsolatedAsyncioTestCase):
    """The whole line between a device that listens, as QEMU does, and a gateway that connects."""

    async def asyncSetUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = lambda name: os.path.join(folder.name, name)
        self.paths = {name: path(name) for name in ("device", "gateway", "control", "log")}
        self.device_connected = asyncio.Queue()
        await self.start_device()
        ready = asyncio.Event()
        line = Line(*(self.paths[name] for name in ("device", "gateway", "control", "log")), seed=3)
        self.task = asyncio.create_task(line.run(ready))
        await ready.wait()
        self.device = await self.device_connected.get()
        self.gateway = await asyncio.open_unix_connection(self.paths["gateway"])

    async def asyncTearDown(self):
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task
        self.server.close()
        for _, writer in (self.device, self.gateway):
            writer.close()

    async def start_device(self):
        async def connected(reader, writer):
            await self.device_connected.put((reader, writer))

        self.server = await asyncio.start_unix_server(connected, self.paths["device"])

    async def control(self, command):
        reader, writer = await asyncio.open_unix_connection(self.paths["control"])
        writer.write(json.dumps(command).encode() + b"\n")
        answer = json.loads(await reader.readline())
        writer.close()
        await writer.wait_closed()
        return answer

    async def passes(self, source, sink, data=b"\1\2\3\0"):
        source[1].write(data)
        self.assertEqual(await asyncio.wait_for(sink[0].readexactly(len(data)), 5), data)

    async def loses(self, source, direction, data=b"\1\2\3\0"):
        lost = (await self.control({"counters": True}))["counters"][direction]["lost"]
        source[1].write(data)
        for _ in range(500):
            if (await self.control({"counters": True}))["counters"][direction]["lost"] == lost + len(data):
                return
            await asyncio.sleep(0.01)
        self.fail("not lost")

    async def test_bytes_pass_both_ways_and_are_logged(self):
        await self.passes(self.device, self.gateway)
        await self.passes(self.gateway, self.device, b"\4\5")
        with open(self.paths["log"]) as log:
            self.assertEqual([line.split()[1:] for line in log], [["<", "01020300"], [">", "0405"]])

    async def test_a_cut_line_loses_and_a_joined_one_carries(self):
        self.assertEqual(await self.control({"cut": True}), {"ok": True})
        await self.loses(self.device, "up")
        await self.loses(self.gateway, "down")
        await self.control({"cut": False})
        await self.passes(self.device, self.gateway)

    async def test_policies_hold_for_the_direction_they_name(self):
        await self.control({"policy": {"up": {"drop": 1}}})
        await self.loses(self.device, "up")
        await self.passes(self.gateway, self.device)
        self.assertFalse((await self.control({"policy": {"up": {"drop": 7}}}))["ok"])
        self.assertFalse((await self.control({"fly": True}))["ok"])
        self.assertFalse((await self.control([1]))["ok"])
        await self.control({"policy": {"delay": 50}})
        start = asyncio.get_running_loop().time()
        await self.passes(self.device, self.gateway)
        self.assertGreaterEqual(asyncio.get_running_loop().time() - start, 0.05)

    async def test_bytes_can_be_injected(self):
        await self.control({"inject": {"up": "ff00"}})
        self.assertEqual(await asyncio.wait_for(self.gateway[0].readexactly(2), 5), b"\xff\0")

    async def test_either_side_may_go_and_come_again(self):
        self.gateway[1].close()
        await self.loses_until_gone("up")
        self.gateway = await asyncio.open_unix_connection(self.paths["gateway"])
        await self.control({"counters": True})
        await self.passes(self.device, self.gateway)
        second = await asyncio.open_unix_connection(self.paths["gateway"])
        self.assertEqual(await asyncio.wait_for(self.gateway[0].read(), 5), b"")
        self.gateway[1].close()
        self.gateway = second
        await self.passes(self.device, self.gateway)

        self.server.close()
        self.device[1].close()
        os.unlink(self.paths["device"])
        await self.start_device()
        self.device = await asyncio.wait_for(self.device_connected.get(), 5)
        await self.passes(self.gateway, self.device)
        await self.passes(self.device, self.gateway)

    async def loses_until_gone(self, direction):
        for _ in range(500):
            self.device[1].write(b"\0")
            if (await self.control({"counters": True}))["counters"][direction]["lost"]:
                return
            await asyncio.sleep(0.01)
        self.fail("the gateway is still there")


def main():
    if sys.argv[1:2] == ["--self-test"]:
        unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0], epilog="See the beginning of this file for policies and control.")
    parser.add_argument("--device", required=True, help="socket QEMU listens on")
    parser.add_argument("--gateway", required=True, help="socket to listen on for the gateway")
    parser.add_argument("--control", help="socket to listen on for commands")
    parser.add_argument("--log", help="file that gets every byte")
    parser.add_argument("--seed", default=0, type=int)
    parser.add_argument("--policy", default="{}", help="JSON, as on the control socket")
    options = parser.parse_args()
    try:
        line = Line(
            options.device, options.gateway, options.control, options.log, options.seed, json.loads(options.policy))
    except (ValueError, OSError) as error:
        sys.exit(f"line.py: {error}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(line.run())


if __name__ == "__main__":
    main()
