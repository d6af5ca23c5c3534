"""Regions: the whole of a picture and nine parts of it, from a network's last map."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

LOOKS = 10  # rows of a picture: the whole, then nine parts


CELLS, SIDE, STEP = 7, 3, 2  # a part is 3×3 cells of a map's 7×7, two apart

SINGLE_THREADED = 2**17  # multiplications; OpenBLAS wakes its threads from 2**18 on, and they go on waiting awake


def looks(maps: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the `hellinger` of the means over the whole and nine parts of each map, ``(n, 10, d)`` float32.

    maps  ``(n, d, rows, columns)`` float32, the network's last
    """
    n, d, rows, columns = maps.shape
    cells, shares = maps.reshape(n, d, rows * columns), _shares(rows, columns)
    each = max(1, SINGLE_THREADED // shares.size)
    means = np.concatenate([cells[:, start : start + each] @ shares for start in range(0, d, each)], axis=1)
    return hellinger(means.transpose(0, 2, 1))


def hellinger(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return rows ``(…, d)`` square-rooted, each number with its sign, and scaled to length 1; rows of zeros stay so.

    The root tames single large features: the product of two such rows is the Hellinger kernel (Arandjelović &
    Zisserman, CVPR 2012).

    >>> hellinger(np.array([[9, -16]], np.float32))
    array([[ 0.6, -0.8]], dtype=float32)
    """
    rows = np.copysign(np.sqrt(np.abs(rows)), rows)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9), np.float32)


@lru_cache
def _shares(rows: int, columns: int) -> NDArray[np.float32]:
    """Return the share of each cell of a map, row by row, in each of the looks: (rows × columns, 10)."""
    down, right = (_thirds(side) for side in (rows, columns))
    parts = np.einsum("ir,jc->rcij", down, right).reshape(rows * columns, -1)
    return np.concatenate([np.full((rows * columns, 1), 1 / (rows * columns)), parts], 1).astype(np.float32)


def _thirds(side: int) -> NDArray[np.float64]:
    """Return the share of each cell of a row in each of its three parts, (3, side): of seven cells three, two apart.

    A row of another length is divided in the same proportions, and a cell at the edge of a part counts by its share.
    """
    edges = np.arange(side + 1) * (CELLS / side)
    starts = np.arange(0, CELLS - SIDE + 1, STEP)[:, None]
    inside = np.clip(edges, starts, starts + SIDE)
    return np.asarray(np.diff(inside, axis=1) / SIDE)
