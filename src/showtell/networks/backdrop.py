"""What a network sees where there is nothing to see: noise, blank frames, and what all pictures have in common."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from showtell.classifiers.references import Backdrop
from showtell.networks import runtime
from showtell.networks.backbone import FOLDER, Backbone
from showtell.networks.regions import hellinger
from showtell.pictures.frame import Frame

BATCH = 4


@lru_cache(maxsize=8)
def backdrop(entry: Backbone) -> Backdrop:
    """Return what this network sees of noise and blank frames, and the mean of what it sees of all sorts of pictures.

    That mean was measured for the networks of the catalogue alone (``weights/NAME-common.npy``).
    """
    squares = [entry.square(frame) for frame in odd_frames()]
    features = [
        runtime.run(entry, squares[start : start + BATCH], "features", threads=1)[0]
        for start in range(0, len(squares), BATCH)
    ]
    file = FOLDER / f"{entry.name}-common.npy"
    known = entry.weights is None and file.is_file()
    common = np.load(file, allow_pickle=False).astype(np.float32) if known else None
    return Backdrop(common, hellinger(np.concatenate(features)))


def odd_frames() -> list[Frame]:
    """Return what a covered or broken camera gives: noise, blank and black frames, each ``(240, 320, 3) uint8``.

    >>> len(odd_frames())
    21
    """
    rng, shape = np.random.default_rng(0), (240, 320, 3)
    frames: list[Frame] = []
    for k, level in enumerate((0, 255, 128)):
        drawn = [
            rng.integers(0, 256, shape),
            rng.normal(128, 20 + 10 * k, shape),
            rng.normal(4 * k, 6, shape),
            np.full(shape, level),
            np.repeat(rng.integers(0, 256, (240, 320, 1)), 3, 2),
            np.kron(rng.integers(0, 256, (4 + 4 * k, 5 + 5 * k, 3)), np.ones((60, 64, 1)))[:240, :320],
            rng.normal(rng.uniform(0, 255, 3), 5, shape),
        ]
        frames += [np.clip(frame, 0, 255).astype(np.uint8) for frame in drawn]
    return frames
