"""The default classifier: it looks at the whole picture and at nine parts of it.

Averaged over the whole picture, a large background outvotes a small thing; its parts tell thing and background apart.
Both looks come from the network's last map, so that they cost no second run of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, softmax

from showtell.classifiers.discriminant import Linear, class_centres, discriminant, in_units
from showtell.classifiers.vectors import Floats

BEST = 2  # parts that speak for a class

ROUNDS = 3  # of telling thing and background apart

# In units of what a taught picture scores for its own class; set on simulated recordings (benchmarks/README.md).
PART_WEIGHT, WHOLE_WEIGHT = 8.0, 6.0  # of the votes
WHOLE_SHARE = 0.4  # of the whole picture in likeness, against 1 for the parts


class WholeAndParts:
    """Linear discriminant analysis with a shrunken covariance, on whole pictures and on their parts.

    A picture comes as its looks, ``(10, d)`` float32: the features of the whole and of nine parts. Of the parts of a
    taught picture, those that look like what all classes share are moved to a background class in a few rounds of
    expectation and maximisation, so that a class is the thing and not the room. It takes two classes or more.

    After ``fit``: ``classes_``, ``whole_`` and ``parts_`` (its last column is the background), and ``shown_``, how many
    pictures a usual class has.
    """

    def fit(self, X: Floats, y: ArrayLike, pictures: ArrayLike) -> Self:
        """Learn from the looks of n views, ``(n, 10, d)``; for each view its label and which picture it shows."""
        labels, pictures = np.asarray(y, object), np.asarray(pictures)
        self.classes_, own = np.unique(labels, return_inverse=True)
        self.shown_ = float(np.median([len(np.unique(pictures[own == i])) for i in range(len(self.classes_))]))
        self.whole_, self.parts_ = _whole(X[:, 0], own), _parts(X[:, 1:], own)
        return self

    def predict_proba(self, X: Floats) -> NDArray[np.float64]:
        """Return each class's probability, ``(n, classes)`` in the order of ``classes_``, for looks ``(n, 10, d)``.

        Of looks ``(n, 1, d)``, the wholes alone, it asks no parts.
        """
        if X.shape[1] == 1:
            votes = (PART_WEIGHT + WHOLE_WEIGHT) * self.whole_(X[:, 0])
        else:
            scores = self.parts_(X[:, 1:])
            votes = PART_WEIGHT * _best(scores[..., :-1] - scores[..., -1:]) + WHOLE_WEIGHT * self.whole_(X[:, 0])
        return np.asarray(softmax(votes.astype(np.float64), axis=1))

    def likeness(self, X: Floats) -> NDArray[np.float64]:
        """Return how like each class the pictures are, ``(n, classes)``: 1 as those it was taught, 0 as any picture."""
        parts = _best(self.parts_(X[:, 1:])[..., :-1])
        likeness = (parts + WHOLE_SHARE * self.whole_(X[:, 0])) / (1 + WHOLE_SHARE)
        return np.asarray(likeness * (1 + 1 / self.shown_), np.float64)  # its own pictures are nearer than new ones

    def held_out_likeness(
        self, X: Floats, y: ArrayLike, pictures: ArrayLike, bursts: Sequence[str]
    ) -> NDArray[np.float64] | None:
        """Return how like its own class each view is to classifiers that were not taught its burst, ``(n,)``.

        None unless every class has two bursts.
        """
        labels, pictures = np.asarray(y, object), np.asarray(pictures)
        own = np.unique(labels, return_inverse=True)[1]
        side = _halves(own, np.asarray(bursts, object))
        if side is None:
            return None
        held_out = np.empty(len(X))
        for half in (False, True):
            out = side == half
            other = WholeAndParts().fit(X[~out], labels[~out], pictures[~out])
            held_out[out] = other.likeness(X[out])[np.arange(out.sum()), own[out]]
        return held_out


def _whole(x: Floats, own: NDArray[np.intp]) -> Linear:
    mean, centres = class_centres(x, own)
    apart = x - mean - centres[own]
    slope, offset = discriminant(np.asarray(apart.T @ apart / len(x), np.float32), centres, mean)
    return in_units(slope, offset, x @ slope + offset, own)


def _parts(X: Floats, own: NDArray[np.intp]) -> Linear:
    n, parts, d = X.shape
    x, rows, owner = X.reshape(-1, d), np.arange(n * parts), np.repeat(own, parts)
    mean, centres = class_centres(x, owner)
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
        slope, offset = discriminant(within, centres, mean)
        scores = (x + mean) @ slope + offset
        thing = np.asarray(expit(scores[rows, owner] - scores[:, -1]), np.float32)
    return in_units(slope, offset, _best(np.asarray(scores.reshape(n, parts, -1)[..., :-1], np.float32)), own)


def _best(scores: Floats) -> Floats:
    return np.asarray(np.sort(scores, axis=1)[:, -BEST:].mean(1), np.float32)


def _halves(own: NDArray[np.intp], bursts: NDArray[Any]) -> NDArray[np.bool_] | None:
    """Return True and False for alternate bursts of each class; None unless every class has two."""
    side = np.zeros(len(own), bool)
    for i in range(own.max() + 1):
        names = list(dict.fromkeys(bursts[own == i]))
        if len(names) < 2:
            return None
        side[own == i] = [names.index(name) % 2 == 1 for name in bursts[own == i]]
    return side
