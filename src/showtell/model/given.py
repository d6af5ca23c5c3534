"""Pictures as they are given: of all kinds, one or many, each as it is at the moment its turn comes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example
from showtell.errors import PictureError
from showtell.model.sources import SIDE, Source, encoded
from showtell.networks.backbone import Backbone
from showtell.networks.extractor import FeatureExtractor
from showtell.pictures.frame import Frame, Picture, decode


def picture_of(thing: Picture | Example) -> Picture:
    """Return a picture, the file of an example, or what an opened file holds; PictureError for a whole dataset."""
    if isinstance(thing, Example):
        return thing.path
    if isinstance(thing, Dataset):
        raise PictureError("expected one picture, found a dataset; call predict_many(dataset)")
    if hasattr(thing, "read"):
        return encoded(thing)  # now: it can be read only once
    return thing


def pictures_of(things: Dataset | Iterable[Picture | Example]) -> Iterable[Picture]:
    """Return several pictures, one by one: those of a list, a column, a dataset.

    Raises PictureError for one picture, and for a table.
    """
    one = isinstance(things, str | bytes | bytearray | os.PathLike | Image.Image | Example) or hasattr(things, "read")
    if one or (isinstance(things, np.ndarray) and things.ndim == 3):
        raise PictureError("expected several pictures, found one; put it in a list: [picture]")
    if hasattr(things, "columns"):
        raise PictureError('expected several pictures, found a table; choose its column, for example table["file"]')
    if not isinstance(things, Iterable):
        raise PictureError(f"expected several pictures, found {type(things).__name__}; put them in a list")
    return map(picture_of, things)


def given(
    extractor: FeatureExtractor, pictures: Iterable[Picture], *, keep: bool
) -> tuple[NDArray[np.float32], list[Source]]:
    """Return the features of pictures without a dataset, ``(n, d)`` float32, and where each can be read again.

    Each picture is taken as it is when its turn comes, so that a file, an array or an image may be used again for the
    next one. ``keep``: whether it will be read again. Raises PictureError for one that cannot be read.
    """
    entry, sources = extractor.entry, list[Source]()

    def in_turn() -> Iterator[_Given]:
        for place, picture in enumerate(pictures):
            try:
                found = _Given.of(picture, entry)
                sources.append(found.source(str(place), entry) if keep else Source(name=str(place)))
            except PictureError as error:
                named = isinstance(picture, str | os.PathLike)
                raise error if named else PictureError(f"number {place + 1} of the pictures: {error}") from None
            yield found

    rows: list[NDArray[np.float32]] = []
    outputs = extractor.each(
        in_turn(),  # type: ignore[arg-type]
        "features",
        then=lambda found: list(found[0]),
        squares=lambda found: [found.cut(entry)],  # type: ignore[union-attr]
    )
    for row in outputs:
        if isinstance(row, PictureError):
            raise row
        rows.append(row)
    return np.array(rows, np.float32).reshape(len(rows), entry.features), sources


@dataclass(frozen=True)
class _Given:
    """A picture at the moment it was given: what the network sees of it, or the bytes for that."""

    picture: Picture
    name: str | None = None
    square: Frame | None = None

    @classmethod
    def of(cls, picture: Picture, entry: Backbone) -> _Given:
        if isinstance(picture, np.ndarray | Image.Image):
            return cls(picture, square=entry.square(picture))
        name = os.fspath(picture) if isinstance(picture, str | os.PathLike) else None
        return cls(encoded(picture), name)

    def source(self, name: str, entry: Backbone) -> Source:
        """Return where it can be read again."""
        return Source.of_picture(self.picture, name, max(SIDE, entry.size))

    def cut(self, entry: Backbone) -> Frame:
        """Return what the network sees of it; PictureError, with the file's name, where it cannot be read."""
        if self.square is not None:
            return self.square
        try:
            return entry.square(self.picture)
        except PictureError:
            decode(self.picture, self.name)  # fails again, with the name
            raise
