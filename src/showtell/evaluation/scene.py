"""Whether all recordings were made in front of one background, by the edges of their pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from showtell.dataset.example import Example
from showtell.pictures.quality import THUMBNAIL, Quality

MIN_FRAMES = 5  # of a recording; their median is what does not move

EDGE = 2  # cells of a thumbnail, which has 12 a side: the thing is mostly in the middle

MAX_APART = 10.0  # levels of 255; recordings in front of other backgrounds are 40 to 190 apart


@dataclass(frozen=True)
class SharedScene:
    """The one background of all recordings: how far from their median the edges of a recording lie at most.

    apart, within  root mean squared difference, of 255: of a recording, and of a picture from its own recording
    recordings     how many were compared

    >>> SharedScene(apart=3.5, within=2.0, recordings=4).recordings
    4
    """

    apart: float
    within: float
    recordings: int


def shared_scene(
    examples: Sequence[Example], recordings: Sequence[int], rows: Mapping[str, NDArray[np.float32]]
) -> SharedScene | None:
    """Return the background that all recordings share; None where they differ, or are too few or short to tell.

    recordings  for each example the number of its recording
    rows        the measures of the examples by id, `(436,)`
    """
    by_recording: dict[int, list[NDArray[np.float32]]] = {}
    for example, recording in zip(examples, recordings, strict=True):
        if example.id in rows:  # else its picture has just gone away
            by_recording.setdefault(recording, []).append(rows[example.id])
    if len(by_recording) < 2 or min(map(len, by_recording.values())) < MIN_FRAMES:
        return None
    edges = [_edges(np.array(own)) for own in by_recording.values()]
    medians = np.array([np.median(own, 0) for own in edges])
    apart = float(_rms(medians - np.median(medians, 0)).max())
    within = float(np.median(np.concatenate([_rms(own - np.median(own, 0)) for own in edges])))
    return SharedScene(apart, within, len(edges)) if apart <= MAX_APART else None


def _edges(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the outer cells of the thumbnails, ``(n, 240)``."""
    cells = Quality.of(rows).thumbnails.reshape(len(rows), THUMBNAIL, THUMBNAIL, 3)
    inner = np.zeros((THUMBNAIL, THUMBNAIL), bool)
    inner[EDGE:-EDGE, EDGE:-EDGE] = True
    return cells[:, ~inner].reshape(len(rows), -1)


def _rms(rows: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    return np.asarray(np.sqrt((rows**2).mean(1)), np.float32)
