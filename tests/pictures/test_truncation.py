"""A JPEG that lacks its last bytes is read; one that lacks more is not."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from showtell.errors import PictureError
from showtell.pictures import frame, truncation


def photo(shown, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(shown["mug"][0]).save(buffer, "JPEG", quality=90, **options)
    return buffer.getvalue()


KINDS = [{}, {"progressive": True}, {"subsampling": 0}, {"optimize": True}]


@pytest.mark.parametrize("options", KINDS, ids=str)
@pytest.mark.parametrize("missing", [1, 2, 3, 20, 500])
def test_the_last_bytes_may_be_missing(shown, options, missing):
    data = photo(shown, **options)
    decoded = frame.decode(data[:-missing])
    upper = slice(0, 420)
    assert np.abs(decoded[upper].astype(int) - frame.decode(data)[upper]).mean() < 1
    assert frame.square(data[:-missing], 224).shape == (224, 224, 3)
    assert truncation.fault(data[:-missing]) == truncation.TRUNCATED
    assert truncation.fault(data) is None


@pytest.mark.parametrize("options", KINDS, ids=str)
@pytest.mark.parametrize("left", [0.02, 0.1, 0.3, 0.5, 0.7])
def test_a_file_that_lacks_more_is_damaged(shown, options, left):
    data = photo(shown, **options)
    data = data[: int(left * len(data))]
    with pytest.raises(PictureError, match=r"cup\.jpg: "):
        frame.decode(data, "cup.jpg")
    assert truncation.fault(data) is None


def test_what_follows_the_end_of_a_whole_picture_is_no_fault(shown):
    data = photo(shown) + b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 40  # a phone's moving picture
    assert truncation.fault(data) is None
    assert frame.decode(data).tolist() == frame.decode(photo(shown)).tolist()


@pytest.mark.parametrize("file_format", ["PNG", "GIF", "BMP", "TIFF", "WEBP"])
def test_other_formats_have_to_be_whole(shown, file_format):
    buffer = io.BytesIO()
    Image.fromarray(shown["mug"][0]).save(buffer, file_format)
    assert truncation.fault(buffer.getvalue()[:-5000]) is None
    with pytest.raises(PictureError):
        frame.decode(buffer.getvalue()[:-5000])
