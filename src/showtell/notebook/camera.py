"""The camera widget."""

from __future__ import annotations

import base64
import uuid
from functools import partial
from typing import Any

import traitlets

from showtell.notebook import recordings
from showtell.notebook.frame_source import Done, FrameSource
from showtell.notebook.recordings import Player, Taken
from showtell.notebook.widget import WEB, CellWidget, Content, script
from showtell.pictures import frame
from showtell.pictures.frame import Frame


class CameraWidget(CellWidget):
    """A widget that shows or uses one camera of the browser: which one, its constraints, whether Python wants frames.

    The names of the traits are those that frontend/widget/ reads.
    """

    _code = script("camera.js")
    _css = WEB / "camera.css"
    _camera = traitlets.Unicode().tag(sync=True)
    _listening = traitlets.Bool(False).tag(sync=True)
    _recorded = traitlets.Bool(False).tag(sync=True)  # the browser is to open no camera: Python sends it the frames
    constraints = traitlets.Dict().tag(sync=True)


class Camera(FrameSource, CameraWidget):
    """The browser's camera in a cell: a live preview, and its frames in Python.

    ``width``, ``height`` (pixels), ``facing`` ("user" or "environment") and any other ``constraints`` are those of
    the browser's MediaStream API: a number or name is what is wished for, ``{"exact": 224}`` what must be.
    ``Camera(width=224, height=224, frameRate=15)``.

    The camera is on while it is shown in a cell, in any number of them, and goes off with the last one or with
    `close`. ``status`` can be observed: "off", "on", or why there is no picture ("refused", "absent", "busy",
    "insecure", "lost", "silent", "scrambled", "failed").

    Where the variable SHOWTELL_FRAMES of the environment names a folder of pictures or a video, these are its frames;
    CameraError if there are none (docs/notebook.md).

    >>> camera = Camera(width=320, height=240, facing="environment")
    >>> camera.on_frame(lambda frame: print(frame.shape))
    >>> camera.status
    'off'
    >>> camera.close()
    """

    _kind = traitlets.Unicode("camera").tag(sync=True)
    status = traitlets.Unicode("off")
    _player: Player | None = None

    def __init__(
        self,
        width: int | Content | None = None,
        height: int | Content | None = None,
        facing: str | Content | None = None,
        **constraints: Any,
    ) -> None:
        FrameSource.__init__(self)
        recording = recordings.from_environment()
        if recording:
            self._player = Player(recording, self._play)
        # Of the widgets that the browser shows, the one that gets recorded frames.
        self._viewer: CameraWidget = self
        named = {"width": width, "height": height, "facingMode": facing}
        wished = {name: value for name, value in named.items() if value is not None}
        CameraWidget.__init__(
            self, _camera=uuid.uuid4().hex, _recorded=bool(recording), constraints={**wished, **constraints}
        )

    def snapshot(self, timeout: float = 5.0) -> Frame:
        if self._player:
            self._player.step()
        return super().snapshot(timeout)

    snapshot.__doc__ = FrameSource.snapshot.__doc__

    def close(self) -> None:
        """Turn the camera off wherever it is shown, and end its thread."""
        if self._player:
            self._player.play(False)
        self.send({"type": "close"})
        self._work.close()
        self.forget()
        super().close()

    def hear(self, content: Content, buffer: bytes) -> None:
        """Take a message from the camera's own widget."""
        self.hear_by(self, content, buffer)

    def hear_by(self, widget: CameraWidget, content: Content, buffer: bytes) -> None:
        """Take a message from any widget of this camera: its own, or a recorder's."""
        match content.get("type"):
            case "frame":
                self.receive(buffer, partial(widget.send, {"type": "seen", "ref": content.get("ref")}))
            case "status":
                self.status, self._viewer = str(content.get("status")), widget
                if self.status != "on":
                    self.forget()
                self._wanted(self._listening)

    def press(self, label: str | None) -> list[Taken]:
        """Return what a press on a recorder takes from recorded frames (SHOWTELL_FRAMES); a live camera has none."""
        return self._player.recording.press(label) if self._player else []

    def _wanted(self, wanted: bool) -> None:
        self._listening = wanted
        if self._player:
            self._player.play(wanted or self.status == "on")

    def _play(self, picture: bytes, seen: Done) -> None:
        """Hand a recorded frame to the callbacks, and to the browser if it shows this camera."""
        self.receive(picture, seen)
        if self.status == "on":
            self._viewer.send({"type": "recorded"}, [picture])

    def _repr_mimebundle_(self, **wishes: Any) -> tuple[Content, Content] | None:
        """Add a picture to what a cell shows, where frames are recorded: for pages in which nothing live can be."""
        shown = super()._repr_mimebundle_(**wishes)
        if shown and self._player:
            shown[0]["image/jpeg"] = base64.b64encode(frame.encode_jpeg(self.snapshot())).decode()
        return shown

    def _failed(self, message: str) -> None:
        self.send({"type": "failed", "message": message})
