"""Where a taught picture can be read once more, to make views of it."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image

from showtell.dataset.example import Example
from showtell.errors import PictureError
from showtell.pictures import files
from showtell.pictures.frame import Picture, decode, encode_jpeg

SIDE = 320  # pixels of the short side that a view is cut from

MAX_BYTES = 200_000  # of a picture that is kept as it came


class Source:
    """Where a taught picture can be read once more: its bytes, or a function that gives them.

    name   decides who is chosen where there are too many
    burst  the recording it is from, None where that is unknown
    key    the sha256 of the picture as it came, by which its views are kept; None until it is known
    """

    def __init__(
        self,
        data: bytes | Callable[[], bytes] | None = None,
        name: str = "",
        burst: str | None = None,
        key: bytes | None = None,
    ) -> None:
        self.data = data
        self.rank = zlib.crc32(name.encode("utf-8", "surrogatepass"))
        self.burst = burst
        self.key = key

    @classmethod
    def of_picture(cls, picture: Picture, name: str, side: int = SIDE) -> Source:
        """Return the source of a picture as it is now, whatever becomes of its file, array or image later.

        ``side``: how many pixels of the short side are needed. Raises PictureError where it cannot be read.
        """
        data = encoded(picture, side)
        small = data if len(data) <= MAX_BYTES else _reduced(data, side)
        return cls(small, name, key=hashlib.sha256(data).digest())

    @classmethod
    def of_example(cls, example: Example) -> Source:
        """Return the source of an example of a dataset, which is read again when it is needed."""
        return cls(example.read, example.id, "\0".join(example.recording))

    def read(self) -> bytes:
        """Return the picture's bytes; raise PictureError or DatasetError where that fails."""
        if self.data is None:
            raise PictureError("the picture is no longer at hand")
        if isinstance(self.data, bytes):
            return self.data
        data = self.data()
        self.key = hashlib.sha256(data).digest()
        return data

    def let_go(self) -> None:
        """Forget a picture's bytes: nobody will ask for them again. A file of a dataset can be read all the same."""
        if isinstance(self.data, bytes):
            self.data = None


def encoded(picture: Picture, side: int = SIDE) -> bytes:
    """Return a picture as the bytes of a file: those of its file, or a JPEG with ``side`` pixels or more a side.

    Raises PictureError where it cannot be read.
    """
    data = files.encoded(picture)
    return _reduced(picture, side) if data is None else data


def _reduced(picture: Picture, side: int) -> bytes:
    frame = decode(picture, enough=side)
    step = max(1, min(frame.shape[:2]) // side)
    return encode_jpeg(np.asarray(Image.fromarray(frame).reduce(step)), 95)
