"""What the network makes of pictures, computed once: read, look in the cache, and run the network on what is new."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example
from showtell.dataset.workspace import Workspace
from showtell.errors import DatasetError, PictureError
from showtell.model.sources import Source
from showtell.model.views import Views
from showtell.networks import runtime
from showtell.networks.cache import FeatureCache
from showtell.networks.extractor import FeatureExtractor
from showtell.networks.regions import LOOKS
from showtell.pictures import truncation
from showtell.pictures.frame import Frame
from showtell.sentences import sentence
from showtell.system.parallel import ahead

Vector: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True)
class ExampleVector:
    """An example of a dataset, and the network's vector for it, ``(d,)`` float32."""

    example: Example
    vector: Vector


class ExampleFeatures:
    """The features of a dataset's examples, by way of the caches in its folder.

    dataset    where examples that cannot be read are reported; None for pictures without a dataset
    extractor  computes what is in no cache
    on_disk    False to keep the caches in memory only, as for an extractor that is one of many on trial

    >>> import tempfile
    >>> from showtell.pictures.drawing import draw
    >>> dataset = Dataset(tempfile.mkdtemp())
    >>> example = dataset.add("mug", draw("mug", np.random.default_rng(0)))
    >>> [found.vector.shape for found in ExampleFeatures(dataset, FeatureExtractor()).vectors(dataset)]
    [(1280,)]
    """

    def __init__(self, dataset: Dataset | None, extractor: FeatureExtractor, *, on_disk: bool = True) -> None:
        self.dataset = dataset
        self.extractor = extractor
        self.on_disk = on_disk
        entry, kept = extractor.entry, dataset if on_disk else None
        self._cache = open_cache(kept, extractor)
        self.views = Views(entry, open_cache(kept, extractor, LOOKS))

    def of(self, dataset: Dataset) -> Self:
        """Return the features of another dataset; where that is the same folder, with the same caches."""
        if self.dataset is dataset:
            return self
        other = type(self)(dataset, self.extractor, on_disk=self.on_disk)
        if self.dataset is not None and self.dataset.folder == dataset.folder:
            other._cache, other.views = self._cache, self.views
        return other

    def vectors(self, examples: Iterable[Example]) -> Iterator[ExampleVector]:
        """Yield each example with its vector, in order.

        One that cannot be read is left out and reported; one whose last bytes are missing is reported.
        """
        for found in ahead(self._look, examples, self.extractor.batch_size):
            if found.why and self.dataset is not None:
                self.dataset.report(found.example.id, found.why)
            if found.vector is not None:
                yield ExampleVector(found.example, found.vector)

    def looks(self, examples: Sequence[Example]) -> dict[str, NDArray[np.float32]]:
        """Return the looks, ``(10, d)`` float32, of examples by their ids.

        Left out are those that cannot be read, and some where there are more than the views that are kept.
        """
        sources = [Source.of_example(example) for example in examples]
        seen = self.views.see(sources, [example.label for example in examples], most=1)
        return {examples[place].id: row for place, row in zip(seen.sources, seen.looks, strict=True)}

    def _look(self, batch: list[Example]) -> list[_Looked]:
        found = [self._read(example) for example in batch]
        new = {item.key: item.square for item in found if item.square is not None}
        if new:
            (features,) = runtime.run(self.extractor.entry, list(new.values()), "features", threads=1)
            self._cache.put(list(new), features)
            rounded = dict(zip(new, self._cache.round(features), strict=True))
            found = [replace(item, vector=rounded[item.key]) if item.square is not None else item for item in found]
        return found

    def _read(self, example: Example) -> _Looked:
        try:
            data = example.read()
            key = self._cache.key(data)
            known = self._cache.get(key)
            square = None if known is not None else self.extractor.entry.square(data)
            return _Looked(example, key, known, square, truncation.fault(data) or "")
        except (PictureError, DatasetError) as error:
            return _Looked(example, b"", why=sentence(error))


@dataclass(frozen=True)
class _Looked:
    """What reading an example gave: its vector from the cache, or the square for the network, or what is wrong."""

    example: Example
    key: bytes
    vector: Vector | None = None
    square: Frame | None = None
    why: str = ""


def open_cache(dataset: Dataset | None, extractor: FeatureExtractor, rows: int = 1) -> FeatureCache:
    """Return the cache of this backbone's features, with ``rows`` of them for a picture.

    It is a file in the dataset's hidden folder, which may be deleted any time; or in memory, without a dataset.
    """
    entry = extractor.entry
    name = f"{'features' if rows == 1 else 'views'}-{entry.fingerprint}.bin"
    file = None if dataset is None else Workspace(dataset.folder).opener(name)
    return FeatureCache(file, rows * entry.features, entry.fingerprint)
