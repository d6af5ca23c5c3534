"""A map of all pictures in the plane, alike ones near each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from showtell.curation.projection import principal_axes
from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example
from showtell.model.features import ExampleFeatures
from showtell.networks.extractor import FeatureExtractor

MAX_TSNE = 2000  # pictures; more would take minutes


AXES = 50  # principal axes that t-SNE sees


@dataclass(frozen=True)
class Placed:
    """An example and its place in the plane, ``x`` and ``y`` in [0, 1]."""

    example: Example
    x: float
    y: float


def place(dataset: Dataset, extractor: FeatureExtractor, method: str) -> list[Placed]:
    """Return all pictures with their places; the same dataset always gives the same map.

    method  "pca", or "tsne", which shows groups better and takes longer; of more than 2,000 pictures it shows 2,000
            evenly drawn ones

    Broken pictures are left out and reported in ``dataset.problems``.
    """
    examples = list(dataset)
    if method == "tsne" and len(examples) > MAX_TSNE:
        examples = [examples[at] for at in np.linspace(0, len(examples) - 1, MAX_TSNE).astype(int)]
    known = list(ExampleFeatures(dataset, extractor).vectors(examples))
    if not known:
        return []
    plane = _plane(np.array([found.vector for found in known]), method)
    return [Placed(found.example, float(x), float(y)) for found, (x, y) in zip(known, plane, strict=True)]


def _plane(vectors: NDArray[np.float32], method: str) -> NDArray[np.float64]:
    """Return places in [0, 1]², ``(n, 2)``, for ``(n, d)`` vectors; where all are the same, the middle."""
    from sklearn.manifold import TSNE

    if len(vectors) < 3:
        return np.linspace([0.25, 0.5], [0.75, 0.5], len(vectors))
    flat = principal_axes(vectors, AXES, "covariance_eigh").astype(np.float64)
    if not flat.any():
        return np.full((len(flat), 2), 0.5)
    if flat.shape[1] == 1:  # a network of a single feature
        flat = np.pad(flat, ((0, 0), (0, 1)))
    if method == "tsne" and len(flat) > 5:
        perplexity = min(30, (len(flat) - 1) / 3)
        flat = TSNE(2, perplexity=perplexity, init="pca", random_state=0).fit_transform(flat.astype(np.float32))
    low, size = flat[:, :2].min(0), np.ptp(flat[:, :2], axis=0).max()
    return np.asarray((flat[:, :2] - low) / size, np.float64)
