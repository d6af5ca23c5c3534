"""From examples to vectors: read, look in the cache, and run the network only on what it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from showtell import backbone as backbones
from showtell.cache import FeatureCache
from showtell.dataset import Dataset, Example
from showtell.errors import DatasetError, PictureError
from showtell.features import FeatureExtractor, ahead
from showtell.frame import Frame
from showtell.names import HIDDEN

Vector: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True)
class Lesson:
    """An example the network has looked at: its vector is (d,) float32."""

    example: Example
    vector: Vector


def open_cache(dataset: Dataset, extractor: FeatureExtractor) -> FeatureCache:
    """The dataset's own cache for this backbone; the file may be deleted at any time."""
    entry = extractor.entry
    file = dataset.folder / HIDDEN / f"features-{entry.fingerprint}.bin"
    return FeatureCache(file, entry.features, entry.fingerprint)


def lessons(
    examples: Iterable[Example],
    extractor: FeatureExtractor,
    cache: FeatureCache,
    broken: Callable[[Example, str], None],
) -> Iterator[Lesson]:
    """Each example with its vector, in order. A picture that cannot be read goes to ``broken`` with the reason."""
    entry = extractor.entry

    def look(example: Example) -> Looked:
        try:
            data = example.read()
            key = cache.key(data)
            known = cache.get(key)
            return Looked(example, key, known, None if known is not None else entry.square(data))
        except (PictureError, DatasetError) as error:
            return Looked(example, b"", why=str(error))

    looked = ahead(look, examples, 3 * extractor.batch_size)
    while batch := list(islice(looked, extractor.batch_size)):
        new = [found for found in batch if found.square is not None]
        fresh: dict[bytes, Vector] = {}
        if new:
            keys = [found.key for found in new]
            (features,) = backbones.run(entry, [found.square for found in new if found.square is not None], entry.cut)
            cache.put(keys, features)
            fresh = dict(zip(keys, cache.round(features), strict=True))
        for found in batch:
            if found.why:
                broken(found.example, found.why)
            else:
                yield Lesson(found.example, fresh[found.key] if found.vector is None else found.vector)


@dataclass(frozen=True)
class Looked:
    """What reading an example gave: its vector from the cache, or the square for the network, or what is wrong."""

    example: Example
    key: bytes
    vector: Vector | None = None
    square: Frame | None = None
    why: str = ""
