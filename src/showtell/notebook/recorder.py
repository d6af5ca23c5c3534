"""The recorder widget: pictures of one class, from the camera."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from showtell.errors import PictureError
from showtell.notebook.assets import Content, only, traitlets
from showtell.notebook.camera import Camera, OfCamera
from showtell.pictures import frame
from showtell.pictures.frame import Frame
from showtell.system.workers import SerialQueue


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


class Recorder(OfCamera):
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
        self._line = SerialQueue("showtell-recorder")
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
            self._line.put(partial(self._take, content, only(buffers)))
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
