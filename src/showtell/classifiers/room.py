"""The room: frames in which none of the things is, taught as a hidden further class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from showtell.classifiers.vectors import Floats

SAME = 0.999  # cosine of two encodings of one frame


def empty_frames(room: Floats, taught: Floats) -> NDArray[np.bool_]:
    """Return which frames of the room show it empty, ``(r,)``.

    room    ``(r, d)`` float32 of length 1, wholes
    taught  ``(n, d)`` float32 of length 1, wholes of the taught pictures

    One that is nearer to a taught picture than to most others of the room is left out: somebody held the thing
    already. So is one that is the same as a taught picture.

    >>> room = np.array([[1, 0], [1, 0], [1, 0.1], [0, 1]], np.float32)
    >>> empty_frames(room / np.linalg.norm(room, axis=1, keepdims=True), np.array([[0, 1]], np.float32)).tolist()
    [True, True, True, False]
    """
    to_taught = (room @ taught.T).max(1)
    if len(room) == 1:
        return np.asarray(to_taught < SAME)
    cosines = room @ room.T
    cosines[np.diag_indices(len(room))] = np.nan
    return np.asarray((to_taught < np.nanmedian(cosines, axis=1)) & (to_taught < SAME))
