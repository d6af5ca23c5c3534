"""A bad network between a page and the studio."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PIECE = 4096


@contextmanager
def bad_network(port: int, *, bytes_per_s: float = 1e9, stall_every_s: float = 0, stall_s: float = 0) -> Iterator[int]:
    """A port that leads to the studio's ``port``, slowly; with ``stall_every_s`` it now and then stands still.

    That is how lost packets look from within a connection: all that follows waits for what is sent again.
    """
    began = time.monotonic()

    def standing_still() -> bool:
        return bool(stall_every_s) and (time.monotonic() - began) % (stall_every_s + stall_s) > stall_every_s

    def carry(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError), source, target:
            while data := source.recv(PIECE):
                while standing_still():
                    time.sleep(0.01)
                time.sleep(len(data) / bytes_per_s)
                target.sendall(data)

    def answer() -> None:
        with suppress(OSError):
            while True:
                here, _ = listening.accept()
                there = socket.create_connection(("127.0.0.1", port))
                for one in (here, there):
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2 * PIECE)
                for ends in ((here, there), (there, here)):
                    threading.Thread(target=carry, args=ends, daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=answer, daemon=True).start()
        yield listening.getsockname()[1]
