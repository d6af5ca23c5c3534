"""Serving: the web server under the studio's page, and its end, which is quick and quiet."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

GRACE_S = 1.0  # in which a connection closes in good order; then it is cut
MAX_HEADER_BYTES = 2**16  # of a message, beside the picture in it


def web_server(app: ASGIApp, max_message_bytes: int, certificate: Path | None = None) -> uvicorn.Server:
    """Return a server for the app, with https where there is a certificate."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        lifespan="off",
        ws="websockets-sansio",
        ws_max_size=max_message_bytes + MAX_HEADER_BYTES,
        ws_per_message_deflate=False,  # JPEG does not shrink; this would only cost time
        server_header=False,
        ssl_certfile=certificate,
        ssl_keyfile=certificate,
    )
    return _Server(config)


class _Server(uvicorn.Server):
    """Ends without a word in every state of its connections.

    uvicorn's own end raises where a page is just closing (its websocket cannot be closed twice), and complains about
    pages that do not read, and phones that went to sleep, for these never close in good order.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, close those that are open, and cut those that do not close in time."""
        for server in self.servers:
            server.close()
        for listening in sockets or []:
            listening.close()
        for connection in list(self.server_state.connections):
            with contextlib.suppress(Exception):  # it is closing already
                connection.shutdown()
        await self._ended(GRACE_S)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        # A second Ctrl-C doesn't shorten this: who is still served would be cancelled, and that with a traceback.
        await self._ended(GRACE_S, patient=True)

    async def _ended(self, seconds: float, *, patient: bool = False) -> None:
        """Return when all connections and what they asked for have ended, or after some seconds.

        A second Ctrl-C is another end, unless this is ``patient``.
        """
        state = self.server_state
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while (state.connections or state.tasks) and (patient or not self.force_exit):
                    await asyncio.sleep(0.01)
