"""From what the network gives to an answer: look up the nearest examples, ask the head, put it in a Prediction."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from showtell.classifiers.heads import Head
from showtell.classifiers.samples import Seen
from showtell.classifiers.vectors import Floats, l2_normalize
from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example
from showtell.errors import PictureError, TeachingError
from showtell.model.memory import Snapshot
from showtell.model.prediction import Neighbour, Prediction
from showtell.networks.backbone import Backbone
from showtell.networks.regions import hellinger, looks
from showtell.pictures.frame import Frame, Picture, square


def taught(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot; raise TeachingError if nothing was taught."""
    if not snapshot.size:
        raise TeachingError("expected a model that was taught, found an empty one; call fit or add first")
    return snapshot


def picture_of(thing: Picture | Example) -> Picture:
    """Return a picture, or the file of an example.

    Raises PictureError for a whole dataset, and for a folder.
    """
    if isinstance(thing, Example):
        return thing.path
    if isinstance(thing, Dataset):
        raise PictureError("expected one picture, found a dataset; call predict_many(dataset)")
    return thing


def pictures_of(things: Dataset | Iterable[Picture | Example]) -> Iterable[Picture]:
    """Return several pictures, one by one: those of a list, a column, a dataset.

    Raises PictureError for one picture, and for a table.
    """
    one = isinstance(things, str | bytes | bytearray | os.PathLike | Image.Image | Example) or hasattr(things, "read")
    if one or (isinstance(things, np.ndarray) and things.ndim == 3):
        raise PictureError("expected several pictures, found one; put it in a list: [picture]")
    if hasattr(things, "columns"):
        raise PictureError('expected several pictures, found a table; choose its column, for example table["file"]')
    if not isinstance(things, Iterable):
        raise PictureError(f"expected several pictures, found {type(things).__name__}; put them in a list")
    return map(picture_of, things)


def squares(entry: Backbone, picture: Picture, each: int) -> list[Frame]:
    """Return what the network sees of a picture, ``each`` times (1 or 3), each ``(size, size, 3)`` uint8.

    The first is the picture as it is taught, then its mirror image, then all of its short side.
    """
    plain = entry.square(picture)
    if each == 1:
        return [plain]
    mirrored: Frame = plain[:, ::-1]
    return [plain, mirrored, square(picture, entry.size)]


def read(found: Sequence[NDArray[np.float32]]) -> tuple[Floats, Floats | None]:
    """Return vectors, ``(n, d)``, and looks, ``(n, 10, d)``, of the network's features and map; None without a map."""
    return found[0], looks(found[1]) if len(found) > 1 else None


def answer(
    snapshot: Snapshot, head: Head, vectors: Floats, rows: Floats | None, *, each: int, unknown_below: float
) -> list[Prediction]:
    """Return the answers about n pictures, which the network saw ``each`` times.

    vectors  ``(n × each, d)`` float32
    rows     their looks, ``(n × each, 10, d)``, for a head that needs them
    """
    vectors = l2_normalize(vectors)  # as the head was fitted
    distances, nearest = snapshot.neighbours.nearest(vectors)
    seen = Seen(vectors, rows, (distances, nearest))
    classes = [str(label) for label in head.classes_]
    scores = head.proba(seen).reshape(-1, each, len(classes)).mean(1)
    familiar = head.familiarity(seen).reshape(-1, each).mean(1)
    confidence = head.calibration.confidence(scores.max(1), familiar)
    return [
        Prediction(
            label=classes[int(row.argmax())] if known >= unknown_below else None,
            confidence=float(sure),
            familiarity=float(known),
            scores=dict(zip(classes, row.tolist(), strict=True)),
            evidence=_evidence(snapshot, distances[place], nearest[place]),
        )
        for place, row, known, sure in zip(range(0, len(vectors), each), scores, familiar, confidence, strict=True)
    ]


def scores_of_maps(head: Head, maps: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a head's scores, ``(n, classes)`` float32, for last maps, ``(n, d, rows, columns)``."""
    return np.asarray(head.proba(Seen(l2_normalize(maps.mean((2, 3))), looks(maps))), np.float32)


def scores_of_means(head: Head, means: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a head's scores, ``(n, classes)`` float32, for pictures whose maps have these means, ``(n, d)``."""
    return np.asarray(head.proba(Seen(l2_normalize(means), hellinger(means)[:, None])), np.float32)


def mean_of_others(snapshot: Snapshot, label: str) -> NDArray[np.float32]:
    """Return the mean, ``(d,)`` float32, of the vectors of all other classes, all weighing the same; 0 for none."""
    vectors, labels = snapshot.neighbours.vectors, np.array(snapshot.labels, object)
    means = [vectors[labels == other].mean(0) for other in snapshot.classes if other != label]
    return np.asarray(np.mean(means or [np.zeros(vectors.shape[1])], 0), np.float32)


def _evidence(snapshot: Snapshot, distances: NDArray[np.float64], places: NDArray[np.intp]) -> tuple[Neighbour, ...]:
    found = []
    for place, distance in zip(places.tolist(), distances.tolist(), strict=True):
        label, id = snapshot.one(place)
        found.append(Neighbour(label, distance, id))
    return tuple(found)
