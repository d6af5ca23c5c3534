"""A page without a browser: asks the studio by its messages, and waits for what it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from showtell.studio.studio import Studio

Content = dict[str, Any]

LONG_S = 60  # a test that hangs should fail, some day


class Page:
    """Stands for an open page: sends messages and keeps what comes back."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.inbox: list[tuple[Any, bytes]] = []
        self.ref = 0
        self._came = threading.Condition()
        self.client = studio.join(self._take)

    def _take(self, content: Any, buffer: bytes) -> None:
        with self._came:
            self.inbox.append((content, buffer))
            self._came.notify_all()

    def send(self, kind: str, buffer: bytes = b"", **fields: object) -> int:
        """Send a message; its ``ref``."""
        self.ref += 1
        self.studio.handle(self.client, {"type": kind, "ref": self.ref, **fields}, buffer)
        return self.ref

    def ask(self, kind: str, buffer: bytes = b"", **fields: object) -> Content:
        """Send a message, give back the first reply to it."""
        return self.ask_for_bytes(kind, buffer, **fields)[0]

    def ask_for_bytes(self, kind: str, buffer: bytes = b"", **fields: object) -> tuple[Content, bytes]:
        """The reply with its buffer."""
        ref = self.send(kind, buffer, **fields)
        return self.wait_for_bytes(lambda content: content["ref"] == ref)

    def wait_for(self, is_it: Callable[[Content], object]) -> Content:
        """The first message of that sort, once it is there."""
        return self.wait_for_bytes(is_it)[0]

    def wait_for_bytes(self, is_it: Callable[[Content], object]) -> tuple[Content, bytes]:
        def found() -> tuple[Content, bytes] | None:
            return next((each for each in self.inbox if is_it(each[0])), None)

        with self._came:
            came = self._came.wait_for(found, LONG_S)
        assert came, f"no such message in {[content for content, _ in self.inbox]}"
        return came

    def state(self) -> Content:
        """The state, asked for."""
        return self.ask("hello")
