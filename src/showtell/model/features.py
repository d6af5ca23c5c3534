"""From examples to vectors: read, look in the cache, and run the network only on what it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example
from showtell.dataset.workspace import Workspace
from showtell.errors import DatasetError, PictureError
from showtell.model.views import Source
from showtell.networks import runtime
from showtell.networks.backbone import Backbone
from showtell.networks.cache import FeatureCache
from showtell.networks.extractor import FeatureExtractor
from showtell.pictures import truncation
from showtell.pictures.frame import Frame
from showtell.sentences import sentence
from showtell.system.parallel import ahead

Vector: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True)
class Lesson:
    """An example the network has looked at: its vector is (d,) float32."""

    example: Example
    vector: Vector


def open_cache(dataset: Dataset, extractor: FeatureExtractor, rows: int = 1, *, on_disk: bool = True) -> FeatureCache:
    """The dataset's own cache for this backbone, of one or several ``rows`` of features; may be deleted any time."""
    entry = extractor.entry
    file = Workspace(dataset.folder).opener(f"{'features' if rows == 1 else 'views'}-{entry.fingerprint}.bin")
    return FeatureCache(file if on_disk else None, rows * entry.features, entry.fingerprint)


def lessons(
    examples: Iterable[Example],
    extractor: FeatureExtractor,
    cache: FeatureCache,
    broken: Callable[[Example, str], None],
) -> Iterator[Lesson]:
    """Each example with its vector, in order. A picture that cannot be read goes to ``broken`` with the reason.

    So does one that is read though its last bytes are missing.
    """
    entry = extractor.entry

    def look(batch: list[Example]) -> list[Looked]:
        found = [_read(example, entry, cache) for example in batch]
        new = {item.key: item.square for item in found if item.square is not None}
        if new:
            (features,) = runtime.run(entry, list(new.values()), "features", threads=1)
            cache.put(list(new), features)
            fresh = dict(zip(new, cache.round(features), strict=True))
            found = [replace(item, vector=fresh[item.key]) if item.square is not None else item for item in found]
        return found

    for found in ahead(look, examples, extractor.batch_size):
        if found.why:
            broken(found.example, found.why)
        if found.vector is not None:
            yield Lesson(found.example, found.vector)


def _read(example: Example, entry: Backbone, cache: FeatureCache) -> Looked:
    try:
        data = example.read()
        key = cache.key(data)
        known = cache.get(key)
        square = None if known is not None else entry.square(data)
        return Looked(example, key, known, square, truncation.fault(data) or "")
    except (PictureError, DatasetError) as error:
        return Looked(example, b"", why=sentence(error))


@dataclass(frozen=True)
class Looked:
    """What reading an example gave: its vector from the cache, or the square for the network, or what is wrong."""

    example: Example
    key: bytes
    vector: Vector | None = None
    square: Frame | None = None
    why: str = ""


def source_of(example: Example) -> Source:
    return Source(example.read, example.id, "\0".join(example.recording))
