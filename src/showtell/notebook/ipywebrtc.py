"""Cameras of ipywebrtc: its ImageRecorder with showtell's callbacks."""

from __future__ import annotations

import threading
from typing import Any

from showtell.errors import CameraError
from showtell.notebook.frame_source import FrameSource

PATIENCE_S = 3.0  # a recorder that delivered nothing for so long is asked once more


def from_ipywebrtc(image_recorder: Any) -> RecordedCamera:
    """Turn an ``ipywebrtc.ImageRecorder`` into a camera with ``on_frame``, ``snapshot`` and ``close``.

    ::

        recorder = ipywebrtc.ImageRecorder(stream=ipywebrtc.CameraStream.facing_user(audio=False), format="jpeg")
        camera = st.from_ipywebrtc(recorder)
        camera.on_frame(lambda frame: print(frame.shape))
        recorder                                     # it must be shown in a cell

    Limits, all of ipywebrtc: about one frame a second; each one is the value of a synced trait, so that the last one
    can end up in a saved notebook; the camera stays on when the cell is cleared; only JupyterLab and Notebook
    have been tried. `showtell.Camera` has none of them.

    Raises CameraError for anything without an ImageRecorder's traits ``image``, ``recording`` and ``stream``.

    >>> from_ipywebrtc("mug.jpg")
    Traceback (most recent call last):
    showtell.errors.CameraError: expected an ipywebrtc.ImageRecorder, found str; make one with ...
    """
    if not all(hasattr(image_recorder, name) for name in ("image", "recording", "stream", "observe")):
        raise CameraError(
            f"expected an ipywebrtc.ImageRecorder, found {type(image_recorder).__name__}; "
            "make one with ipywebrtc.ImageRecorder(stream=ipywebrtc.CameraStream())"
        )
    return RecordedCamera(image_recorder)


class RecordedCamera(FrameSource):
    """The frames of an ipywebrtc ImageRecorder, which is asked for the next as soon as one was seen.

    Made by `from_ipywebrtc`. With a stand-in for the recorder, which is asked for no frame before there are callbacks:

    >>> from types import SimpleNamespace
    >>> image = SimpleNamespace(observe=lambda *_: None, unobserve=lambda *_: None)
    >>> camera = RecordedCamera(SimpleNamespace(image=image, recording=False, stream=None))
    >>> camera.close()
    """

    def __init__(self, recorder: Any) -> None:
        super().__init__()
        self.recorder = recorder
        self._next = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None
        recorder.image.observe(self._delivered, "value")

    def close(self) -> None:
        """Ask for no more frames. The camera itself is ipywebrtc's: close its stream to turn it off."""
        self._closed = True
        self._next.set()
        self._work.close()
        self.recorder.image.unobserve(self._delivered, "value")

    def _delivered(self, change: Any) -> None:
        if change["new"]:
            self.receive(bytes(change["new"]), self._next.set)

    def _wanted(self, wanted: bool) -> None:
        if wanted and self._thread is None:
            self._thread = threading.Thread(target=self._ask, name="showtell-ipywebrtc", daemon=True)
            self._thread.start()

    def _ask(self) -> None:
        """Ask for one frame after the other, while there are callbacks.

        That is no work for the observer: there, ipywidgets takes the new value for an echo of the browser's own.
        """
        while not self._closed and self._callbacks:
            self._next.clear()
            self.recorder.recording = False
            self.recorder.recording = True
            self._next.wait(PATIENCE_S)
        self._thread = None
