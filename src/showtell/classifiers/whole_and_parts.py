"""The default classifier: it looks at the whole picture and at nine parts of it.

Averaged over the whole picture, a large background outvotes a small thing; its parts tell thing and background apart.
Both looks come from the network's last map, so that they cost no second run of it.
"""

from __future__ import annotations

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


WHOLE_SHARE = 0.4  # of the whole picture in familiarity, against 1 for the parts


SOFTNESS = 0.12  # how gradually familiarity goes from 0 to 1


ASKED = -0.02  # likeness that is asked of a picture


FEW = 0.3  # how much less where a class is known from a single picture


class WholeAndParts:
    """Linear discriminant analysis with a shrunken covariance, on whole pictures and on their parts.

    Of the parts of a taught picture, those that look like what all classes share are moved to a background class in a
    few rounds of expectation and maximisation, so that a class is the thing and not the room. At least two classes.

    After ``fit``: ``classes_``, ``whole_`` and ``parts_`` (its last column is the background), ``shown_``, the pictures
    of a usual class, and ``threshold_``, the score below which a picture is unlike anything that was taught.
    """

    def fit(self, X: Floats, y: ArrayLike, pictures: ArrayLike, bursts: ArrayLike | None = None) -> Self:
        """X: ``(n, 10, d)`` looks of n views; for each view its label, and which picture and which burst it is of.

        With ``bursts``, and two or more of them for each class, the threshold comes from bursts that were held out.
        """
        labels, pictures = np.asarray(y, object), np.asarray(pictures)
        self.classes_, own = np.unique(labels, return_inverse=True)
        self.shown_ = float(np.median([len(np.unique(pictures[own == i])) for i in range(len(self.classes_))]))
        self.whole_, self.parts_ = _whole(X[:, 0], own), _parts(X[:, 1:], own)
        self.threshold_ = ASKED - FEW / self.shown_
        if bursts is not None and (side := _halves(own, np.asarray(bursts, object))) is not None:
            held_out = np.empty(len(X))
            for half in (False, True):
                other = WholeAndParts().fit(X[side != half], labels[side != half], pictures[side != half])
                held_out[side == half] = other.likeness(X[side == half])[
                    np.arange((side == half).sum()), own[side == half]
                ]
            self.threshold_ = float(np.clip(np.quantile(held_out, 0.05), -0.1, 0.3))
        return self

    def predict_proba(self, X: Floats) -> NDArray[np.float64]:
        """``(n, 10, d)`` looks → each class's probability, ``(n, classes)``, columns as in ``classes_``."""
        scores = self.parts_(X[:, 1:])
        votes = PART_WEIGHT * _best(scores[..., :-1] - scores[..., -1:]) + WHOLE_WEIGHT * self.whole_(X[:, 0])
        return np.asarray(softmax(votes.astype(np.float64), axis=1))

    def whole_proba(self, X: Floats) -> NDArray[np.float64]:
        """As ``predict_proba``, by the whole pictures only: ``(n, d)``, the first of the looks."""
        votes = (PART_WEIGHT + WHOLE_WEIGHT) * self.whole_(X)
        return np.asarray(softmax(votes.astype(np.float64), axis=1))

    def likeness(self, X: Floats) -> NDArray[np.float64]:
        """How like each class, ``(n, classes)``: 1 as a picture it was taught, 0 as any picture."""
        parts = _best(self.parts_(X[:, 1:])[..., :-1])
        likeness = (parts + WHOLE_SHARE * self.whole_(X[:, 0])) / (1 + WHOLE_SHARE)
        return np.asarray(likeness * (1 + 1 / self.shown_), np.float64)  # its own pictures are nearer than new ones

    def familiarity(self, X: Floats) -> NDArray[np.float64]:
        """How much each picture looks like anything that was taught, ``(n,)`` in [0, 1]; 0.5 at the threshold."""
        return np.asarray(expit((self.likeness(X).max(1) - self.threshold_) / SOFTNESS))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All it learned but ``classes_``, as arrays to be kept; ``restored`` takes them."""
        numbers = [self.whole_.unit, self.parts_.unit, self.shown_, self.threshold_]
        return {
            "whole_slope": self.whole_.slope,
            "whole_offset": self.whole_.offset,
            "parts_slope": self.parts_.slope,
            "parts_offset": self.parts_.offset,
            "numbers": np.array(numbers, np.float64),
        }

    @classmethod
    def restored(cls, classes: ArrayLike, arrays: dict[str, NDArray[Any]]) -> Self:
        """The inverse of ``arrays``."""
        new = cls()
        new.classes_ = np.asarray(classes, object)
        whole, parts, new.shown_, new.threshold_ = (float(number) for number in arrays["numbers"])
        new.whole_ = Linear(arrays["whole_slope"], arrays["whole_offset"], whole)
        new.parts_ = Linear(arrays["parts_slope"], arrays["parts_offset"], parts)
        return new


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
    """True and False for alternate bursts of each class; None unless every class has two."""
    side = np.zeros(len(own), bool)
    for i in range(own.max() + 1):
        names = list(dict.fromkeys(bursts[own == i]))
        if len(names) < 2:
            return None
        side[own == i] = [names.index(name) % 2 == 1 for name in bursts[own == i]]
    return side
