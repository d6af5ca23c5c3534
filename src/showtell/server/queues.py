"""Queues between a page and the studio, both ways and bounded: a slow page, or a greedy one, costs no more memory."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")
MAX_BYTES = 64 * 2**20
MAX_MESSAGES = 2000


class Outbox:
    """Messages on their way to one page.

    A replaceable one that waits gives way to the next: of several states only the last counts. ``full`` is set when
    the page reads too slowly for all it is sent; from then on nothing more is kept for it.
    """

    def __init__(self) -> None:
        self.full = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[tuple[bytes, bool]] = deque()
        self._bytes = 0
        self._some = asyncio.Event()

    def put(self, data: bytes, *, replaceable: bool = False) -> None:
        """Append a message; may be called from any thread."""
        with suppress(RuntimeError):  # the loop is closed: the server is going down
            self._loop.call_soon_threadsafe(self._put, data, replaceable)

    async def get(self) -> bytes:
        """Return the oldest message, once there is one."""
        while not self._waiting:
            self._some.clear()
            await self._some.wait()
        data, _ = self._waiting.popleft()
        self._bytes -= len(data)
        return data

    def _put(self, data: bytes, replaceable: bool) -> None:
        if self.full.is_set():
            return
        at = next((at for at, (_, may) in enumerate(self._waiting) if may), None) if replaceable else None
        if at is None:
            self._waiting.append((data, replaceable))
        else:
            self._bytes -= len(self._waiting[at][0])
            self._waiting[at] = (data, True)
        self._bytes += len(data)
        self._some.set()
        if self._bytes > MAX_BYTES or len(self._waiting) > MAX_MESSAGES:
            self.full.set()


class Inbox(Generic[T]):
    """What a page asked for and waits to be done, in order."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[T, int]] = deque()
        self._bytes = 0
        self._changed = asyncio.Condition()

    async def put(self, item: T, size: int) -> None:
        """Append an item of so many bytes, once there is room; until then the network holds the rest."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._bytes <= MAX_BYTES // 2 and len(self._waiting) < MAX_MESSAGES)
            self._waiting.append((item, size))
            self._bytes += size
            self._changed.notify_all()

    async def get(self) -> T:
        """Return the oldest item, once there is one."""
        async with self._changed:
            await self._changed.wait_for(lambda: bool(self._waiting))
            item, size = self._waiting.popleft()
            self._bytes -= size
            self._changed.notify_all()
            return item
