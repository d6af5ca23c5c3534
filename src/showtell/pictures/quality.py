"""Image quality, measured without knowing what is on a picture: sharpness, exposure, and a thumbnail to compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from showtell.pictures.frame import Frame

THUMBNAIL = 12  # pixels a side

DIMENSION = 4 + 3 * THUMBNAIL**2  # numbers a picture

VERSION = "quality-1"  # changes with the meaning of any of the numbers


@dataclass(frozen=True)
class Quality:
    """Measures of many squares as the network sees them, each (n,) float32, but the thumbnails.

    sharpness   how much steeper the steepest edges are than after a blur of 3 pixels: about 2.4 for a sharp picture,
                1.1 for a very blurred one, whatever its light and contrast; 3 where there are no edges but noise
    edges       gradient of the steepest edges, grey levels a pixel; about 2 is noise
    lightest    grey level that 98 % of the pixels don't exceed, in [0, 255]
    burnt       share of the pixels that are all but white, in [0, 1]
    thumbnails  (n, 432), levels in [0, 255]
    """

    sharpness: NDArray[np.float32]
    edges: NDArray[np.float32]
    lightest: NDArray[np.float32]
    burnt: NDArray[np.float32]
    thumbnails: NDArray[np.float32]

    @classmethod
    def of(cls, rows: NDArray[np.float32]) -> Self:
        """Return the measures in rows, (n, 436) float32, that `measure` gave.

        >>> Quality.of(measure(np.full((32, 32, 3), 255, np.uint8))[None]).burnt
        array([1.], dtype=float32)
        """
        return cls(rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3], rows[:, 4:])


def measure(square: Frame) -> NDArray[np.float32]:
    """Return the measures of one square, ``(size, size, 3) uint8``, as a row, (436,) float32.

    >>> measure(np.zeros((32, 32, 3), np.uint8)).shape
    (436,)
    """
    image = Image.fromarray(square)
    grey = image.convert("L")
    levels = np.asarray(grey)
    fine, coarse = (_steepest(grey.filter(ImageFilter.GaussianBlur(radius))) for radius in (1, 3))
    small = np.asarray(image.resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX), np.float32)
    measures = [fine / max(coarse, 0.1), fine, np.percentile(levels, 98), (levels > 250).mean()]
    return np.concatenate([np.array(measures, np.float32), small.ravel()])


def _steepest(grey: Image.Image) -> float:
    down, right = np.gradient(np.asarray(grey, np.float32))
    return float(np.percentile(np.hypot(down, right), 99.5))
