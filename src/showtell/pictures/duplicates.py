"""Pictures that are all but the same, by their thumbnails (see `showtell.pictures.quality`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

DUPLICATE_RMS = 1.4  # root of the mean squared difference of two thumbnails, of 255


COPY_SHARE = 0.04  # of the difference of unlike pictures: a strong JPEG moves a picture of much contrast that far


BLOCK = 1000  # rows compared at once, so that memory stays bounded


def near_duplicates(thumbnails: NDArray[np.float32]) -> dict[int, list[int]]:
    """Return for each row of ``(n, d)`` thumbnails that has any the others that are nearly the same picture.

    >>> near_duplicates(np.array([[90, 90], [91, 90], [10, 70]], np.float32))
    {0: [1], 1: [0]}
    """
    return _near(thumbnails, np.full(len(thumbnails), DUPLICATE_RMS))


def copies(thumbnails: NDArray[np.float32]) -> Mapping[int, list[int]]:
    """Return the same for pictures that may have been scaled or encoded again, at low quality too."""
    contrast = np.sqrt(2) * thumbnails.std(1)  # how far apart unlike pictures of this contrast are
    return _near(thumbnails, np.maximum(DUPLICATE_RMS, COPY_SHARE * contrast))


def _near(rows: NDArray[np.float32], limits: NDArray[np.floating[Any]]) -> dict[int, list[int]]:
    """Return for each row the others within its own limit or theirs, as root mean squared difference."""
    centred = rows - rows.mean(0)
    squares = np.einsum("nd,nd->n", centred, centred)
    found: dict[int, list[int]] = {}
    for start in range(0, len(rows), BLOCK):
        part = slice(start, start + BLOCK)
        apart = squares[part, None] + squares - 2 * (centred[part] @ centred.T)
        near = apart < rows.shape[1] * np.maximum(limits[part, None], limits) ** 2
        for one, other in np.argwhere(near).tolist():
            if one + start != other:
                found.setdefault(one + start, []).append(other)
    return found
