"""Clients that want to keep a server busy: they come from other addresses than an honest one."""

import socket
import ssl
import sys
import threading
import time

host, port = sys.argv[1].rsplit(":", 1)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
END = time.monotonic() + 60
HEAD = b"POST /.well-known/est/simpleenroll HTTP/1.1\r\nHost: x\r\nContent-Type: application/pkcs10\r\n"
said = []


def connect(source):
    bare = socket.create_connection((host, int(port)), timeout=20, source_address=(source, 0))
    return context.wrap_socket(bare)


def trickle(connection, piece):
    """Sends a byte now and then until the server answers or hangs up."""
    connection.settimeout(1)
    while time.monotonic() < END:
        try:
            connection.sendall(piece)
            answer = connection.recv(200)
            return answer
        except (TimeoutError, ssl.SSLWantReadError):
            continue
        except OSError:
            return b""
    return None


def idle():
    connection = connect("127.0.0.2")
    connection.settimeout(60)
    try:
        if connection.recv(1) == b"":
            said.append("idle cut")
    except TimeoutError:
        said.append("idle open")
    except OSError:
        said.append("idle cut")


def head():
    connection = connect("127.0.0.2")
    connection.sendall(b"GET / HTTP/1.1\r\nX: ")
    said.append("head open" if trickle(connection, b"x") is None else "head cut")


def body():
    connection = connect("127.0.0.2")
    connection.sendall(HEAD + b"Content-Length: 4000\r\n\r\n")
    answer = trickle(connection, b"A")
    said.append("body " + (answer.split(b" ")[1].decode() if answer else repr(answer)))


def upload():
    connection = connect("127.0.0.3")
    connection.sendall(HEAD + b"Content-Length: 1073741824\r\n\r\n")
    sent, chunk = 0, b"A" * 65536
    try:
        while sent < 1 << 30:
            connection.sendall(chunk)
            sent += len(chunk)
    except OSError:
        pass
    answer = b""
    try:
        answer = connection.recv(200)
    except OSError:
        pass
    said.append("upload " + (answer.split(b" ")[1].decode() if answer else "cut after %d" % sent))


threads = [threading.Thread(target=work) for work in [idle, head, body] * 8 + [upload]]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for line in sorted(set(said)):
    print(line)

# More connections than one address may have.
held, admitted = [], 0
for _ in range(80):
    try:
        held.append(connect("127.0.0.4"))
        admitted += 1
    except OSError:
        pass
print("admitted %d" % admitted)
