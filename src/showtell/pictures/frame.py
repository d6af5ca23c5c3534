"""Pictures in, RGB arrays out: the only place that knows formats, colour order, orientation and crops.

A *frame* is one RGB image, ``(height, width, 3) uint8``, upright, red first.
"""

from __future__ import annotations

import io
import math
import struct
import zlib
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

from showtell.errors import PictureError
from showtell.pictures import formats, orientation, truncation
from showtell.pictures.arrays import checked
from showtell.pictures.files import Picture, encoded, name_of, read
from showtell.pictures.formats import FORMATS, NO_PICTURE, SUFFIXES
from showtell.sentences import Said, of

__all__ = ["FORMATS", "NO_PICTURE", "SUFFIXES", "Frame", "Picture", "crop", "decode", "extension", "read", "square"]
__all__ += ["MAX_JPEG_PIXELS", "MAX_PIXELS", "encode_jpeg", "encode_png", "encoded", "portable"]

Frame: TypeAlias = NDArray[np.uint8]

MAX_PIXELS = 64_000_000  # a 64-megapixel picture takes 192 MB as RGB; more is a mistake or an attack

MAX_JPEG_PIXELS = 256_000_000  # phones take 200 megapixels; a JPEG can be decoded at half or a quarter of its size

# What Pillow's decoders let through on damaged files, beside its own UnidentifiedImageError (an OSError).
_DAMAGE: tuple[type[Exception], ...] = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError)

_DAMAGE += (OverflowError, struct.error, zlib.error, Image.DecompressionBombError, Warning)  # warnings can be errors

_DAMAGE += (AttributeError, AssertionError, RuntimeError, NotImplementedError)


def decode(picture: Picture, name: str | None = None, *, enough: int | None = None) -> Frame:
    """Decode a picture to an upright frame, ``(height, width, 3) uint8`` RGB.

    picture  a path, encoded bytes (of several images in them the first), an opened file, a data URI, a PIL image, or
             a frame; transparency is laid on white
    name     what an error calls it
    enough   pixels: a large JPEG may be decoded at 1/2, 1/4 or 1/8, no side below this, which is much faster

    A JPEG that lacks only its last bytes is read without them (`truncation.fault` tells). A JPEG of more than 64
    megapixels is decoded at half or a quarter of its size.

    Raises PictureError for anything that is no whole picture or has over 64 megapixels, a JPEG over 256.

    >>> decode(encode_png(np.zeros((3, 4, 3), np.uint8))).shape
    (3, 4, 3)
    """
    if isinstance(picture, np.ndarray):
        return checked(picture, name or "the array")
    return np.array(_image(picture, name, enough))


def square(picture: Picture, size: int, fraction: float = 1.0) -> Frame:
    """Return ``crop(decode(picture, enough=…), size, fraction)``, with no more decoded and copied than that takes.

    >>> square(np.zeros((30, 40, 3), np.uint8), 8).shape
    (8, 8, 3)
    """
    if isinstance(picture, np.ndarray):
        return crop(checked(picture, "the array"), size, fraction)
    return _cut(_image(picture, None, math.ceil(round(size / fraction, 6))), size, fraction)


def extension(data: bytes, name: str = "the picture") -> str:
    """Return the file ending that fits the encoded bytes; PictureError if none does.

    >>> extension(encode_png(np.zeros((1, 1, 3), np.uint8)))
    '.png'
    """
    with _open(data, name) as image:
        return FORMATS[str(image.format)]


def portable(data: bytes, name: str = "the picture") -> bytes:
    """Return a picture file that every showtell reads: the bytes as they are, HEIC and AVIF as a JPEG.

    >>> portable(b"GIF89a")
    b'GIF89a'
    """
    if formats.format_of(data[: formats.HEAD]) not in ("HEIF", "AVIF"):
        return data
    return encode_jpeg(decode(data, name), 95)


