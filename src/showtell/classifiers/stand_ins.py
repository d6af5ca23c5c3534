"""Stand-ins: taught pictures that are left out in turn, and so tell what new pictures of the same things score.

Frames of one recording are near twins, left out or not; there, pictures that were put in front of another background
stand in as well.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from showtell.classifiers.constants import (
    FOLDS,
    ORDER,
    ORDER_SOFTNESS,
    ORDERED,
    TWINS,
    TWINS_SOFTNESS,
)
from showtell.classifiers.vectors import Floats

Ints = NDArray[np.intp]
Doubles = NDArray[np.float64]

NEVER = -1  # the fold of a picture that is never left out


@dataclass(frozen=True)
class StandIns:
    """What m pictures that were not taught score.

    votes     ``(m, classes)``
    likeness  ``(m,)``, to the class that each is most like
    distance  ``(m,)``, cosine distance to the nearest taught picture
    own       ``(m,)``, the class of each
    weight    ``(m,)``, their sum is 1
    """

    votes: Doubles
    likeness: Doubles
    distance: Doubles
    own: Ints
    weight: Doubles

    def of(self, some: NDArray[np.bool_]) -> StandIns:
        """Return some of them."""
        weight = self.weight[some] / self.weight[some].sum()
        return StandIns(self.votes[some], self.likeness[some], self.distance[some], self.own[some], weight)

    def mixed(self, other: StandIns, share: float) -> StandIns:
        """Return ``share`` of their scores and the rest of the other's, which are of the same pictures."""
        votes, likeness = (
            share * one + (1 - share) * two for one, two in ((self.votes, other.votes), (self.likeness, other.likeness))
        )
        return replace(self, votes=votes, likeness=likeness)


def folds(own: Ints, recordings: NDArray[np.object_] | None = None) -> Ints | None:
    """Return the fold of each picture, ``(n,)``: runs of each class's pictures in their order, or whole recordings.

    A class of a single picture is never left out. None where that is so of most classes, or, by recordings, of any.

    >>> folds(np.array([0, 0, 0, 0, 0, 1, 1])).tolist()
    [0, 1, 2, 3, 4, 0, 1]
    """
    found = np.full(len(own), NEVER)
    classes, single = int(own.max()) + 1, 0
    for k in range(classes):
        rows = np.flatnonzero(own == k)
        units = np.arange(len(rows))
        if recordings is not None:
            first = {name: place for place, name in reversed(list(enumerate(recordings[rows])))}
            units = np.unique([first[name] for name in recordings[rows]], return_inverse=True)[1]
        count = int(units.max()) + 1
        if count > 1:
            found[rows] = units * FOLDS // count if count >= FOLDS else units
        else:
            single += 1
    return None if single > (0 if recordings is not None else classes / 2 - 0.5) else found


def twins(wholes: Floats, own: Ints) -> float:
    """Return in [0, 1] whether the pictures of a class are frames of one recording, told by the pictures alone.

    wholes: ``(n, d)`` float32 of length 1, in the order they were taught. Near twins are much nearer to each other than
    to the next class; and where frames come in order, neighbours are more alike than others. 0.5 where nothing tells.
    """
    cosines = wholes @ wholes.T
    nearest, other, following, any_two = [], [], [], []
    for k in range(own.max() + 1):
        rows, rest = np.flatnonzero(own == k), np.flatnonzero(own != k)
        if len(rows) < 2 or not len(rest):
            continue
        inside = 1 - cosines[np.ix_(rows, rows)]
        following.append(np.diag(inside, 1).mean())
        any_two.append(inside[np.triu_indices(len(rows), 1)].mean())
        nearest.append(np.median((inside + 9 * np.eye(len(rows))).min(1)))
        other.append(np.median((1 - cosines[np.ix_(rows, rest)]).min(1)))
    if not nearest:
        return 0.5
    near = expit((TWINS - _ratio(nearest, other)) / TWINS_SOFTNESS)
    ordered = expit((ORDER - _ratio(following, any_two)) / ORDER_SOFTNESS)
    return float(max(near, ordered if len(own) / (own.max() + 1) >= ORDERED else 0))


def _ratio(one: list[float], other: list[float]) -> float:
    """The means' ratio; 1 where both are 0 but for rounding."""
    return float((np.mean(one) + 1e-6) / (np.mean(other) + 1e-6))
