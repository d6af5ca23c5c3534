"""Augmentation: a picture as another hand, another light or another room would have shown it.

What is held up to a camera is about in the middle; what is behind it should not count.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from showtell.pictures.frame import Frame

LARGEST = 512  # pixels of the side of the largest square
COARSE = (2, 4, 9, 20, 60)  # cells a side of the patterns that make up a background

# Drawn once: a view takes some of it, from a place of its own.
_NOISE = np.rint(np.random.default_rng(0).normal(0, 5, 3 * LARGEST**2)).astype(np.int16)


def elsewhere(square: Frame, rng: np.random.Generator) -> Frame:
    """Return a square picture in front of another background, with a soft edge somewhere around the middle.

    ``square`` and the result are ``(size, size, 3) uint8``; the same ``rng`` gives the same background.

    >>> rng = np.random.default_rng(0)
    >>> elsewhere(np.zeros((64, 64, 3), np.uint8), rng).shape
    (64, 64, 3)
    """
    size = len(square)
    across = np.linspace(-0.5, 0.5, size, dtype=np.float32)
    (x, y), (half_x, half_y) = rng.uniform(-0.08, 0.08, 2), rng.uniform(0.28, 0.5, 2)
    power = rng.choice([2, 4, 8])  # from an ellipse to nearly a rectangle
    outward = (np.abs((across - x) / half_x) ** power + np.abs((across[:, None] - y) / half_y) ** power) ** (1 / power)
    inside = 1 / (1 + np.exp((outward - 1) / rng.uniform(0.02, 0.1)))[..., None]
    return np.asarray(square * inside + _background(rng, size) * (1 - inside), np.uint8)


def _background(rng: np.random.Generator, size: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Return patches of colour, coarse and fine, some soft and some with edges: ``(size, size, 3)`` up to 255."""
    drawn = np.zeros((size, size, 3), np.float32)
    for cells in COARSE:
        pattern = Image.fromarray(rng.integers(0, 256, (cells, cells, 3), np.uint8))
        way = Image.Resampling.BICUBIC if rng.random() < 0.7 else Image.Resampling.NEAREST
        drawn += np.asarray(pattern.resize((size, size), way), np.float32) * rng.exponential()
    return np.asarray(drawn * (255 / max(float(drawn.max()), 1)), np.float32)


def varied(frame: Frame, size: int, key: bytes, number: int) -> Frame:
    """Return a view of a picture: cut, turned, mirrored, and in another light.

    frame   ``(height, width, 3) uint8``
    size    side of the view in pixels, at most ``LARGEST``; the view is ``(size, size, 3) uint8``
    key     8 bytes or more that stand for the picture; the same key and ``number`` give the same view

    >>> varied(np.zeros((48, 64, 3), np.uint8), 32, b"any bytes", 1).shape
    (32, 32, 3)
    """
    rng = np.random.default_rng([number, int.from_bytes(key[:8])])
    height, width = frame.shape[:2]
    short = min(height, width)
    zoom = float(np.exp(rng.uniform(np.log(0.5), np.log(1.1))))
    side, shift = short * zoom, max(0.5 * (1 - zoom), 0.08) * short
    x, y = width / 2 + rng.uniform(-shift, shift), height / 2 + rng.uniform(-shift, shift)
    angle, scale, flip = np.deg2rad(rng.uniform(-30, 30)), side / size, -1 if rng.random() < 0.5 else 1
    reach = side * (abs(np.cos(angle)) + abs(np.sin(angle))) / 2 + 1  # half of what the turned square spans
    edges = [(reach - y, y + reach - height), (reach - x, x + reach - width)]
    pads = [
        [int(np.clip(np.ceil(over), 0, n - 1)) for over in edge] for edge, n in zip(edges, (height, width), strict=True)
    ]
    padded = np.pad(frame, (*pads, (0, 0)), mode="reflect") if any(map(any, pads)) else frame
    x, y = x + pads[1][0], y + pads[0][0]
    a, b, c, d = (
        np.cos(angle) * scale * flip,
        -np.sin(angle) * scale,
        np.sin(angle) * scale * flip,
        np.cos(angle) * scale,
    )
    middle = size / 2
    matrix = (a, b, x - (a + b) * middle, c, d, y - (c + d) * middle)
    image = Image.fromarray(padded).transform((size, size), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
    if rng.random() < 0.3:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 2)))
    light, colour = np.exp(rng.uniform(-0.4, 0.4)), 1 + rng.uniform(-0.12, 0.12, (3, 1))
    gamma = np.exp(rng.uniform(-0.25, 0.25))
    curves = np.clip(np.arange(256) / 255 * light * colour, 0, 1) ** gamma * 255  # one for each channel
    pixels = np.asarray(image.point(np.rint(curves).astype(int).ravel().tolist()), np.int16)
    start = int(rng.integers(max(1, _NOISE.size - pixels.size)))
    return np.asarray(np.clip(pixels + _NOISE[start : start + pixels.size].reshape(pixels.shape), 0, 255), np.uint8)
