"""Worker threads: one that works on the newest item only, and one that works on all of them in order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from showtell.system.forks import watch_forks

T = TypeVar("T")

IDLE_S = 10.0  # a thread without work ends after this long; the next item starts a new one


class LatestOnly(Generic[T]):
    """Call ``work(item)`` in a thread of its own; an item that waits is overtaken by a newer one.

    The thread starts with an item. It ends with `close`, or after `IDLE_S` seconds without an item. In the child of
    a fork there is no such thread: there the item that was in work or waited is worked on anew, as soon as the
    child asks for anything here.

    >>> shown = []
    >>> worker = LatestOnly(shown.append, "example")
    >>> worker.put("frame 1")
    >>> worker.wait()
    >>> shown
    ['frame 1']
    """

    def __init__(self, work: Callable[[T], None], name: str) -> None:
        self._work = work
        self._name = name
        self._changed = threading.Condition()
        self._waiting: list[T] = []  # none or one
        self._in_work: list[T] = []  # none or one
        self._closed = False
        self._error: BaseException | None = None
        self._thread: threading.Thread | None = None
        watch_forks(self)

    def put(self, item: T) -> T | None:
        """Hand over an item; return the waiting one that it overtook, None if none waited.

        A closed worker takes nothing: it returns ``item``.
        """
        with self._changed:
            if self._closed:
                return item
            overtaken = self._waiting.pop() if self._waiting else None
            self._waiting.append(item)
            self._start_if_needed()
            self._changed.notify_all()
        return overtaken

    @property
    def busy(self) -> bool:
        """Whether an item is in work or waits."""
        with self._changed:
            self._start_if_needed()
            return bool(self._in_work or self._waiting)

    def wait(self) -> None:
        """Wait until nothing is in work or waits; raise, once, what the newest item's work raised."""
        with self._changed:
            self._changed.wait_for(lambda: not self.busy)
            error, self._error = self._error, None
        if error:
            raise error

    def close(self) -> None:
        """End the thread once the item in work is done; drop the item that waits."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()

    def renew_after_fork(self) -> None:
        """Let the item in work, which the parent's thread goes on with, wait here, unless a newer one does."""
        self._changed = threading.Condition()
        self._thread = None
        if not self._closed:
            self._waiting = (self._in_work + self._waiting)[-1:]
        self._in_work = []

    def _start_if_needed(self) -> None:
        if self._waiting and self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or bool(self._waiting), IDLE_S)
                if self._closed or not self._waiting:
                    self._thread = None
                    return
                item = self._waiting.pop()
                self._in_work.append(item)
            error: BaseException | None = None
            try:
                self._work(item)
            except BaseException as caught:  # kept for wait(): the thread goes on with the next item
                error = caught
            with self._changed:
                self._in_work.clear()
                self._error = error
                self._changed.notify_all()


class SerialQueue:
    """Call what is put in, one after the other, in a thread of its own. What is put in must not raise.

    Nothing is dropped and nothing is done twice. So the child of a fork starts with an empty queue: what waits at
    that moment is done by the parent.

    >>> done = []
    >>> queue = SerialQueue("example")
    >>> queue.put(lambda: done.append(1))
    >>> queue.put(lambda: done.append(2))
    >>> queue.wait()
    >>> done
    [1, 2]
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._changed = threading.Condition()
        self._waiting: deque[Callable[[], object]] = deque()
        self._working = False
        watch_forks(self)

    def put(self, work: Callable[[], object]) -> None:
        """Hand over something to do."""
        with self._changed:
            self._waiting.append(work)
            if not self._working:
                self._working = True
                threading.Thread(target=self._run, name=self._name, daemon=True).start()

    def wait(self) -> None:
        """Wait until all is done."""
        with self._changed:
            self._changed.wait_for(lambda: not self._working)

    def renew_after_fork(self) -> None:
        """Start with an empty queue and no thread."""
        self._changed = threading.Condition()
        self._waiting = deque()
        self._working = False

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
