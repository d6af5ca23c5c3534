"""The sockets that the server listens on."""

from __future__ import annotations

import socket

from showtell.errors import ServerError

HOST = "127.0.0.1"
ANY = "0.0.0.0"
PORT = 8642  # a fixed one, so that the browser remembers that this page may use the camera


def open_socket(port: int | None, host: str) -> socket.socket:
    """Return a socket that listens on the port; None means `PORT`, or any free one where that is taken.

    ServerError if the port that was asked for cannot be used.
    """
    try:
        return listen(host, PORT if port is None else port)
    except OSError as error:
        if port is None:
            return listen(host, 0)
        raise ServerError(
            f"port {port}: expected a free one, but it cannot be used ({error.strerror}); choose another with --port"
        ) from error


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on a port of an address; OSError if it cannot be used.

    Its connections send each message at once. Left to itself TCP holds a small message back, 40 ms and more, until
    the one before is acknowledged; asyncio turns that off only for sockets that it made itself.
    """
    listening = socket.create_server((host, port))
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # connections inherit it
    return listening
