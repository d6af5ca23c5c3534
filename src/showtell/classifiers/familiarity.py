"""How much a picture looks like anything that was taught: in [0, 1], whatever the classifier says about it.

0.5 is where a thing that was never taught begins. `Familiarity` joins how like a class a picture is with how far it is
from all that was taught; `ByDistance` knows the distance alone, and serves until the other one is fitted.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from showtell.classifiers.constants import (
    ACCEPTED,
    APART,
    APART_SOFTNESS,
    FARNESS,
    LEAST_DISTANCE,
    LEAST_LIKENESS,
    NOISE_SOFTNESS,
    SINGLE,
    SOFTNESS,
    UNMOVED,
)
from showtell.classifiers.references import Nearness
from showtell.classifiers.stand_ins import StandIns
from showtell.classifiers.vectors import Floats, Labels

Doubles = NDArray[np.float64]

SAMPLE = 300  # examples whose neighbours are looked for: more would not change the median

FAR, FAR_SOFTNESS = 1.1, 0.15  # in units of the reach; set on simulated recordings (benchmarks/README.md)


@dataclass(frozen=True)
class ByDistance:
    """Familiarity by the cosine distance to the nearest taught picture.

    reach  how far the nearest picture of another class usually is, as cosine distance; None for fewer than two classes

    A thing never taught is about as far from all pictures as classes are from each other.

    >>> ByDistance(reach=0.2).of(np.array([0.0, 0.22, 0.5])).round(2).tolist()
    [1.0, 0.5, 0.0]
    """

    reach: float | None = None

    @classmethod
    def fit(cls, vectors: Floats, labels: Labels) -> ByDistance:
        """Measure the reach of taught pictures, ``(n, d)`` float32 of length 1, and their n labels."""
        if len(np.unique(labels)) < 2:
            return cls(None)
        some = np.linspace(0, len(vectors) - 1, min(len(vectors), SAMPLE)).astype(int)
        rest = np.linspace(0, len(vectors) - 1, min(len(vectors), 10 * SAMPLE)).astype(int)
        cosines = vectors[some] @ vectors[rest].T
        cosines[labels[some][:, None] == labels[rest]] = -1
        nearest = cosines.max(1)
        if not (nearest > -1).any():
            return cls(None)
        return cls(max(float(1 - np.median(nearest[nearest > -1])), 1e-6))

    def of(self, distances: Doubles) -> Doubles:
        """Return the familiarity, ``(n,)``, at these distances, ``(n,)``: 0.5 a little beyond the reach."""
        if self.reach is None:
            return np.clip(1 - distances, 0, 1)
        return np.asarray(expit((FAR - distances / self.reach) / FAR_SOFTNESS))


UNMEASURED = ByDistance()  # as for fewer than two classes


@dataclass(frozen=True)
class Familiarity:
    """Familiarity by likeness and distance together, each in standard deviations of the stand-ins.

    likeness, distance  their mean and standard deviation among the stand-ins
    farness             what a standard deviation of distance weighs against one of likeness
    threshold           in standard deviations of likeness less distance; there familiarity is 0.5
    spread              the standard deviation of likeness less distance, among the stand-ins

    Likeness to a class tells relatives apart, distance things of quite another kind; neither does both.
    """

    likeness: tuple[float, float]
    distance: tuple[float, float]
    farness: float
    threshold: float
    spread: float

    @classmethod
    def fit(cls, held: StandIns, twins: float, slack: float = 0.0) -> Familiarity:
        """Measure the stand-ins of classes that have names.

        twins   from 0, pictures of their own, to 1, frames of one recording
        slack   standard deviations by which less is asked for, see `slack`
        """
        likeness = _moments(held.likeness, held.weight, LEAST_LIKENESS)
        distance = _moments(held.distance, held.weight, LEAST_DISTANCE)
        farness = _between(FARNESS, twins)
        scores = cls(likeness, distance, farness, 0.0, 1.0)._deviations(held.likeness, held.distance)
        return cls(likeness, distance, farness, *threshold(scores, held.weight, twins, slack))

    def deviations(self, likeness: Doubles, near: Nearness) -> Doubles:
        """Return how far above the threshold n pictures are, ``(n,)``, in standard deviations of the stand-ins.

        likeness: ``(n,)``, each to the class that it is most like. Noise, and pictures of quite another kind, lose more
        than their distance says.
        """
        apart = np.maximum(0, APART - near.taught) / APART_SOFTNESS if near.measured else 0
        noise = np.maximum(0, near.noise - near.taught) / NOISE_SOFTNESS
        return np.asarray(self._deviations(likeness, near.distance) - apart - noise)

    def _deviations(self, likeness: Doubles, distance: Doubles) -> Doubles:
        (m, s), (n, t) = self.likeness, self.distance
        return np.asarray((((likeness - m) / s - self.farness * (distance - n) / t) - self.threshold) / self.spread)

    def to_row(self) -> Doubles:
        """Return all its numbers, ``(7,)``."""
        likeness, distance, *rest = astuple(self)
        return np.array([*likeness, *distance, *rest], np.float64)

    @classmethod
    def from_row(cls, row: Doubles) -> Familiarity:
        """Return it again from its numbers."""
        a, b, c, d, farness, where, spread = (float(number) for number in row)
        return cls((a, max(b, 1e-9)), (c, max(d, 1e-9)), farness, where, max(spread, 1e-9))


def threshold(scores: Doubles, weight: Doubles, twins: float, slack: float) -> tuple[float, float]:
    """Return where an unknown thing begins, and the unit above and below it, in the stand-ins' own scores.

    scores  ``(m,)``, likeness less distance of the stand-ins, each in standard deviations
    weight  ``(m,)``, their sum is 1

    About 95 % of the stand-ins are above it. For twins and slack see `Familiarity.fit`.
    """
    mean, spread = _moments(scores, weight, 1e-3)
    return mean - (_between(ACCEPTED, twins) + slack) * spread, spread


def slack(twins: float, *, single: bool, moved: bool) -> float:
    """Return how much less is asked for where the stand-ins say little about new pictures, in standard deviations.

    single  whether a usual class has one picture
    moved   whether some of the stand-ins were shown in another room

    >>> slack(1.0, single=False, moved=True)
    0.0
    """
    return SINGLE * single + UNMOVED * twins * (not moved)


def share_of(deviations: Doubles) -> Doubles:
    """Return the familiarity in [0, 1] of what is so many standard deviations above the threshold.

    >>> share_of(np.array([-0.35, 0.0, 3.5])).round(2).tolist()
    [0.27, 0.5, 1.0]
    """
    return np.asarray(expit(deviations / SOFTNESS))


def _between(pair: tuple[float, float], twins: float) -> float:
    return pair[0] + twins * (pair[1] - pair[0])


def _moments(x: Doubles, weight: Doubles, least: float) -> tuple[float, float]:
    mean = float(weight @ x)
    return mean, max(float(weight @ (x - mean) ** 2) ** 0.5, least)
