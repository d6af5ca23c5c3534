"""The notebook's widgets on the Python side; tests/notebook has them in real notebooks."""

from __future__ import annotations

import re
import threading
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import showtell as st
from showtell.errors import CameraError
from showtell.notebook.camera import Camera
from showtell.notebook.recorder import Recorder
from showtell.notebook.studio import Studio
from showtell.pictures.drawing import draw
from showtell.pictures.frame import encode_jpeg

JPEG = encode_jpeg(draw("mug", np.random.default_rng(0)))


class Front:
    """What the browser sees of a widget."""

    def __init__(self, shown: Camera | Recorder | Studio, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shown = shown
        self.heard: list[dict] = []
        self.buffers: list[bytes] = []
        self.changed = threading.Condition()
        monkeypatch.setattr(shown, "send", self._hear)

    def _hear(self, content, buffers=None):
        with self.changed:
            self.heard.append(content)
            self.buffers += buffers or []
            self.changed.notify_all()

    def say(self, content: dict, *buffers: bytes) -> None:
        self.shown._handle_custom_msg(content, [memoryview(buffer) for buffer in buffers])

    def wait(self, **fields: object) -> dict:
        """The first message with these fields."""

        def found() -> list[dict]:
            return [message for message in self.heard if fields.items() <= message.items()]

        with self.changed:
            assert self.changed.wait_for(found, 30), self.heard
            return found()[0]


@pytest.fixture
def camera():
    camera = st.Camera(width=320, height={"exact": 240}, facing="environment", frameRate=15)
    yield camera
    camera.close()


@pytest.fixture
def studio(tmp_path):
    studio = st.Studio(tmp_path / "things")
    yield studio
    studio.close()


def test_constraints_are_passed_on_as_they_are(camera):
    assert camera.get_state()["constraints"] == {
        "width": 320,
        "height": {"exact": 240},
        "facingMode": "environment",
        "frameRate": 15,
    }


def test_frames_reach_callbacks_and_are_acknowledged_but_are_no_state(camera, monkeypatch):
    front, seen, statuses = Front(camera, monkeypatch), [], []
    before = camera.get_state()
    assert before["_listening"] is False
    camera.observe(lambda change: statuses.append(change.new), "status")
    camera.on_frame(seen.append)
    front.say({"type": "status", "status": "on"})
    front.say({"type": "frame", "ref": 5}, JPEG)
    front.wait(type="seen", ref=5)
    assert [(frame.shape, frame.dtype) for frame in seen] == [((480, 640, 3), np.uint8)]
    assert camera.snapshot().shape == (480, 640, 3)
    assert camera.get_state() == {**before, "_listening": True}
    front.say({"type": "status", "status": "refused"})
    assert statuses == ["on", "refused"]
    with pytest.raises(CameraError):
        camera.snapshot(timeout=0)


def test_the_browser_gets_the_code_under_the_names_that_it_asks_for(camera, studio):
    web = Path(st.__file__).parent / "web"
    for shown, name in ((camera, "camera"), (st.Recorder(camera), "camera"), (studio, "studio")):
        state = shown.get_state()
        asked = set(re.findall(r'\.get\("(\w+)"\)', state["_esm"]))
        assert asked == {"_code"}
        assert state["_code"] == (web / f"{name}.js").read_text("utf-8")
        assert state["_css"] == (web / f"{name}.css").read_text("utf-8")


def test_a_message_is_not_taken_for_the_end_of_a_cell(camera, studio, monkeypatch):
    """Otherwise Matplotlib, told so by IPython's events, closes the figure that a cell is just drawing."""
    events, heard = [], []
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(events=SimpleNamespace(trigger=events.append)))
    for shown in (camera, st.Recorder(camera), studio):
        shown.on_msg(lambda _, content, buffers: heard.append(content))
        data = {"method": "custom", "content": {"type": "nothing"}}
        shown.comm.handle_msg({"content": {"data": data}, "buffers": []})
    assert heard == [{"type": "nothing"}] * 3
    assert events == []


def test_closing_turns_the_camera_off_in_the_browser(monkeypatch):
    camera = st.Camera()
    front = Front(camera, monkeypatch)
    camera.close()
    assert front.heard == [{"type": "close"}]


