"""Every kind of picture comes out as the same upright RGB, and anything else is an error that names it."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from showtell.errors import PictureError
from showtell.pictures import frame
from showtell.pictures.drawing import draw

LOSSLESS = {"PNG": {}, "BMP": {}, "TIFF": {}, "WEBP": {"lossless": True, "exact": True}}
# Four colours that every format keeps apart, three rows of five: nothing about it is symmetric.
SMALL = np.array(
    [
        [[255, 0, 0], [255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]],
        [[0, 0, 0], [255, 0, 0], [0, 255, 0], [0, 255, 0], [0, 0, 255]],
        [[0, 0, 255], [0, 0, 0], [255, 255, 255], [0, 255, 0], [0, 0, 0]],
    ],
    np.uint8,
)


def file(image: Image.Image | np.ndarray, file_format: str, **options: object) -> bytes:
    """The encoded picture, written by Pillow itself."""
    buffer = io.BytesIO()
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def large(pixels: np.ndarray) -> np.ndarray:
    """Each pixel as a block of 16×16, which a JPEG keeps."""
    return pixels.repeat(16, 0).repeat(16, 1)


# -- formats


@pytest.mark.parametrize("file_format", LOSSLESS)
def test_a_lossless_file_gives_its_pixels(file_format):
    decoded = frame.decode(file(SMALL, file_format, **LOSSLESS[file_format]))
    assert (decoded.dtype, decoded.tolist()) == (np.uint8, SMALL.tolist())


def test_a_gif_gives_its_colours():
    assert frame.decode(file(Image.fromarray(SMALL).quantize(8), "GIF")).tolist() == SMALL.tolist()


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}], ids=str)
def test_a_jpeg_gives_its_colours_red_first(options):
    decoded = frame.decode(file(large(SMALL), "JPEG", quality=95, **options))
    middles = decoded[8::16, 8::16].astype(int)
    assert np.abs(middles - SMALL).max() < 8


@pytest.mark.parametrize("file_format", ["GIF", "WEBP", "TIFF", "PNG"])
def test_of_an_animation_the_first_picture_counts(file_format):
    first, second = Image.new("RGB", (8, 6), "red"), Image.new("RGB", (8, 6), "blue")
    options = {"lossless": True} if file_format == "WEBP" else {}
    data = file(first, file_format, save_all=True, append_images=[second], **options)
    assert np.unique(frame.decode(data).reshape(-1, 3), axis=0).tolist() == [[255, 0, 0]]


def test_a_phones_two_picture_jpeg_is_a_jpeg(tmp_path):
    data = file(Image.new("RGB", (32, 32), "lime"), "MPO", save_all=True, append_images=[Image.new("RGB", (32, 32))])
    assert frame.decode(data)[16, 16].tolist() == pytest.approx([0, 255, 0], abs=3)
    assert frame.extension(data) == ".jpg"


@pytest.mark.parametrize(
    ("file_format", "ending"),
    [("JPEG", ".jpg"), ("PNG", ".png"), ("WEBP", ".webp"), ("GIF", ".gif"), ("BMP", ".bmp"), ("TIFF", ".tif")],
)
def test_the_file_ending_follows_the_content(file_format, ending):
    assert frame.extension(file(SMALL, file_format)) == ending
    assert ending in frame.SUFFIXES


def test_the_content_counts_not_the_name(tmp_path):
    path = tmp_path / "really-a-png.jpg"
    path.write_bytes(file(SMALL, "PNG"))
    assert frame.decode(path).tolist() == frame.decode(str(path)).tolist() == SMALL.tolist()


# -- orientation

UPRIGHT = {  # what the EXIF standard says about how the stored rows and columns are to be shown
    1: lambda stored: stored,
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.swapaxes(0, 1),
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: stored[::-1, ::-1].swapaxes(0, 1),
    8: lambda stored: np.rot90(stored),
}


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_every_orientation_is_put_upright(file_format, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"JPEG": {"quality": 95}}.get(file_format) or LOSSLESS[file_format]
    data = file(large(SMALL), file_format, exif=exif, **options)
    expected = UPRIGHT[orientation](SMALL)
    for picture in (data, Image.open(io.BytesIO(data))):
        decoded = frame.decode(picture)
        assert decoded.shape == large(expected).shape
        assert np.abs(decoded[8::16, 8::16].astype(int) - expected).max() < 8
    faster = frame.decode(data, enough=12)
    assert np.abs(frame.crop(faster, 3).astype(int) - frame.crop(frame.decode(data), 3)).max() < 24


# -- colours


@pytest.mark.parametrize("file_format", LOSSLESS.keys() - {"BMP"})
def test_transparency_lies_on_white(file_format):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (4, 6, 4), np.uint8)
    pixels[0, 0, 3], pixels[0, 1, 3] = 0, 255
    share = pixels[..., 3:] / 255
    expected = pixels[..., :3] * share + 255 * (1 - share)
    decoded = frame.decode(file(pixels, file_format, **LOSSLESS[file_format]))
    assert np.abs(decoded - expected).max() <= 1
    assert decoded[0, 0].tolist() == [255, 255, 255]
    assert decoded[0, 1].tolist() == pixels[0, 1, :3].tolist()


GREY = np.array([[0, 64, 128, 255]], np.uint8)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (Image.fromarray(GREY), [0, 64, 128, 255]),
        (Image.fromarray(GREY.astype(np.uint16) * 257), [0, 64, 128, 255]),
        (Image.fromarray(np.stack([GREY, np.array([[255, 255, 0, 0]], np.uint8)], -1), "LA"), [0, 64, 255, 255]),
        (Image.fromarray(GREY).convert("1", dither=Image.Dither.NONE), [0, 0, 255, 255]),
    ],
    ids=["8 bit", "16 bit", "with alpha", "1 bit"],
)
def test_grey_comes_out_as_three_equal_channels(image, expected):
    assert frame.decode(file(image, "PNG")).tolist() == [[[value] * 3 for value in expected]]


def test_sixteen_bit_grey_from_a_tiff_of_either_byte_order():
    values = np.array([[0, 128 * 257, 65535]], np.uint16)
    little = file(Image.fromarray(values), "TIFF")
    assert frame.decode(little)[0, :, 0].tolist() == [0, 128, 255]
    image = Image.frombytes("I;16B", (3, 1), values.astype(">u2").tobytes())
    assert frame.decode(image)[0, :, 0].tolist() == [0, 128, 255]


def test_a_palette_with_and_without_transparency():
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.putdata([0, 1])
    assert frame.decode(file(image, "PNG")).tolist() == [[[10, 20, 30], [200, 100, 50]]]
    for file_format in ("PNG", "GIF"):
        see_through = frame.decode(file(image, file_format, transparency=1))
        assert see_through.tolist() == [[[10, 20, 30], [255, 255, 255]]], file_format


def test_a_colour_that_stands_for_transparent():
    data = file(Image.fromarray(SMALL), "PNG", transparency=(255, 0, 0))
    expected = SMALL.copy()
    expected[(SMALL == [255, 0, 0]).all(-1)] = 255
    assert frame.decode(data).tolist() == expected.tolist()


@pytest.mark.parametrize("file_format", ["JPEG", "TIFF"])
def test_printers_colours_become_rgb(file_format):
    inks = np.zeros((16, 32, 4), np.uint8)  # cyan, magenta, yellow, black
    inks[:, 16:, 1] = inks[:, 16:, 2] = 255  # magenta and yellow make red; no ink is white
    decoded = frame.decode(file(Image.fromarray(inks, "CMYK"), file_format)).astype(int)
    assert np.abs(decoded[8, 8] - [255, 255, 255]).max() < 12
    assert decoded[8, 24, 0] > 200
    assert decoded[8, 24, 1:].max() < 80


# -- PIL images and arrays


def test_a_pil_image_is_read_and_left_alone():
    image = Image.new("RGBA", (3, 2), (255, 0, 0, 0))
    assert (frame.decode(image) == 255).all()
    assert (image.mode, image.getpixel((0, 0))) == ("RGBA", (255, 0, 0, 0))


def test_a_frame_is_taken_as_it_is():
    assert frame.decode(SMALL).tolist() == SMALL.tolist()
    flipped = SMALL[:, ::-1]  # a view, as mirroring a camera makes it
    assert frame.crop(frame.decode(flipped), 3).tolist() == frame.crop(flipped.copy(), 3).tolist()


@pytest.mark.parametrize(
    ("array", "found"),
    [
        (np.zeros((4, 4)), r"found \(4, 4\) float64"),
        (np.zeros((4, 4, 3)), r"found \(4, 4, 3\) float64"),
        (np.zeros((4, 4), np.uint8), r"found \(4, 4\) uint8"),
        (np.zeros((4, 4, 4), np.uint8), r"found \(4, 4, 4\) uint8"),
        (np.zeros((3, 4, 4), np.uint8), r"found \(3, 4, 4\) uint8"),
        (np.zeros((0, 4, 3), np.uint8), r"found \(0, 4, 3\) uint8"),
        (np.zeros((1, 4, 4, 3), np.uint8), r"found \(1, 4, 4, 3\) uint8"),
    ],
    ids=str,
)
def test_an_array_of_another_kind_is_an_error_that_says_how_to_convert_it(array, found):
    with pytest.raises(PictureError, match=rf"expected \(height, width, 3\) uint8 RGB, {found}; convert it"):
        frame.decode(array)


@pytest.mark.parametrize("thing", [None, 3, [1, 2], {"a": 1}], ids=repr)
def test_something_else_altogether_is_an_error(thing):
    with pytest.raises(PictureError, match=f"expected a path, .*found {type(thing).__name__}"):
        frame.decode(thing)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_all_kinds_of_bytes_are_taken(kind):
    assert frame.decode(kind(file(SMALL, "PNG"))).tolist() == SMALL.tolist()


def test_a_picture_without_pixels_is_an_error():
    with pytest.raises(PictureError, match="no pixels"):
        frame.decode(Image.new("RGB", (0, 5)))


def test_floating_point_pixels_are_an_error_not_a_guess():
    with pytest.raises(PictureError, match="floating-point"):
        frame.decode(file(Image.fromarray(np.ones((3, 3), np.float32)), "TIFF"))


# -- broken ones


def whole_files() -> dict[str, bytes]:
    rng = np.random.default_rng(0)
    small = Image.fromarray(draw("mug", rng)).resize((64, 48))
    exif = Image.Exif()
    exif[0x0112] = 6
    files = {name: file(small, name, **options) for name, options in LOSSLESS.items()}
    files |= {"GIF": file(small, "GIF"), "JPEG": file(small, "JPEG", exif=exif)}
    files["TIFF, packed"] = file(small, "TIFF", compression="tiff_lzw")
    files["TIFF, exif"] = file(small, "TIFF", exif=exif)
    files["PNG, exif"] = file(small, "PNG", exif=exif)
    files["WEBP, lossy"] = file(small, "WEBP", exif=exif)
    files["progressive JPEG"] = file(small, "JPEG", progressive=True)
    return files


WHOLE = whole_files()


quiet = pytest.mark.filterwarnings("ignore")  # Pillow warns of some damage; here what comes out counts


def decodes_or_says_why(data: bytes) -> None:
    try:
        decoded = frame.decode(data, "holiday.jpg")
    except PictureError as error:
        message = str(error)
        assert message.startswith("holiday.jpg: "), message
        assert "\n" not in message
    else:
        assert (decoded.ndim, decoded.shape[2], decoded.dtype) == (3, 3, np.uint8)


@quiet
@settings(max_examples=150)
@given(st.sampled_from(sorted(WHOLE)), st.floats(0, 1, exclude_max=True))
def test_a_file_cut_anywhere_decodes_or_is_named(name, part):
    decodes_or_says_why(WHOLE[name][: int(part * len(WHOLE[name]))])


@quiet
@pytest.mark.parametrize("name", sorted(WHOLE))
def test_half_a_file_is_an_error(name):
    with pytest.raises(PictureError, match=r"holiday.jpg: .*expected "):
        frame.decode(WHOLE[name][: len(WHOLE[name]) // 2], "holiday.jpg")


@quiet
@settings(max_examples=150)
@given(st.sampled_from(sorted(WHOLE)), st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255))))
def test_a_file_with_bytes_changed_decodes_or_is_named(name, changes):
    data = bytearray(WHOLE[name])
    for place, value in changes:
        data[int(place * min(len(data), 400))] = value  # the first bytes say the most
    decodes_or_says_why(bytes(data))


@quiet
@settings(max_examples=100)
@given(
    st.sampled_from([b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8 ", b"GIF89a", b"BM"])
    | st.sampled_from([b"II*\0", b"MM\0*"]),
    st.binary(max_size=200),
)
def test_random_bytes_are_never_another_exception(start, rest):
    decodes_or_says_why(start + rest)


def test_where_warnings_are_errors_a_damaged_file_is_still_a_picture_error():
    with pytest.raises(PictureError, match=r"holiday.jpg: "):
        frame.decode(b"II*\0\0\0\0\1", "holiday.jpg")


def test_a_pil_image_of_a_broken_file_is_named(tmp_path):
    path = tmp_path / "cut.jpg"
    path.write_bytes(WHOLE["JPEG"][:-100])
    with Image.open(path) as image, pytest.raises(PictureError, match=r"cut\.jpg: damaged or cut short"):
        frame.decode(image)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: None, "cannot be read (No such file or directory)"),
        (lambda path: path.mkdir(), "cannot be read (Is a directory)"),
        (lambda path: path.write_bytes(b""), "the file is empty"),
        (lambda path: path.write_text("hello"), "not a picture that showtell reads"),
        (lambda path: path.write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "not a picture that showtell"),
    ],
    ids=["missing", "folder", "empty", "text", "svg"],
)
def test_a_file_that_is_no_picture_is_named_with_the_reason(tmp_path, make, reason):
    path = tmp_path / "mug.jpg"
    make(path)
    for picture in (path, str(path)):
        with pytest.raises(PictureError) as caught:
            frame.decode(picture)
        assert str(caught.value).startswith(f"{path}: {reason}")
        assert "expected" in str(caught.value)


def test_a_nul_in_a_path_is_an_error_too():
    with pytest.raises(PictureError, match="cannot be read"):
        frame.decode("a\0b.jpg")


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def bmp_header(width: int, height: int) -> bytes:
    return b"BM" + struct.pack("<IHHIIiiHHIIIIII", 54, 0, 0, 54, 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)[:52]


@quiet
@pytest.mark.parametrize("header", [png_header, bmp_header])
@pytest.mark.parametrize("side", [9_000, 12_000, 100_000])
def test_a_file_that_would_unpack_to_far_too_much_is_refused(header, side):
    with pytest.raises(PictureError, match=r"bomb: .*megapixels.*scale it down") as caught:
        frame.decode(header(side, side), "bomb")
    assert "\n" not in str(caught.value)


def test_a_real_picture_of_81_megapixels_is_refused_before_it_is_unpacked():
    data = file(Image.new("1", (9000, 9000)), "PNG")
    assert len(data) < 100_000
    with pytest.raises(PictureError, match="9000×9000 pixels; expected at most 64 megapixels"):
        frame.decode(data)


def test_a_phones_picture_of_48_megapixels_is_read():
    data = file(Image.new("L", (8000, 6000), 200), "JPEG")
    decoded = frame.decode(data, enough=448)
    assert decoded.shape == (750, 1000, 3)
    assert np.unique(decoded).tolist() == [200]


# -- enough


@given(
    st.integers(8, 700),
    st.integers(8, 700),
    st.integers(1, 400),
    st.sampled_from([1, 6]),
)
def test_enough_is_never_below_what_was_asked(width, height, enough, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = file(Image.new("RGB", (width, height)), "JPEG", exif=exif)
    full, fast = frame.decode(data).shape, frame.decode(data, enough=enough).shape
    assert min(fast[:2]) >= min(min(full[:2]), enough)
    assert fast[0] / fast[1] == pytest.approx(full[0] / full[1], rel=1.1 / min(fast[:2]))


def test_enough_saves_work_and_looks_the_same(shown):
    big = Image.fromarray(shown["mug"][0]).resize((2560, 1920))
    data = file(big, "JPEG", quality=90)
    full, fast = frame.decode(data), frame.decode(data, enough=448)
    assert fast.shape == (480, 640, 3)
    apart = np.abs(frame.crop(full, 224).astype(int) - frame.crop(fast, 224))
    assert apart.mean() < 1.5


# -- crops


def triangle(length: int, size: int, start: float, end: float) -> np.ndarray:
    """(size, length) weights: each of ``size`` steps from start to end sees a triangle two steps wide."""
    step = (end - start) / size
    reach = max(step, 1)
    middles = start + (np.arange(size) + 0.5) * step
    weights = np.clip(1 - np.abs(np.arange(length) + 0.5 - middles[:, None]) / reach, 0, None)
    return weights / weights.sum(1, keepdims=True)


@given(
    arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12), st.just(3))),
    st.integers(1, 12),
    st.floats(0.3, 1),
)
def test_a_crop_is_the_centre_square_scaled_bilinearly(pixels, size, fraction):
    height, width = pixels.shape[:2]
    side = min(height, width) * fraction
    rows = triangle(height, size, (height - side) / 2, (height + side) / 2)
    columns = triangle(width, size, (width - side) / 2, (width + side) / 2)
    expected = np.einsum("yh,hwc,xw->yxc", rows, pixels.astype(float), columns)
    cropped = frame.crop(pixels, size, fraction)
    assert (cropped.shape, cropped.dtype) == ((size, size, 3), np.uint8)
    assert np.abs(cropped - expected).max() <= 1.5


@pytest.mark.parametrize("shape", [(4, 8), (8, 4), (4, 4)], ids=str)
def test_a_crop_of_its_own_size_is_exactly_the_middle(shape):
    pixels = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    top, left = (shape[0] - 4) // 2, (shape[1] - 4) // 2
    assert frame.crop(pixels, 4).tolist() == pixels[top : top + 4, left : left + 4].tolist()


# -- there and back


@given(arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3))))
def test_png_keeps_every_pixel(pixels):
    assert frame.decode(frame.encode_png(pixels)).tolist() == pixels.tolist()


def test_jpeg_keeps_the_picture(shown):
    for pixels in shown["fish"][:2]:
        data = frame.encode_jpeg(pixels)
        assert frame.extension(data) == ".jpg"
        assert np.abs(frame.decode(data).astype(int) - pixels).mean() < 4
        assert len(frame.encode_jpeg(pixels, 50)) < len(data) < pixels.nbytes / 5
