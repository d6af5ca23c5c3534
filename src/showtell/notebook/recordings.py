"""Recorded pictures in the place of a camera, for a notebook whose machine or browser has none.

The variable SHOWTELL_FRAMES of the environment names them: a folder of class folders, a folder of pictures, or a
video. docs/notebook.md tells what cameras and recorders do with them.
"""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from pathlib import Path, PurePosixPath

from showtell.dataset import file_names
from showtell.errors import CameraError, ShowtellError
from showtell.importers.folders import read_folder
from showtell.importers.source import Picture, Source
from showtell.importers.videos import read_video
from showtell.notebook.frame_source import Done
from showtell.pictures import frame

VARIABLE = "SHOWTELL_FRAMES"


PERIOD_S = 1 / 15  # between frames


SHOTS_A_PRESS = 10  # of a press on a recorder, where nobody says which pictures are meant


@dataclass(frozen=True)
class Taken:
    """A picture as a recorder would have taken it: a JPEG file, and the burst that it belongs to."""

    jpeg: bytes
    burst: str


class Recording:
    """The pictures of a folder or a video, class by class, again and again.

    Raises CameraError if there are none to be read.

    >>> from showtell.pictures.drawing import write_folder
    >>> recording = Recording(write_folder(Path("recorded"), ["mug", "star"], bursts=1, count=2))
    >>> len(recording.press("mug")), len(recording.press("spoon"))
    (2, 10)
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        try:
            self._classes = {group.label: list(group.pictures) for group in _read(Path(path)).groups}
        except (ShowtellError, OSError) as error:
            raise CameraError(
                f"{VARIABLE}: {error}; expected a folder of pictures, a folder of such folders, or a video"
            ) from error
        classes = list(self._classes.values())
        self._film: Iterator[Picture] = cycle([picture for pictures in classes for picture in pictures])
        self._swapped = (next(pictures) for pictures in cycle(map(cycle, classes)))
        self._lock = threading.Lock()

    def next(self) -> bytes:
        """Return the next picture's file: all of a class, then all of the next; PictureError if it cannot be read."""
        with self._lock:
            picture = next(self._film)
        return picture.read()

    def another(self) -> bytes:
        """Return a picture of the next class, as if one thing had been put down and the next one held up."""
        with self._lock:
            picture = next(self._swapped)
        return picture.read()

    def press(self, label: str | None) -> list[Taken]:
        """Return what a recorder with this label takes: all pictures of the class, or ten where there is none.

        Raises PictureError if one of them is damaged.
        """
        one = uuid.uuid4().hex[:8]
        if label is not None and label in self._classes:
            return [Taken(_jpeg(each), f"{one}-{_burst(each)}") for each in self._classes[label]]
        with self._lock:
            pictures = list(islice(self._film, SHOTS_A_PRESS))
        return [Taken(_jpeg(each), one) for each in pictures]


class Player:
    """Plays a recording to a camera: about 15 pictures a second, each when the one before it was seen."""

    def __init__(self, recording: Recording, receive: Callable[[bytes, Done], None]) -> None:
        self.recording = recording
        self._receive = receive
        self._stop = threading.Event()
        self._stop.set()

    def play(self, on: bool) -> None:
        """Start or end playing; the thread is gone soon after the end."""
        if on == self._stop.is_set():
            self._stop.set()
            if on:
                self._stop = threading.Event()
                threading.Thread(target=self._run, args=[self._stop], name="showtell-recorded", daemon=True).start()

    def step(self) -> None:
        """Hand on a picture of another class at once, unless the recording plays anyway."""
        if self._stop.is_set():
            self._receive(self.recording.another(), lambda: None)

    def _run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            seen = threading.Event()
            self._receive(self.recording.next(), seen.set)
            while not (seen.wait(PERIOD_S) or stop.is_set()):
                pass
            stop.wait(PERIOD_S)


def from_environment() -> Recording | None:
    """Return the recording that is to take the camera's place, if any; CameraError if it cannot be read."""
    path = os.environ.get(VARIABLE)
    return Recording(path) if path else None


def _read(path: Path) -> Source:
    if path.is_dir():
        return read_folder(path, path.name, path.name)
    with path.open("rb") as file:  # its frames are kept, at most 200 of them: the next round needs them again
        source = read_video(file, path.name, path.name)
        for group in source.groups:
            group.pictures = [Picture(one.name, partial(bytes, one.read()), one.burst) for one in group.pictures]
    return source


def _jpeg(picture: Picture) -> bytes:
    data = picture.read()
    return data if frame.extension(data) == ".jpg" else frame.encode_jpeg(frame.decode(data))


def _burst(picture: Picture) -> str:
    return picture.burst or file_names.burst_of(PurePosixPath(picture.name).stem)[0] or ""
