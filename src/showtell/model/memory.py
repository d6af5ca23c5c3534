"""What a model was taught: vectors, labels, ids, and where each picture can be read again."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from showtell.classifiers.neighbours import IncrementalKNeighbors
from showtell.classifiers.vectors import Floats, label_column
from showtell.model.sources import Source
from showtell.system.forks import watch_forks


@dataclass(frozen=True)
class Snapshot:
    """What was taught at one moment. It never changes, so that nobody needs a lock to read it.

    generation  counts the changes; a head that was fitted on another generation is out of date
    neighbours  the nearest neighbours that know the vectors, ``(size, d)`` float32; fitted unless size is 0
    """

    generation: int
    size: int
    neighbours: IncrementalKNeighbors
    _labels: list[str]  # as the next two, it may be longer than size meanwhile, and is never changed up to there
    _ids: list[str | None]
    _sources: list[Source]

    @property
    def labels(self) -> list[str]:
        """The label of each picture."""
        return self._labels[: self.size]

    @property
    def ids(self) -> list[str | None]:
        """The id of each picture in its dataset, None where it has none."""
        return self._ids[: self.size]

    @property
    def sources(self) -> list[Source]:
        """Where each picture can be read again."""
        return self._sources[: self.size]

    @property
    def classes(self) -> list[str]:
        """The labels, each once, sorted; quick however many pictures there are."""
        return [str(label) for label in self.neighbours.classes_] if self.size else []

    def counts(self) -> dict[str, int]:
        """Return how many pictures each class has."""
        return dict(Counter(self.labels))

    def one(self, place: int) -> tuple[str, str | None]:
        """Return label and id of a picture."""
        return self._labels[place], self._ids[place]


class Memory:
    """Takes pictures in, one by one or all anew; ``now`` is a snapshot of what it knows.

    neighbours  how many nearest neighbours an answer asks
    """

    def __init__(self, neighbours: int) -> None:
        self._neighbours = neighbours
        self._known: set[str] = set()
        self._learner = IncrementalKNeighbors(neighbours)
        self.now = Snapshot(0, 0, self._learner, [], [], [])
        self.renew_after_fork()
        watch_forks(self)

    def renew_after_fork(self) -> None:
        """Let no lock of the parent's threads be held here."""
        self._lock = threading.Lock()  # held by whoever changes what is known

    def replace(
        self, vectors: Floats, labels: Sequence[str], ids: Sequence[str | None], sources: Sequence[Source]
    ) -> Snapshot:
        """Know just these n pictures, with vectors ``(n, d)`` float32, and forget all before."""
        learner = IncrementalKNeighbors(self._neighbours)
        if labels:
            learner.fit(vectors, label_column(list(labels)))
        with self._lock:
            self._learner, self._known = learner, {id for id in ids if id is not None}
            return self._change(len(labels), list(labels), list(ids), list(sources))

    def add(self, vector: Floats, label: str, id: str | None, source: Source) -> Snapshot | None:
        """Know one more picture, with its vector ``(d,)`` float32; None where the id is known already."""
        with self._lock:
            if id is not None and id in self._known:
                return None
            now = self.now
            # The lists are longer than the snapshots say only here, under the lock.
            self._learner.partial_fit(vector[None], label_column([label]))
            now._labels.append(label)
            now._ids.append(id)
            now._sources.append(source)
            if id is not None:
                self._known.add(id)
            return self._change(now.size + 1, now._labels, now._ids, now._sources)

    def _change(self, size: int, labels: list[str], ids: list[str | None], sources: list[Source]) -> Snapshot:
        generation = self.now.generation + 1
        self.now = Snapshot(generation, size, self._learner.snapshot(), labels, ids, sources)
        return self.now
