"""How much a picture looks like anything that was shown, told by distance, and what that leaves of certainty."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

Floats = NDArray[np.float32]


SAMPLE = 300  # examples whose neighbours are looked for: more would not change the median


# In units of the reach; set on simulated recordings (benchmarks/README.md).
FAR, SOFTNESS = 1.1, 0.15


# Among pictures of taught things, those of little familiarity were named rightly about this often.
DOUBT = 0.89


SURE, RISE = 5.5, 0.4  # log odds of the familiarity with which doubt ends, and how gradually


def reach(vectors: Floats, labels: NDArray[np.object_]) -> float | None:
    """How far the nearest example of another class usually is, as cosine distance; None for fewer than two classes.

    vectors: ``(n, d)`` float32 of length 1. A thing never shown is about as far from all examples as they are.
    """
    if len(np.unique(labels)) < 2:
        return None
    some = np.linspace(0, len(vectors) - 1, min(len(vectors), SAMPLE)).astype(int)
    rest = np.linspace(0, len(vectors) - 1, min(len(vectors), 10 * SAMPLE)).astype(int)
    likeness = vectors[some] @ vectors[rest].T
    likeness[labels[some][:, None] == labels[rest]] = -1
    nearest = likeness.max(1)
    return max(float(1 - np.median(nearest[nearest > -1])), 1e-6) if (nearest > -1).any() else None


def familiarity(distance: float, reach: float | None) -> float:
    """In [0, 1], from the cosine distance to the nearest example; 0.5 a little beyond the reach."""
    if reach is None:
        return float(np.clip(1 - distance, 0, 1))
    return float(expit((FAR - distance / reach) / SOFTNESS))


def certainty(probability: float, familiarity: float) -> float:
    """The probability of the best class, or less, where the picture is not familiar enough to be that sure."""
    return min(probability, float(DOUBT + (1 - DOUBT) * expit((logit(familiarity) - SURE) / RISE)))
