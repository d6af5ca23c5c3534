"""An array that is no frame is refused with the line that makes it one: the line is run here."""

from __future__ import annotations

import re

import numpy as np
import pytest

from showtell.errors import PictureError
from showtell.pictures import frame
from showtell.pictures.frame import Frame


@pytest.fixture
def mug(shown) -> Frame:
    return shown["mug"][0][160:320:2, 240:400:2]


def advice(array: np.ndarray) -> tuple[str, str]:
    """The words and the code of the message."""
    with pytest.raises(PictureError) as caught:
        frame.decode(array)
    message = str(caught.value)
    shape = re.escape(f"found {array.shape} {array.dtype}; convert it ")
    words, _, code = re.split(shape, message)[1].partition(": ")
    return words, code


KINDS = {
    "floats up to 1": (lambda mug: mug / 255, "from float64 between 0"),
    "floats up to 1, float32": (lambda mug: (mug / 255).astype(np.float32), "from float32"),
    "floats around 0": (lambda mug: mug / 127.5 - 1, "from float64 between -"),
    "floats up to 255": (lambda mug: mug.astype(float), "from float64 between"),
    "integers": (lambda mug: mug.astype(np.int64), "from int64 between"),
    "16 bit": (lambda mug: mug.astype(np.uint16) * 257, "from uint16 between"),
    "RGBA": (lambda mug: np.dstack([mug, np.full(mug.shape[:2], 255, np.uint8)]), "from RGBA"),
    "RGBA as floats": (lambda mug: np.dstack([mug / 255, np.ones(mug.shape[:2])]), "from RGBA, from float64"),
    "channels first": (lambda mug: mug.transpose(2, 0, 1), "from channels first"),
    "a tensor of torchvision": (lambda mug: (mug / 255).transpose(2, 0, 1), "from channels first, from float64"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_line_in_the_message_makes_the_frame(mug, kind):
    make, expected = KINDS[kind]
    array = make(mug)
    words, code = advice(array)
    assert words.startswith(expected)
    made = eval(code, {"array": array, "np": np})
    assert np.abs(frame.decode(made).astype(int) - mug).max() <= 1


@pytest.mark.parametrize("make", [lambda mug: mug[..., 0], lambda mug: mug[..., :1], lambda mug: mug[None, ..., 0]])
def test_grey_becomes_three_equal_channels(mug, make):
    words, code = advice(make(mug))
    assert "grey" in words
    made = eval(code, {"array": make(mug), "np": np})
    assert frame.decode(made).tolist() == np.stack([mug[..., 0]] * 3, -1).tolist()


def test_a_mask_becomes_black_and_white(mug):
    mask = mug[..., 0] > 128
    _, code = advice(mask)
    assert np.unique(frame.decode(eval(code, {"array": mask, "np": np}))).tolist() == [0, 255]


def test_objects_a_batch_and_a_row_are_named(mug):
    ragged = np.empty(2, object)
    ragged[:] = [mug, mug[:5]]
    assert advice(ragged)[0] == "from objects"
    assert advice(mug.astype(object))[0] == "from objects"
    assert advice(np.stack([mug, mug]))[0] == "from a batch"
    assert "rows, columns and three channels" in advice(mug.reshape(-1))[0]
    assert "rows, columns and three channels" in advice(np.zeros((9, 5, 7), np.uint8))[0]
