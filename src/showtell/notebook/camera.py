"""The camera widget."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Sequence
from functools import partial
from typing import Any

from showtell.notebook import recordings
from showtell.notebook.assets import WEB, Content, anywidget, beside_cells, code, only, traitlets
from showtell.notebook.frame_source import Done, FrameSource
from showtell.notebook.recordings import Player
from showtell.pictures import frame
from showtell.pictures.frame import Frame


class OfCamera(anywidget.AnyWidget):
    """What shows or uses one camera in the browser: which one, what is wished of it, whether Python wants frames."""

    _esm = WEB / "once.js"
    code = code("camera.js")
    _css = WEB / "camera.css"
    _camera = traitlets.Unicode().tag(sync=True)
    _listening = traitlets.Bool(False).tag(sync=True)
    _recorded = traitlets.Bool(False).tag(sync=True)  # the browser is to open no camera: Python sends it the frames
    constraints = traitlets.Dict().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        beside_cells(self)


class Camera(FrameSource, OfCamera):
    """The browser's camera in a cell: a live preview, and its frames in Python.

    ``width``, ``height`` (pixels), ``facing`` ("user" or "environment") and any other ``constraints`` are those of
    the browser's MediaStream API: a number or name is what is wished for, ``{"exact": 224}`` what must be.
    ``Camera(width=224, height=224, frameRate=15)``.

    The camera is on while it is shown in a cell, in any number of them, and goes off with the last one or with
    `close`. ``status`` can be observed: "off", "on", or why there is no picture ("refused", "absent", "busy",
    "insecure", "lost", "silent", "scrambled", "failed").

    Where the variable SHOWTELL_FRAMES of the environment names a folder of pictures or a video, these are its frames;
    CameraError if there are none (docs/notebook.md).
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
        self._viewer: anywidget.AnyWidget = self
        named = {"width": width, "height": height, "facingMode": facing}
        wished = {name: value for name, value in named.items() if value is not None}
        OfCamera.__init__(
            self, _camera=uuid.uuid4().hex, _recorded=bool(recording), constraints={**wished, **constraints}
        )
        self.on_msg(lambda _, content, buffers: self._receive(self, content, buffers))

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

    def _receive(self, way: anywidget.AnyWidget, content: Content, buffers: Sequence[memoryview]) -> None:
        """A message by way of the camera's own widget, or of a recorder's."""
        match content.get("type"):
            case "frame":
                self.receive(only(buffers), partial(way.send, {"type": "seen", "ref": content.get("ref")}))
            case "status":
                self.status, self._viewer = str(content.get("status")), way
                if self.status != "on":
                    self.forget()
                self._wanted(self._listening)

    def _wanted(self, wanted: bool) -> None:
        self._listening = wanted
        if self._player:
            self._player.play(wanted or self.status == "on")

    def _play(self, picture: bytes, seen: Done) -> None:
        """A recorded frame: for the callbacks, and for the browser if it shows this camera."""
        self.receive(picture, seen)
        if self.status == "on":
            self._viewer.send({"type": "recorded"}, [picture])

    def _repr_mimebundle_(self, **wishes: Any) -> tuple[Content, Content] | None:
        """A camera whose frames are recorded can also be shown as a picture, where nothing live can be."""
        shown = super()._repr_mimebundle_(**wishes)
        if shown and self._player:
            shown[0]["image/jpeg"] = base64.b64encode(frame.encode_jpeg(self.snapshot())).decode()
        return shown

    def _failed(self, message: str) -> None:
        self.send({"type": "failed", "message": message})
