"""References: taught pictures, noise, and what all pictures have in common, that a new picture is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from showtell.classifiers.constants import MAX_REFERENCES
from showtell.classifiers.vectors import Floats, product

Doubles = NDArray[np.float64]

NOWHERE = -1.0  # a cosine that nothing has


@dataclass(frozen=True)
class Backdrop:
    """What a network sees where there is nothing to see; all are wholes of length 1 or means of such.

    common  ``(d,)`` float32, the mean of all sorts of pictures; None where it was not measured for this network
    noise   ``(m, d)`` float32, of noise, blank and black frames; none of them is ever to be named
    """

    common: Floats | None = None
    noise: Floats | None = None


class Nearness(NamedTuple):
    """How near n pictures are to the references, each ``(n,)``.

    distance  cosine distance to the nearest taught picture
    taught    centred cosine of the nearest taught picture
    noise     centred cosine of the nearest noise
    measured  whether it is known what all pictures have in common; else the cosines are not centred
    """

    distance: Doubles
    taught: Doubles
    noise: Doubles
    measured: bool = True


class References:
    """Taught pictures and noise, as wholes of length 1.

    Centred cosines are those without what all pictures have in common (Wang et al., SimpleShot, 2019): pictures of
    quite another kind have a centred cosine of about 0 to 0.2.

    taught  ``(n, d)`` float32; of many, 1000 are kept
    """

    def __init__(self, taught: Floats, backdrop: Backdrop) -> None:
        some = np.linspace(0, len(taught) - 1, min(len(taught), MAX_REFERENCES)).astype(int)
        d = taught.shape[1]
        noise = np.empty((0, d), np.float32) if backdrop.noise is None else backdrop.noise
        self.measured = backdrop.common is not None
        # As a model file keeps them, so that an opened model answers the same.
        self.taught, self.noise, self.common = (
            rows.astype(np.float16).astype(np.float32)
            for rows in (taught[some], noise, np.zeros(d) if backdrop.common is None else backdrop.common)
        )
        self._rows = np.ascontiguousarray(np.concatenate([self.taught, self.noise]).T)
        self._along = self._rows.T @ self.common
        self._square = float(self.common @ self.common)
        self._lengths = self._centred_lengths(np.einsum("nd,nd->n", self._rows.T, self._rows.T), self._along)

    def nearness(self, wholes: Floats) -> Nearness:
        """Return how near wholes, ``(n, d)`` float32 of length 1, are; computed in this thread alone."""
        cosines = _product(wholes, self._rows)
        along = wholes @ self.common
        centred = cosines - along[:, None] - self._along + self._square
        centred /= self._centred_lengths(np.einsum("nd,nd->n", wholes, wholes), along)[:, None] * self._lengths
        n = len(self.taught)
        noise = centred[:, n:].max(1) if len(self.noise) else np.full(len(wholes), NOWHERE)
        return Nearness(
            np.asarray(1 - cosines[:, :n].max(1), np.float64),
            np.asarray(centred[:, :n].max(1), np.float64),
            np.asarray(noise, np.float64),
            self.measured,
        )

    def _centred_lengths(self, squares: Floats, along: Floats) -> Floats:
        return np.asarray(np.sqrt(np.maximum(squares - 2 * along + self._square, 1e-12)), np.float32)


def _product(rows: Floats, columns: Floats) -> Floats:
    """The matrix product, a few columns at a time, so that no thread of BLAS wakes for it."""
    each = max(1, 2**17 // columns.shape[0])
    blocks = [product(rows, columns[:, start : start + each]) for start in range(0, columns.shape[1], each)]
    return np.concatenate(blocks, axis=1)
