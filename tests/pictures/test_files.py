"""What a picture may be given as, and the formats that need a reader of their own."""

from __future__ import annotations

import base64
import io
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from showtell.errors import PictureError
from showtell.pictures import formats, frame
from showtell.pictures.frame import Frame


@pytest.fixture
def mug(shown) -> Frame:
    return shown["mug"][0]


@pytest.fixture
def png(mug) -> bytes:
    return frame.encode_png(mug)


# -- opened files


def test_opened_files_are_read_from_their_beginning(tmp_path, png, mug):
    written = io.BytesIO()
    written.write(png)
    (tmp_path / "mug.png").write_bytes(png)
    with open(tmp_path / "mug.png", "rb") as opened:
        opened.read(10)
        for file in (io.BytesIO(png), written, opened):
            for _ in range(2):
                assert frame.decode(file).tolist() == mug.tolist()
                assert frame.encoded(file) == png


def test_a_file_that_cannot_be_read_says_why(tmp_path, png):
    path = tmp_path / "mug.png"
    path.write_bytes(png)
    with open(path, encoding="latin-1") as text, pytest.raises(PictureError, match="opened as text; open it with 'rb'"):
        frame.decode(text)
    closed = path.open("rb")
    closed.close()
    with pytest.raises(PictureError, match=r"cannot be read .*closed"):
        frame.decode(closed)
    with open(path, "ab") as writing, pytest.raises(PictureError, match="cannot be read"):
        frame.decode(writing)
    with pytest.raises(PictureError, match="the file is empty"):
        frame.decode(io.BytesIO())


# -- data URIs and addresses


def test_a_data_uri_is_the_picture_in_it(png, mug):
    text = base64.b64encode(png).decode()
    for head in ("data:image/png;base64", "data:;base64", "DATA:image/png;charset=x;base64"):
        assert frame.decode(f"{head},{text}").tolist() == mug.tolist()
    assert frame.encoded("data:text/plain,a%20b") == b"a b"


@pytest.mark.parametrize("text", ["data:image/png;base64", "data:image/png;base64,!!!", "data:image/png;base64,abcde"])
def test_a_damaged_data_uri_is_called_one(text):
    with pytest.raises(PictureError, match="a data URI that is damaged"):
        frame.decode(text)


def test_a_data_uri_of_something_else_is_not_written_out_in_the_message():
    with pytest.raises(PictureError, match=r"^the data URI: not a picture") as caught:
        frame.decode("data:text/plain," + "x" * 5000)
    assert len(str(caught.value)) < 200


def test_an_address_is_to_be_downloaded_first():
    with pytest.raises(PictureError, match="a web address; expected a file"):
        frame.decode("https://example.org/mug.jpg")


# -- PIL images


def closed_ones(path: Path) -> list[Image.Image]:
    with Image.open(path) as first:
        pass
    second = Image.open(path)
    second.close()
    third = Image.open(path)
    third.load()
    third.close()
    fourth = Image.new("RGB", (4, 4))
    fourth.close()
    with open(path, "rb") as file:
        fifth = Image.open(file)
    return [first, second, third, fourth, fifth]


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "TIFF"])
def test_a_closed_image_is_called_closed(tmp_path, mug, file_format):
    path = tmp_path / f"mug.{file_format.lower()}"
    Image.fromarray(mug).save(path)
    for image in closed_ones(path):
        with pytest.raises(PictureError, match="the PIL image is closed; use it before that"):
            frame.decode(image)


# -- large ones


@pytest.mark.parametrize("side", [(12_000, 9_000), (16_320, 12_240)], ids=["108 megapixels", "200 megapixels"])
def test_a_large_photo_is_decoded_smaller_whoever_asks(side):
    buffer = io.BytesIO()
    Image.new("L", side, 200).save(buffer, "JPEG")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        decoded = frame.decode(buffer.getvalue())
        assert decoded.shape[0] * decoded.shape[1] <= frame.MAX_PIXELS
        assert decoded.shape[1] / decoded.shape[0] == pytest.approx(side[0] / side[1], rel=0.01)
        assert decoded[::997, ::997].tolist() == np.full(decoded[::997, ::997].shape, 200).tolist()
        assert frame.square(buffer.getvalue(), 32).tolist() == np.full((32, 32, 3), 200).tolist()


def test_a_jpeg_beyond_all_cameras_is_refused_whoever_asks(png):
    data = bytearray(frame.encode_jpeg(np.zeros((8, 8, 3), np.uint8)))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = (60_000).to_bytes(2) * 2
    for ask in (frame.decode, lambda data: frame.decode(data, enough=64), lambda data: frame.square(data, 64)):
        with pytest.raises(PictureError, match="60000×60000 pixels; expected at most 256 megapixels"):
            ask(bytes(data))


# -- formats with readers of their own


def box(brand: bytes, more: bytes = b"mif1") -> bytes:
    return b"\0\0\0\x1cftyp" + brand + bytes(4) + more + bytes(200)


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1", b"msf1", b"hevc"])
def test_heic_without_its_reader_is_called_heic(monkeypatch, brand):
    monkeypatch.setattr(frame, "FORMATS", {"JPEG": ".jpg"})
    monkeypatch.setattr(formats, "FORMATS", {"JPEG": ".jpg"})
    with pytest.raises(PictureError, match=r"IMG_1: a picture in the format HEIC; .* pip install 'showtell\[heic\]'"):
        frame.decode(box(brand), "IMG_1")


def test_avif_without_its_reader_is_called_avif(monkeypatch):
    monkeypatch.setattr(frame, "FORMATS", {"JPEG": ".jpg"})
    monkeypatch.setattr(formats, "FORMATS", {"JPEG": ".jpg"})
    with pytest.raises(PictureError, match=r"x: a picture in the format AVIF; .*Pillow>=11\.3"):
        frame.decode(box(b"avif"), "x")


def test_heic_is_read_where_its_reader_is_installed(tmp_path, mug):
    pillow_heif = pytest.importorskip("pillow_heif")
    buffer = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(mug)).save(buffer, quality=90)
    decoded = frame.decode(buffer.getvalue())
    assert np.abs(decoded.astype(int) - mug).mean() < 4
    assert frame.extension(buffer.getvalue()) == ".heic"
    assert frame.extension(frame.portable(buffer.getvalue())) == ".jpg"
    assert ".heic" in formats.SUFFIXES


@pytest.mark.skipif("AVIF" not in formats.FORMATS, reason="a Pillow without AVIF")
def test_avif_is_read_where_pillow_can(mug):
    buffer = io.BytesIO()
    Image.fromarray(mug).save(buffer, "AVIF", quality=90)
    assert np.abs(frame.decode(buffer.getvalue()).astype(int) - mug).mean() < 4
    assert frame.extension(frame.portable(buffer.getvalue())) == ".jpg"


@pytest.mark.parametrize(
    ("head", "name"),
    [(b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"), (b"\xff\x0a\xfa\x1f", "JPEG XL"), (b"8BPS\0\1", "Photoshop")],
)
def test_a_picture_of_another_format_is_named_as_what_it_is(head, name):
    with pytest.raises(PictureError, match=f"in the format {name}; expected JPEG or PNG"):
        frame.decode(head + bytes(100))


def test_every_ending_and_content_agree(mug):
    for name, ending in formats.FORMATS.items():
        assert ending in formats.SUFFIXES
        if name != "HEIF":
            buffer = io.BytesIO()
            Image.fromarray(mug).save(buffer, name)
            assert formats.format_of(buffer.getvalue()[: formats.HEAD]) == name
