"""Recorded pictures in the place of a camera: what it shows, what its recorders take, and that it ends."""

from __future__ import annotations

import base64
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import showtell as st
from showtell.errors import CameraError
from showtell.pictures.frame import decode

GREYS = {"mug": [10, 20, 30], "star": [110, 120]}


def save(folder: Path, name: str, grey: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((24, 32, 3), grey, np.uint8)).save(folder / name)


def grey(picture: np.ndarray) -> int:
    return round(float(picture.mean()))


@pytest.fixture
def recorded(tmp_path, monkeypatch) -> Path:
    """A folder of two classes: the mug in two recordings, the star as PNG files without."""
    folder = tmp_path / "recorded"
    for number, value in enumerate(GREYS["mug"]):
        save(folder / "mug", f"burst{number // 2}-{number}.jpg", value)
    for value in GREYS["star"]:
        save(folder / "star", f"{value}.png", value)
    monkeypatch.setenv("SHOWTELL_FRAMES", str(folder))
    return folder


@pytest.fixture
def camera(recorded):
    camera = st.Camera(width=320)
    yield camera
    camera.close()


def ended() -> bool:
    threads = [thread for thread in threading.enumerate() if thread.name == "showtell-recorded"]
    for thread in threads:
        thread.join(30)
    return not any(thread.is_alive() for thread in threads)


def test_each_snapshot_shows_another_thing_at_once(camera):
    assert [grey(camera.snapshot(timeout=0)) for _ in range(5)] == [10, 110, 20, 120, 30]


def test_callbacks_get_one_class_after_the_other_again_and_again(camera):
    seen, enough = [], threading.Event()

    def watch(frame):
        seen.append(grey(frame))
        if len(seen) == 7:
            enough.set()
            camera.on_frame(watch, remove=True)

    camera.on_frame(watch)
    assert enough.wait(30)
    assert seen == [10, 20, 30, 110, 120, 10, 20]
    assert ended()


def test_closing_ends_it(recorded):
    camera = st.Camera()
    started = threading.Event()
    camera.on_frame(lambda frame: started.set())
    assert started.wait(30)
    camera.close()
    assert ended()


def test_a_recorder_takes_its_class_once_without_a_press(camera):
    shots = []
    mug, star = st.Recorder(camera, label="mug"), st.Recorder(camera, label="star")
    for recorder in (mug, star):
        recorder.on_shot(shots.append)
        recorder.on_shot(len)  # a second callback presses no second time; it fails, and that stops nobody
        recorder.on_shot(len, remove=True)
        recorder.wait()
    assert [(shot.label, grey(shot.picture)) for shot in shots] == [
        *(("mug", value) for value in GREYS["mug"]),
        *(("star", value) for value in GREYS["star"]),
    ]
    assert all(grey(decode(shot.jpeg)) == grey(shot.picture) and shot.jpeg[:2] == b"\xff\xd8" for shot in shots)
    bursts = [shot.burst for shot in shots]
    assert bursts[0] == bursts[1] != bursts[2]  # as in the folder
    assert len(set(bursts)) == 3


def test_a_recorder_of_something_else_takes_what_is_shown(camera):
    shots = []
    recorder = st.Recorder(camera, label="fish")
    recorder.on_shot(shots.append)
    recorder.wait()
    assert [grey(shot.picture) for shot in shots] == [10, 20, 30, 110, 120] * 2
    assert len({shot.burst for shot in shots}) == 1


def test_where_nothing_live_can_be_shown_there_is_a_picture(camera):
    data, _ = camera._repr_mimebundle_()
    assert grey(decode(base64.b64decode(data["image/jpeg"]))) == 10
    assert "application/vnd.jupyter.widget-view+json" in data


def test_a_camera_that_is_not_recorded_never_shows_a_picture_of_itself():
    data, _ = st.Camera()._repr_mimebundle_()
    assert not any(kind.startswith("image/") for kind in data)


def test_pictures_without_classes(tmp_path, monkeypatch):
    for value in (3, 1, 2):
        save(tmp_path / "loose", f"{value}.png", 10 * value)
    monkeypatch.setenv("SHOWTELL_FRAMES", str(tmp_path / "loose"))
    camera = st.Camera()
    assert [grey(camera.snapshot()) for _ in range(4)] == [10, 20, 30, 10]


def test_a_video(tmp_path, monkeypatch):
    av = pytest.importorskip("av", reason="videos need PyAV")
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height = 64, 48
        for value in (40, 120, 200):
            picture = av.VideoFrame.from_ndarray(np.full((48, 64, 3), value, np.uint8), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    monkeypatch.setenv("SHOWTELL_FRAMES", str(path))
    camera = st.Camera()
    assert [grey(camera.snapshot()) for _ in range(4)] == pytest.approx([40, 120, 200, 40], abs=6)


@pytest.mark.parametrize("name", ["nowhere", "empty", "notes.txt"])
def test_nothing_to_show(tmp_path, monkeypatch, name):
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("no pictures")
    monkeypatch.setenv("SHOWTELL_FRAMES", str(tmp_path / name))
    with pytest.raises(CameraError, match=f"SHOWTELL_FRAMES: .*{name}.*expected a folder of pictures"):
        st.Camera()
