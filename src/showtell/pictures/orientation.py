"""Which way up a picture is: the EXIF orientation and nothing else, so that no other tag can spoil it."""

from __future__ import annotations

import struct

from PIL import ExifTags, Image

# What the EXIF standard says of the values 2 to 8: how the stored pixels are brought upright.
_TURNS = dict(
    zip(
        range(2, 9),
        (
            Image.Transpose.FLIP_LEFT_RIGHT,
            Image.Transpose.ROTATE_180,
            Image.Transpose.FLIP_TOP_BOTTOM,
            Image.Transpose.TRANSPOSE,
            Image.Transpose.ROTATE_270,
            Image.Transpose.TRANSVERSE,
            Image.Transpose.ROTATE_90,
        ),
        strict=True,
    )
)

_INTEGERS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i"}  # the standard says 3; cameras write others too


def upright(image: Image.Image, exif: bytes | None = None) -> Image.Image:
    """Return the image turned and mirrored as its EXIF orientation says; the same one where nothing is to be done.

    ``exif`` is the block that `take_exif` took out. A missing, broken or senseless orientation means that the pixels
    stay as they are.

    >>> image = Image.new("RGB", (3, 2))
    >>> image.getexif()[0x0112] = 6
    >>> upright(image).size
    (2, 3)
    """
    turn = _TURNS.get(_orientation(image, exif or image.info.get("exif")))
    return image if turn is None else image.transpose(turn)


def take_exif(jpeg: bytes) -> tuple[bytes, bytes | None]:
    """Return a JPEG file without its EXIF block, and the block; Pillow would read all of it, and stumble over some.

    >>> import numpy as np
    >>> from showtell.pictures.frame import encode_jpeg
    >>> jpeg = encode_jpeg(np.zeros((8, 8, 3), np.uint8))
    >>> take_exif(jpeg[:2] + b"\\xff\\xe1\\0\\x0bExif\\0\\0II*" + jpeg[2:]) == (jpeg, b"II*")
    True
    """
    at = 2
    while jpeg[at : at + 1] == b"\xff" and jpeg[at + 1 : at + 2] not in (b"\xda", b"\xd9", b""):
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4])
        if jpeg[at + 1] == 0xE1 and jpeg[at + 4 : at + 10] == b"Exif\0\0":
            return jpeg[:at] + jpeg[end:], jpeg[at + 10 : end]
        at = end
    return jpeg, None


def _orientation(image: Image.Image, block: object) -> int:
    if isinstance(block, bytes):
        return _in_block(block) or 1
    try:  # a TIFF's own tag, the text of an old PNG, XMP, or what somebody set on the image
        found = image.getexif().get(ExifTags.Base.Orientation, 1)
        return int(found[0] if isinstance(found, tuple) else found)
    except Exception:  # whatever is wrong with it: the pixels count
        return 1


def _in_block(block: bytes) -> int | None:
    """Return the orientation in an EXIF block, whatever else is in it; None if there is none to be found."""
    tiff = block.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return None
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for at in range(start + 2, start + 2 + 12 * count, 12):
            tag, kind = struct.unpack_from(f"{order}HH", tiff, at)
            if tag == ExifTags.Base.Orientation and kind in _INTEGERS:
                (value,) = struct.unpack_from(order + _INTEGERS[kind], tiff, at + 8)
                return int(value)
    except struct.error:  # it ends too early
        pass
    return None
