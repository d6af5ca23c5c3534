"""Views of the taught pictures: each shown to the network a few times, as a hand and a room might have changed it.

Nearness, turn, mirror, light, colour and sharpness vary from view to view; the first one is the picture itself. What
the network saw is kept by picture, so that a view is made once.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from showtell.classifiers.vectors import Floats
from showtell.errors import DatasetError, PictureError
from showtell.networks import runtime
from showtell.networks.backbone import Backbone
from showtell.networks.cache import FeatureCache
from showtell.networks.regions import LOOKS, looks
from showtell.pictures.augment import varied
from showtell.pictures.frame import Picture, decode, encode_jpeg, encoded
from showtell.system.parallel import ahead

MOST = 5  # views of a picture


BUDGET = 2000  # views in all: beyond it each picture gets fewer, and at last some get none


ENOUGH = 320  # pixels of the short side that a view is cut from


BATCH = 4


class Source:
    """Where a taught picture can be read once more: a picture, or a function that gives its bytes.

    ``key`` is None until it was read for the first time; a picture that came without a file is then kept as a JPEG.
    """

    def __init__(self, picture: Picture | Callable[[], bytes] | None, name: str = "", burst: str | None = None) -> None:
        self.picture = picture.copy() if isinstance(picture, np.ndarray) else picture  # the caller may write into it
        self.rank = zlib.crc32(name.encode("utf-8", "surrogatepass"))  # who is chosen where there are too many
        self.burst = burst
        self.key: bytes | None = None

    def read(self) -> bytes:
        """The picture's bytes; PictureError or DatasetError where that fails."""
        if isinstance(self.picture, np.ndarray | Image.Image):
            frame = decode(self.picture)
            step = max(1, min(frame.shape[:2]) // ENOUGH)
            self.picture = encode_jpeg(np.asarray(Image.fromarray(frame).reduce(step)), 95)
        if self.picture is None:
            raise PictureError("the picture is no longer at hand")
        if isinstance(self.picture, bytes | bytearray | memoryview):
            data = bytes(self.picture)
        else:
            data = self.picture() if callable(self.picture) else encoded(self.picture) or b""
        self.key = hashlib.sha256(data).digest()
        return data


@dataclass(frozen=True)
class Seen:
    """What the network saw: ``looks`` (n, 10, d) float32 of n views; for each, which source it is of."""

    looks: Floats
    sources: NDArray[np.intp]


class Views:
    """The views of one backbone, kept in a ``FeatureCache`` of looks."""

    def __init__(self, entry: Backbone, cache: FeatureCache) -> None:
        self.entry = entry
        self.cache = cache

    def see(self, sources: Sequence[Source], labels: Sequence[str], *, most: int = MOST, cores: int = 1) -> Seen:
        """``make`` and then ``seen``."""
        self.make(sources, labels, most=most, cores=cores)
        return self.seen(sources, labels, most=most)

    def make(
        self,
        sources: Sequence[Source],
        labels: Sequence[str],
        *,
        most: int = MOST,
        cores: int = 1,
        humble: bool = False,
    ) -> None:
        """Show the network all views that there should be, ``most`` of a picture, and that it has not seen yet.

        ``humble``: whenever nothing else wants the cores.
        """
        chosen, count = _chosen(sources, labels, most)

        def look(batch: list[Source]) -> list[None]:
            for source in batch:
                self._make(source, count)
            return []

        for _ in ahead(look, [sources[place] for place in chosen], BATCH, cores, humble=humble):
            pass

    def seen(self, sources: Sequence[Source], labels: Sequence[str], *, most: int = MOST) -> Seen:
        """The looks of the views that were made; of a source that cannot be read any more those made before."""
        chosen, count = _chosen(sources, labels, most)
        rows: list[NDArray[np.float32]] = []
        owners: list[int] = []
        for place in chosen:
            if key := sources[place].key:
                found = [row for row in self.cache.get_many([_key(key, n) for n in range(count)]) if row is not None]
                rows += found
                owners += [place] * len(found)
        looks = np.array(rows, np.float32).reshape(len(rows), LOOKS, self.entry.features)
        return Seen(looks, np.array(owners, np.intp))

    def plain(self, source: Source) -> NDArray[np.float32] | None:
        """The looks, (10, d), of the picture as it is, where they are at hand."""
        known = self.cache.get(_key(source.key, 0)) if source.key else None
        return None if known is None else known.reshape(LOOKS, -1)

    def keep_plain(self, key: bytes, rows: Floats) -> None:
        """Remember looks, (10, d), of a picture whose key is known."""
        self.cache.put([_key(key, 0)], rows.reshape(1, -1))

    def _make(self, source: Source, count: int) -> None:
        if source.key and all(_key(source.key, number) in self.cache for number in range(count)):
            return
        try:
            data = source.read()
            assert source.key is not None
            missing = [number for number in range(count) if _key(source.key, number) not in self.cache]
            if not missing:
                return
            squares = [self.entry.square(data)] if 0 in missing else []
            frame = decode(data, enough=max(ENOUGH, self.entry.size))
        except (PictureError, DatasetError):  # its dataset reports it; what is known of it is used
            return
        squares += [varied(frame, self.entry.size, source.key, number) for number in missing if number]
        (maps,) = runtime.run(self.entry, squares, "map", threads=1)
        self.cache.put([_key(source.key, number) for number in missing], looks(maps).reshape(len(missing), -1))


def _chosen(sources: Sequence[Source], labels: Sequence[str], most: int) -> tuple[list[int], int]:
    """Places of the sources that get views: all, or as many of each class as the budget allows, always the same.

    And how many views each of them gets, at most ``most``.
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
