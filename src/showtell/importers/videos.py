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


# Formats that hold pictures themselves: FFmpeg's others may name files and addresses to be fetched.
FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,mpegvideo,ogg,flv,asf,yuv4mpegpipe"


def read_video(file: BinaryIO, name: str, label: str) -> Source:
    """About five frames a second, at most 200 in all; DatasetError if it is no video, or PyAV is not installed."""
    try:
        import av
    except ImportError as error:
        words = "reading videos takes PyAV; install it: pip install 'showtell[video]'"
        raise DatasetError(of(name, Said("video-needs", words))) from error
    try:
        container: Any = av.open(file, options={"format_whitelist": FORMATS, "protocol_whitelist": "none"})
        if not container.streams.video:
            words = "expected a video, found no pictures in it; choose another file"
            raise DatasetError(of(name, Said("video-empty", words)))
    except (av.FFmpegError, ValueError, OSError) as error:
        words = f"expected a video, a zip or a .tm project, found something else, or damaged ({error})"
        raise DatasetError(of(name, Said("video-none", words, found=str(error)))) from error
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    seconds = container.duration / av.time_base if container.duration else 0.0
    every = max(1 / FRAMES_A_SECOND, seconds / MAX_FRAMES)
    count = min(MAX_FRAMES, int(seconds / every) + 1)
    return Source([Group(label, _frames(container, stream, name, every), count)])


def _frames(container: Any, stream: Any, name: str, every: float) -> Iterator[Picture]:
    import av

    burst, drawn, due = PurePath(name).stem, 0, 0.0
    rate = float(stream.average_rate or 25)
    with container:
        try:
            for number, picture in enumerate(container.decode(stream)):
                time = picture.time if picture.time is not None else number / rate
                if drawn == 0:
                    due = time
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
    """A frame upright, as JPEG."""
    scale = min(1, MAX_SIDE / max(picture.width, picture.height))
    width, height = round(picture.width * scale), round(picture.height * scale)
    pixels = picture.to_ndarray(format="rgb24", width=width, height=height)
    return frame.encode_jpeg(np.ascontiguousarray(np.rot90(pixels, round(picture.rotation / 90))))


def _raise(reason: str) -> bytes:
    raise PictureError(reason)
