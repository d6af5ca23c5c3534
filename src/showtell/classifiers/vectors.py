"""Vectors: the rows of numbers that classifiers learn from, scaled and stored."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Vectors = Floats
T = TypeVar("T", bound=np.generic)

BLOCK = 4096  # rows that are scaled at once


def unit(vectors: Floats, out: Floats | None = None) -> Floats:
    """Rows scaled to length 1, in ``out`` if it is given; a row of zeros, or one of that length, stays as it is.

    Where all do, that is the array itself: what is long ago scaled is copied no more.
    """
    blocks = np.array_split(vectors, len(vectors) // BLOCK + 1)  # so that many need no room for their squares
    lengths = np.concatenate([np.linalg.norm(block, axis=1, keepdims=True) for block in blocks])
    done = (lengths == 0) | (np.abs(lengths - 1) < 1e-6)  # again gives the same, bit for bit: so does a saved model
    if done.all():
        return vectors
    return np.asarray(np.divide(vectors, np.where(done, 1, lengths), out=out), np.float32)


def roomy(rows: NDArray[T], n: int) -> NDArray[T]:
    """The same rows with room for n and a quarter more, unless there was room: adding one by one copies O(n) rows."""
    if n <= len(rows):
        return rows
    larger = np.empty((n + n // 4 + 8, *rows.shape[1:]), rows.dtype)
    larger[: len(rows)] = rows
    return larger
