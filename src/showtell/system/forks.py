"""Renew locks and worker threads in the child of a fork, as multiprocessing and gunicorn make it.

A child of ``os.fork`` has a copy of all memory, but only the thread that forked. A lock that another thread held at
that moment stays held for ever there, and a worker thread that something waits for is gone.
"""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Renewable(Protocol):
    """What has locks or threads of its own."""

    def renew_after_fork(self) -> None:
        """Make all locks anew and forget all threads; called in the child, before anything else runs there."""


_things: weakref.WeakSet[Renewable] = weakref.WeakSet()


def watch_forks(thing: Renewable) -> None:
    """Call ``thing.renew_after_fork()`` in every child that is forked from now on, for as long as ``thing`` lives.

    >>> import threading
    >>> class Counter:
    ...     def __init__(self):
    ...         self.renew_after_fork()
    ...         watch_forks(self)
    ...     def renew_after_fork(self):
    ...         self.lock = threading.Lock()
    >>> counter = Counter()
    """
    _things.add(thing)


def _renew() -> None:
    for thing in list(_things):
        thing.renew_after_fork()


if hasattr(os, "register_at_fork"):  # Windows knows no fork
    os.register_at_fork(after_in_child=_renew)
