"""The two packets of GDB's remote protocol that a runner needs: write memory, and let go."""

from sockets import connect


class Debugger:
    """A connection to QEMU's gdbstub. While it is there, the guest stands still."""

    # QEMU takes packets of 4,096 bytes; each byte of memory is two.
    CHUNK = 1024

    def __init__(self, path: str):
        self._socket = connect(path)

    def write(self, address: int, data: bytes) -> None:
        """Writes guest memory as the processor sees it, flash included."""
        for start in range(0, len(data), self.CHUNK):
            chunk = data[start : start + self.CHUNK]
            answer = self._request(f"M{address + start:x},{len(chunk):x}:{chunk.hex()}")
            if answer != b"OK":
                raise OSError(f"the debugger refused to write at {address + start:#x}: {answer!r}")

    def detach(self) -> None:
        """Lets the guest run."""
        self._request("D")
        self._socket.close()

    def _request(self, body: str) -> bytes:
        checksum = sum(body.encode()) % 256
        self._socket.sendall(f"${body}#{checksum:02x}".encode())
        answer = b""
        while b"#" not in answer[:-2]:
            received = self._socket.recv(4096)
            if not received:
                raise OSError("the debugger hung up")
            answer += received
        self._socket.sendall(b"+")
        return answer[answer.index(b"$") + 1 : answer.rindex(b"#")]
