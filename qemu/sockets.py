"""Unix sockets that another process is about to open."""

from __future__ import annotations

import socket
import time


def connect(path: str, timeout_seconds: float = 10) -> socket.socket:
    deadline = time.monotonic() + timeout_seconds
    while True:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(path)
            return connection
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
