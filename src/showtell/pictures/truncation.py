"""JPEG files that lack only their last bytes, as a card that was full or a broken download leaves them."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from showtell.sentences import Said

END, SCAN = b"\xff\xd9", b"\xff\xda"  # the markers of a JPEG's end and of a scan: neither can stand in pixels

KEPT_ROWS = 0.9  # share of the rows that must be there

TRUNCATED = Said("picture-truncated", "its last bytes are missing; read without them, so its lower edge may be wrong")


def completed(data: bytes) -> bytes | None:
    """Return a truncated JPEG file with its end put back; None if over a tenth of its rows is missing.

    How far the rows go is seen from what the last bytes that are there change.
    """
    if data[:3] != b"\xff\xd8\xff" or not _in_last_scan(data):
        return None
    pixels, before = _rows(data + END), _rows(data[: -max(64, len(data) // 50)] + END)
    if pixels is None or before is None:
        return None
    changed = np.flatnonzero((pixels != before).any(axis=(1, 2)))
    return data + END if len(changed) and changed[0] >= KEPT_ROWS * len(pixels) - 16 else None


def fault(data: bytes) -> Said | None:
    """Return what is wrong with an encoded picture that is read all the same; None if nothing is.

    >>> from showtell.pictures.drawing import draw
    >>> from showtell.pictures.frame import encode_jpeg
    >>> jpeg = encode_jpeg(draw("mug", np.random.default_rng(0)))
    >>> fault(jpeg), fault(jpeg[:-9]).code
    (None, 'picture-truncated')
    """
    if data[:3] != b"\xff\xd8\xff" or data.find(END, data.rfind(SCAN)) >= 0:
        return None
    try:  # a film may follow the end, in which anything looks like a scan
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            image.draft("L", (1, 1))
            image.load()
            return None
    except Exception:
        return TRUNCATED if completed(data) else None


def _in_last_scan(data: bytes) -> bool:
    """Return whether the last scan that has begun gives the last bit of the pixels: a progressive file has several."""
    at = data.rfind(SCAN)
    if at < 0 or at + 5 > len(data):
        return False
    end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
    return data[end - 2 : end - 1] == b"\x3f" and data[end - 1 : end] != b"" and data[end - 1] & 15 == 0


def _rows(data: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]] | None:
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            return np.asarray(image.convert("RGB"))
    except Exception:
        return None
