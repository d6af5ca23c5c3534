"""A video: evenly drawn frames of it, as one recording."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import PurePath
from typing import Any, BinaryIO

import numpy as np

from showtell.errors import DatasetError, PictureError
from showtell.importers.source import Group, Picture, Source
from showtell.pictures import frame
from showtell.sentences import Said, of

FRAMES_A_SECOND = 5

MAX_FRAMES = 200

MAX_SIDE = 1920  # pixels, of a frame that is kept

MAX_PAUSE_S = 2.0  # between two frames of one recording; a longer one, or a step back, is a place of joining

# Formats that hold pictures themselves: FFmpeg's others may name files and addresses to be fetched.
FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,mpegvideo,ogg,flv,asf,yuv4mpegpipe"


def read_video(file: BinaryIO, name: str, label: str) -> Source:
    """Return about five frames a second, at most 200 from all of it, as one recording.

    Raises DatasetError if the file is no video, or PyAV is not installed.
    """
    try:
        import av
    except ImportError as error:
        words = "reading videos takes PyAV; install it: pip install 'showtell[video]'"
        raise DatasetError(of(name, Said("video-needs", words))) from error
    try:
        container = _opened(file)
        if not container.streams.video:
            words = "expected a video, found no pictures in it; choose another file"
            raise DatasetError(of(name, Said("video-empty", words)))
    except (av.FFmpegError, ValueError, OSError) as error:
        words = f"expected a video, a zip or a .tm project, found something else, or damaged ({error})"
        raise DatasetError(of(name, Said("video-none", words, found=str(error)))) from error
    seconds = _length(container)
    container.close()
    every = max(1 / FRAMES_A_SECOND, seconds / MAX_FRAMES)
    count = min(MAX_FRAMES, int(seconds / every) + 1)
    return Source([Group(label, _frames(file, name, every), count)])


def _opened(file: BinaryIO) -> Any:
    import av

    file.seek(0)
    container = av.open(file, options={"format_whitelist": FORMATS, "protocol_whitelist": "none"})
    if container.streams.video:
        container.streams.video[0].thread_type = "AUTO"
    return container


class _Clock:
    """The seconds that a video has run, where its own times are missing, begin anew, or leap."""

    def __init__(self, stream: Any) -> None:
        self.elapsed = 0.0
        self._period = 1 / float(stream.average_rate or 25)  # between frames, as far as is known
        self._last: float | None = None

    def tick(self, time: float | None) -> float:
        """Return the seconds from the first frame to the next one, whose own time this is."""
        if self._last is not None:
            step = self._period if time is None else time - self._last
            if step <= 0 or step > MAX_PAUSE_S:  # another file was joined to this one
                step = self._period
            self.elapsed += step
            self._last = self._last + step if time is None else time
        else:
            self._last = time if time is not None else 0.0
        return self.elapsed


def _length(container: Any) -> float:
    """Return the seconds that a video runs, from all of it: what it says itself may be missing or wrong."""
    import av

    stream = container.streams.video[0]
    clock = _Clock(stream)
    try:
        for packet in container.demux(stream):
            if packet.size:
                time = packet.dts if packet.dts is not None else packet.pts
                clock.tick(None if time is None else float(time * packet.time_base))
    except av.FFmpegError:  # it is cut short; decoding says so
        pass
    return clock.elapsed


def _frames(file: BinaryIO, name: str, every: float) -> Iterator[Picture]:
    import av

    burst, drawn, due = PurePath(name).stem, 0, 0.0
    with _opened(file) as container:
        stream = container.streams.video[0]
        clock = _Clock(stream)
        try:
            for picture in container.decode(stream):
                time = clock.tick(picture.time)
                if time + 1e-6 < due:
                    continue
                due = max(due + every, time + every / 2)
                drawn += 1
                yield Picture(f"{name}, second {time:.1f}", partial(bytes, _jpeg(picture)), burst)
                if drawn == MAX_FRAMES:
                    return
        except av.FFmpegError as error:
            words = f"damaged or cut short after {drawn} pictures ({error}); expected a whole video"
            yield Picture(name, partial(_raise, of(name, Said("video-cut", words, count=drawn, found=str(error)))))


def _jpeg(picture: Any) -> bytes:
    """Return a frame upright, as JPEG."""
    scale = min(1, MAX_SIDE / max(picture.width, picture.height))
    width, height = round(picture.width * scale), round(picture.height * scale)
    pixels = picture.to_ndarray(format="rgb24", width=width, height=height)
    return frame.encode_jpeg(np.ascontiguousarray(np.rot90(pixels, round(picture.rotation / 90))))


def _raise(reason: str) -> bytes:
    raise PictureError(reason)
