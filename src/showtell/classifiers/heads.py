"""Heads: the classifiers that can sit on top of a network, with one face.

A head is fitted on what was taught, and answers about what was seen. `make` is the only place that knows which heads
there are; everything else asks a head itself. What a new head needs: the methods of `Head`, and a line in `make`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer

from showtell.classifiers.calibration import certainty
from showtell.classifiers.companion import ALONE, Companion
from showtell.classifiers.estimator import FITTED, EstimatorHead, check
from showtell.classifiers.familiarity import UNMEASURED, ByDistance
from showtell.classifiers.neighbours import IncrementalKNeighbors
from showtell.classifiers.november import NovemberHead
from showtell.classifiers.open_set import OpenSet
from showtell.classifiers.samples import Judged, Parts, Seen, Taught
from showtell.classifiers.vectors import label_column
from showtell.errors import TeachingError

__all__ = ["FITTED", "NAMES", "Head", "NeighboursHead", "WholeAndPartsHead", "make", "named"]

NAMES = ("best", "knn", "logistic", "svm")


class Head(Protocol):
    """A classifier as a model uses it. Unfitted, it says what it needs; ``fit`` gives a fitted one.

    name       what a model file calls it
    needs_map  whether its looks are of wholes and parts, for which the network's last map is kept; else of wholes alone
    classes_   the labels, sorted, ``(classes,)`` object; there once it is fitted
    """

    name: str
    needs_map: bool

    @property
    def classes_(self) -> NDArray[Any]: ...

    def fit(self, taught: Taught) -> Head:
        """Return a fitted head; TeachingError where it cannot learn from what was taught."""

    def proba(self, seen: Seen) -> NDArray[np.float64]:
        """Return each class's probability, ``(n, classes)``; rows sum to 1."""

    def judge(self, seen: Seen) -> Judged:
        """Return these probabilities, and how much each picture looks like anything that was taught."""

    def confidence(self, judged: Judged) -> NDArray[np.float64]:
        """Return how sure the answers may be, ``(n,)`` in [0, 1]."""

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return all it learned, as arrays by the names that a model file gives them; `from_arrays` takes them."""

    def to_objects(self) -> dict[str, Any]:
        """Return what is no array: scikit-learn's objects, by the names that a model file gives them."""

    def from_arrays(self, parts: Parts, taught: Taught) -> Head | None:
        """Return the fitted head that a model file holds, None if it holds none; ModelFileError where it is damaged."""


def named(classifier: Any) -> Any:
    """Return the classifier of a short name: itself for "best" and "knn", else scikit-learn's, unfitted.

    A classifier of scikit-learn's is returned as it is. Raises TeachingError for another name, and for what cannot be
    used as a classifier of pictures.
    """
    if not isinstance(classifier, str):
        check(classifier)
        return classifier
    if classifier == "logistic":
        from sklearn.linear_model import LogisticRegression

        return make_pipeline(Normalizer(), LogisticRegression(C=100, max_iter=1000))
    if classifier == "svm":
        from sklearn.svm import SVC

        return make_pipeline(Normalizer(), SVC(C=10))
    if classifier not in NAMES:
        raise TeachingError(
            f"classifier: expected one of {', '.join(NAMES)}, or a scikit-learn one; found {classifier!r}"
        )
    return classifier


def make(classifier: Any) -> Head:
    """Return the unfitted head of what ``named`` returned."""
    if isinstance(classifier, str):
        return WholeAndPartsHead() if classifier == "best" else NeighboursHead()
    return EstimatorHead(classifier)


@dataclass
class NeighboursHead:
    """The nearest neighbours, which know a new picture at once; they answer while another head is being fitted."""

    neighbours: IncrementalKNeighbors | None = None
    familiar: ByDistance = UNMEASURED
    companion: Companion = ALONE
    name = "knn"
    needs_map = False

    @property
    def classes_(self) -> NDArray[Any]:
        return np.asarray(self._fitted.classes_)

    def fit(self, taught: Taught) -> NeighboursHead:
        neighbours = taught.neighbours or IncrementalKNeighbors().fit(taught.vectors, taught.labels)

        def held_out(some: NDArray[np.bool_]) -> NDArray[np.float64]:
            rest = IncrementalKNeighbors(neighbours.n_neighbors).fit(taught.vectors[~some], taught.labels[~some])
            return rest.vote(*rest.nearest(taught.vectors[some]))

        return NeighboursHead(neighbours, taught.familiar, Companion.fit(taught, held_out))

    def proba(self, seen: Seen) -> NDArray[np.float64]:
        return self._fitted.vote(*(seen.nearest or self._fitted.nearest(seen.vectors)))

    def judge(self, seen: Seen) -> Judged:
        nearest = seen.nearest or self._fitted.nearest(seen.vectors)
        by_distance = self.familiar.of(nearest[0][:, 0])
        return self.companion.judge(self._fitted.vote(*nearest), seen, by_distance)

    def confidence(self, judged: Judged) -> NDArray[np.float64]:
        return self.companion.confidence(judged)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        return self.companion.to_arrays()  # the vectors are what it learned, and a model keeps them whatever its head

    def to_objects(self) -> dict[str, Any]:
        return {}

    def from_arrays(self, parts: Parts, taught: Taught) -> NeighboursHead | None:
        companion = Companion.from_arrays(parts, taught)
        if companion.open_set is None or taught.neighbours is None:
            return None  # a model has neighbours of its own
        return NeighboursHead(taught.neighbours, taught.familiar, companion)

    @property
    def _fitted(self) -> IncrementalKNeighbors:
        if self.neighbours is None:
            raise TeachingError("expected neighbours that were fitted, found none; call fit first")
        return self.neighbours


@dataclass
class WholeAndPartsHead:
    """``WholeAndParts`` on the looks of some views of each picture, as an `OpenSet`."""

    open_set: OpenSet | None = None
    labels: NDArray[Any] | None = None
    name = "best"
    needs_map = True

    @property
    def classes_(self) -> NDArray[Any]:
        if self.labels is None:
            raise TeachingError("expected a classifier that was fitted, found none; call fit first")
        return self.labels

    def fit(self, taught: Taught) -> WholeAndPartsHead:
        if taught.views is None:
            raise TeachingError("expected views of the pictures, found none")
        open_set = OpenSet.fit(taught)
        if open_set is None:
            raise TeachingError("expected two classes or more, or one and the room, found one; add a second one")
        return WholeAndPartsHead(open_set, label_column(sorted(set(taught.labels))))

    def proba(self, seen: Seen) -> NDArray[np.float64]:
        return self._fitted.proba(seen.known_looks)

    def judge(self, seen: Seen) -> Judged:
        return self._fitted.judge(seen.known_looks)

    def confidence(self, judged: Judged) -> NDArray[np.float64]:
        return certainty(judged.scores.max(1) * (1 - judged.room), judged.familiarity)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        return self._fitted.to_arrays()

    def to_objects(self) -> dict[str, Any]:
        return {}

    def from_arrays(self, parts: Parts, taught: Taught) -> Head:
        classes = label_column(sorted(set(taught.labels)))
        open_set = OpenSet.from_arrays(parts, len(classes), taught.vectors.shape[1])
        return NovemberHead().from_arrays(parts, taught) if open_set is None else WholeAndPartsHead(open_set, classes)

    @property
    def _fitted(self) -> OpenSet:
        if self.open_set is None:
            raise TeachingError("expected a classifier that was fitted, found none; call fit first")
        return self.open_set
