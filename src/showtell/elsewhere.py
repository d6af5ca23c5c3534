"""A picture as if it had been taken in another room: its middle stays, and something else is drawn around it.

What is held up to a camera is about in the middle; what is behind it should not count.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from showtell.frame import Frame

COARSE = (2, 4, 9, 20, 60)  # cells a side of the patterns that make up a background


def elsewhere(square: Frame, rng: np.random.Generator) -> Frame:
    """``(size, size, 3) uint8`` in front of another background, with a soft edge somewhere around the middle."""
    size = len(square)
    across = np.linspace(-0.5, 0.5, size, dtype=np.float32)
    (x, y), (half_x, half_y) = rng.uniform(-0.08, 0.08, 2), rng.uniform(0.28, 0.5, 2)
    power = rng.choice([2, 4, 8])  # from an ellipse to nearly a rectangle
    outward = (np.abs((across - x) / half_x) ** power + np.abs((across[:, None] - y) / half_y) ** power) ** (1 / power)
    inside = 1 / (1 + np.exp((outward - 1) / rng.uniform(0.02, 0.1)))[..., None]
    return np.asarray(square * inside + _background(rng, size) * (1 - inside), np.uint8)


def _background(rng: np.random.Generator, size: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Patches of colour, coarse and fine, some soft and some with edges: ``(size, size, 3)`` up to 255."""
    drawn = np.zeros((size, size, 3), np.float32)
    for cells in COARSE:
        pattern = Image.fromarray(rng.integers(0, 256, (cells, cells, 3), np.uint8))
        way = Image.Resampling.BICUBIC if rng.random() < 0.7 else Image.Resampling.NEAREST
        drawn += np.asarray(pattern.resize((size, size), way), np.float32) * rng.exponential()
    return np.asarray(drawn * (255 / max(float(drawn.max()), 1)), np.float32)
