"""Latest wins: a worker thread with one waiting place, for work where only the newest matters."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


IDLE_S = 10.0  # a thread without work ends after this long; the next item starts a new one


class Latest(Generic[T]):
    """Calls ``work(item)`` in a thread of its own; an item that waits is overtaken by a newer one.

    The thread starts with an item, and ends with ``close`` or after some seconds in which none came.
    """

    def __init__(self, work: Callable[[T], None], name: str) -> None:
        self._work = work
        self._name = name
        self._changed = threading.Condition()
        self._waiting: list[T] = []  # none or one
        self._busy = False
        self._closed = False
        self._error: BaseException | None = None
        self._thread: threading.Thread | None = None

    def put(self, item: T) -> T | None:
        """Hand over an item; gives back the waiting one that it overtook, if any."""
        with self._changed:
            if self._closed:
                return item
            overtaken = self._waiting.pop() if self._waiting else None
            self._waiting.append(item)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._changed.notify_all()
        return overtaken

    @property
    def busy(self) -> bool:
        """Whether something is worked on or waits."""
        with self._changed:
            return self._busy or bool(self._waiting)

    def wait(self) -> None:
        """Until nothing is worked on or waits; raises what the newest item's work raised, once."""
        with self._changed:
            self._changed.wait_for(lambda: not self.busy)
            error, self._error = self._error, None
        if error:
            raise error

    def close(self) -> None:
        """End the thread once the item it works on is done; what waits is dropped."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or bool(self._waiting), IDLE_S)
                if self._closed or not self._waiting:
                    self._thread = None
                    return
                item = self._waiting.pop()
                self._busy = True
            error: BaseException | None = None
            try:
                self._work(item)
            except BaseException as caught:  # kept for wait(): the thread goes on with the next item
                error = caught
            with self._changed:
                self._busy = False
                self._error = error
                self._changed.notify_all()


class InOrder:
    """Calls what is put in, one after the other, away from the thread that puts it. What is put in must not raise."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._changed = threading.Condition()
        self._waiting: deque[Callable[[], object]] = deque()
        self._working = False

    def put(self, work: Callable[[], object]) -> None:
        """Hand over something to do; nothing is ever dropped."""
        with self._changed:
            self._waiting.append(work)
            if not self._working:
                self._working = True
                threading.Thread(target=self._run, name=self._name, daemon=True).start()

    def wait(self) -> None:
        """Until all is done."""
        with self._changed:
            self._changed.wait_for(lambda: not self._working)

    def _run(self) -> None:
        try:
            while True:
                with self._changed:
                    if not self._waiting:
                        return
                    work = self._waiting.popleft()
                work()
        finally:
            with self._changed:
                self._working = False
                self._changed.notify_all()
