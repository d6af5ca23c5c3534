"""Linear discriminant analysis with a shrunken covariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.covariance import LedoitWolf

from showtell.classifiers.vectors import Floats

VARIES = 1e-9  # variance, summed over the axes, of vectors of length 1 that differ by more than rounding


SHRINKAGE = 0.75  # of the covariance within classes towards a multiple of the identity


@dataclass(frozen=True)
class Linear:
    """Scores ``x @ slope + offset``, in units of ``unit``."""

    slope: Floats  # (d, columns)
    offset: Floats  # (columns,)
    unit: float

    def __call__(self, x: Floats) -> Floats:
        return np.asarray((x @ self.slope + self.offset) / self.unit, np.float32)


def class_centres(x: Floats, own: NDArray[np.intp]) -> tuple[Floats, Floats]:
    centres = np.stack([x[own == i].mean(0) for i in range(own.max() + 1)])
    mean = centres.mean(0)
    return mean, centres - mean


def discriminant(within: Floats, centres: Floats, mean: Floats) -> tuple[Floats, Floats]:
    """Slope and offset of the log odds of each centre against the mean, for vectors that ``mean`` is not taken from."""
    d = len(within)
    ridge = SHRINKAGE * np.trace(within) / d + 1e-9
    within = (1 - SHRINKAGE) * within
    within[np.diag_indices(d)] += ridge
    slope = np.linalg.solve(within, centres.T)
    offset = -0.5 * np.einsum("cd,dc->c", centres, slope) - mean @ slope
    return np.asarray(slope, np.float32), np.asarray(offset, np.float32)


def in_units(slope: Floats, offset: Floats, scores: Floats, own: NDArray[np.intp]) -> Linear:
    """In units of what the taught pictures score for their own class."""
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
