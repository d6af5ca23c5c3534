"""Vectors in the few directions in which they differ most."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from showtell.classifiers.vectors import l2_normalize

ROUNDING = 1e-4  # float16 keeps that little: unit vectors that differ by less in every number are the same


def principal_axes(
    vectors: NDArray[np.float32], most: int, solver: Literal["covariance_eigh", "randomized"]
) -> NDArray[np.float32]:
    """Return ``(n, d)`` vectors, scaled to length 1, along their principal axes: ``(n, axes)``, at most ``most``.

    The same vectors always come out the same. Where all are alike the result is zeros.

    >>> principal_axes(np.array([[1, 0], [1, 0], [0, 1]], np.float32), 1, "covariance_eigh").shape
    (3, 1)
    """
    from sklearn.decomposition import PCA

    scaled = l2_normalize(vectors)
    axes = min(most, *scaled.shape)
    if np.ptp(scaled, axis=0).max(initial=0) < ROUNDING:
        return np.zeros((len(scaled), axes), np.float32)
    return np.asarray(PCA(axes, svd_solver=solver, random_state=0).fit_transform(scaled))
