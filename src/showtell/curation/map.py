"""A map of all pictures in the plane, alike ones near each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example
from showtell.model.features import ExampleFeatures
from showtell.networks.extractor import FeatureExtractor

MOST_TSNE = 2000  # pictures; more would take minutes


@dataclass(frozen=True)
class Placed:
    """An example and its place in the plane, ``x`` and ``y`` in [0, 1]."""

    example: Example
    x: float
    y: float


def place(dataset: Dataset, extractor: FeatureExtractor, method: str) -> list[Placed]:
    """Return all pictures, for "tsne" at most 2,000 evenly drawn ones, alike ones near each other."""
    examples = list(dataset)
    if method == "tsne" and len(examples) > MOST_TSNE:
        examples = [examples[place] for place in np.linspace(0, len(examples) - 1, MOST_TSNE).astype(int)]
    known = list(ExampleFeatures(dataset, extractor).vectors(examples))
    if not known:
        return []
    plane = _plane(np.array([found.vector for found in known]), method)
    return [Placed(found.example, float(x), float(y)) for found, (x, y) in zip(known, plane, strict=True)]


def _plane(vectors: NDArray[np.float32], method: str) -> NDArray[np.float64]:
    """(n, d) vectors in [0, 1]², (n, 2); the same ones always at the same places."""
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    if len(vectors) < 3:
        return np.linspace([0.25, 0.5], [0.75, 0.5], len(vectors))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-9)
    if not np.ptp(unit, axis=0).any():  # the same picture again and again
        return np.full((len(unit), 2), 0.5)
    flat = PCA(min(50, *unit.shape), svd_solver="covariance_eigh", random_state=0).fit_transform(unit)
    if method == "tsne" and len(flat) > 5:
        perplexity = min(30, (len(flat) - 1) / 3)
        flat = TSNE(2, perplexity=perplexity, init="pca", random_state=0).fit_transform(flat)
    low, size = flat[:, :2].min(0), np.ptp(flat[:, :2], axis=0).max()
    return np.asarray((flat[:, :2] - low) / size, np.float64)