def crop(frame: Frame, size: int, fraction: float = 1.0) -> Frame:
    """Return the centre square, ``fraction`` of the short side wide, scaled to ``(size, size, 3) uint8``.

    >>> crop(np.zeros((30, 40, 3), np.uint8), 8, 0.5).shape
    (8, 8, 3)
    """
    return _cut(Image.fromarray(frame), size, fraction)


def encode_jpeg(frame: Frame, quality: int = 90) -> bytes:
    """Return the frame as a JPEG file, of a quality in [1, 95].

    >>> extension(encode_jpeg(np.zeros((1, 1, 3), np.uint8)))
    '.jpg'
    """
    return _encode(frame, "JPEG", quality=quality)


def encode_png(frame: Frame) -> bytes:
    """Return the frame as a PNG file, every pixel kept.

    >>> decode(encode_png(np.full((1, 1, 3), 7, np.uint8))).tolist()
    [[[7, 7, 7]]]
    """
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
    """Return any picture but an array as an image: decoded, upright, RGB."""
    name = name or name_of(picture)
    if isinstance(picture, Image.Image):
        return _upright(picture, name, given=True)
    data = encoded(picture)
    assert data is not None
    if not data:
        raise PictureError(of(name, Said("picture-empty", "the file is empty; expected a picture")))
    try:
        return _decoded(data, name, enough)
    except PictureError:
        whole = truncation.completed(data)
        if whole is None:
            raise
        return _decoded(whole, name, enough)


def _decoded(data: bytes, name: str, enough: int | None) -> Image.Image:
    exif = None
    if formats.format_of(data[: formats.HEAD]) == "JPEG":
        data, exif = orientation.take_exif(data)
    with _open(data, name) as image:
        if image.format == "JPEG":
            short, pixels = min(image.size), image.width * image.height
            scale = enough / short if enough and short > enough else 1.0
            if pixels * max(scale, 1 / 8) ** 2 > MAX_PIXELS:
                scale = 1 / 2 if pixels <= 4 * MAX_PIXELS else 1 / 4
            if scale < 1:
                image.draft("RGB", (round(image.width * scale), round(image.height * scale)))
        return _upright(image, name, exif)


def _open(data: bytes, name: str) -> Image.Image:
    head = data[: formats.HEAD]
    most = MAX_PIXELS
    try:
        if formats.format_of(head) == "JPEG":  # Image.open would warn of a large one, and look for more pictures in it
            image: Image.Image = JpegImageFile(io.BytesIO(data))
            most = MAX_JPEG_PIXELS
        else:
            image = Image.open(io.BytesIO(data), formats=formats.candidates(head))
    except UnidentifiedImageError as error:
        raise PictureError(of(name, formats.why_not("", head))) from error
    except _DAMAGE as error:
        raise PictureError(of(name, _reason(error))) from error
    _check_size(image, name, most)
    return image


def _check_size(image: Image.Image, name: str, most: int) -> None:
    if image.width * image.height > most:
        size, most = f"{image.width}×{image.height}", most // 1_000_000
        words = f"{size} pixels; expected at most {most} megapixels; scale it down first"
        raise PictureError(of(name, Said("picture-large", words, size=size, most=most)))
    if 0 in image.size:
        words = "the picture has no pixels; expected at least one"
        raise PictureError(of(name, Said("picture-nothing", words)))


def _upright(image: Image.Image, name: str, exif: bytes | None = None, *, given: bool = False) -> Image.Image:
    _check_size(image, name, MAX_PIXELS)
    try:
        image.load()
        return _to_rgb(orientation.upright(image, exif))
    except _DAMAGE as error:
        if given and ("closed" in str(error) or isinstance(error, AssertionError)):  # what Pillow says of a closed one
            words = "the PIL image is closed; use it before that, give image.copy(), or the path of its file"
            raise PictureError(f"{name}: {words}") from error
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
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        most = MAX_PIXELS // 1_000_000
        words = f"far more pixels than the {most} megapixels that are read; scale it down first"
        return Said("picture-huge", words, most=most)
    words = f"damaged or cut short ({error}); expected a whole picture"
    return Said("picture-damaged", words, found=str(error))
