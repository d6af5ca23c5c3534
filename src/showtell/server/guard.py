"""The guard: an ASGI app that lets in only those who have the token, and only pages of this server."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FORBIDDEN = "forbidden: open the whole address that showtell printed; a phone's QR code is good once, for ten minutes"
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


class Guard:
    """An ASGI app around ``app`` that answers 403 to everybody else.

    origins  how this server is addressed, like "http://127.0.0.1:8642"; a page must come from the one it asks
    may      says whether a token lets in
    redeem   makes a guest's token from an invitation, and None from what is none; the visitor is sent on to its page
    """

    def __init__(
        self,
        app: ASGIApp,
        origins: set[str],
        may: Callable[[str], bool],
        redeem: Callable[[str], str | None] = lambda token: None,
    ) -> None:
        self.app = app
        self.origins = origins
        self.may = may
        self.redeem = redeem

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SECURITY_HEADERS)
            await send(message)

        token, _, rest = scope["path"].removeprefix("/").partition("/")
        own = self._own(scope)
        if own and self.may(token):
            await self.app(scope, receive, hardened)
        elif scope["type"] == "websocket":
            await receive()  # the handshake; closing before accepting it answers 403
            await send({"type": "websocket.close", "code": 1008})
        elif own and not rest and scope["method"] == "GET" and (guest := self.redeem(token)):
            await Response(status_code=303, headers={"Location": f"/{guest}/"})(scope, receive, hardened)
        else:
            await PlainTextResponse(FORBIDDEN, 403)(scope, receive, hardened)

    def _own(self, scope: Scope) -> bool:
        """Return whether this server is asked by its own name, and by its own page."""
        headers = Headers(scope=scope)
        secure = scope["scheme"] in ("https", "wss")
        asked, origin = f"{'https' if secure else 'http'}://{headers.get('host', '')}", headers.get("origin")
        return asked in self.origins and (origin == asked or (origin is None and scope["type"] == "http"))
