"""Videos whose own times are missing or wrong: frames still come from all of them."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest

from showtell.dataset.dataset import Dataset
from showtell.importers.importing import import_into
from showtell.pictures import frame

av = pytest.importorskip("av")

FORMATS = {"webm": "libvpx", "matroska": "libvpx", "mpegts": "mpeg2video", "mp4": "mpeg4", "avi": "mjpeg"}


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return Dataset(tmp_path / "things")


class Pipe:
    """As a browser's recorder writes: nothing that was written is changed again, so no length is filled in."""

    def __init__(self) -> None:
        self.data = io.BytesIO()

    def write(self, data: bytes) -> int:
        return self.data.write(data)


def recorded(kind: str, greys: list[float], *, rate: int = 25, pipe: bool = True) -> bytes:
    """A video of frames of these greys, one after the other."""
    pixel_format = "yuvj420p" if FORMATS[kind] == "mjpeg" else "yuv420p"
    file = Pipe() if pipe else io.BytesIO()
    with av.open(file, "w", format=kind) as container:
        stream = container.add_stream(FORMATS[kind], rate=rate)
        stream.width, stream.height, stream.pix_fmt = 64, 32, pixel_format
        for grey in greys:
            shot = av.VideoFrame.from_ndarray(np.full((32, 64, 3), round(grey), np.uint8), format="rgb24")
            container.mux(stream.encode(shot.reformat(format=pixel_format)))
        container.mux(stream.encode())
    return file.data.getvalue() if isinstance(file, Pipe) else file.getvalue()


def greys(dataset: Dataset) -> np.ndarray:
    return np.array([frame.decode(example.path).mean() for example in dataset])


@pytest.mark.parametrize("kind", ["webm", "matroska"])
@pytest.mark.parametrize("seconds", [3, 60])
def test_a_recording_without_a_length_is_spread_over_all_of_it(dataset, kind, seconds):
    rising = np.linspace(20, 230, seconds * 10)
    data = recorded(kind, list(rising), rate=10)
    with av.open(io.BytesIO(data)) as container:
        assert container.duration is None
    done = import_into(io.BytesIO(data), dataset, label="mug", name="recording.webm")
    assert done.added == min(200, seconds * 5)
    found = greys(dataset)
    assert (found[0], found[-1]) == (pytest.approx(20, abs=8), pytest.approx(230, abs=8))
    assert np.abs(found - np.linspace(20, 230, len(found))).max() < 12


def test_two_files_joined_in_one_are_both_seen(dataset):
    """The second one's times begin anew."""
    data = recorded("mpegts", [40.0] * 100) + recorded("mpegts", [200.0] * 300)
    done = import_into(io.BytesIO(data), dataset, label="mug", name="joined.ts")
    found = greys(dataset)
    assert done.added == pytest.approx(80, abs=3)
    assert (found < 120).mean() == pytest.approx(0.25, abs=0.05)


def test_many_files_joined_are_spread_evenly(dataset):
    parts = [recorded("mpegts", [grey] * 250) for grey in (30.0, 80.0, 130.0, 180.0, 230.0)]
    done = import_into(io.BytesIO(b"".join(parts)), dataset, label="mug", name="joined.ts")
    assert done.added == pytest.approx(200, abs=3)
    shares = np.histogram(greys(dataset), bins=[0, 55, 105, 155, 205, 256])[0] / done.added
    np.testing.assert_allclose(shares, 0.2, atol=0.03)


@pytest.mark.parametrize("name", ["recording.webm", "recording", "recording.bin"])
def test_a_video_is_known_by_its_content(dataset, name):
    assert import_into(io.BytesIO(recorded("webm", [99.0] * 20)), dataset, label="mug", name=name).added > 2


def test_progress_is_told_against_the_number_that_comes(dataset):
    steps: list[tuple[int, int]] = []
    data = recorded("webm", [99.0] * 100)
    done = import_into(io.BytesIO(data), dataset, label="a", name="x.webm", progress=lambda *step: steps.append(step))
    assert steps[-1][0] == done.added
    assert steps[-1][1] == pytest.approx(done.added, abs=1)
