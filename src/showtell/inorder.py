"""Everything in the order in which it came: a thread that lives only while there is something to do."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable


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
