"""The server: the studio as a web page on this machine.

Every address starts with a random token, and requests are answered only for the exact Host and Origin of this server:
a page from elsewhere, or a name made to point here (DNS rebinding), gets nothing. docs/security.md tells it all.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from showtell.errors import ServerError
from showtell.importers.importing import MAX_PICTURE_BYTES
from showtell.server.guard import Guard
from showtell.server.page_socket import talk
from showtell.server.serving import web_server
from showtell.server.sockets import ANY, HOST, PORT, open_socket
from showtell.server.tokens import INVITED_S, Tokens, token_file
from showtell.studio.studio import Studio

if TYPE_CHECKING:
    from showtell.server.lan import Lan

WEB = Path(__file__).parents[1] / "web"


FILES = {"": "text/html", "studio.js": "text/javascript", "studio.css": "text/css"}


class StudioServer:
    """A web server for one studio; ``url`` is its address on this machine, token included.

    port          None means 8642, or any free one where that is taken
    folder        a folder of the user's own, where the certificate and the tokens of this dataset and port are kept,
                  so that the address stays the same and open pages find their way back; None keeps nothing
    lan           serve phones in the local network too, over https
    in_container  listen on every interface, since a container's loopback cannot be reached from outside; a page must
                  still be asked for by the name of this machine's own loopback, and with the token

    ServerError if the port that was asked for is in use, or there is no local network.

    >>> from showtell import Dataset
    >>> server = StudioServer(Studio(Dataset("/tmp/no-such-folder")), port=0)
    >>> with server.sockets():
    ...     server.url.startswith(f"http://127.0.0.1:{server.port}/")
    True
    """

    def __init__(
        self,
        studio: Studio,
        port: int | None = None,
        *,
        folder: Path | None = None,
        lan: bool = False,
        in_container: bool = False,
    ) -> None:
        self.studio = studio
        self._socket = open_socket(port, ANY if in_container else HOST)
        self.port: int = self._socket.getsockname()[1]
        found_again = self.port == (PORT if port is None else port)  # else nobody would look there again
        kept = token_file(folder, studio.dataset.folder, self.port) if folder and found_again else None
        self.tokens = Tokens(kept)
        self.url = f"http://{HOST}:{self.port}/{self.tokens.owner}/"
        self._pages = Starlette(
            routes=[
                Route("/{token}/phones", self._phones, methods=["GET", "POST"]),
                Route("/{token}/{file:path}", self._file),
                WebSocketRoute("/{token}/ws", self._talk),
            ]
        )
        guard = Guard(self._pages, {f"http://{name}:{self.port}" for name in (HOST, "localhost")}, self.tokens.is_owner)
        self._servers = [(web_server(guard, MAX_PICTURE_BYTES), [self._socket])]
        self.lan: Lan | None = None
        if lan:
            self._join_network(folder)

    def run(self) -> None:
        """Serve until ``stop`` or Ctrl-C."""
        with self.sockets():
            asyncio.run(self._serve())

    @contextmanager
    def sockets(self) -> Iterator[None]:
        """Close the sockets that this server listens on at the end of the ``with`` block."""
        with ExitStack() as opened:
            for _, sockets in self._servers:
                for listening in sockets:
                    opened.enter_context(listening)
            yield

    def stop(self) -> None:
        """End ``run``, from any thread."""
        for server, _ in self._servers:
            server.should_exit = True

    def invite(self) -> str:
        """Return a new address that lets one phone in, once, within ten minutes; ServerError without ``lan``."""
        if self.lan is None:
            raise ServerError("expected a studio in the local network, found one on this machine only; use --lan")
        return f"https://{self.lan.hosts[0]}/{self.tokens.invite()}/"

    def _join_network(self, folder: Path | None) -> None:
        from showtell.server.lan import Lan

        if folder is None:
            raise ServerError("expected a folder in which the certificate is kept, found none")
        try:
            self.lan = Lan(self.port, folder)
        except ServerError:
            self._socket.close()
            raise
        guard = Guard(
            self._pages, {f"https://{host}" for host in self.lan.hosts}, self.tokens.is_guest, self.tokens.redeem
        )
        self._servers.append((web_server(guard, MAX_PICTURE_BYTES, self.lan.certificate), self.lan.sockets))

    async def _serve(self) -> None:
        async def serve(server: uvicorn.Server, sockets: list[socket.socket]) -> None:
            try:
                await server.serve(sockets)
            finally:
                self.stop()  # Ctrl-C reaches only one of them

        await asyncio.gather(*(serve(*each) for each in self._servers))

    async def _file(self, request: Request) -> Response:
        name = request.path_params["file"]
        if name not in FILES:
            return PlainTextResponse("not found", 404)
        return Response((WEB / (name or "page.html")).read_bytes(), media_type=FILES[name])

    async def _phones(self, request: Request) -> Response:
        """Answer whether this page may invite a phone (GET), or with an invitation (POST)."""
        if self.lan is None or not self.tokens.is_owner(request.path_params["token"]):
            return JSONResponse({"lan": False})
        if request.method == "GET":
            return JSONResponse({"lan": True})
        from showtell.server.lan import qr_svg

        url = self.invite()
        fingerprint = self.lan.fingerprint
        return JSONResponse(
            {"lan": True, "url": url, "qr": qr_svg(url), "seconds": INVITED_S, "fingerprint": fingerprint}
        )

    async def _talk(self, page: WebSocket) -> None:
        await talk(self.studio, page)
