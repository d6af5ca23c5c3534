"""Linear discriminant analysis with a shrunken covariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.covariance import LedoitWolf

from showtell.classifiers.vectors import Floats, product

SHRINKAGE = 0.75  # of the covariance within classes towards a multiple of the identity

LEAST_UNIT = 1.0  # log odds; classes with less between them are not told apart, and rounding must not be magnified

LEAST_RIDGE = 1e-5  # as a share of the means' squares; below it equal vectors would differ by rounding alone

LEAST_SHARE = 1e-6  # of the mean variance, along directions in which nothing varies

VARIES = 1e-9  # variance, summed over the axes, of vectors of length 1 that differ by more than rounding


@dataclass(frozen=True)
class Linear:
    """Scores ``(x @ slope + offset) / unit`` of vectors x, ``(…, d)`` float32."""

    slope: Floats  # (d, columns)
    offset: Floats  # (columns,)
    unit: float

    def __call__(self, x: Floats) -> Floats:
        scores = product(x.reshape(-1, x.shape[-1]), self.slope).reshape(*x.shape[:-1], -1)
        return np.asarray((scores + self.offset) / self.unit, np.float32)


def class_centres(x: Floats, own: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return the mean of the class means, ``(d,)``, and the class means without it, ``(classes, d)``."""
    centres = np.stack([x[own == i].mean(0) for i in range(own.max() + 1)])
    mean = centres.mean(0)
    return mean, centres - mean


def discriminant(within: Floats, centres: Floats, mean: Floats) -> tuple[Floats, Floats]:
    """Return slope and offset of each centre's log odds against the mean, for vectors that still contain ``mean``."""
    d = len(within)
    least = LEAST_RIDGE * (np.square(mean).mean() + np.square(centres).mean())
    ridge = max(SHRINKAGE * np.trace(within) / d, least) + 1e-9
    within = (1 - SHRINKAGE) * within
    within[np.diag_indices(d)] += ridge
    slope = np.linalg.solve(within, centres.T)
    offset = -0.5 * np.einsum("cd,dc->c", centres, slope) - mean @ slope
    return np.asarray(slope, np.float32), np.asarray(offset, np.float32)


def in_units(slope: Floats, offset: Floats, scores: Floats, own: NDArray[np.intp]) -> Linear:
    """Return the linear map in units of what the taught pictures score for their own class."""
    usual = np.median([np.median(scores[own == i, i]) for i in range(own.max() + 1)])
    return Linear(slope, offset, max(float(usual), LEAST_UNIT))


def discriminate(
    vectors: NDArray[np.float32], targets: NDArray[np.intp], asked: NDArray[np.float32], classes: int
) -> NDArray[np.float64]:
    """Return each class's probability for ``asked``, ``(m, classes)``, by classes all as likely beforehand.

    The classes share one covariance, shrunk as Ledoit & Wolf (2004) do. (scikit-learn's LinearDiscriminantAnalysis
    shrinks it class by class, which takes more than one picture of each.) Every class has a picture. Where no class
    varies (one picture each, or the same again and again) the covariance is the identity.

    >>> same = np.ones((4, 3), np.float32)
    >>> discriminate(same, np.array([0, 0, 1, 1]), same[:1], 2)
    array([[0.5, 0.5]])
    """
    means = np.stack([vectors[targets == target].mean(0) for target in range(classes)]).astype(np.float64)
    within = LedoitWolf(assume_centered=True).fit(vectors - means[targets]).covariance_
    if np.trace(within) <= VARIES:
        within = np.eye(len(within))
    within[np.diag_indices(len(within))] += LEAST_SHARE * np.trace(within) / len(within)
    weights = np.linalg.solve(within, means.T)
    return np.asarray(softmax(asked @ weights - np.einsum("cd,dc->c", means, weights) / 2, axis=1))
