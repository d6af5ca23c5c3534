"""Classifiers on feature vectors: the plain nearest neighbours, which learn one more example at once."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from showtell.classifiers.bounds import Sketch
from showtell.classifiers.vectors import Floats, roomy, unit

MANY = 4096  # from so many vectors on a sketch of them saves more time than it takes


class NearestNeighbours(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """k nearest neighbours by cosine distance: memorise, find, vote.

    Unlike scikit-learn's KNeighborsClassifier it takes one more example without refitting the rest
    (``partial_fit`` copies nothing but, now and then, when its room runs out), and k is never larger than
    the smallest class, so that the first picture of a new class is not outvoted. A vote weighs 1 / distance.

    n_neighbors  k, the neighbours asked
    """

    def __init__(self, n_neighbors: int = 5) -> None:
        self.n_neighbors = n_neighbors

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Memorise ``(n, d)`` vectors and their n labels, and forget all before."""
        vectors, labels = validate_data(self, X, y, dtype=np.float32)
        if labels.dtype.kind == "f":  # names and whole numbers are classes, also where each has one example
            check_classification_targets(labels)
        self.classes_, targets = np.unique(labels, return_inverse=True)
        self._vectors, self._targets = unit(vectors), targets.astype(np.intp)
        self._counts = np.bincount(targets)
        self._n = len(vectors)
        self._sketch = Sketch(self._vectors) if self._n >= MANY else None
        return self

    def partial_fit(self, X: ArrayLike, y: ArrayLike, classes: ArrayLike | None = None) -> Self:
        """Memorise more; new classes are welcome, ``classes`` is taken only for scikit-learn's sake."""
        if not hasattr(self, "classes_"):
            return self.fit(X, y)
        vectors, labels = validate_data(self, X, y, dtype=np.float32, reset=False)
        merged = np.unique(np.concatenate([self.classes_, labels]))  # keeps objects: NumPy's strings drop trailing NULs
        if len(merged) > len(self.classes_):
            self._targets[: self._n] = np.searchsorted(merged, self.classes_)[self._targets[: self._n]]
            self.classes_ = merged
        n = self._n + len(vectors)
        new = unit(vectors)
        self._vectors, self._targets = roomy(self._vectors, n), roomy(self._targets, n)
        self._vectors[self._n : n] = new
        self._targets[self._n : n] = np.searchsorted(self.classes_, labels)
        self._counts = np.bincount(self._targets[:n])
        self._n = n
        if self._sketch is not None:
            self._sketch.add(new)
        elif n >= MANY:
            self._sketch = Sketch(self.vectors)
        return self

    @property
    def vectors(self) -> Floats:
        """What was memorised, ``(n, d)`` float32, each row of length 1."""
        return np.asarray(self._vectors[: self._n])

    def kneighbors(self, X: ArrayLike, n_neighbors: int | None = None) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Cosine distances and row numbers of the nearest, each ``(n, k)``, nearest first."""
        check_is_fitted(self)
        return self.nearest(validate_data(self, X, dtype=np.float32, reset=False), n_neighbors)

    def nearest(self, vectors: Floats, n_neighbors: int | None = None) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """As ``kneighbors``, for ``(n, d) float32`` known to be good: checking them takes longer than the search."""
        vectors = unit(vectors)
        k = min(n_neighbors or self.n_neighbors, self._n)
        nearest = _most_like(vectors, self.vectors, k) if self._sketch is None else self._by_sketch(vectors, k)
        # 1 - cosine loses the digits that tell near neighbours apart; half the squared distance keeps them.
        apart = vectors[:, None].astype(np.float64) - self._vectors[nearest]
        distances = np.einsum("qkd,qkd->qk", apart, apart) / 2
        order = np.argsort(distances, axis=1, kind="stable")
        return np.take_along_axis(distances, order, 1), np.take_along_axis(nearest, order, 1)

    def _by_sketch(self, vectors: Floats, k: int) -> NDArray[np.intp]:
        """The same rows as without the sketch: those are left out that even at best are less like than k others."""
        assert self._sketch is not None
        found = np.empty((len(vectors), k), np.intp)
        for place, (vector, bounds) in enumerate(zip(vectors[:, None], self._sketch.bounds(vectors), strict=True)):
            likely = np.argpartition(-bounds, k - 1)[:k]
            enough = np.einsum("qd,nd->qn", vector, self._vectors[likely]).min()
            left = np.flatnonzero(bounds >= enough)
            found[place] = left[_most_like(vector, self._vectors[left], k)[0]]
        return found

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Each class's share of the votes, ``(n, classes)``, columns as in ``classes_``."""
        return self.vote(*self.kneighbors(X))

    def vote(self, distances: NDArray[np.float64], nearest: NDArray[np.intp]) -> NDArray[np.float64]:
        """What the answer of ``kneighbors`` elects: each class's share of the votes, ``(n, classes)``."""
        k = max(1, min(self.n_neighbors, int(self._counts.min())))
        weights = 1 / (distances[:, :k] + 1e-6)
        votes = np.zeros((len(weights), len(self.classes_)))
        for column in range(weights.shape[1]):
            votes[np.arange(len(votes)), self._targets[nearest[:, column]]] += weights[:, column]
        return np.asarray(votes / votes.sum(1, keepdims=True))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The class with the most votes, for each row."""
        shares = self.predict_proba(X)  # first: it says so where nothing was fitted
        return np.asarray(self.classes_[shares.argmax(1)])


def _most_like(vectors: Floats, others: Floats, k: int) -> NDArray[np.intp]:
    """The k rows of ``others`` with the largest products, ``(q, k)``, in no order."""
    # Not by @: the threads of its BLAS would keep a core busy that the network wants.
    likeness = np.einsum("qd,nd->qn", vectors, others)
    return np.argpartition(-likeness, k - 1, axis=1)[:, :k]
