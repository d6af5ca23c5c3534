"""k nearest neighbours that learn one more example at once."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from showtell.classifiers.bounds import CosineBounds
from showtell.classifiers.vectors import Floats, l2_normalize, with_room

MANY = 4096  # vectors, from which on bounds of the cosines save more time than they take


class IncrementalKNeighbors(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """k nearest neighbours by cosine distance.

    Unlike scikit-learn's KNeighborsClassifier it takes one more example without refitting the rest: ``partial_fit``
    copies rows only when its room runs out. And k is never larger than the smallest class, so that the first picture
    of a new class is not outvoted. A vote weighs 1 / distance.

    n_neighbors  k, the neighbours asked

    >>> near = IncrementalKNeighbors(1).fit([[1, 0], [0, 1]], ["right", "up"])
    >>> near.partial_fit([[-1, 0]], ["left"]).predict([[-3, 0.5]]).tolist()
    ['left']
    """

    def __init__(self, n_neighbors: int = 5) -> None:
        self.n_neighbors = n_neighbors

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Memorise ``(n, d)`` vectors and their n labels, and forget all before."""
        vectors, labels = validate_data(self, X, y, dtype=np.float32)
        if labels.dtype.kind == "f":  # names and whole numbers are classes, also where each has one example
            check_classification_targets(labels)
        self.classes_, targets = np.unique(labels, return_inverse=True)
        self._vectors, self._targets = l2_normalize(vectors), targets.astype(np.intp)
        self._counts = np.bincount(targets)
        self._n = len(vectors)
        self._bounds = CosineBounds(self._vectors) if self._n >= MANY else None
        return self

    def partial_fit(self, X: ArrayLike, y: ArrayLike, classes: ArrayLike | None = None) -> Self:
        """Memorise more. New classes are welcome; ``classes`` is taken only since scikit-learn passes it."""
        if not hasattr(self, "classes_"):
            return self.fit(X, y)
        vectors, labels = validate_data(self, X, y, dtype=np.float32, reset=False)
        merged = np.unique(np.concatenate([self.classes_, labels]))  # keeps objects: NumPy's strings drop trailing NULs
        if len(merged) > len(self.classes_):
            self._targets = np.searchsorted(merged, self.classes_)[self._targets[: self._n]]  # new: see `snapshot`
            self.classes_ = merged
        n = self._n + len(vectors)
        new = l2_normalize(vectors)
        self._vectors, self._targets = with_room(self._vectors, n), with_room(self._targets, n)
        self._vectors[self._n : n] = new
        self._targets[self._n : n] = np.searchsorted(self.classes_, labels)
        self._counts = np.bincount(self._targets[:n])
        self._n = n
        if self._bounds is not None:
            self._bounds.add(new)
        elif n >= MANY:
            self._bounds = CosineBounds(self.vectors)
        return self

    def snapshot(self) -> Self:
        """Return what is memorised now, to be asked while this one learns on; takes no time and hardly memory.

        The copy shares all arrays. That is safe, as no row of them is ever written a second time.
        """
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        return copy

    @property
    def vectors(self) -> Floats:
        """The memorised vectors, ``(n, d)`` float32, each of length 1."""
        return np.asarray(self._vectors[: self._n])

    def kneighbors(self, X: ArrayLike, n_neighbors: int | None = None) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return cosine distances and row numbers of the nearest, each ``(n, k)``, nearest first."""
        check_is_fitted(self)
        return self.nearest(validate_data(self, X, dtype=np.float32, reset=False), n_neighbors)

    def nearest(self, vectors: Floats, n_neighbors: int | None = None) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return what ``kneighbors`` does, without its checks: ``vectors`` is ``(n, d)`` float32, and finite."""
        vectors = l2_normalize(vectors)
        k = min(n_neighbors or self.n_neighbors, self._n)
        nearest = _most_like(vectors, self.vectors, k) if self._bounds is None else self._within_bounds(vectors, k)
        # 1 - cosine loses the digits that tell near neighbours apart; half the squared distance keeps them.
        apart = vectors[:, None].astype(np.float64) - self._vectors[nearest]
        distances = np.einsum("qkd,qkd->qk", apart, apart) / 2
        order = np.argsort(distances, axis=1, kind="stable")
        return np.take_along_axis(distances, order, 1), np.take_along_axis(nearest, order, 1)

    def _within_bounds(self, vectors: Floats, k: int) -> NDArray[np.intp]:
        """Return the same rows as without bounds: left out are those whose bound is below the cosines of k others."""
        assert self._bounds is not None
        found = np.empty((len(vectors), k), np.intp)
        above = self._bounds.bounds(vectors, self._n)
        for place, (vector, bounds) in enumerate(zip(vectors[:, None], above, strict=True)):
            likely = np.argpartition(-bounds, k - 1)[:k]
            enough = np.einsum("qd,nd->qn", vector, self._vectors[likely]).min()
            left = np.flatnonzero(bounds >= enough)
            found[place] = left[_most_like(vector, self._vectors[left], k)[0]]
        return found

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return each class's share of the votes, ``(n, classes)``, columns as in ``classes_``."""
        return self.vote(*self.kneighbors(X))

    def vote(self, distances: NDArray[np.float64], nearest: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return each class's share of the votes, ``(n, classes)``, of what ``kneighbors`` returned."""
        k = max(1, min(self.n_neighbors, int(self._counts.min())))
        weights = 1 / (distances[:, :k] + 1e-6)
        votes = np.zeros((len(weights), len(self.classes_)))
        for column in range(weights.shape[1]):
            votes[np.arange(len(votes)), self._targets[nearest[:, column]]] += weights[:, column]
        return np.asarray(votes / votes.sum(1, keepdims=True))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the class with the most votes for each row."""
        shares = self.predict_proba(X)  # first: it says so where nothing was fitted
        return np.asarray(self.classes_[shares.argmax(1)])


def _most_like(vectors: Floats, others: Floats, k: int) -> NDArray[np.intp]:
    """Return the k rows of ``others`` with the largest products, ``(q, k)``, in no order."""
    # Not by @: the threads of its BLAS would keep a core busy that the network wants.
    likeness = np.einsum("qd,nd->qn", vectors, others)
    return np.argpartition(-likeness, k - 1, axis=1)[:, :k]
