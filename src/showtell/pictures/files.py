"""What a picture may be given as, and the bytes of its file."""

from __future__ import annotations

import base64
import binascii
import os
from typing import BinaryIO, TypeAlias
from urllib.parse import unquote_to_bytes

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from showtell.errors import PictureError

Picture: TypeAlias = str | os.PathLike[str] | bytes | BinaryIO | NDArray[np.uint8] | Image.Image


def name_of(picture: Picture) -> str:
    """Return what an error calls a picture that was given no name: its path, or what it is.

    >>> name_of("things/mug.jpg"), name_of(b"GIF89a")
    ('things/mug.jpg', 'the picture')
    """
    if isinstance(picture, str) and picture[:5].lower() == "data:":
        return "the data URI"
    if isinstance(picture, str | os.PathLike):
        return os.fspath(picture)
    if isinstance(picture, Image.Image):
        return str(getattr(picture, "filename", "") or "the PIL image")
    opened = getattr(picture, "name", None)
    return opened if isinstance(opened, str) else "the picture"


def file_name_of(picture: Picture) -> str | None:
    """Return the file name of a picture that is given as a path or an opened file; None for any other.

    >>> file_name_of("things/mug.jpg"), file_name_of(b"GIF89a")
    ('mug.jpg', None)
    """
    if isinstance(picture, str) and picture[:5].lower() == "data:":
        return None
    path = picture if isinstance(picture, str | os.PathLike) else getattr(picture, "name", None)
    return os.path.basename(os.fspath(path)) if isinstance(path, str | os.PathLike) else None


def read(path: str | os.PathLike[str]) -> bytes:
    """Return the bytes of a file; PictureError that names it where that fails."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise PictureError(f"{os.fspath(path)}: cannot be read ({reason}); expected a picture file") from error


def encoded(picture: Picture) -> bytes | None:
    """Return the bytes of a picture file, byte for byte; None for a PIL image or a frame, which has none.

    ``picture`` is a path, encoded bytes, an opened file (read from its beginning) or a data URI. Raises PictureError
    where it cannot be read, or is something else altogether.

    >>> from io import BytesIO
    >>> encoded(b"GIF89a"), encoded(BytesIO(b"GIF89a")), encoded("data:image/gif;base64,R0lGODlh")
    (b'GIF89a', b'GIF89a', b'GIF89a')
    """
    if isinstance(picture, np.ndarray | Image.Image):
        return None
    if isinstance(picture, bytes | bytearray | memoryview):
        return bytes(picture)
    if isinstance(picture, str) and picture[:5].lower() == "data:":
        return _data_uri(picture)
    if isinstance(picture, str) and picture[:8].lower().startswith(("http://", "https://")):
        raise PictureError(f"{picture[:60]}: a web address; expected a file: download the picture first")
    if isinstance(picture, str | os.PathLike):
        return read(picture)
    if callable(getattr(picture, "read", None)):
        return _read_opened(picture)
    raise PictureError(
        f"expected a path, encoded bytes, an opened file, a PIL image or a (height, width, 3) uint8 array, "
        f"found {type(picture).__name__}; convert it first"
    )


def _data_uri(text: str) -> bytes:
    head, comma, body = text.partition(",")
    try:
        if not comma:
            raise ValueError("it has no comma")
        data = unquote_to_bytes(body)
        return base64.b64decode(data, validate=True) if head.lower().endswith(";base64") else data
    except (binascii.Error, ValueError) as error:
        raise PictureError(
            f"{text[:40]}…: a data URI that is damaged ({error}); expected data:image/…;base64,… and the picture"
        ) from error


def _read_opened(file: BinaryIO) -> bytes:
    try:
        if file.seekable():  # whoever has just written it stands at its end
            file.seek(0)
        data = file.read()
    except (OSError, ValueError, AttributeError) as error:  # ValueError: it is closed
        raise PictureError(f"the opened file cannot be read ({error}); open it anew, or give its path") from error
    if isinstance(data, str):
        raise PictureError("a file that is opened as text; open it with 'rb', or give its path")
    return bytes(data)
