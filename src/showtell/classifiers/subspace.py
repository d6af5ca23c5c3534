"""The subspace in which taught pictures vary: discriminants found in it are the same at a tenth of the cost."""

from __future__ import annotations

import numpy as np
from sklearn.utils.extmath import randomized_svd

from showtell.classifiers.constants import DIRECTIONS, SUBSPACE_ROWS
from showtell.classifiers.vectors import Floats


def basis(rows: Floats, directions: int = DIRECTIONS) -> Floats:
    """Return an orthonormal basis, ``(d, r)`` float32, of nearly all that varies in rows, ``(n, d)`` float32.

    r is ``directions`` at most. Few rows are spanned exactly; of many the principal directions are found by a
    randomised decomposition (Halko, Martinsson & Tropp, SIAM Review 2011).

    >>> rows = np.array([[1, 0, 0], [1, 1, 0]], np.float32)
    >>> axes = basis(rows)
    >>> axes.shape, np.allclose(rows @ axes @ axes.T, rows, atol=1e-6)
    ((3, 2), True)
    """
    some = rows[np.linspace(0, len(rows) - 1, min(len(rows), SUBSPACE_ROWS)).astype(int)]
    if len(some) <= directions or some.shape[1] <= directions:
        return np.asarray(np.linalg.qr(some.T)[0], np.float32)
    found = randomized_svd(some, directions, n_oversamples=16, n_iter=2, random_state=0)[2]
    return np.ascontiguousarray(found.T, np.float32)
