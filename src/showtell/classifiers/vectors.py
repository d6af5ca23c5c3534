"""Vectors: the rows of numbers that classifiers learn from, scaled, stored and multiplied."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Labels = NDArray[np.object_]
T = TypeVar("T", bound=np.generic)

BLOCK = 4096  # rows that are scaled at once

SINGLE_THREADED = 2**17  # multiplications; OpenBLAS wakes its threads from 2**18 on


def l2_normalize(vectors: Floats, out: Floats | None = None) -> Floats:
    """Return rows scaled to length 1, ``(n, d)`` float32; a row of zeros stays as it is.

    The result is written to ``out`` if that is given. Where all rows have length 1 already, the result is ``vectors``
    itself, so that scaling again changes no bit.

    >>> l2_normalize(np.array([[3, 4], [0, 0]], np.float32))
    array([[0.6, 0.8],
           [0. , 0. ]], dtype=float32)
    """
    blocks = np.array_split(vectors, len(vectors) // BLOCK + 1)  # so that many need no room for their squares
    lengths = np.concatenate([np.linalg.norm(block, axis=1, keepdims=True) for block in blocks])
    done = (lengths == 0) | (np.abs(lengths - 1) < 1e-6)
    if done.all():
        return vectors
    return np.asarray(np.divide(vectors, np.where(done, 1, lengths), out=out), np.float32)


def product(rows: Floats, columns: Floats) -> Floats:
    """Return the matrix product of ``(n, d)`` and ``(d, m)``, computed in this thread alone.

    OpenBLAS gives a large product to threads that then wait awake for the next one, each on a core that the network or
    the browser wants. A live answer needs small products only, so they are kept below the size where that begins.
    """
    each = rows.shape[1] * columns.shape[1]
    if len(rows) * each <= SINGLE_THREADED:
        return np.asarray(rows @ columns, np.float32)
    if each > SINGLE_THREADED:
        return np.asarray(np.einsum("nd,dm->nm", rows, columns), np.float32)
    count = max(1, SINGLE_THREADED // each)
    blocks = [rows[start : start + count] @ columns for start in range(0, len(rows), count)]
    return np.concatenate(blocks).astype(np.float32, copy=False)


def with_room(rows: NDArray[T], n: int) -> NDArray[T]:
    """Return the same rows with room for ``n`` and a quarter more; ``rows`` itself where it has that room.

    So adding rows one by one copies O(n) rows in all.
    """
    if n <= len(rows):
        return rows
    larger = np.empty((n + n // 4 + 8, *rows.shape[1:]), rows.dtype)
    larger[: len(rows)] = rows
    return larger


def label_column(labels: list[str]) -> Labels:
    """Return labels as scikit-learn takes them, ``(n,)`` object: NumPy's own strings drop trailing NULs."""
    column = np.empty(len(labels), object)
    column[:] = labels
    return column
