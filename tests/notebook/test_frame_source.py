"""Frames for callbacks and snapshots: the newest wins, each is acknowledged, and what goes wrong is said."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from showtell.errors import CameraError
from showtell.notebook import frame_source
from showtell.notebook.frame_source import FrameSource
from showtell.pictures.frame import encode_png


def picture(value: int) -> bytes:
    return encode_png(np.full((24, 32, 3), value, np.uint8))


class Source(FrameSource):
    def __init__(self) -> None:
        super().__init__()
        self.wanted: list[bool] = []
        self.failures: list[str] = []
        self.done: list[int] = []

    def show(self, value: int) -> None:
        self.receive(picture(value), lambda: self.done.append(value))

    def _wanted(self, wanted: bool) -> None:
        self.wanted.append(wanted)

    def _failed(self, message: str) -> None:
        self.failures.append(message)


@pytest.fixture
def source():
    source = Source()
    yield source
    source._work.close()


def test_a_slow_callback_gets_the_newest_frame_and_every_frame_is_acknowledged(source):
    seen, started, go = [], threading.Event(), threading.Event()

    def slow(frame):
        seen.append((frame.shape, int(frame[0, 0, 0])))
        started.set()
        assert go.wait(10)

    source.on_frame(slow)
    source.show(1)
    assert started.wait(10)
    for value in (2, 3, 4):
        source.show(value)
    assert source.done == [2, 3]
    go.set()
    source._work.wait()
    assert seen == [((24, 32, 3), 1), ((24, 32, 3), 4)]
    assert source.done == [2, 3, 1, 4]


def test_without_a_callback_a_frame_is_acknowledged_at_once(source):
    source.show(1)
    assert source.done == [1]


def test_callbacks_come_and_go(source):
    seen = []
    source.on_frame(seen.append)
    source.on_frame(seen.append)
    source.show(1)
    source._work.wait()
    assert len(seen) == 1
    source.on_frame(seen.append, remove=True)
    source.show(2)
    source._work.wait()
    assert len(seen) == 1
    assert (source.wanted[0], source.wanted[-1]) == (True, False)


def test_a_callback_that_fails_says_so_once_and_the_others_go_on(source, capsys):
    seen = []

    def broken(frame):
        raise ZeroDivisionError("by nought")

    source.on_frame(broken)
    source.on_frame(seen.append)
    for value in (1, 2):
        source.show(value)
        source._work.wait()
    assert len(seen) == 2
    assert source.failures == ["a callback failed and is not called any more: ZeroDivisionError('by nought')"]
    assert capsys.readouterr().err.count("ZeroDivisionError: by nought") == 1


def test_a_broken_frame_is_said_and_acknowledged(source):
    source.on_frame(lambda frame: None)
    source.receive(b"no picture", lambda: source.done.append(0))
    source._work.wait()
    assert source.done == [0]
    assert "the camera's frame" in source.failures[0]


def test_a_snapshot_is_the_newest_frame(source):
    for value in (1, 2):
        source.show(value)
    assert source.snapshot().tolist() == np.full((24, 32, 3), 2).tolist()


def test_a_snapshot_waits_for_a_frame_where_one_can_come(source):
    messenger = threading.Timer(0.05, source.show, [7])
    messenger.start()
    assert source.snapshot(timeout=10)[0, 0, 0] == 7


def test_no_frame_yet(source):
    with pytest.raises(CameraError, match=r"none has come from the camera yet; show the camera in a cell of its own"):
        source.snapshot(timeout=0)
    source.show(1)
    source.forget()
    with pytest.raises(CameraError, match="none has come"):
        source.snapshot(timeout=0)


def test_a_stale_frame_is_never_passed_off_as_a_snapshot(source, monkeypatch):
    source.show(1)
    monkeypatch.setattr(frame_source, "FRESH_S", -1.0)  # as if the frame had come long ago
    # frames come in the very thread that asks, so that waiting would be in vain
    with pytest.raises(CameraError, match=r"the newest is 0 s old: .* no frame can come in while this cell runs"):
        source.snapshot(timeout=1000)
