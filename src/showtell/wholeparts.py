"""The default classifier: it looks at the whole picture and at nine parts of it.

Averaged over the whole picture, a large background outvotes a small thing; its parts tell thing and background apart.
Both looks come from the network's last map, so that they cost no second run of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, softmax

Floats = NDArray[np.float32]

LOOKS = 10  # rows of a picture: the whole, then nine parts
CELLS, SIDE, STEP = 7, 3, 2  # a part is 3×3 cells of a map's 7×7, two apart
BEST = 2  # parts that speak for a class
SHRINKAGE = 0.75  # of the covariance within classes towards a multiple of the identity
ROUNDS = 3  # of telling thing and background apart
# In units of what a taught picture scores for its own class; set on simulated recordings (benchmarks/README.md).
PART_WEIGHT, WHOLE_WEIGHT = 8.0, 6.0  # of the votes
WHOLE_SHARE = 0.4  # of the whole picture in familiarity, against 1 for the parts
SOFTNESS = 0.12  # how gradually familiarity goes from 0 to 1
ASKED = -0.02  # likeness that is asked of a picture
FEW = 0.3  # how much less where a class is known from a single picture


def looks(maps: Floats) -> Floats:
    """``(n, d, rows, columns)`` last maps → ``(n, 10, d)`` float32: means over the whole and nine parts of each map.

    Each is square-rooted, which tames single large features (Hellinger kernel; Arandjelović & Zisserman, CVPR 2012),
    and scaled to length 1.
    """
    n, d, rows, columns = maps.shape
    means = maps.reshape(n, d, rows * columns) @ _shares(rows, columns)
    return unit_root(means.transpose(0, 2, 1))


def unit_root(rows: Floats) -> Floats:
    """Rows square-rooted, negative numbers as if they were positive, and scaled to length 1."""
    rows = np.copysign(np.sqrt(np.abs(rows)), rows)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9), np.float32)


@lru_cache
def _shares(rows: int, columns: int) -> Floats:
    """The share of each cell of a map, row by row, in each of the looks: (rows × columns, 10)."""
    down, right = (_thirds(side) for side in (rows, columns))
    parts = np.einsum("ir,jc->rcij", down, right).reshape(rows * columns, -1)
    return np.concatenate([np.full((rows * columns, 1), 1 / (rows * columns)), parts], 1).astype(np.float32)


def _thirds(side: int) -> NDArray[np.float64]:
    """The share of each cell of a row in each of its three parts, (3, side): of seven cells three, two apart.

    A row of another length is divided in the same proportions, and a cell at the edge of a part counts by its share.
    """
    edges = np.arange(side + 1) * (CELLS / side)
    starts = np.arange(0, CELLS - SIDE + 1, STEP)[:, None]
    inside = np.clip(edges, starts, starts + SIDE)
    return np.asarray(np.diff(inside, axis=1) / SIDE)


@dataclass(frozen=True)
class Linear:
    """Scores ``x @ slope + offset``, in units of ``unit``."""

    slope: Floats  # (d, columns)
    offset: Floats  # (columns,)
    unit: float

    def __call__(self, x: Floats) -> Floats:
        return np.asarray((x @ self.slope + self.offset) / self.unit, np.float32)


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
    mean, centres = _centres(x, own)
    apart = x - mean - centres[own]
    slope, offset = _discriminant(np.asarray(apart.T @ apart / len(x), np.float32), centres, mean)
    return _in_units(slope, offset, x @ slope + offset, own)


def _parts(X: Floats, own: NDArray[np.intp]) -> Linear:
    n, parts, d = X.shape
    x, rows, owner = X.reshape(-1, d), np.arange(n * parts), np.repeat(own, parts)
    mean, centres = _centres(x, owner)
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
        slope, offset = _discriminant(within, centres, mean)
        scores = (x + mean) @ slope + offset
        thing = np.asarray(expit(scores[rows, owner] - scores[:, -1]), np.float32)
    return _in_units(slope, offset, _best(np.asarray(scores.reshape(n, parts, -1)[..., :-1], np.float32)), own)


def _centres(x: Floats, own: NDArray[np.intp]) -> tuple[Floats, Floats]:
    centres = np.stack([x[own == i].mean(0) for i in range(own.max() + 1)])
    mean = centres.mean(0)
    return mean, centres - mean


def _discriminant(within: Floats, centres: Floats, mean: Floats) -> tuple[Floats, Floats]:
    """Slope and offset of the log odds of each centre against the mean, for vectors that ``mean`` is not taken from."""
    d = len(within)
    ridge = SHRINKAGE * np.trace(within) / d + 1e-9
    within = (1 - SHRINKAGE) * within
    within[np.diag_indices(d)] += ridge
    slope = np.linalg.solve(within, centres.T)
    offset = -0.5 * np.einsum("cd,dc->c", centres, slope) - mean @ slope
    return np.asarray(slope, np.float32), np.asarray(offset, np.float32)


def _in_units(slope: Floats, offset: Floats, scores: Floats, own: NDArray[np.intp]) -> Linear:
    """In units of what the taught pictures score for their own class."""
    usual = np.median([np.median(scores[own == i, i]) for i in range(own.max() + 1)])
    return Linear(slope, offset, max(float(usual), 1e-6))


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
