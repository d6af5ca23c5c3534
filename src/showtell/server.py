"""The studio as a web page on this machine: a Starlette adapter for the protocol.

Every address starts with a random token, and requests are answered only for the exact Host and Origin of this server:
a page from elsewhere, or a name made to point here (DNS rebinding), gets nothing.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
import struct
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from showtell.errors import ServerError
from showtell.protocol import MAX_PICTURE_BYTES, Client, Content, Studio

HOST = "127.0.0.1"
PORT = 8642  # a fixed one, so that the browser remembers that this page may use the camera
WEB = Path(__file__).parent / "web"
FILES = {"": "text/html", "studio.js": "text/javascript", "studio.css": "text/css"}
MAX_UNSENT = 2000  # messages a page may leave unread before it is let go
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "connect-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class StudioServer:
    """Serves one studio on the loopback interface.

    ``port`` None means 8642, or any free one where that is taken. Raises ServerError if a port that was asked for
    is in use. ``url`` is the whole address, token included.
    """

    def __init__(self, studio: Studio, port: int | None = None) -> None:
        self.studio = studio
        self.token = secrets.token_urlsafe(24)
        self._socket = _listen(port)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}/{self.token}/"
        routes = [Route("/{token}/{file:path}", self._file), WebSocketRoute("/{token}/ws", self._talk)]
        self.guard = Guard(Starlette(routes=routes), self.port, self.token)
        config = uvicorn.Config(
            self.guard,
            log_level="warning",
            lifespan="off",
            ws="websockets-sansio",
            ws_max_size=MAX_PICTURE_BYTES + 2**16,
            ws_per_message_deflate=False,  # JPEG does not shrink; this would only cost time
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)

    def run(self) -> None:
        """Serve until ``stop`` or Ctrl-C."""
        with self._socket:
            self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        """End ``run``, from any thread."""
        self._server.should_exit = True

    async def _file(self, request: Request) -> Response:
        name = request.path_params["file"]
        if name not in FILES:
            return PlainTextResponse("not found", 404)
        return Response((WEB / (name or "page.html")).read_bytes(), media_type=FILES[name])

    async def _talk(self, page: WebSocket) -> None:
        """One open page: frames go straight to their slot, everything else is done in order, in a thread."""
        await page.accept()
        loop = asyncio.get_running_loop()
        outbox: asyncio.Queue[bytes | None] = asyncio.Queue()
        inbox: asyncio.Queue[tuple[Content | None, bytes]] = asyncio.Queue(8)  # full: we stop reading

        def send(content: Content, buffer: bytes) -> None:
            with suppress(RuntimeError):  # the loop is closed: the server is going down
                loop.call_soon_threadsafe(outbox.put_nowait, pack(content, buffer))

        async def deliver() -> None:
            while (message := await outbox.get()) is not None and outbox.qsize() < MAX_UNSENT:
                await page.send_bytes(message)
            await page.close(1013)

        async def work() -> None:
            while True:
                content, buffer = await inbox.get()
                await loop.run_in_executor(pool, self.studio.handle, client, content, buffer)

        client: Client = self.studio.join(send)
        pool = ThreadPoolExecutor(1, "showtell-page")
        tasks = [asyncio.create_task(deliver()), asyncio.create_task(work())]
        try:
            while True:
                content, buffer = unpack(await _next(page))
                if content and content.get("type") == "frame":
                    self.studio.handle(client, content, buffer)
                else:
                    await inbox.put((content, buffer))
        except WebSocketDisconnect:
            pass
        finally:
            self.studio.leave(client)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            pool.shutdown(wait=False)


class Guard:
    """Answers only what comes with this server's token, by its own name, from its own page."""

    def __init__(self, app: ASGIApp, port: int, token: str) -> None:
        self.app = app
        self.token = token.encode()
        self.hosts = {f"{HOST}:{port}", f"localhost:{port}"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._may(scope):
            if scope["type"] == "websocket":
                await receive()  # the handshake; closing before accepting it answers 403
                await send({"type": "websocket.close", "code": 1008})
            else:
                await PlainTextResponse("forbidden: open the whole address that showtell printed", 403)(
                    scope, receive, send
                )
            return

        async def hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SECURITY_HEADERS)
            await send(message)

        await self.app(scope, receive, hardened)

    def _may(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        token = scope["path"].split("/")[1].encode()
        own_page = origin == f"http://{host}" or (origin is None and scope["type"] == "http")
        return host in self.hosts and own_page and secrets.compare_digest(token, self.token)


def pack(content: Content, buffer: bytes) -> bytes:
    """A message as one binary frame: JSON length (uint32, little-endian), JSON, buffer."""
    text = json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return struct.pack("<I", len(text)) + text + buffer


def unpack(message: bytes) -> tuple[Content | None, bytes]:
    """The inverse of ``pack``; content is None where the bytes are no such message."""
    try:
        (length,) = struct.unpack_from("<I", message)
        content = json.loads(message[4 : 4 + length])
    except (struct.error, ValueError, RecursionError):
        return None, b""
    return (content if isinstance(content, dict) else None), message[4 + length :]


async def _next(page: WebSocket) -> bytes:
    message = await page.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1000))
    return message.get("bytes") or b""


def _listen(port: int | None) -> socket.socket:
    try:
        return socket.create_server((HOST, PORT if port is None else port))
    except OSError as error:
        if port is None:
            return socket.create_server((HOST, 0))
        raise ServerError(
            f"port {port}: expected a free one, but it cannot be used ({error.strerror}); choose another with --port"
        ) from error
