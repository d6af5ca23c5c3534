"""Answering: show a picture to the network, look up the nearest examples, ask the head, put it in a Prediction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from showtell.classifiers.heads import Head
from showtell.classifiers.samples import Seen
from showtell.classifiers.vectors import Floats, l2_normalize
from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example
from showtell.errors import PictureError, TeachingError
from showtell.model.fitting import Fitting
from showtell.model.given import picture_of, pictures_of
from showtell.model.memory import Memory, Snapshot
from showtell.model.prediction import Neighbour, Prediction
from showtell.model.teaching import Teaching
from showtell.networks import runtime
from showtell.networks.backbone import Backbone
from showtell.networks.extractor import QUALITIES, FeatureExtractor
from showtell.networks.regions import hellinger, looks
from showtell.pictures.frame import Frame, Picture, square


class Answering:
    """The half of a model that is asked. What it was taught is in its memory, and its fitting has the classifier."""

    extractor: FeatureExtractor
    quality: str
    _memory: Memory
    _fitting: Fitting
    _teaching: Teaching

    @property
    def unknown_below(self) -> float:
        """The familiarity below which a picture is called unknown; ValueError unless it is in [0, 1].

        >>> from showtell import Model
        >>> model = Model(classifier="knn")
        >>> model.unknown_below = 0.8  # asks for more than the usual 0.5
        """
        return self._unknown_below

    @unknown_below.setter
    def unknown_below(self, value: float) -> None:
        if not 0 <= value <= 1:
            raise ValueError(f"unknown_below: expected a number in [0, 1], found {value}")
        self._unknown_below = float(value)

    def predict(self, picture: Picture | Example) -> Prediction:
        """Return what it sees on one picture: a path, PIL image, (h, w, 3) uint8 RGB array, encoded bytes, or example.

        Raises TeachingError if nothing was taught yet, PictureError if the picture cannot be read.

        >>> from showtell import Model
        >>> model = Model(classifier="knn")
        >>> model.add("dark", np.zeros((480, 640, 3), np.uint8))
        >>> print(model.predict(np.zeros((480, 640, 3), np.uint8)))
        I see "dark" and I'm 100 % certain about it
        """
        self._taught()
        entry, each = self.extractor.entry, QUALITIES[self.quality]
        shown = _squares(entry, picture_of(picture), each)
        return self._answer(runtime.run(entry, shown, *self._outputs), each)[0]

    def predict_many(self, pictures: Dataset | Iterable[Picture | Example]) -> list[Prediction]:
        """Return what it sees on each of many pictures, in their order; decoding runs ahead in threads.

        Raises TeachingError as ``predict`` does, and PictureError at the first picture that cannot be read.

        >>> from showtell import Model
        >>> model = Model(classifier="knn")
        >>> model.add("dark", np.zeros((480, 640, 3), np.uint8))
        >>> [answer.label for answer in model.predict_many([np.zeros((48, 64, 3), np.uint8)] * 2)]
        ['dark', 'dark']
        """
        answers = []
        for answer in self.predict_iter(pictures):
            if isinstance(answer, PictureError):
                raise answer
            answers.append(answer)
        return answers

    def predict_iter(self, pictures: Dataset | Iterable[Picture | Example]) -> Iterator[Prediction | PictureError]:
        """Yield what ``predict_many`` returns, as it is ready, and the error in the place of a broken picture."""
        self._taught()
        entry, each = self.extractor.entry, QUALITIES[self.quality]
        yield from self.extractor.each(
            pictures_of(pictures),
            *self._outputs,
            squares=lambda picture: _squares(entry, picture, each),
            then=lambda found: self._answer(found, each),
        )

    def predict_examples(self, dataset: Dataset, examples: Sequence[Example]) -> list[Prediction | PictureError]:
        """Return what it sees on examples of a dataset, by way of its cache; the error in the place of a broken one.

        Raises TeachingError as ``predict`` does.
        """
        self._taught()
        known, looks = self._teaching.look(dataset, examples)
        answers: list[Prediction | PictureError] = []
        for example in examples:
            if example.id not in known:
                answers.append(PictureError(f"{example.path}: cannot be read; see the dataset's problems"))
            elif looks is not None and example.id not in looks:  # too many for the views that are kept
                answers.append(self.predict(example.path))
            else:
                rows = None if looks is None else looks[example.id][None]
                answers += self._answers(known[example.id][None], rows, 1)
        return answers

    def _taught(self) -> Snapshot:
        """Return what was taught; raise TeachingError if that is nothing."""
        now = self._memory.now
        if not now.size:
            raise TeachingError("expected a model that was taught, found an empty one; call fit or add first")
        return now

    @property
    def _outputs(self) -> tuple[str, ...]:
        return ("features", "map") if self._fitting.needs_map else ("features",)

    def _answer(self, found: Sequence[Floats], each: int) -> list[Prediction]:
        return self._answers(*_read(found), each)

    def _answers(self, vectors: Floats, rows: Floats | None, each: int) -> list[Prediction]:
        snapshot = self._taught()  # again: all may have been forgotten meanwhile
        head = self._fitting.answering(snapshot, looks=rows is not None)
        return _answer(snapshot, head, vectors, rows, each=each, unknown_below=self.unknown_below)

    def scores_of_maps(self, maps: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the scores, ``(n, classes)`` float32 in the order of ``labels``, for pictures with these last maps.

        maps: ``(n, d, rows, columns)`` float32. Raises TeachingError if nothing was taught yet.
        """
        return np.asarray(self._answering.proba(Seen(l2_normalize(maps.mean((2, 3))), looks(maps))), np.float32)

    def scores_of_means(self, means: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the scores, as ``scores_of_maps`` does, for the maps' means, ``(n, d)`` float32.

        "best" asks the wholes then, and no parts.
        """
        return np.asarray(self._answering.proba(Seen(l2_normalize(means), hellinger(means)[:, None])), np.float32)

    def mean_of_others(self, label: str) -> NDArray[np.float32]:
        """Return the mean, ``(d,)`` float32, of all other classes' mean vectors; 0 for none."""
        snapshot = self._taught()
        vectors, labels = snapshot.neighbours.vectors, np.array(snapshot.labels, object)
        means = [vectors[labels == other].mean(0) for other in snapshot.classes if other != label]
        return np.asarray(np.mean(means or [np.zeros(vectors.shape[1])], 0), np.float32)

    @property
    def _answering(self) -> Head:
        return self._fitting.answering(self._taught())

    answers, judge = predict_iter, predict_examples  # as they were called before


def _squares(entry: Backbone, picture: Picture, each: int) -> list[Frame]:
    """Return what the network sees of a picture, ``each`` times (1 or 3), each ``(size, size, 3)`` uint8.

    The first is the picture as it is taught, then its mirror image, then all of its short side.
    """
    plain = entry.square(picture)
    if each == 1:
        return [plain]
    mirrored: Frame = plain[:, ::-1]
    return [plain, mirrored, square(picture, entry.size)]


def _read(found: Sequence[NDArray[np.float32]]) -> tuple[Floats, Floats | None]:
    """Return vectors, ``(n, d)``, and looks, ``(n, 10, d)``, of the network's features and map; None without a map."""
    return found[0], looks(found[1]) if len(found) > 1 else None


def _answer(
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


def _evidence(snapshot: Snapshot, distances: NDArray[np.float64], places: NDArray[np.intp]) -> tuple[Neighbour, ...]:
    found = []
    for place, distance in zip(places.tolist(), distances.tolist(), strict=True):
        label, id = snapshot.one(place)
        found.append(Neighbour(label, distance, id))
    return tuple(found)
