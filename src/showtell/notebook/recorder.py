"""The recorder widget: pictures of one class, from the camera."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import traitlets

from showtell.errors import PictureError
from showtell.notebook.camera import Camera, CameraWidget
from showtell.notebook.widget import Content
from showtell.pictures import frame
from showtell.pictures.frame import Frame
from showtell.system.workers import SerialQueue


@dataclass(frozen=True)
class Shot:
    """One recorded picture, as a `Recorder` hands it on.

    >>> from showtell.pictures.drawing import draw
    >>> import numpy as np
    >>> mug = draw("mug", np.random.default_rng(0))
    >>> shot = Shot(mug, frame.encode_jpeg(mug), label="mug", burst=None)
    >>> shot.picture.shape, shot.label
    ((480, 640, 3), 'mug')
    """

    picture: Frame
    """``(height, width, 3) uint8``, red first, not mirrored."""
    jpeg: bytes
    """The same as the browser encoded it: what a dataset should keep."""
    label: str | None
    """The recorder's label when the button was pressed."""
    burst: str | None
    """The same for all pictures of one long press; None for a single picture."""


class Recorder(CameraWidget):
    """A button that takes one picture, or a burst of ten a second while it is held.

    ``label`` stands on the button and in each `Shot`; it may be changed at any time. Every picture arrives, in
    order, also those that were taken while Python was busy. Recorders of one camera share its picture, and work
    whether the camera itself is shown or not.

    >>> import showtell as st
    >>> dataset, camera = st.Dataset("things"), st.Camera()
    >>> recorder = st.Recorder(camera, label="mug")
    >>> recorder.on_shot(lambda shot: dataset.add(shot.label, shot.jpeg, burst=shot.burst))
    >>> recorder.wait()  # once the button was pressed: the dataset has every picture now
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

    def on_shot(self, callback: Callable[[Shot], object], remove: bool = False) -> None:
        """Call ``callback(shot)`` with each picture, in order, in a thread of its own; ``remove`` ends that.

        A callback that raises prints its traceback and is called with the next picture again. With recorded frames
        (SHOWTELL_FRAMES) the first callback presses the button once: it gets the pictures of the class called as the
        label, or the next ten where there is none.
        """
        first = not self._callbacks
        self._callbacks = [other for other in self._callbacks if other != callback] + ([] if remove else [callback])
        if first and self._callbacks:
            for taken in self.camera.press(self.label):
                content = {"label": self.label, "burst": taken.burst}
                self._line.put(partial(self._take, content, taken.jpeg))

    def wait(self) -> None:
        """Return when the callbacks have seen every picture that has arrived."""
        self._line.wait()

    def hear(self, content: Content, buffer: bytes) -> None:
        """Take a message: pictures are this recorder's, all else is for the camera."""
        if content.get("type") == "shot":
            self._line.put(partial(self._take, content, buffer))
        else:
            self.camera.hear_by(self, content, buffer)

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
