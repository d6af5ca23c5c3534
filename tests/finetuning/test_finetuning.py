"""What fine-tuning does without PyTorch: say what to install. The rest is tested in tests/torch."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import showtell as st
from showtell.errors import MissingError
from showtell.pictures.augment import elsewhere


def test_without_pytorch_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingError, match=r"install 'showtell\[finetune\]'"):
        st.finetune(st.Dataset(tmp_path / "things"))


def test_in_another_room_the_middle_stays_and_the_edge_does_not():
    square = np.full((224, 224, 3), 128, np.uint8)
    rng = np.random.default_rng(0)
    rooms = np.stack([elsewhere(square, rng) for _ in range(8)]).astype(int)
    assert np.abs(rooms[:, 100:124, 100:124] - 128).max() <= 1
    corners = rooms[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert np.abs(corners - 128).max(axis=(1, 2)).min() > 20
