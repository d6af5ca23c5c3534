"""Work on many items in parallel, a few ahead of whoever takes the results."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def ahead(
    work: Callable[[list[T]], list[R]], items: Iterable[T], size: int, cores: int = 0, *, humble: bool = False
) -> Iterator[R]:
    """Work on batches of ``size`` items in threads, one for each core. Yield the results in order.

    ``work`` takes a batch and returns a result for each item. At most two batches a core are ahead of the reader.
    ``cores`` 0 is all of them. ``humble`` work gives way to everything else on the machine, live answers above all.

    >>> list(ahead(lambda batch: [number**2 for number in batch], range(5), size=2))
    [0, 1, 4, 9, 16]
    """
    cores = cores or os.cpu_count() or 1
    rest = iter(items)
    waiting: deque[Future[list[R]]] = deque()
    with ThreadPoolExecutor(cores, "showtell-look", _give_way if humble else None) as pool:
        try:
            while batch := list(islice(rest, size)):
                waiting.append(pool.submit(work, batch))
                if len(waiting) > 2 * cores:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _give_way() -> None:
    """Let this thread wait for all others that want a core. On Linux alone ``nice`` is a thread's own."""
    if sys.platform == "linux":
        os.nice(10)
