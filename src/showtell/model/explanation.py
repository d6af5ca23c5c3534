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

from showtell.dataset.example import Example
from showtell.model.given import picture_of
from showtell.model.model import Model
from showtell.networks import runtime
from showtell.pictures.frame import Frame, Picture, decode

WINDOW = 3  # cells

CELLS = 7  # in a row, of a picture that is covered cell by cell

BATCH = 8

STEPS = np.linspace(0, 0.9, 10, dtype=np.float32)  # shares of the other classes' mean

_COLOUR = np.array([255, 70, 0], np.float32)
_OPACITY = 0.7


@dataclass(frozen=True)
class Heat:
    """How much each part of a picture spoke for ``label``.

    label    the class with the highest score, also where the answer is "unknown"
    values   (rows, columns) float32 in [0, 1] over the square that the network saw; 1 spoke most, all 0: no part did
    box      the square in the picture: left, top, right, bottom in pixels

    >>> heat = Heat("mug", np.ones((7, 7), np.float32), (0, 0, 48, 48))
    >>> heat.overlay(np.zeros((48, 64, 3), np.uint8)).shape
    (48, 64, 3)
    """

    label: str
    values: NDArray[np.float32]
    box: tuple[float, float, float, float]

    def overlay(self, picture: Picture) -> Frame:
        """Return the picture with what spoke for the label in red, ``(height, width, 3) uint8``.

        Raises PictureError if it cannot be read.
        """
        pixels = decode(picture).astype(np.float32)
        left, top, right, bottom = (round(edge) for edge in self.box)
        size = (right - left, bottom - top)
        heat = np.asarray(Image.fromarray(self.values).resize(size, Image.Resampling.BILINEAR))
        part = pixels[top:bottom, left:right]
        part += _OPACITY * heat[: part.shape[0], : part.shape[1], None] * (_COLOUR - part)
        return np.rint(pixels).astype(np.uint8)


def explain(model: Model, picture: Picture | Example) -> Heat:
    """Return where the network looked when the model answers about this picture; takes one forward pass.

    A backbone without a last map, or with a very small one, is shown the picture 49 times more, each time with another
    part of it covered.
    Raises TeachingError if nothing was taught yet, PictureError if the picture cannot be read.

    >>> from showtell.pictures.drawing import draw
    >>> rng = np.random.default_rng(0)
    >>> model = Model(classifier="knn").fit([draw("mug", rng), draw("star", rng)], ["mug", "star"])
    >>> heat = explain(model, draw("mug", rng))
    >>> heat.label, heat.values.shape
    ('mug', (7, 7))
    """
    entry = model.extractor.entry
    frame = decode(picture_of(picture))
    seen = entry.square(frame)
    (maps,) = runtime.run(entry, [seen], "map")
    scores = model.scores_of_maps(maps)[0]
    label = model.labels[int(scores.argmax())]
    shape = maps.shape[2:]
    if min(shape) > WINDOW:
        without = _without_windows(maps[0])
    else:
        shape, covered = (CELLS, CELLS), _covered(seen)
        looks = [runtime.run(entry, covered[at : at + BATCH], "features")[0] for at in range(0, len(covered), BATCH)]
        without = np.concatenate(looks)
    values = _losses(model, np.concatenate([maps[0].mean((1, 2))[None], without]), label).reshape(shape)
    height, width = frame.shape[:2]
    side = min(height, width) * entry.crop
    left, top = (width - side) / 2, (height - side) / 2
    return Heat(label, values, (left, top, left + side, top + side))


def _losses(model: Model, without: NDArray[np.float32], label: str) -> NDArray[np.float32]:
    """Return what the label's score loses from the first row of features to each other, as shares of the largest."""
    place = model.labels.index(label)
    others = model.mean_of_others(label) * np.linalg.norm(without[0])
    scores = np.mean([model.scores_of_means((1 - t) * without + t * others)[:, place] for t in STEPS], 0)
    losses = np.maximum(scores[0] - scores[1:], 0)
    most = losses.max()
    return np.asarray(losses / most if most > 1e-6 else np.zeros(len(losses)), np.float32)


def _covered(seen: Frame) -> list[Frame]:
    """Return the square once for each of 7×7 cells, with the window around the cell in the square's mean colour."""
    size = len(seen)
    edges = np.clip([(cell - WINDOW // 2, cell + WINDOW // 2 + 1) for cell in range(CELLS)], 0, CELLS) * size // CELLS
    out = []
    for top, bottom in edges:
        for left, right in edges:
            out.append(seen.copy())
            out[-1][top:bottom, left:right] = seen.mean((0, 1))
    return out


def _without_windows(whole: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return for each cell of a map, (d, rows, columns), the mean without the window around it: (rows × columns, d)."""
    rows, columns = whole.shape[1:]
    down, right = np.arange(rows), np.arange(columns)
    near_row = abs(down[:, None] - down) <= WINDOW // 2
    near_column = abs(right[:, None] - right) <= WINDOW // 2
    kept = ~(near_row[:, None, :, None] & near_column[None, :, None, :]).reshape(rows * columns, rows * columns)
    shares = kept / kept.sum(1, keepdims=True)
    return np.asarray(shares @ whole.reshape(len(whole), -1).T, np.float32)
