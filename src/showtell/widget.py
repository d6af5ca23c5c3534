"""Widgets for a notebook: the camera, a recorder, and the whole studio in a cell. The adapter for anywidget.

Frames travel as custom messages with a JPEG as their buffer and are acknowledged one by one; none is ever the value
of a synced trait, so none can end up in a saved notebook. docs/notebook.md tells what works where.
"""

from __future__ import annotations

import base64
import os
import threading
import traceback
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from showtell import frame, protocol, recorded
from showtell.dataset import Dataset
from showtell.errors import MissingError, PictureError, ServerError
from showtell.frame import Frame
from showtell.framesource import Done, FrameSource
from showtell.inorder import InOrder

if TYPE_CHECKING:
    from showtell.model import Model

try:
    import anywidget
    import traitlets
except ModuleNotFoundError as error:
    raise MissingError(
        "expected anywidget, which the widgets for a notebook are made with, and found none; "
        "install it with: pip install 'showtell[notebook]'"
    ) from error

WEB = Path(__file__).parent / "web"
Content = dict[str, Any]


def _beside_cells(widget: anywidget.AnyWidget) -> None:
    """Let the browser's messages come in while a cell runs, in a thread of their own, and leave the cell alone.

    A comm triggers the events of a run cell around each message: Matplotlib would show and close the figure that the
    cell is just drawing. And ipykernel 7.4 hands a comm's messages to the thread that used it last, which is the cell's
    as soon as the cell changes a trait: they would wait for its end.
    """
    widget.comm.handle_msg = widget._handle_msg
    widget.comm._reply_subshell_for = None


def _code(name: str) -> Any:
    """The trait from which web/once.js loads a widget's code, once for the page."""
    return traitlets.Unicode((WEB / name).read_text("utf-8")).tag(sync=True)


class _OfCamera(anywidget.AnyWidget):
    """What shows or uses one camera in the browser: which one, what is wished of it, whether Python wants frames."""

    _esm = WEB / "once.js"
    _code = _code("camera.js")
    _css = WEB / "camera.css"
    _camera = traitlets.Unicode().tag(sync=True)
    _listening = traitlets.Bool(False).tag(sync=True)
    _recorded = traitlets.Bool(False).tag(sync=True)  # the browser is to open no camera: Python sends it the frames
    constraints = traitlets.Dict().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        _beside_cells(self)


