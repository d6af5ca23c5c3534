"""What heads learn from and what they answer about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from showtell.classifiers.familiarity import UNMEASURED, ByDistance
from showtell.classifiers.neighbours import IncrementalKNeighbors
from showtell.classifiers.references import Backdrop
from showtell.classifiers.vectors import Floats, Labels

Nearest = tuple[NDArray[np.float64], NDArray[np.intp]]  # cosine distances and rows, each (n, k)

PLAIN, CHANGED, STAND_IN = 0, 1, 2  # kinds of views: the picture itself, one that is taught too, one that is not


@dataclass(frozen=True)
class TaughtViews:
    """What the network saw on several views of each taught picture.

    looks     ``(m, 10, d)`` float32, of m views: the whole and nine parts of each; ``(m, 1, d)`` of wholes alone
    pictures  ``(m,)``, which taught picture each view shows
    bursts    for each view the recording it is from; None where that is unknown of one
    kinds     ``(m,)``, the kind of each view; if not given, the first of a picture is the picture itself
    """

    looks: Floats
    pictures: NDArray[np.intp]
    bursts: Sequence[str] | None = None
    kinds: NDArray[np.intp] | None = None


@dataclass(frozen=True)
class Taught:
    """What a head learns from: n pictures.

    vectors     ``(n, d)`` float32 of length 1
    labels      ``(n,)`` object
    familiar    familiarity by distance, measured on them
    views       of the pictures, or of some of each class, for a head that needs the network's map; else wholes alone
    neighbours  that know these vectors, where there are some
    room        ``(r, v, 10, d)`` float32, v views of each of r frames in which none of the things is
    backdrop    what the network sees where there is nothing to see
    """

    vectors: Floats
    labels: Labels
    familiar: ByDistance = UNMEASURED
    views: TaughtViews | None = None
    neighbours: IncrementalKNeighbors | None = None
    room: Floats | None = None
    backdrop: Backdrop = field(default_factory=Backdrop)


@dataclass(frozen=True)
class Seen:
    """What the network saw on n pictures that a head is asked about.

    vectors  ``(n, d)`` float32 of length 1
    looks    ``(n, 10, d)`` float32, or ``(n, 1, d)`` of wholes alone
    nearest  the nearest taught pictures, where they were looked up already
    """

    vectors: Floats
    looks: Floats | None = None
    nearest: Nearest | None = None

    @property
    def known_looks(self) -> Floats:
        """The looks; ValueError where there are none."""
        if self.looks is None:
            raise ValueError("expected looks, which this head needs, found none")
        return self.looks


class Judged(NamedTuple):
    """What a head says about n pictures.

    scores       ``(n, classes)``, rows sum to 1
    familiarity  ``(n,)`` in [0, 1]
    room         ``(n,)`` in [0, 1], how surely each is the empty room; it is none of the classes
    """

    scores: NDArray[np.float64]
    familiarity: NDArray[np.float64]
    room: NDArray[np.float64]

    def averaged(self, each: int) -> Judged:
        """Return the mean over every ``each`` pictures that follow each other: several looks at one."""
        n = len(self.scores) // each
        return Judged(*(array.reshape(n, each, *array.shape[1:]).mean(1) for array in self))


class Parts(Protocol):
    """A model file, opened for reading."""

    def has(self, name: str) -> bool:
        """Return whether there is an array of that name."""

    def array(self, name: str, dtype: Any, *shape: int | None) -> NDArray[Any]:
        """Return the array of that name; raise ModelFileError unless it has this dtype and shape."""

    def object(self, name: str) -> Any:
        """Return the scikit-learn object of that name; raise ModelFileError where it is not safe to build."""
