"""What heads learn from and what they answer about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from showtell.classifiers.familiarity import UNMEASURED, ByDistance
from showtell.classifiers.neighbours import IncrementalKNeighbors
from showtell.classifiers.vectors import Floats, Labels

Nearest = tuple[NDArray[np.float64], NDArray[np.intp]]  # cosine distances and rows, each (n, k)


@dataclass(frozen=True)
class TaughtViews:
    """What the network saw on several views of each taught picture.

    looks     ``(m, 10, d)`` float32, of m views: the whole and nine parts of each
    pictures  ``(m,)``, which taught picture each view shows
    bursts    for each view the recording it is from; None where that is unknown of one
    """

    looks: Floats
    pictures: NDArray[np.intp]
    bursts: Sequence[str] | None = None


@dataclass(frozen=True)
class Taught:
    """What a head learns from: n pictures.

    vectors     ``(n, d)`` float32 of length 1
    labels      ``(n,)`` object
    familiar    familiarity by distance, measured on them
    views       for a head that needs the network's map
    neighbours  that know these vectors, where there are some
    """

    vectors: Floats
    labels: Labels
    familiar: ByDistance = UNMEASURED
    views: TaughtViews | None = None
    neighbours: IncrementalKNeighbors | None = None


@dataclass(frozen=True)
class Seen:
    """What the network saw on n pictures that a head is asked about.

    vectors  ``(n, d)`` float32 of length 1
    looks    ``(n, 10, d)`` float32, or ``(n, 1, d)`` of wholes alone; for a head that needs the network's map
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


class Parts(Protocol):
    """A model file, opened for reading."""

    def array(self, name: str, dtype: Any, *shape: int | None) -> NDArray[Any]:
        """Return the array of that name; raise ModelFileError unless it has this dtype and shape."""

    def object(self, name: str) -> Any:
        """Return the scikit-learn object of that name; raise ModelFileError where it is not safe to build."""
