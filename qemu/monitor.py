"""QMP, QEMU's monitor protocol: one JSON object a line."""

from __future__ import annotations

import json

from sockets import connect


class Monitor:
    """A connection to QEMU's monitor socket."""

    def __init__(self, path: str):
        self._socket = connect(path)
        self._lines = self._socket.makefile("r")
        self._lines.readline()  # the greeting
        self.execute("qmp_capabilities")

    def execute(self, command: str, **arguments):
        """Runs a command and returns its answer; events that come before it are passed over."""
        self._socket.sendall(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        for line in self._lines:
            answer = json.loads(line)
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise OSError(f"{command}: {answer['error']['desc']}")
        raise OSError(f"{command}: the monitor hung up")

    def save_memory(self, address: int, count: int, path: str) -> None:
        """Writes guest memory, as the processor sees it, to a file of the host."""
        self.execute("memsave", val=address, size=count, filename=path, **{"cpu-index": 0})
