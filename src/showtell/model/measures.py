"""What can be measured on the pictures of a dataset without knowing what is on them, by way of its cache."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example
from showtell.dataset.workspace import Workspace
from showtell.errors import DatasetError, PictureError
from showtell.networks.cache import FeatureCache
from showtell.networks.extractor import FeatureExtractor
from showtell.pictures import quality
from showtell.pictures.duplicates import copies
from showtell.pictures.quality import Quality
from showtell.system.parallel import ahead

Row = NDArray[np.float32]  # (436,), what `quality.measure` gives


def measures(
    dataset: Dataset,
    examples: Sequence[Example],
    extractor: FeatureExtractor,
    *,
    on_disk: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Row]:
    """Return the row of measures of each example that can be read, by its id.

    on_disk   whether they are kept in the dataset's folder ``.showtell``
    progress  called as ``progress(done, total)`` as pictures are looked at
    """
    entry = extractor.entry
    file = Workspace(dataset.folder).opener("quality.bin") if on_disk else None
    cache = FeatureCache(file, quality.DIMENSION, f"{quality.VERSION}-{entry.size}-{entry.crop}")

    def measured(example: Example) -> tuple[str, Row] | None:
        try:
            data = example.read()
            key = cache.key(data)
            row = cache.get(key)
            if row is None:
                row = cache.round(extractor.measure(data))
                cache.put([key], row[None])
        except (PictureError, DatasetError):  # reported when the network looks at it
            return None
        return example.id, row

    rows = {}
    for done, row in enumerate(ahead(lambda batch: [measured(each) for each in batch], examples, 16), 1):
        if row is not None:
            rows[row[0]] = row[1]
        if progress:
            progress(done, len(examples))
    return rows


def same_pictures(
    dataset: Dataset,
    examples: Sequence[Example],
    extractor: FeatureExtractor,
    *,
    on_disk: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Mapping[int, list[int]]:
    """Return for each place among the examples the other places where the same picture stands, of whatever class.

    The same are copies, and what was scaled a little or encoded again. For the rest see `measures`.
    """
    return same_among(examples, measures(dataset, examples, extractor, on_disk=on_disk, progress=progress))


def same_among(examples: Sequence[Example], rows: Mapping[str, Row]) -> Mapping[int, list[int]]:
    """Return what `same_pictures` does, from what `measures` returned."""
    places = [place for place, example in enumerate(examples) if example.id in rows]
    if not places:
        return {}
    thumbnails = Quality.of(np.array([rows[examples[place].id] for place in places])).thumbnails
    return {places[one]: [places[other] for other in others] for one, others in copies(thumbnails).items()}
