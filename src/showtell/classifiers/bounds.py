"""Upper bounds of cosines, which rule out most of many vectors without reading them whole."""

from __future__ import annotations

import numpy as np
from sklearn.utils.extmath import randomized_svd

from showtell.classifiers.vectors import Floats, product, with_room

AXES = 64  # principal directions along which a vector is known exactly

SAMPLE = 1000  # vectors in which the directions are looked for

ROUNDING = 1e-5  # what float32 may have lost of a cosine


class CosineBounds:
    """Upper bounds of the cosines between a vector and many others, at a twentieth of the cost of the cosines.

    Of each vector it keeps the coordinates along the 64 directions in which the vectors differ most, and the length of
    the rest. By Cauchy and Schwarz the product of two such rows is never less than the product of the vectors.

    vectors  ``(n, d)`` float32 of length 1 at most
    """

    def __init__(self, vectors: Floats) -> None:
        some = vectors[np.linspace(0, len(vectors) - 1, min(len(vectors), SAMPLE)).astype(int)]
        self._axes = np.ascontiguousarray(randomized_svd(some, AXES, random_state=0)[2].T, np.float32)
        self._rows = self._project(vectors)
        self._n = len(vectors)

    def add(self, vectors: Floats) -> None:
        """Take ``(m, d)`` more vectors; the directions stay."""
        n = self._n + len(vectors)
        self._rows = with_room(self._rows, n)
        self._rows[self._n : n] = self._project(vectors)
        self._n = n

    def bounds(self, vectors: Floats, n: int) -> Floats:
        """Return upper bounds of the cosines, ``(q, n)``, of ``(q, d)`` of length 1 with the first n vectors."""
        found: Floats = np.einsum("qd,nd->qn", self._project(vectors), self._rows[:n]) + np.float32(ROUNDING)
        return found

    def _project(self, vectors: Floats) -> Floats:
        along = product(vectors, self._axes) if len(vectors) < SAMPLE else vectors @ self._axes
        left = np.sqrt(np.maximum(1 - np.einsum("nd,nd->n", along, along), 0))
        return np.concatenate([along, left[:, None]], 1)
