"""Timing two things side by side, so that whatever else the machine does meets both alike."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

Call = Callable[[int], object]


@dataclass(frozen=True)
class Pair:
    """Medians in seconds, and the median over the rounds of the ratio first / second."""

    first: float
    second: float
    ratio: float


def paired(first: Call, second: Call, rounds: int = 15, block: int = 10) -> Pair:
    """Call both in turn: in each round a block of one, then a block of the other; who begins alternates.

    The first call of a block is not counted: threads of the other may still spin, caches are cold.
    A call gets a number that rises from call to call.
    """
    a: list[float] = []
    b: list[float] = []
    for round_ in range(-1, rounds):  # a round to warm up
        halves = [(first, a), (second, b)]
        for call, times in halves if round_ % 2 else reversed(halves):
            numbers = range(round_ * block, (round_ + 1) * block)
            taken = [timed(call, abs(number)) for number in numbers]
            if round_ >= 0:
                times.append(median(taken[1:] or taken))
    return Pair(median(a), median(b), median(x / y for x, y in zip(a, b, strict=True)))


def timed(call: Call, number: int) -> float:
    """Seconds that ``call(number)`` takes; if it gives a float, it took its own time, and that counts."""
    started = time.perf_counter()
    own = call(number)
    taken = time.perf_counter() - started
    return own if isinstance(own, float) else taken
