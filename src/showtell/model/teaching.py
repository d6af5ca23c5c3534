"""Teaching: what is shown goes through the network, into the memory, and starts the background."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Sized

import numpy as np
from numpy.typing import NDArray

from showtell.classifiers.vectors import Floats, l2_normalize
from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example
from showtell.errors import TeachingError
from showtell.model.features import ExampleFeatures
from showtell.model.fitting import Fitting
from showtell.model.given import given, picture_of, pictures_of
from showtell.model.labels import label_of
from showtell.model.memory import Memory
from showtell.model.sources import Source
from showtell.networks.extractor import FeatureExtractor
from showtell.pictures.frame import Picture
from showtell.system.forks import watch_forks

Progress = Callable[[int, int], None]


class Teaching:
    """Teaches a model's memory, from a dataset or from pictures without one.

    features  of the dataset that was learned from last, or in memory
    """

    def __init__(self, features: ExampleFeatures, memory: Memory, fitting: Fitting) -> None:
        self._memory, self._fitting = memory, fitting
        self.features = features
        self.renew_after_fork()
        watch_forks(self)

    def renew_after_fork(self) -> None:
        """Let no lock of the parent's threads be held here."""
        self._by_dataset = threading.Lock()  # held by what goes by a dataset, one at a time

    @property
    def extractor(self) -> FeatureExtractor:
        return self.features.extractor

    def fit_dataset(self, dataset: Dataset, only: Sequence[Example] | None, progress: Progress | None) -> None:
        """Know a dataset's classes, or ``only`` these examples; TeachingError where a class has no picture."""
        if only is not None:
            with self._by_dataset:
                self._replace(dataset, only, progress)
            return
        enabled = {label: n for label, n in dataset.counts.items() if label not in dataset.disabled}
        _check_classes(enabled, str(dataset.folder))
        self.sync(dataset, progress)
        counts = self._memory.now.counts()
        _check_classes({label: counts.get(label, 0) for label in enabled}, str(dataset.folder))

    def fit_pictures(self, pictures: Iterable[Picture | Example], labels: list[str]) -> None:
        """Know just these pictures; TeachingError unless there is a label for each, and two classes."""
        if isinstance(pictures, Sized):
            _check_pairs(len(pictures), len(labels))
        _check_classes(Counter(labels), "the pictures")
        vectors, sources = given(self.extractor, pictures_of(pictures), keep=self._fitting.needs_map)
        _check_pairs(len(vectors), len(labels))
        self._fitting.start(self._memory.replace(vectors, labels, [None] * len(labels), sources))

    def sync(self, dataset: Dataset, progress: Progress | None) -> None:
        """Know just what the dataset holds, but for the classes that are disabled there."""
        with self._by_dataset:
            disabled = set(dataset.disabled)
            self._replace(dataset, [example for example in dataset if example.label not in disabled], progress)

    def add(self, label: object, picture: Picture | Example) -> None:
        """Know one more picture, as it is now."""
        name = label_of(label)
        vectors, (source,) = given(self.extractor, [picture_of(picture)], keep=self._fitting.needs_map)
        self._add(vectors[0], name, None, source)

    def learn(self, dataset: Dataset, example: Example) -> None:
        """Know one more example of a dataset, unless its class is disabled."""
        if example.label in dataset.disabled:
            return
        with self._by_dataset:
            for found in self._features_of(dataset, beside=True).vectors([example]):
                self._add(found.vector, example.label, example.id, Source.of_example(example))

    def look(
        self, dataset: Dataset, examples: Sequence[Example]
    ) -> tuple[dict[str, NDArray[np.float32]], dict[str, NDArray[np.float32]] | None]:
        """Return vectors and looks of examples by their ids, by way of the caches; no looks if the head needs none."""
        with self._by_dataset:
            features = self._features_of(dataset)
            known = {found.example.id: found.vector for found in features.vectors(examples)}
        readable = [example for example in examples if example.id in known]
        return known, features.looks(readable) if self._fitting.needs_map else None

    def _replace(self, dataset: Dataset, examples: Sequence[Example], progress: Progress | None) -> None:
        vectors = np.empty((len(examples), self.extractor.entry.features), np.float32)  # once: they may be many
        known: list[Example] = []
        for done, found in enumerate(self._features_of(dataset).vectors(examples), 1):
            vectors[len(known)] = found.vector
            known.append(found.example)
            if progress:
                progress(done, len(examples))
        vectors = vectors[: len(known)]
        vectors = l2_normalize(vectors, out=vectors)
        sources = [Source.of_example(example) for example in known]
        labels, ids = [example.label for example in known], [example.id for example in known]
        self._fitting.start(self._memory.replace(vectors, labels, ids, sources))

    def _add(self, vector: Floats, label: str, id: str | None, source: Source) -> None:
        snapshot = self._memory.add(vector, label, id, source)
        if snapshot is not None:  # it is where `sync` came across the example first
            self._fitting.start(snapshot)

    def _features_of(self, dataset: Dataset, *, beside: bool = False) -> ExampleFeatures:
        """Return the dataset's features; ``beside``: they are learned beside what is known already."""
        before, self.features = self.features, self.features.of(dataset)
        if self.features.views is not before.views:
            self.features.views.behind = before.views if beside else None
            self._fitting.views = self.features.views
        return self.features


def _check_classes(counts: Mapping[str, int], where: str) -> None:
    if not counts:
        raise TeachingError(f"{where}: expected two classes or more, found none; add a folder of pictures for each")
    if empty := [label for label, count in counts.items() if not count]:
        raise TeachingError(
            f'{where}: expected pictures in every class, found none in "{empty[0]}"; add some, or remove the class'
        )
    if len(counts) == 1:
        raise TeachingError(
            f'{where}: expected two classes or more, found only "{next(iter(counts))}"; '
            "add a second one, to tell them apart"
        )


def _check_pairs(pictures: int, labels: int) -> None:
    if pictures != labels:
        raise TeachingError(f"expected a label for each picture, found {pictures} pictures and {labels} labels")