def test_a_recorder_hands_on_every_picture_in_order(camera, monkeypatch, capsys):
    recorder = st.Recorder(camera, label="mug")
    front, shots = Front(recorder, monkeypatch), []
    assert recorder.get_state()["constraints"] == camera.constraints
    recorder.on_shot(shots.append)
    front.say({"type": "shot", "ref": 1, "label": "mug", "burst": None}, JPEG)
    front.say({"type": "shot", "ref": 2, "label": "pen", "burst": "b"}, b"no picture")
    for ref in (3, 4):
        front.say({"type": "shot", "ref": ref, "label": "pen", "burst": "b"}, JPEG)
    front.wait(type="seen", ref=4)
    recorder.wait()
    assert [message["ref"] for message in front.heard if message["type"] == "seen"] == [1, 2, 3, 4]
    assert "the picture" in front.wait(type="failed")["message"]
    assert [(shot.label, shot.burst) for shot in shots] == [("mug", None), ("pen", "b"), ("pen", "b")]
    assert all(shot.jpeg == JPEG and shot.picture.shape == (480, 640, 3) for shot in shots)
    recorder.on_shot(lambda shot: 1 / 0)
    front.say({"type": "shot", "ref": 5, "label": "mug", "burst": None}, JPEG)
    front.wait(type="seen", ref=5)
    assert front.wait(type="failed", message="a callback failed: ZeroDivisionError('division by zero')")
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert len(shots) == 4


def test_a_recorder_alone_keeps_its_camera_supplied(camera, monkeypatch):
    recorder = st.Recorder(camera)
    front = Front(recorder, monkeypatch)
    front.say({"type": "frame", "ref": 1}, JPEG)
    assert front.wait(type="seen", ref=1)
    assert camera.snapshot().shape == (480, 640, 3)


def test_the_studio_speaks_the_protocol(studio, monkeypatch):
    front = Front(studio, monkeypatch)
    front.say({"type": "hello", "ref": 1})
    assert front.wait(type="state", ref=1)["classes"] == []
    front.say({"type": "add", "ref": 2, "label": "mug", "burst": "a", "name": None, "again": False}, JPEG)
    assert front.wait(type="saved", ref=2)["count"] == 1
    assert [example.read() for example in studio.dataset] == [JPEG]
    studio._line.wait()
    studio._shared.studio.wait()
    front.say({"type": "frame", "ref": 3}, JPEG)
    assert front.wait(type="answer", ref=3)["sentence"] == "Now show me a second thing"
    front.say({"type": "nonsense", "ref": 4})
    assert "expected one of" in front.wait(type="error", ref=4)["message"]


def test_a_closed_view_hears_no_more_but_what_it_sent_is_kept(studio, monkeypatch):
    front = Front(studio, monkeypatch)
    for ref in (1, 2):  # two views
        front.say({"type": "hello", "ref": ref})
        front.wait(type="state", ref=ref)
    front.say({"type": "bye"})
    front.say({"type": "frame", "ref": 3}, JPEG)
    front.wait(type="answer", ref=3)
    front.say({"type": "bye"})
    front.say({"type": "frame", "ref": 4}, JPEG)
    front.say({"type": "add", "ref": 5, "label": "mug", "burst": None, "name": None, "again": False}, JPEG)
    front.wait(type="saved", ref=5)
    studio._line.wait()
    assert [message for message in front.heard if message.get("ref") == 4] == []
    assert studio._shared.studio._clients == set()


def test_studios_of_one_folder_share_their_model(studio, tmp_path):
    again = st.Studio(st.Dataset(tmp_path / "things"))
    other = st.Studio(tmp_path / "others")
    assert again.model is studio.model
    assert again.dataset is studio.dataset
    assert other.model is not studio.model
    own = st.Model()
    assert st.Studio(tmp_path / "things", own).model is own


def test_the_page_is_served_when_it_is_asked_for(studio, monkeypatch):
    front = Front(studio, monkeypatch)
    for ref in (1, 2):
        front.say({"type": "page", "ref": ref})
    url = front.wait(type="page", ref=1)["url"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{20,}/", url)
    assert front.wait(type="page", ref=2)["url"] == url
    with urllib.request.urlopen(url, timeout=30) as page:
        assert b"showtell-page" in page.read()


def test_only_image_recorders_can_be_turned_into_cameras():
    with pytest.raises(CameraError, match=r"expected an ipywebrtc.ImageRecorder, found Camera"):
        st.from_ipywebrtc(st.Camera())
