"""Arrays as pictures: only one kind is taken, and the others are told how to become it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from showtell.errors import PictureError


def checked(array: NDArray[np.uint8], name: str) -> NDArray[np.uint8]:
    """Return the array if it is a frame, ``(height, width, 3) uint8``; PictureError that says how it becomes one.

    >>> checked(np.zeros((4, 6), np.uint8), "the array")
    Traceback (most recent call last):
    showtell.errors.PictureError: the array: expected (height, width, 3) uint8 RGB, found (4, 6) uint8; convert it \
from grey: np.stack([array] * 3, axis=-1)
    """
    if array.dtype == np.uint8 and array.ndim == 3 and array.shape[2] == 3 and 0 not in array.shape:
        return array
    raise PictureError(
        f"{name}: expected (height, width, 3) uint8 RGB, found {array.shape} {array.dtype}; convert it {_how(array)}"
    )


def _how(array: NDArray[np.uint8]) -> str:
    if array.dtype == object:
        return "from objects: give pictures of different sizes as a list, np.asarray(picture, np.uint8) each"
    if array.size == 0:
        return "to one that has pixels"
    if array.ndim == 4:
        return "from a batch: give its pictures one by one, list(array)"
    steps = "array"
    words = []
    if array.ndim == 3 and array.shape[2] not in (1, 3, 4) and array.shape[0] in (1, 3, 4):
        words.append("from channels first")
        steps = "array.transpose(1, 2, 0)"
        array = array.transpose(1, 2, 0)
    if array.ndim == 3 and array.shape[2] == 4:
        words.append("from RGBA")
        steps += "[..., :3]"
    elif array.ndim == 3 and array.shape[2] == 1:
        words.append("from grey")
        steps = f"np.repeat({steps}, 3, axis=-1)"
    elif array.ndim == 2:
        words.append("from grey")
        steps = f"np.stack([{steps}] * 3, axis=-1)"
    elif array.ndim != 3 or array.shape[2] != 3:
        return "to rows, columns and three channels, for example with np.asarray(image.convert('RGB'))"
    if array.dtype != np.uint8:
        words.append(_range(array))
        steps = _scaled(array, steps)
    return f"{', '.join(words)}: {steps}"


def _range(array: NDArray[np.uint8]) -> str:
    low, high = array.min(), array.max()
    return f"from {array.dtype} between {low:.4g} and {high:.4g}" if array.dtype != bool else "from bool"


def _scaled(array: NDArray[np.uint8], steps: str) -> str:
    low, high = array.min(), array.max()
    if array.dtype == bool or (array.dtype.kind == "f" and low >= 0 and high <= 1):
        return f"({steps} * 255).astype(np.uint8)"
    if array.dtype.kind == "f" and low >= -1 and high <= 1:
        return f"(({steps} + 1) * 127.5).astype(np.uint8)"
    if array.dtype == np.uint16 and high > 255:
        return f"({steps} // 257).astype(np.uint8)"
    if low >= 0 and high <= 255:
        return f"{steps}.astype(np.uint8)"
    return f"np.asarray({steps}).clip(0, 255).astype(np.uint8), once white is 255 and black 0"
