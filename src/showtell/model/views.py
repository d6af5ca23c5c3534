"""Views of the taught pictures: each shown to the network a few times, as a hand and a room might have changed it.

Nearness, turn, mirror, light, colour and sharpness vary from view to view; the first one is the picture itself, and the
last one shows it in front of another background. Of some pictures there is one more of that sort, which is not taught:
it stands in for pictures in other rooms. What the network saw is kept by picture, so that a view is made once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from showtell.classifiers.constants import MAX_AWAY
from showtell.classifiers.samples import CHANGED, PLAIN, STAND_IN
from showtell.classifiers.vectors import Floats
from showtell.errors import DatasetError, PictureError
from showtell.model.sources import SIDE, Source
from showtell.networks import runtime
from showtell.networks.backbone import Backbone
from showtell.networks.cache import FeatureCache
from showtell.networks.regions import LOOKS, looks
from showtell.pictures.augment import elsewhere, varied
from showtell.pictures.frame import Frame, Picture, decode
from showtell.system.parallel import ahead

MAX_VIEWS = 5  # of a picture, that are taught: itself, three changed ones, one elsewhere

ELSEWHERE = 4  # number of the view with another background

STAND_IN_VIEW = 5  # number of the one that is not taught

ROOM_VIEWS = 4  # of a frame of the room: itself and three changed ones

BUDGET = 2000  # views in all: beyond it each picture gets fewer, and at last some get none

BATCH = 4


@dataclass(frozen=True)
class SeenViews:
    """What the network saw.

    looks    ``(n, 10, d)`` float32, of n views
    sources  ``(n,)``, which source each view is of
    kinds    ``(n,)``, the kind of each view, see `showtell.classifiers.samples`
    """

    looks: Floats
    sources: NDArray[np.intp]
    kinds: NDArray[np.intp]


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
        chosen = _chosen(sources, labels, most)

        def look(batch: list[int]) -> list[None]:
            for place in batch:
                self._make(sources[place], chosen[place])
            return []

        for _ in ahead(look, list(chosen), BATCH, cores, humble=humble):
            pass
        for source in sources:
            source.let_go()

    def seen(self, sources: Sequence[Source], labels: Sequence[str], *, most: int = MAX_VIEWS) -> SeenViews:
        """Return the looks of the views that were made; of a source that can be read no more, those made before."""
        rows: list[NDArray[np.float32]] = []
        owners: list[int] = []
        kinds: list[int] = []
        for place, numbers in _chosen(sources, labels, most).items():
            if key := sources[place].key:
                for number, row in zip(numbers, self._known([_key(key, n) for n in numbers]), strict=True):
                    if row is not None:
                        rows.append(row)
                        owners.append(place)
                        kinds.append(_kind(number))
        looks = np.array(rows, np.float32).reshape(len(rows), LOOKS, self.entry.features)
        return SeenViews(looks, np.array(owners, np.intp), np.array(kinds, np.intp))

    def plain(self, source: Source) -> NDArray[np.float32] | None:
        """Return the looks, ``(10, d)`` float32, of the picture as it is; None where they were not made."""
        (known,) = self._known([_key(source.key, 0)]) if source.key else [None]
        return None if known is None else known.reshape(LOOKS, -1)

    def keep_plain(self, keys: Sequence[bytes], looks: Floats) -> None:
        """Keep the looks, ``(n, 10, d)``, of the n pictures with these keys, as they are."""
        self.cache.put([_key(key, 0) for key in keys], looks.reshape(len(keys), -1))

    def _known(self, keys: Sequence[bytes]) -> list[NDArray[np.float32] | None]:
        """Return the looks of views by their keys, None for what was not made: those kept here, or in ``behind``."""
        found = self.cache.get_many(keys)
        missing = [place for place, row in enumerate(found) if row is None]
        if missing and self.behind is not None:
            for place, row in zip(missing, self.behind._known([keys[place] for place in missing]), strict=True):
                found[place] = row
        return found

    def _make(self, source: Source, numbers: Sequence[int]) -> None:
        if source.key and all(row is not None for row in self._known([_key(source.key, n) for n in numbers])):
            return
        try:
            data = source.read()
            if source.key is None:
                source.key = hashlib.sha256(data).digest()
            known = self._known([_key(source.key, number) for number in numbers])
            missing = [number for number, row in zip(numbers, known, strict=True) if row is None]
            if not missing:
                return
            squares = squares_of(self.entry, data, source.key, missing)
        except (PictureError, DatasetError):  # its dataset reports it; the views made before are used
            return
        (maps,) = runtime.run(self.entry, squares, "map", threads=1)
        self.cache.put([_key(source.key, number) for number in missing], looks(maps).reshape(len(missing), -1))


def squares_of(entry: Backbone, picture: Picture, key: bytes, numbers: Sequence[int]) -> list[Frame]:
    """Return the views with these numbers, each ``(size, size, 3) uint8``; PictureError for what cannot be read.

    key: 8 bytes or more that stand for the picture; the same key gives the same views.
    """
    plain = entry.square(picture) if any(n == 0 or n >= ELSEWHERE for n in numbers) else None
    frame = decode(picture, enough=max(SIDE, entry.size)) if any(0 < n < ELSEWHERE for n in numbers) else None

    def view(number: int) -> Frame:
        if 0 < number < ELSEWHERE:
            assert frame is not None
            return varied(frame, entry.size, key, number)
        assert plain is not None
        if number == 0:
            return plain
        rng = np.random.default_rng([number, int.from_bytes(key[:8])])
        return elsewhere(plain if number == ELSEWHERE else np.ascontiguousarray(plain[:, ::-1]), rng)

    return [view(number) for number in numbers]


def _chosen(sources: Sequence[Source], labels: Sequence[str], most: int) -> dict[int, list[int]]:
    """Return the places of the sources that get views, in order, and the numbers of these views, at most ``most``.

    All get some, or as many of each class as the budget allows, always the same ones. Where there is room for all
    views, some of each class get one more, that stands in for pictures which were not taught.
    """
    by_label: dict[str, list[int]] = {}
    for place, label in enumerate(labels):
        by_label.setdefault(label, []).append(place)
    ranked = [sorted(places, key=lambda place: sources[place].rank) for places in by_label.values()]
    each = max(1, BUDGET // max(len(by_label), 1))
    chosen = sorted(place for places in ranked for place in places[:each])
    count = int(np.clip(BUDGET // max(len(chosen), 1), 1, most))
    numbers = {place: list(range(count)) for place in chosen}
    if count > ELSEWHERE:
        for places in ranked:
            for place in places[: max(1, MAX_AWAY // len(by_label))]:
                numbers[place].append(STAND_IN_VIEW)
    return numbers


def _kind(number: int) -> int:
    return PLAIN if number == 0 else STAND_IN if number == STAND_IN_VIEW else CHANGED


def _key(picture: bytes, number: int) -> bytes:
    """The key of a view; one elsewhere has another name than the fifth view of November, which was another one."""
    what = b"view %d of " if number < ELSEWHERE else b"elsewhere %d of "
    return hashlib.sha256(what % number + picture).digest()
