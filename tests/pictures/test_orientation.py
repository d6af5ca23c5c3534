"""The EXIF orientation turns the pixels, and nothing else in the block can spoil the picture."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from showtell.pictures import frame

# Left half white, right half black: turned by 90 degrees clockwise the upper half is white.
PIXELS = np.zeros((32, 64, 3), np.uint8)
PIXELS[:, :32] = 255


def entry(tag: int, kind: int, count: int, value: bytes) -> bytes:
    return struct.pack("<HHI", tag, kind, count) + value.ljust(4, b"\0")


ORIENTATION = entry(0x0112, 3, 1, struct.pack("<H", 6))

ODD = {  # tags as cameras, editors and damage leave them
    "a text far beyond the end": entry(0x010F, 2, 40, struct.pack("<I", 99_999)),
    "an unknown type": entry(0x0110, 77, 3, b"\1\2\3\4"),
    "a type of zero": entry(0x0000, 0, 0, b""),
    "a huge count": entry(0x9286, 7, 2**31, struct.pack("<I", 8)),
    "a GPS block that is not there": entry(0x8825, 4, 1, struct.pack("<I", 70_000)),
    "a GPS block that is itself": entry(0x8825, 4, 1, struct.pack("<I", 8)),
    "an EXIF block of text": entry(0x8769, 2, 4, b"abc\0"),
    "a resolution over zero": entry(0x011A, 5, 1, struct.pack("<I", 0)),
    "a number as a text": entry(0x0131, 3, 3, struct.pack("<I", 3)),
    "bytes that are no text": entry(0x013B, 2, 4, b"\xff\xfe\xfd\xfc"),
    "a thumbnail beyond the end": entry(0x0201, 4, 1, struct.pack("<I", 123_456)),
}


def block(*entries: bytes, following: int = 0) -> bytes:
    return b"II*\0\10\0\0\0" + struct.pack("<H", len(entries)) + b"".join(entries) + struct.pack("<I", following)


def jpeg(exif: bytes) -> bytes:
    """A JPEG with this block, put in by hand so that nothing tidies it."""
    data = frame.encode_jpeg(PIXELS, 95)
    body = b"Exif\0\0" + exif
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[2:]


def is_turned(picture: bytes) -> bool:
    decoded = frame.decode(picture, "photo.jpg")
    if decoded.shape == PIXELS.shape:
        assert decoded[:, :24].mean() > 240 > 15 > decoded[:, 40:].mean()
        return False
    assert decoded.shape == (64, 32, 3)
    assert decoded[:24].mean() > 240 > 15 > decoded[40:].mean()
    return True


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_an_odd_tag_beside_the_orientation_is_ignored(odd, first):
    entries = [ODD[odd], ORIENTATION] if first else [ORIENTATION, ODD[odd]]
    assert is_turned(jpeg(block(*entries)))


@pytest.mark.parametrize(
    "exif",
    [
        b"",
        b"II*\0",
        b"II*\0\xff\xff\xff\xff",
        b"XX*\0\10\0\0\0" + bytes(20),
        bytes(40),
        b"\xff" * 40,
        block(ORIENTATION)[:14],
        b"II*\0\10\0\0\0\xff\xff",
        block(entry(0x0112, 2, 2, b"6\0")),
        block(entry(0x0112, 3, 1, struct.pack("<H", 0))),
        block(entry(0x0112, 3, 1, struct.pack("<H", 99))),
        block(entry(0x0112, 5, 1, struct.pack("<I", 8))),
    ],
    ids=["empty", "no directory", "nowhere", "no order", "zeros", "ones", "cut", "endless", "text", "0", "99", "ratio"],
)
def test_without_a_usable_orientation_the_pixels_stay_as_they_are(exif):
    assert not is_turned(jpeg(exif))


@pytest.mark.parametrize("kind", [3, 4, 8, 9])
def test_an_orientation_of_any_integer_type_counts(kind):
    code = {3: "<H", 4: "<I", 8: "<h", 9: "<i"}[kind]
    assert is_turned(jpeg(block(entry(0x0112, kind, 1, struct.pack(code, 6)))))


def test_a_second_block_that_leads_back_to_the_first_is_no_endless_loop():
    assert is_turned(jpeg(block(ORIENTATION, following=8)))


@pytest.mark.parametrize("file_format", ["PNG", "WEBP"])
@pytest.mark.parametrize("odd", ODD)
def test_the_same_holds_for_png_and_webp(file_format, odd):
    buffer = io.BytesIO()
    Image.fromarray(PIXELS).save(buffer, file_format, lossless=True, exif=b"Exif\0\0" + block(ODD[odd], ORIENTATION))
    assert is_turned(buffer.getvalue())


def test_the_text_that_old_programs_put_into_a_png_counts():
    told = PngImagePlugin.PngInfo()
    body = (b"Exif\0\0" + block(ORIENTATION)).hex()
    told.add_text("Raw profile type exif", f"\nexif\n{len(body) // 2:8}\n{body}\n")
    buffer = io.BytesIO()
    Image.fromarray(PIXELS).save(buffer, "PNG", pnginfo=told)
    assert is_turned(buffer.getvalue())


def test_an_orientation_that_only_xmp_tells_counts():
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
    buffer = io.BytesIO()
    Image.fromarray(PIXELS).save(buffer, "JPEG", quality=95, xmp=xmp)
    assert is_turned(buffer.getvalue())
