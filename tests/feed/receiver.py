"""A receiver of webhooks on this machine, as kind or hostile as a test wants it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Receiver:
    """What came in, and how to answer it."""

    behaviour: str
    port: int = 0
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _body in self.requests]


@contextmanager
def receiver(behaviour: str = "ok") -> Iterator[Receiver]:
    """Listens until the block ends."""
    state = Receiver(behaviour)
    with socket.create_server(("127.0.0.1", 0)) as server:
        state.port = server.getsockname()[1]
        server.settimeout(0.1)
        thread = threading.Thread(target=_serve, args=(server, state), daemon=True)
        thread.start()
        yield state
        state.ended.set()
        thread.join(5)


def _serve(server: socket.socket, state: Receiver) -> None:
    while not state.ended.is_set():
        try:
            client, _address = server.accept()
        except TimeoutError:
            continue
        threading.Thread(target=_answer, args=(client, state), daemon=True).start()


def _answer(client: socket.socket, state: Receiver) -> None:
    with client:
        client.settimeout(5)
        data = b""
        while b"\r\n\r\n" not in data:
            data += client.recv(65_536)
        head, _gap, body = data.partition(b"\r\n\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _colon, value in (line.partition(":") for line in head.decode().split("\r\n")[1:])
        }
        while len(body) < int(headers.get("content-length", 0)):
            body += client.recv(65_536)
        state.requests.append((headers, body))
        try:
            _behave(client, state)
        except OSError:
            return


def _behave(client: socket.socket, state: Receiver) -> None:
    match state.behaviour:
        case "ok":
            client.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        case "error":
            client.sendall(b"HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops")
        case "busy":
            client.sendall(b"HTTP/1.1 429 Slow\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n")
        case "redirect":
            target = f"http://{state.address}/inside".encode()
            client.sendall(b"HTTP/1.1 301 Moved\r\nLocation: " + target + b"\r\nContent-Length: 0\r\n\r\n")
        case "flood":
            client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            for _block in range(800):
                client.sendall(b"x" * 65_536)
        case "hang":
            state.ended.wait(30)
        case "trickle":
            for sign in b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 10_000:
                client.sendall(bytes([sign]))
                if state.ended.wait(0.05):
                    return
        case "drop":
            client.close()
        case "garbage":
            client.sendall(b"\x16\x03\x01\x00\x05hello" * 50)
        case _:
            time.sleep(0)
