"""Pictures in, RGB arrays out: the only place that knows formats, colour order, orientation and crops.

A *frame* is one RGB image, ``(height, width, 3) uint8``, upright, red first.
"""

from __future__ import annotations

import io
import math
import os
import struct
import zlib
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from showtell.errors import PictureError
from showtell.sentences import Said, of

Frame: TypeAlias = NDArray[np.uint8]


Picture: TypeAlias = str | os.PathLike[str] | bytes | Frame | Image.Image


MAX_PIXELS = 64_000_000  # a 64-megapixel picture takes 192 MB as RGB; more is a mistake or an attack


FORMATS = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif", "BMP": ".bmp", "TIFF": ".tif"}


SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"})


NO_PICTURE = Said("picture-other", "not a picture that showtell reads; expected JPEG, PNG, WebP, GIF, BMP or TIFF")


# What Pillow's decoders let through on damaged files, beside its own UnidentifiedImageError (an OSError).
_DAMAGE: tuple[type[Exception], ...] = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError)


_DAMAGE += (OverflowError, struct.error, zlib.error, Image.DecompressionBombError, Warning)  # warnings can be errors


def decode(picture: Picture, name: str | None = None, *, enough: int | None = None) -> Frame:
    """Decode a picture to an upright frame, ``(height, width, 3) uint8`` RGB.

    ``picture`` is a path, encoded bytes (JPEG, PNG, WebP, GIF, BMP, TIFF; of several images the first),
    a PIL image, or a frame. Transparency is laid on white. ``name`` is what an error calls it.
    ``enough`` (pixels) allows a large JPEG to be decoded at 1/2, 1/4 or 1/8, no side below it: much faster.

    Raises PictureError for anything that is no whole picture or has over 64 megapixels.
    """
    if isinstance(picture, np.ndarray):
        return _checked(picture, name or "the array")
    return np.array(_image(picture, name, enough))


def square(picture: Picture, size: int, fraction: float = 1.0) -> Frame:
    """As ``crop(decode(picture, enough=…), size, fraction)``, with no more decoded and copied than that takes."""
    if isinstance(picture, np.ndarray):
        return crop(_checked(picture, "the array"), size, fraction)
    return _cut(_image(picture, None, math.ceil(round(size / fraction, 6))), size, fraction)


def read(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a file; PictureError that names it where that fails."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise PictureError(f"{os.fspath(path)}: cannot be read ({reason}); expected a picture file") from error


def extension(data: bytes, name: str = "the picture") -> str:
    """The file ending (``".jpg"``, ``".png"``, …) that fits the encoded bytes; PictureError if none does."""
    with _open(io.BytesIO(data), name) as image:
        return FORMATS[{"MPO": "JPEG"}.get(str(image.format), str(image.format))]


def crop(frame: Frame, size: int, fraction: float = 1.0) -> Frame:
    """The centre square, ``fraction`` of the short side wide, scaled to ``(size, size, 3) uint8``."""
    return _cut(Image.fromarray(frame), size, fraction)


def encode_jpeg(frame: Frame, quality: int = 90) -> bytes:
    """The frame as a JPEG file."""
    return _encode(frame, "JPEG", quality=quality)


def encode_png(frame: Frame) -> bytes:
    """The frame as a PNG file, every pixel kept."""
    return _encode(frame, "PNG", compress_level=3)


def _encode(frame: Frame, file_format: str, **options: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(frame).save(buffer, file_format, **options)
    return buffer.getvalue()


def _cut(image: Image.Image, size: int, fraction: float) -> Frame:
    side = min(image.size) * fraction
    left, top = (image.width - side) / 2, (image.height - side) / 2
    box = (left, top, left + side, top + side)
    return np.asarray(image.resize((size, size), Image.Resampling.BILINEAR, box=box))


def _image(picture: Picture, name: str | None, enough: int | None) -> Image.Image:
    """Any picture but an array, decoded, upright, RGB."""
    if isinstance(picture, Image.Image):
        return _upright(picture, name or getattr(picture, "filename", "") or "the PIL image")
    if isinstance(picture, bytes | bytearray | memoryview):
        name, source = name or "the picture", io.BytesIO(picture)
    elif isinstance(picture, str | os.PathLike):
        name, source = name or os.fspath(picture), io.BytesIO(read(picture))
    else:
        raise PictureError(
            f"expected a path, encoded bytes, a PIL image or a (height, width, 3) uint8 array, "
            f"found {type(picture).__name__}; convert it first"
        )
    if not source.getbuffer().nbytes:
        raise PictureError(of(name, Said("picture-empty", "the file is empty; expected a picture")))
    with _open(source, name) as image:
        if enough and image.format == "JPEG" and min(image.size) > enough:
            scale = enough / min(image.size)
            image.draft("RGB", (round(image.width * scale), round(image.height * scale)))
        return _upright(image, name)


def _checked(array: Frame, name: str) -> Frame:
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3 or 0 in array.shape:
        raise PictureError(
            f"{name}: expected (height, width, 3) uint8 RGB, found {array.shape} {array.dtype}; "
            "convert it, for example with np.asarray(image.convert('RGB'))"
        )
    return array


def _open(source: io.BytesIO, name: str) -> Image.Image:
    try:
        image = Image.open(source, formats=list(FORMATS))
    except _DAMAGE as error:
        raise PictureError(of(name, _reason(error))) from error
    return image


def _upright(image: Image.Image, name: str) -> Image.Image:
    if image.width * image.height > MAX_PIXELS:
        most = MAX_PIXELS // 1_000_000
        size = f"{image.width}×{image.height}"
        words = f"{size} pixels; expected at most {most} megapixels; scale it down first"
        raise PictureError(of(name, Said("picture-large", words, size=size, most=most)))
    if 0 in image.size:
        words = "the picture has no pixels; expected at least one"
        raise PictureError(of(name, Said("picture-nothing", words)))
    try:
        image.load()
        if image.getexif().get(ExifTags.Base.Orientation, 1) != 1:  # exif_transpose copies the others as well
            image = ImageOps.exif_transpose(image)
        return _to_rgb(image)
    except _DAMAGE as error:
        raise PictureError(of(name, _reason(error))) from error


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16-bit grey (a 32-bit "I" comes from older 16-bit files)
        return Image.fromarray((np.asarray(image).clip(0, 65535) // 257).astype(np.uint8)).convert("RGB")
    if image.mode == "F":
        raise ValueError("floating-point pixels, whose white is unknown")
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")  # convert would copy


def _reason(error: BaseException) -> str:
    if isinstance(error, UnidentifiedImageError):
        return NO_PICTURE
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        most = MAX_PIXELS // 1_000_000
        words = f"far more pixels than the {most} megapixels that are read; scale it down first"
        return Said("picture-huge", words, most=most)
    words = f"damaged or cut short ({error}); expected a whole picture"
    return Said("picture-damaged", words, found=str(error))