class Camera(FrameSource, _OfCamera):
    """The browser's camera in a cell: a live preview, and its frames in Python.

    ``width``, ``height`` (pixels), ``facing`` ("user" or "environment") and any other ``constraints`` are those of
    the browser's MediaStream API: a number or name is what is wished for, ``{"exact": 224}`` what must be.
    ``Camera(width=224, height=224, frameRate=15)``.

    The camera is on while it is shown in a cell, in any number of them, and goes off with the last one or with
    `close`. ``status`` can be observed: "off", "on", or why there is no picture ("refused", "absent", "busy",
    "insecure", "lost", "silent", "failed").

    Where the variable SHOWTELL_FRAMES of the environment names a folder of pictures or a video, these are its frames;
    CameraError if there are none (docs/notebook.md).
    """

    _kind = traitlets.Unicode("camera").tag(sync=True)
    status = traitlets.Unicode("off")
    _player: recorded.Player | None = None

    def __init__(
        self,
        width: int | Content | None = None,
        height: int | Content | None = None,
        facing: str | Content | None = None,
        **constraints: Any,
    ) -> None:
        FrameSource.__init__(self)
        recording = recorded.from_environment()
        if recording:
            self._player = recorded.Player(recording, self._play)
        # Of the widgets that the browser shows, the one that gets recorded frames.
        self._viewer: anywidget.AnyWidget = self
        named = {"width": width, "height": height, "facingMode": facing}
        wished = {name: value for name, value in named.items() if value is not None}
        _OfCamera.__init__(
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
                self.receive(_only(buffers), partial(way.send, {"type": "seen", "ref": content.get("ref")}))
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


@dataclass(frozen=True)
class Shot:
    """One recorded picture."""

    picture: Frame
    """``(height, width, 3) uint8``, red first, not mirrored."""
    jpeg: bytes
    """The same as the browser encoded it: what a dataset should keep."""
    label: str | None
    """The recorder's label when the button was pressed."""
    burst: str | None
    """The same for all pictures of one long press; None for a single picture."""


class Recorder(_OfCamera):
    """A button that takes one picture, or a burst of ten a second while it is held.

    ``label`` stands on the button and in each `Shot`; it may be changed at any time. Every picture arrives, in
    order, also those that were taken while Python was busy. Recorders of one camera share its picture, and work
    whether the camera itself is shown or not::

        recorder = st.Recorder(camera, label="mug")
        recorder.on_shot(lambda shot: dataset.add(shot.label, shot.jpeg, burst=shot.burst))
    """

    _kind = traitlets.Unicode("recorder").tag(sync=True)
    label = traitlets.Unicode(None, allow_none=True).tag(sync=True)

    def __init__(self, camera: Camera, label: str | None = None) -> None:
        self.camera = camera
        self._callbacks: list[Callable[[Shot], object]] = []
        self._line = InOrder("showtell-recorder")
        super().__init__(_camera=camera._camera, label=label)
        for name in ("constraints", "_listening", "_recorded"):
            traitlets.dlink((camera, name), (self, name))
        self.on_msg(lambda _, content, buffers: self._receive(content, buffers))

    def on_shot(self, callback: Callable[[Shot], object], remove: bool = False) -> None:
        """Call ``callback(shot)`` with each picture, in order, in a thread of its own; ``remove`` ends that.

        A callback that raises prints its traceback and is called with the next picture again. With recorded frames
        (SHOWTELL_FRAMES) the first callback presses the button once: it gets the pictures of the class called as the
        label, or the next ten where there is none.
        """
        first = not self._callbacks
        self._callbacks = [other for other in self._callbacks if other != callback] + ([] if remove else [callback])
        if self.camera._player and first and self._callbacks:
            for taken in self.camera._player.recording.press(self.label):
                content = {"label": self.label, "burst": taken.burst}
                self._line.put(partial(self._take, content, taken.jpeg))

    def wait(self) -> None:
        """Until the callbacks have seen every picture that has arrived."""
        self._line.wait()

    def _receive(self, content: Content, buffers: Sequence[memoryview]) -> None:
        if content.get("type") == "shot":
            self._line.put(partial(self._take, content, _only(buffers)))
        else:
            self.camera._receive(self, content, buffers)

    def _take(self, content: Content, jpeg: bytes) -> None:
        try:
            shot = Shot(frame.decode(jpeg, "the picture"), jpeg, content.get("label"), content.get("burst"))
            for callback in self._callbacks:
                callback(shot)
        except PictureError as error:
            self.send({"type": "failed", "message": str(error)})
        except Exception as error:  # the person's own code
            traceback.print_exc()
            self.send({"type": "failed", "message": f"a callback failed: {error!r}"})
        self.send({"type": "seen", "ref": content.get("ref")})


class Studio(anywidget.AnyWidget):
    """The studio in a cell: show things, name them, watch the answers. The same page as ``showtell studio`` opens.

    ``dataset`` is a folder or a Dataset; all studios of a folder in this kernel share their ``model``, which can be
    asked from other cells too: ``studio.model.predict(camera.snapshot())``.
    """

    _esm = WEB / "once.js"
    _code = _code("studio.js")
    _css = WEB / "studio.css"

    def __init__(self, dataset: str | os.PathLike[str] | Dataset = "things", model: Model | None = None) -> None:
        self._shared = _shared(dataset, model)
        self._line = InOrder("showtell-studio")
        self._client: protocol.Client | None = None
        self._views = 0
        self._lock = threading.Lock()
        super().__init__()
        _beside_cells(self)
        self.on_msg(lambda _, content, buffers: self._receive(content, buffers))

    @property
    def dataset(self) -> Dataset:
        """What has been shown, on disk."""
        return self._shared.studio.dataset

    @property
    def model(self) -> Model:
        """What has been learned; it follows the dataset."""
        return self._shared.studio.model

    def close(self) -> None:
        """Take the studio out of its cells. What was taught is on disk."""
        self._leave()
        super().close()

    def _receive(self, content: Content, buffers: Sequence[memoryview]) -> None:
        """Frames go straight to their slot; everything else is done in order, away from the kernel's own thread."""
        match content.get("type"):
            case "frame":
                if client := self._client:  # otherwise it was on its way while the last view closed
                    self._shared.studio.handle(client, content, _only(buffers))
            case "bye":
                self._views -= 1
                if self._views <= 0:
                    self._leave()
            case "page":
                self._line.put(partial(self._page, content.get("ref")))
            case kind:
                if kind == "hello":
                    self._join()
                self._line.put(partial(self._do, content, _only(buffers)))

    def _do(self, content: Content, buffer: bytes) -> None:
        client = self._client
        last = client or self._shared.studio.join(self._reply)  # a picture may come after its view closed
        self._shared.studio.handle(last, content, buffer)
        if client is None:
            self._shared.studio.leave(last)

    def _join(self) -> None:
        with self._lock:
            self._views += 1
            self._client = self._client or self._shared.studio.join(self._reply)

    def _reply(self, content: Content, buffer: bytes) -> None:
        self.send(content, [buffer])

    def _leave(self) -> None:
        with self._lock:
            client, self._client, self._views = self._client, None, 0
        if client:
            self._shared.studio.leave(client)

    def _page(self, ref: object) -> None:
        try:
            self.send({"type": "page", "ref": ref, "url": self._shared.url})
        except ServerError as error:
            self.send({"type": "error", "ref": ref, "message": str(error)})


class _Shared:
    """One studio for all widgets on a folder; and for editors whose notebooks have no camera, its page."""

    def __init__(self, dataset: Dataset, model: Model | None) -> None:
        self.studio = protocol.Studio(dataset, model)

    @cached_property
    def url(self) -> str:
        """The address of the studio's page, which is served from now on, on this machine only."""
        from showtell.server import StudioServer

        server = StudioServer(self.studio)
        threading.Thread(target=server.run, name="showtell-page", daemon=True).start()
        return server.url


_open: WeakValueDictionary[Path, _Shared] = WeakValueDictionary()


def _shared(dataset: str | os.PathLike[str] | Dataset, model: Model | None) -> _Shared:
    folder = dataset.folder if isinstance(dataset, Dataset) else Path(os.path.abspath(dataset))
    known = _open.get(folder)
    if known is None or (model and model is not known.studio.model):
        known = _Shared(dataset if isinstance(dataset, Dataset) else Dataset(folder), model)
        _open[folder] = known
    return known


def _only(buffers: Sequence[memoryview] | None) -> bytes:
    return bytes(buffers[0]) if buffers else b""
