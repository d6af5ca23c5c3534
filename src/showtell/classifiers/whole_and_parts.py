"""The default classifier: it looks at the whole picture and at nine parts of it.

Averaged over the whole picture, a large background outvotes a small thing; its parts tell thing and background apart.
Both looks come from the network's last map, so that they cost no second run of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from showtell.classifiers.constants import BEST, PART_WEIGHT, ROUNDS, WHOLE_SHARE, WHOLE_WEIGHT
from showtell.classifiers.discriminant import Linear, class_centres, discriminant, in_units
from showtell.classifiers.vectors import Floats

Ints = NDArray[np.intp]


@dataclass(frozen=True)
class WholeAndParts:
    """Linear discriminant analysis with a shrunken covariance, on whole pictures and on their parts.

    A picture comes as its looks, ``(10, d)`` float32: the features of the whole and of nine parts. Of the parts of a
    taught picture, those that look like what all classes share are moved to a background class in a few rounds of
    expectation and maximisation, so that a class is the thing and not the room.

    whole  the whole picture's discriminant, a column for each class
    parts  the parts'; its last column is the background. None: it knows wholes alone, looks ``(1, d)``
    shown  how many pictures a usual class has
    """

    whole: Linear
    parts: Linear | None
    shown: float

    @classmethod
    def fit(cls, looks: Floats, own: Ints, shown: float, dimension: int | None = None) -> WholeAndParts:
        """Learn from the looks of n views, ``(n, 10, d)`` or ``(n, 1, d)``, and their classes, 0, 1, …, two or more.

        dimension  of the space that the looks are a subspace of; d if not given

        >>> looks = np.repeat(np.eye(4, dtype=np.float32), 10, 0).reshape(4, 10, 4)
        >>> found = WholeAndParts.fit(looks, np.array([0, 0, 1, 1]), 2)
        >>> found.votes(looks).argmax(1).tolist()
        [0, 0, 1, 1]
        """
        d = dimension or looks.shape[-1]
        return cls(_whole(looks[:, 0], own, d), _parts(looks[:, 1:], own, d) if looks.shape[1] > 1 else None, shown)

    def outside(self, axes: Floats) -> WholeAndParts:
        """Return the same for looks that are not in the basis, ``(d, r)``, in which it was fitted."""
        return WholeAndParts(self.whole.outside(axes), self.parts and self.parts.outside(axes), self.shown)

    def ask(self, looks: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the votes and the likeness, each ``(n, classes)``; see `votes` and `likeness`."""
        whole = self.whole(looks[:, 0]).astype(np.float64)
        if self.parts is None or looks.shape[1] == 1:
            votes, likeness = (PART_WEIGHT + WHOLE_WEIGHT) * whole, whole
        else:
            parts = self.parts(looks[:, 1:])
            votes = PART_WEIGHT * _best(parts[..., :-1] - parts[..., -1:]) + WHOLE_WEIGHT * whole
            likeness = (_best(parts[..., :-1]) + WHOLE_SHARE * whole) / (1 + WHOLE_SHARE)
        return votes, likeness * (1 + 1 / self.shown)  # its own pictures are nearer than new ones

    def votes(self, looks: Floats) -> NDArray[np.float64]:
        """Return each class's votes, ``(n, classes)``: log odds that are too sure of themselves.

        looks: ``(n, 10, d)``; of ``(n, 1, d)``, the wholes alone, it asks no parts.
        """
        return self.ask(looks)[0]

    def likeness(self, looks: Floats) -> NDArray[np.float64]:
        """Return how like each class the pictures are, ``(n, classes)``: 1 as those it was taught, 0 as any picture."""
        return self.ask(looks)[1]


def _whole(x: Floats, own: Ints, dimension: int) -> Linear:
    mean, centres = class_centres(x, own)
    apart = x - mean - centres[own]
    slope, offset = discriminant(np.asarray(apart.T @ apart / len(x), np.float32), centres, mean, dimension)
    return in_units(slope, offset, x @ slope + offset, own)


def _parts(looks: Floats, own: Ints, dimension: int) -> Linear:
    n, parts, d = looks.shape
    x, rows, owner = looks.reshape(-1, d), np.arange(n * parts), np.repeat(own, parts)
    mean, _ = class_centres(x, owner)
    x = x - mean
    count = np.bincount(owner)
    weight = (len(x) / len(count) / count)[owner].astype(np.float32)  # every class weighs the same
    total = x.T @ (x * weight[:, None])
    thing = np.ones(len(x), np.float32)  # how surely a part shows the thing
    background = np.zeros((1, d), np.float32)  # at first what all parts have in common: their mean
    for _ in range(ROUNDS + 1):
        share = np.zeros((len(x), len(count) + 1), np.float32)
        share[rows, owner], share[:, -1] = thing, 1 - thing
        share *= weight[:, None]
        mass = share.sum(0)
        centres = (share.T @ x) / np.maximum(mass, 1e-6)[:, None]
        centres[-1:] = background if mass[-1] < 1e-6 else centres[-1:]
        within = (total - (centres.T * mass) @ centres) / mass.sum()
        slope, offset = discriminant(within, centres, mean, dimension)
        scores = (x + mean) @ slope + offset
        thing = np.asarray(expit(scores[rows, owner] - scores[:, -1]), np.float32)
    return in_units(slope, offset, _best(np.asarray(scores.reshape(n, parts, -1)[..., :-1], np.float32)), own)


def _best(scores: Floats) -> Floats:
    return np.asarray(np.sort(scores, axis=1)[:, -BEST:].mean(1), np.float32)
