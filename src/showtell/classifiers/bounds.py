"""A short sketch of many vectors, which tells without reading them whole that most are too far away to matter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.extmath import randomized_svd

from showtell.classifiers.vectors import roomy

Floats = NDArray[np.float32]


AXES = 64


SAMPLE = 1000  # vectors in which the axes are looked for


ROUNDING = 1e-5  # what float32 may have lost of a cosine


class Sketch:
    """Upper bounds of the cosines between a vector and many others, at a twentieth of the cost.

    A vector's sketch is what it has along the 64 directions in which the vectors differ most, and the length of what
    is left; by Cauchy and Schwarz the sketches' product is never less than the vectors'.

    vectors  ``(n, d)`` float32 of length 1 at most
    """

    def __init__(self, vectors: Floats) -> None:
        some = vectors[np.linspace(0, len(vectors) - 1, min(len(vectors), SAMPLE)).astype(int)]
        self._axes = np.ascontiguousarray(randomized_svd(some, AXES, random_state=0)[2].T, np.float32)
        self._rows = self._of(vectors)
        self._n = len(vectors)

    def add(self, vectors: Floats) -> None:
        """Sketch ``(m, d)`` more; the directions stay."""
        n = self._n + len(vectors)
        self._rows = roomy(self._rows, n)
        self._rows[self._n : n] = self._of(vectors)
        self._n = n

    def bounds(self, vectors: Floats) -> Floats:
        """What the cosine with each sketched vector is at most, ``(q, n)``, for ``(q, d)`` of length 1."""
        found: Floats = np.einsum("qd,nd->qn", self._of(vectors), self._rows[: self._n]) + np.float32(ROUNDING)
        return found

    def _of(self, vectors: Floats) -> Floats:
        along = vectors @ self._axes
        left = np.sqrt(np.maximum(1 - np.einsum("nd,nd->n", along, along), 0))
        return np.concatenate([along, left[:, None]], 1)
