"""Regions: the whole of a picture and nine parts of it, from a network's last map."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

LOOKS = 10  # rows of a picture: the whole, then nine parts


CELLS, SIDE, STEP = 7, 3, 2  # a part is 3×3 cells of a map's 7×7, two apart


def looks(maps: Floats) -> Floats:
    """Return the means over the whole and nine parts of last maps, ``(n, d, rows, columns)``: ``(n, 10, d) float32``.

    Each is square-rooted, which tames single large features (Hellinger kernel; Arandjelović & Zisserman, CVPR 2012),
    and scaled to length 1.

    >>> looks(np.ones((2, 8, 7, 7), np.float32)).shape
    (2, 10, 8)
    """
    n, d, rows, columns = maps.shape
    means = maps.reshape(n, d, rows * columns) @ _shares(rows, columns)
    return hellinger(means.transpose(0, 2, 1))


def hellinger(rows: Floats) -> Floats:
    """Return rows square-rooted, negative numbers as if they were positive, and scaled to length 1."""
    rows = np.copysign(np.sqrt(np.abs(rows)), rows)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9), np.float32)


@lru_cache
def _shares(rows: int, columns: int) -> Floats:
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
