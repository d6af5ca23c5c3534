"""Linear discriminant analysis with a shrunken covariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.special import softmax
from sklearn.covariance import LedoitWolf

from showtell.classifiers.constants import SHRINKAGE
from showtell.classifiers.vectors import Floats, product

VARIES = 1e-9  # variance, summed over the axes, of vectors of length 1 that differ by more than rounding


@dataclass(frozen=True)
class Linear:
    """Scores ``(x @ slope + offset) / unit``: ``slope`` is ``(d, columns)`` float32, ``offset`` ``(columns,)``.

    >>> Linear(np.eye(2, dtype=np.float32), np.zeros(2, np.float32), 2.0)(np.array([[1, 3]], np.float32))
    array([[0.5, 1.5]], dtype=float32)
    """

    slope: Floats
    offset: Floats
    unit: float

    def __call__(self, x: Floats) -> Floats:
        """Return the scores, ``(…, columns)`` float32, of rows ``(…, d)``, computed in this thread alone."""
        found = product(x.reshape(-1, x.shape[-1]), self.slope).reshape(*x.shape[:-1], -1)
        return np.asarray((found + self.offset) / self.unit, np.float32)

    def outside(self, axes: Floats) -> Linear:
        """Return the same scores for vectors that are not in the basis, ``axes`` ``(d, r)``, but the ones it is of."""
        return Linear(axes @ self.slope, self.offset, self.unit)


def class_centres(x: Floats, own: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return the mean of the classes' means, ``(d,)``, and each class's mean without it, ``(classes, d)``."""
    centres = np.stack([x[own == i].mean(0) for i in range(own.max() + 1)])
    mean = centres.mean(0)
    return mean, centres - mean


def discriminant(within: Floats, centres: Floats, mean: Floats, dimension: int | None = None) -> tuple[Floats, Floats]:
    """Return slope and offset of the log odds of each centre against the mean, for vectors that it is not taken from.

    within     ``(d, d)`` covariance within classes, of which a share is spread over all directions alike
    dimension  how many directions there are; more than d where the vectors are those in a subspace
    """
    d = len(within)
    centres = np.where(np.einsum("cd,cd->c", centres, centres)[:, None] > VARIES, centres, 0)  # no more than rounding
    ridge = SHRINKAGE * np.trace(within) / (dimension or d) + 1e-9
    within = (1 - SHRINKAGE) * within
    within[np.diag_indices(d)] += ridge
    slope = cho_solve(cho_factor(within, check_finite=False), centres.T, check_finite=False)
    offset = -0.5 * np.einsum("cd,dc->c", centres, slope) - mean @ slope
    return np.asarray(slope, np.float32), np.asarray(offset, np.float32)


def in_units(slope: Floats, offset: Floats, scores: Floats, own: NDArray[np.intp]) -> Linear:
    """Return the discriminant in units of what the taught pictures, ``(n, classes)`` scores, score for their class."""
    usual = np.median([np.median(scores[own == i, i]) for i in range(own.max() + 1)])
    return Linear(slope, offset, max(float(usual), 1e-6))


def discriminate(
    vectors: NDArray[np.float32], targets: NDArray[np.intp], asked: NDArray[np.float32], classes: int
) -> NDArray[np.float64]:
    """Return the odds, (n, classes), that linear discriminant analysis gives the rows that are asked.

    One covariance for all, shrunk (Ledoit & Wolf 2004); scikit-learn's shrinks it class by class, which takes classes
    of more than one picture. Every class has a picture; all are as likely beforehand. Where no class varies (one
    picture each, or the same again and again) the covariance is the identity.
    """
    means = np.stack([vectors[targets == target].mean(0) for target in range(classes)]).astype(np.float64)
    within = LedoitWolf(assume_centered=True).fit(vectors - means[targets]).covariance_
    if np.trace(within) <= VARIES:
        within = np.eye(len(within))
    weights = np.linalg.solve(within, means.T)
    return np.asarray(softmax(asked @ weights - np.einsum("cd,dc->c", means, weights) / 2, axis=1))
