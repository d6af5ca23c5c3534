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

from showtell.classifiers.calibration import USUAL, Calibration
from showtell.classifiers.discriminant import Linear
from showtell.classifiers.estimator import FITTED, EstimatorHead, check
from showtell.classifiers.familiarity import UNMEASURED, ByDistance, ByLikeness
from showtell.classifiers.neighbours import IncrementalKNeighbors
from showtell.classifiers.samples import Parts, Seen, Taught
from showtell.classifiers.vectors import label_column
from showtell.classifiers.whole_and_parts import WholeAndParts
from showtell.errors import TeachingError

__all__ = ["FITTED", "NAMES", "Head", "NeighboursHead", "WholeAndPartsHead", "make", "named"]

NAMES = ("best", "knn", "logistic", "svm")


class Head(Protocol):
    """A classifier as a model uses it. Unfitted, it says what it needs; ``fit`` gives a fitted one.

    name         what a model file calls it
    needs_map    whether it asks for looks (``Seen.looks``, ``Taught.views``), for which the network's last map is kept
    classes_     the labels, sorted, ``(classes,)`` object; there once it is fitted
    calibration  how its probabilities become a confidence
    """

    name: str
    needs_map: bool
    calibration: Calibration

    @property
    def classes_(self) -> NDArray[Any]: ...

    def fit(self, taught: Taught) -> Head:
        """Return a fitted head; TeachingError where it cannot learn from what was taught."""

    def proba(self, seen: Seen) -> NDArray[np.float64]:
        """Return each class's probability, ``(n, classes)``; rows sum to 1."""

    def familiarity(self, seen: Seen) -> NDArray[np.float64]:
        """Return how much each picture looks like anything that was taught, ``(n,)`` in [0, 1]."""

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
    calibration: Calibration = USUAL
    name = "knn"
    needs_map = False

    @property
    def classes_(self) -> NDArray[Any]:
        return np.asarray(self._fitted.classes_)

    def fit(self, taught: Taught) -> NeighboursHead:
        neighbours = taught.neighbours or IncrementalKNeighbors().fit(taught.vectors, taught.labels)
        return NeighboursHead(neighbours, taught.familiar)

    def proba(self, seen: Seen) -> NDArray[np.float64]:
        return self._fitted.vote(*(seen.nearest or self._fitted.nearest(seen.vectors)))

    def familiarity(self, seen: Seen) -> NDArray[np.float64]:
        distances, _ = seen.nearest or self._fitted.nearest(seen.vectors, 1)
        return self.familiar.of(distances[:, 0])

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        return {}  # the vectors are what it learned, and a model keeps them whatever its head

    def to_objects(self) -> dict[str, Any]:
        return {}

    def from_arrays(self, parts: Parts, taught: Taught) -> None:
        return None  # a model has neighbours of its own

    @property
    def _fitted(self) -> IncrementalKNeighbors:
        if self.neighbours is None:
            raise TeachingError("expected neighbours that were fitted, found none; call fit first")
        return self.neighbours


@dataclass
class WholeAndPartsHead:
    """``WholeAndParts`` on the looks of some views of each picture, with familiarity by likeness."""

    classifier: WholeAndParts | None = None
    familiar: ByLikeness | None = None
    calibration: Calibration = USUAL
    name = "best"
    needs_map = True

    @property
    def classes_(self) -> NDArray[Any]:
        return np.asarray(self._fitted.classes_)

    def fit(self, taught: Taught) -> WholeAndPartsHead:
        views = taught.views
        if views is None:
            raise TeachingError("expected views of the pictures, found none")
        labels = taught.labels[views.pictures]
        classifier = WholeAndParts().fit(views.looks, labels, views.pictures)
        held_out = None
        if views.bursts is not None:
            held_out = classifier.held_out_likeness(views.looks, labels, views.pictures, views.bursts)
        familiar = ByLikeness.usual(classifier.shown_) if held_out is None else ByLikeness.fit(held_out)
        return WholeAndPartsHead(classifier, familiar)

    def proba(self, seen: Seen) -> NDArray[np.float64]:
        return self._fitted.predict_proba(seen.known_looks)

    def familiarity(self, seen: Seen) -> NDArray[np.float64]:
        assert self.familiar is not None  # fitted together
        return self.familiar.of(self._fitted.likeness(seen.known_looks).max(1))

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        fitted = self._fitted
        assert self.familiar is not None
        numbers = [fitted.whole_.unit, fitted.parts_.unit, fitted.shown_, self.familiar.threshold]
        return {
            "whole_slope": fitted.whole_.slope,
            "whole_offset": fitted.whole_.offset,
            "parts_slope": fitted.parts_.slope,
            "parts_offset": fitted.parts_.offset,
            "numbers": np.array(numbers, np.float64),
        }

    def to_objects(self) -> dict[str, Any]:
        return {}

    def from_arrays(self, parts: Parts, taught: Taught) -> WholeAndPartsHead:
        classes, d = sorted(set(taught.labels)), taught.vectors.shape[1]
        columns = len(classes)
        whole, some, shown, threshold = (float(number) for number in parts.array("numbers", np.float64, 4))
        fitted = WholeAndParts()
        fitted.classes_, fitted.shown_ = label_column(classes), shown
        fitted.whole_ = Linear(
            parts.array("whole_slope", np.float32, d, columns), parts.array("whole_offset", np.float32, columns), whole
        )
        fitted.parts_ = Linear(
            parts.array("parts_slope", np.float32, d, columns + 1),
            parts.array("parts_offset", np.float32, columns + 1),
            some,
        )
        return WholeAndPartsHead(fitted, ByLikeness(threshold))

    @property
    def _fitted(self) -> WholeAndParts:
        if self.classifier is None:
            raise TeachingError("expected a classifier that was fitted, found none; call fit first")
        return self.classifier
