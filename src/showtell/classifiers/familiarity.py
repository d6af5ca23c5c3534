"""How much a picture looks like anything that was taught: in [0, 1], whatever the classifier says about it.

A familiarity is fitted apart from the classifier, and turns one number a picture into another: `ByDistance` the cosine
distance to the nearest taught picture, `ByLikeness` the likeness that ``WholeAndParts`` finds. 0.5 is where a thing
that was never taught begins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from showtell.classifiers.vectors import Floats, Labels

SAMPLE = 300  # examples whose neighbours are looked for: more would not change the median

# The next four were set on simulated recordings (benchmarks/README.md).
FAR, FAR_SOFTNESS = 1.1, 0.15  # in units of the reach
ASKED, LIKE_SOFTNESS = -0.02, 0.12  # in units of a taught picture's likeness to its own class

SINGLE_PICTURE = 0.3  # how much less likeness is asked for where a class is known from one picture


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

    def of(self, distances: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the familiarity, ``(n,)``, at these distances, ``(n,)``: 0.5 a little beyond the reach."""
        if self.reach is None:
            return np.clip(1 - distances, 0, 1)
        return np.asarray(expit((FAR - distances / self.reach) / FAR_SOFTNESS))


UNMEASURED = ByDistance()  # as for fewer than two classes


@dataclass(frozen=True)
class ByLikeness:
    """Familiarity by the likeness to the class that a picture is most like; 0.5 at the ``threshold``.

    >>> ByLikeness(threshold=0.2).of(np.array([0.2, 1.0])).round(2).tolist()
    [0.5, 1.0]
    """

    threshold: float

    @classmethod
    def usual(cls, pictures: float) -> ByLikeness:
        """Return it for classes of that many pictures, of which no likeness was measured."""
        return cls(ASKED - SINGLE_PICTURE / pictures)

    @classmethod
    def fit(cls, held_out: NDArray[np.float64]) -> ByLikeness:
        """Set the threshold by the likeness, ``(n,)``, of pictures to their own class, which was not taught them."""
        return cls(float(np.clip(np.quantile(held_out, 0.05), -0.1, 0.3)))

    def of(self, likeness: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the familiarity, ``(n,)``, at this likeness, ``(n,)``."""
        return np.asarray(expit((likeness - self.threshold) / LIKE_SOFTNESS))
