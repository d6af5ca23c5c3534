"""Views of the taught pictures: each shown to the network a few times, as a hand and a room might have changed it.

Nearness, turn, mirror, light, colour and sharpness vary from view to view; the first one is the picture itself. What
the network saw is kept by picture, so that a view is made once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from showtell.classifiers.vectors import Floats
from showtell.errors import DatasetError, PictureError
from showtell.model.sources import SIDE, Source
from showtell.networks import runtime
from showtell.networks.backbone import Backbone
from showtell.networks.cache import FeatureCache
from showtell.networks.regions import LOOKS, looks
from showtell.pictures.augment import varied
from showtell.pictures.frame import decode
from showtell.system.parallel import ahead

MAX_VIEWS = 5  # of a picture

BUDGET = 2000  # views in all: beyond it each picture gets fewer, and at last some get none

BATCH = 4


@dataclass(frozen=True)
class SeenViews:
    """What the network saw.

    looks    ``(n, 10, d)`` float32, of n views
    sources  ``(n,)``, which source each view is of
    """

    looks: Floats
    sources: NDArray[np.intp]


class Views:
    """The views of one backbone, kept in a ``FeatureCache`` of looks.

    ``behind`` may be other views, asked for what is not here: their pictures may be gone.
    """

    def __init__(self, entry: Backbone, cache: FeatureCache) -> None:
        self.entry = entry
        self.cache = cache
        self.behind: Views | None = None

    def see(
        self, sources: Sequence[Source], labels: Sequence[str], *, most: int = MAX_VIEWS, cores: int = 1
    ) -> SeenViews:
        """Make the views that are missing, and return the looks of all."""
        self.make(sources, labels, most=most, cores=cores)
        return self.seen(sources, labels, most=most)

    def make(
        self,
        sources: Sequence[Source],
        labels: Sequence[str],
        *,
        most: int = MAX_VIEWS,
        cores: int = 1,
        humble: bool = False,
    ) -> None:
        """Show the network the views that it has not seen yet, ``most`` of a picture, in ``cores`` threads.

        Afterwards no source keeps the bytes of a picture: whatever views there will be of it are made. ``humble``
        threads work only while nothing else wants the cores.
        """
        chosen, count = _chosen(sources, labels, most)

        def look(batch: list[Source]) -> list[None]:
            for source in batch:
                self._make(source, count)
            return []

        for _ in ahead(look, [sources[place] for place in chosen], BATCH, cores, humble=humble):
            pass
        for source in sources:
            source.let_go()

    def seen(self, sources: Sequence[Source], labels: Sequence[str], *, most: int = MAX_VIEWS) -> SeenViews:
        """Return the looks of the views that were made; of a source that can be read no more, those made before."""
        chosen, count = _chosen(sources, labels, most)
        rows: list[NDArray[np.float32]] = []
        owners: list[int] = []
        for place in chosen:
            if key := sources[place].key:
                found = [row for row in self._known([_key(key, n) for n in range(count)]) if row is not None]
                rows += found
                owners += [place] * len(found)
        looks = np.array(rows, np.float32).reshape(len(rows), LOOKS, self.entry.features)
        return SeenViews(looks, np.array(owners, np.intp))

    def plain(self, source: Source) -> NDArray[np.float32] | None:
        """Return the looks, ``(10, d)`` float32, of the picture as it is; None where they were not made."""
        (known,) = self._known([_key(source.key, 0)]) if source.key else [None]
        return None if known is None else known.reshape(LOOKS, -1)

    def keep_plain(self, key: bytes, rows: Floats) -> None:
        """Keep the looks, ``(10, d)``, of the picture with this key."""
        self.cache.put([_key(key, 0)], rows.reshape(1, -1))

    def _known(self, keys: Sequence[bytes]) -> list[NDArray[np.float32] | None]:
        """Return the looks of views by their keys, None for what was not made: those kept here, or in ``behind``."""
        found = self.cache.get_many(keys)
        missing = [place for place, row in enumerate(found) if row is None]
        if missing and self.behind is not None:
            for place, row in zip(missing, self.behind._known([keys[place] for place in missing]), strict=True):
                found[place] = row
        return found

    def _make(self, source: Source, count: int) -> None:
        if source.key and all(row is not None for row in self._known([_key(source.key, n) for n in range(count)])):
            return
        try:
            data = source.read()
            if source.key is None:
                source.key = hashlib.sha256(data).digest()
            known = self._known([_key(source.key, number) for number in range(count)])
            missing = [number for number, row in enumerate(known) if row is None]
            if not missing:
                return
            squares = [self.entry.square(data)] if 0 in missing else []
            frame = decode(data, enough=max(SIDE, self.entry.size))
        except (PictureError, DatasetError):  # its dataset reports it; the views made before are used
            return
        squares += [varied(frame, self.entry.size, source.key, number) for number in missing if number]
        (maps,) = runtime.run(self.entry, squares, "map", threads=1)
        self.cache.put([_key(source.key, number) for number in missing], looks(maps).reshape(len(missing), -1))


def _chosen(sources: Sequence[Source], labels: Sequence[str], most: int) -> tuple[list[int], int]:
    """Return the places of the sources that get views, and how many views each of them gets, at most ``most``.

    All get some, or as many of each class as the budget allows, always the same ones.
    """
    by_label: dict[str, list[int]] = {}
    for place, label in enumerate(labels):
        by_label.setdefault(label, []).append(place)
    each = max(1, BUDGET // max(len(by_label), 1))
    few = [sorted(places, key=lambda place: sources[place].rank)[:each] for places in by_label.values()]
    chosen = sorted(place for places in few for place in places)
    return chosen, int(np.clip(BUDGET // max(len(chosen), 1), 1, most))


def _key(picture: bytes, number: int) -> bytes:
    return hashlib.sha256(b"view %d of " % number + picture).digest()
