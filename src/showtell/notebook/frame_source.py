"""What every camera in a notebook shares: callbacks for each frame, and a look at the newest one."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable

from showtell.errors import CameraError, PictureError
from showtell.pictures import frame
from showtell.pictures.frame import Frame
from showtell.system.workers import LatestOnly

OnFrame = Callable[[Frame], object]


Done = Callable[[], object]


FRESH_S = 1.0  # a frame that came this shortly before it is asked for shows what is there now


class FrameSource:
    """Hands the frames that `receive` is given to callbacks, in a thread of its own; the newest frame wins.

    >>> import numpy as np
    >>> source = FrameSource()
    >>> source.receive(frame.encode_jpeg(np.zeros((240, 320, 3), np.uint8)), done=lambda: print("seen"))
    seen
    >>> source.snapshot().shape
    (240, 320, 3)
    """

    def __init__(self) -> None:
        self._callbacks: list[OnFrame] = []
        self._work: LatestOnly[tuple[bytes, Done]] = LatestOnly(self._show, "showtell-camera")
        self._arrived = threading.Condition()
        self._newest: tuple[float, bytes] | None = None  # when it came (monotonic seconds), and the encoded frame
        self._messenger: int | None = None  # the thread in which frames come

    def on_frame(self, callback: OnFrame, remove: bool = False) -> None:
        """Call ``callback(frame)`` with each frame, ``(height, width, 3) uint8``, red first and not mirrored.

        It is called in a thread of its own, with the newest frame each time: frames that come while it works are
        left out. A callback that raises prints its traceback and is not called again. With ``remove`` it is
        taken off the list.

        >>> source = FrameSource()
        >>> source.on_frame(print)
        >>> source.on_frame(print, remove=True)
        """
        self._callbacks = [other for other in self._callbacks if other != callback] + ([] if remove else [callback])
        self._wanted(bool(self._callbacks))

    def snapshot(self, timeout: float = 5.0) -> Frame:
        """Return the frame that the camera shows now, ``(height, width, 3) uint8``, red first and not mirrored.

        That is the newest one, if it came within the last second; otherwise this waits for one, for up to
        ``timeout`` seconds, where a frame can come in while a cell runs (in JupyterLab 4.4 and later with
        ipykernel 7 it can). Where it cannot, or none comes, CameraError says what to do. A call at the start of
        a cell works everywhere.

        >>> FrameSource().snapshot(timeout=0)
        Traceback (most recent call last):
        showtell.errors.CameraError: expected a frame, but none has come from the camera yet; show the camera in ...
        """
        started = time.monotonic()
        with self._arrived:
            if not self._fresh(started) and self._messenger != threading.get_ident():
                self._arrived.wait_for(lambda: self._fresh(started), timeout)
            if self._newest is None:
                raise CameraError(
                    "expected a frame, but none has come from the camera yet; show the camera in a cell of its own, "
                    "allow it in the browser, and take the snapshot in a later cell"
                )
            came, picture = self._newest
            if not self._fresh(started):
                raise CameraError(
                    f"expected a frame of this moment, but the newest is {time.monotonic() - came:.0f} s old: the "
                    "camera is off, or no frame can come in while this cell runs; take the snapshot at the start of "
                    "a cell, or use on_frame"
                )
        return frame.decode(picture, "the camera's frame")

    def receive(self, picture: bytes, done: Done) -> None:
        """Take one encoded frame; ``done`` is called once its callbacks have seen it or a newer one overtook it."""
        with self._arrived:
            self._newest = (time.monotonic(), picture)
            self._messenger = threading.get_ident()
            self._arrived.notify_all()
        if not self._callbacks:
            done()
        elif overtaken := self._work.put((picture, done)):
            overtaken[1]()

    def forget(self) -> None:
        """Drop the newest frame: the camera is off, and what it showed last is of no use any more."""
        with self._arrived:
            self._newest = None

    def _fresh(self, started: float) -> bool:
        return self._newest is not None and self._newest[0] > started - FRESH_S

    def _show(self, item: tuple[bytes, Done]) -> None:
        picture, done = item
        try:
            seen = frame.decode(picture, "the camera's frame")
            for callback in self._callbacks:
                self._call(callback, seen)
        except PictureError as error:
            self._failed(str(error))
        finally:
            done()

    def _call(self, callback: OnFrame, seen: Frame) -> None:
        try:
            callback(seen)
        except Exception as error:  # the person's own code: say it once, and not fifteen times a second
            traceback.print_exc()
            self.on_frame(callback, remove=True)
            self._failed(f"a callback failed and is not called any more: {error!r}")

    def _wanted(self, wanted: bool) -> None:
        """Hear whether there are callbacks now; for subclasses that can save work without."""

    def _failed(self, message: str) -> None:
        """Tell the person who looks at the camera what went wrong; subclasses know how."""
