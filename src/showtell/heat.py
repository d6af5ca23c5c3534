"""Where the network looked: which parts of a picture speak for the answer.

The network's last map has 7×7 cells. Parts of it are left out, a 3×3 window at a time, and the classifier is asked what
it would have said (occlusion, Zeiler & Fergus 2014, but in the map: one forward pass instead of one for each window).
A classifier that is certain stays certain whatever is left out; so the question is put again and again while the
picture turns, step by step, into the mean of the other classes, and the losses are averaged (as the gradients are in
Sundararajan et al. 2017). That asks nothing of a classifier but its scores.
benchmarks/README.md has what else was tried.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from showtell import backbone as backbones
from showtell.frame import Frame, Picture, decode
from showtell.model import Model

WINDOW = 3  # cells
STEPS = np.linspace(0, 0.9, 10, dtype=np.float32)  # shares of the other classes' mean
_COLOUR = np.array([255, 70, 0], np.float32)
_OPACITY = 0.7


@dataclass(frozen=True)
class Heat:
    """How much each part of a picture spoke for ``label``.

    label    the class with the highest score, also where the answer is "unknown"
    values   (rows, columns) float32 in [0, 1] over the square that the network saw; 1 spoke most, all 0: no part did
    box      the square in the picture: left, top, right, bottom in pixels
    """

    label: str
    values: NDArray[np.float32]
    box: tuple[float, float, float, float]

    def overlay(self, picture: Picture) -> Frame:
        """The picture with what spoke for the label in red, ``(height, width, 3) uint8``.

        Raises PictureError if it cannot be read.
        """
        pixels = decode(picture).astype(np.float32)
        left, top, right, bottom = (round(edge) for edge in self.box)
        size = (right - left, bottom - top)
        heat = np.asarray(Image.fromarray(self.values).resize(size, Image.Resampling.BILINEAR))
        part = pixels[top:bottom, left:right]
        part += _OPACITY * heat[: part.shape[0], : part.shape[1], None] * (_COLOUR - part)
        return np.rint(pixels).astype(np.uint8)


def explain(model: Model, picture: Picture) -> Heat:
    """Where the network looked when the model answers about this picture; takes one forward pass.

    Raises TeachingError if nothing was taught yet, PictureError if the picture cannot be read.
    """
    entry = model.extractor.entry
    frame = decode(picture)
    (maps,) = backbones.run(entry, [entry.square(frame)], entry.map)
    scores = model.scores_of_maps(maps)[0]
    label = model.labels[int(scores.argmax())]
    values = _losses(model, maps[0], label)
    height, width = frame.shape[:2]
    side = min(height, width) * entry.crop
    left, top = (width - side) / 2, (height - side) / 2
    return Heat(label, values, (left, top, left + side, top + side))


def _losses(model: Model, whole: NDArray[np.float32], label: str) -> NDArray[np.float32]:
    """For each cell of a map, (d, rows, columns), what the label's score loses without the window around it."""
    place = model.labels.index(label)
    shape = whole.shape[1:]
    without = np.concatenate([whole[None], _without_windows(whole)]).mean((2, 3))
    others = model.mean_of_others(label) * np.linalg.norm(without[0])
    scores = np.mean([model.scores_of_means((1 - t) * without + t * others)[:, place] for t in STEPS], 0)
    losses = np.maximum(scores[0] - scores[1:], 0).reshape(shape)
    most = losses.max()
    return np.asarray(losses / most if most > 1e-6 else np.zeros(shape), np.float32)


def _without_windows(whole: NDArray[np.float32]) -> NDArray[np.float32]:
    """The map once for each cell; the window around it holds the mean of the rest, as if it had not been pooled."""
    rows, columns = whole.shape[1:]
    down, right = np.arange(rows), np.arange(columns)
    near_row = abs(down[:, None] - down) <= WINDOW // 2
    near_column = abs(right[:, None] - right) <= WINDOW // 2
    out = (near_row[:, None, :, None] & near_column[None, :, None, :]).reshape(rows * columns, rows, columns)
    kept = ~out
    rest = np.einsum("dij,nij->nd", whole, kept.astype(np.float32)) / kept.sum((1, 2), dtype=np.float32)[:, None]
    return np.where(out[:, None], rest[:, :, None, None], whole)
