"""Model: joins the feature extractor and a classifier; learns, answers, saves."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone, is_classifier

from showtell import archive, teaching
from showtell import backbone as backbones
from showtell.cache import FeatureCache
from showtell.classifier import NearestNeighbours, by_name, scores_of, unit
from showtell.dataset import Dataset, Example
from showtell.errors import ModelFileError, PictureError, TeachingError
from showtell.features import FeatureExtractor
from showtell.frame import Picture
from showtell.latest import Latest
from showtell.prediction import Neighbour, Prediction

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]


class Model:
    """A feature extractor and a classifier that learns from a handful of pictures.

    extractor   turns pictures into vectors; the bundled backbone if None
    classifier  "knn" (k nearest neighbours), "logistic", "svm", or any scikit-learn classifier
    neighbours  k, and how many examples a prediction shows as its evidence

    The nearest neighbours answer from the moment a picture is added. Another classifier is fitted in the
    background, takes over when it is done, and hands back to them while it is out of date. A classifier
    without ``predict_proba`` is asked for its ``decision_function``, and the scores are that one's softmax.
    """

    def __init__(
        self, extractor: FeatureExtractor | None = None, classifier: Any = "knn", *, neighbours: int = 5
    ) -> None:
        if isinstance(classifier, str) and classifier != "knn":
            classifier = by_name(classifier)
        if neighbours < 1:
            raise ValueError(f"neighbours: expected at least 1, found {neighbours}")
        self.extractor = (extractor or FeatureExtractor()).fit()
        self.classifier = classifier
        self.neighbours = neighbours
        self._studying = threading.Lock()  # held by what goes by a dataset, one at a time
        self._lock = threading.Lock()  # held while the five below change or are read together
        self._memory = NearestNeighbours(neighbours)
        self._labels: list[str] = []
        self._ids: list[str | None] = []
        self._generation = 0  # counts what was taught; a head fitted on another generation is out of date
        self._head: tuple[int, Any] = (-1, None)
        self._cache: tuple[Path, FeatureCache] | None = None
        self._fitting: Latest[int] = Latest(self._fit_head, "showtell-fit")

    # -- learning ---------------------------------------------------------------------------------------

    def fit(
        self,
        examples: Dataset | Iterable[Picture],
        labels: Sequence[str] | None = None,
        *,
        progress: Progress | None = None,
    ) -> Self:
        """Learn from a dataset, or from pictures and their labels, and forget all before. Returns when it is done.

        ``progress(done, total)`` is called as pictures are looked at. Disabled classes of a dataset are left
        out, and so are its broken pictures, reported in ``dataset.problems``; a broken one in a list of pictures raises
        PictureError.
        Raises TeachingError unless there are two classes or more, each with a picture.
        """
        if isinstance(examples, str | os.PathLike):
            raise TeachingError(f"expected a dataset, found a path; call fit(Dataset({os.fspath(examples)!r}))")
        if isinstance(examples, Dataset):
            if labels is not None:
                raise TeachingError("expected fit(dataset) or fit(pictures, labels), found a dataset with labels")
            enabled = {label: n for label, n in examples.counts.items() if label not in examples.disabled}
            _check(enabled, str(examples.folder))
            self.follow(examples, progress=progress)
            _check({label: self.counts.get(label, 0) for label in enabled}, str(examples.folder))
        else:
            pictures, names = list(examples), [] if labels is None else [str(label) for label in labels]
            if len(pictures) != len(names):
                raise TeachingError(
                    f"expected a label for each picture, found {len(pictures)} pictures and {len(names)} labels"
                )
            _check(Counter(names), "the pictures")
            self._replace(self.extractor.transform(pictures), names, [None] * len(names))
        self.wait()
        return self

    def follow(self, dataset: Dataset, *, progress: Progress | None = None) -> None:
        """Know just what the dataset holds now, but for the classes that are disabled there.

        Unlike ``fit`` it takes any number of classes, and does not wait.
        """
        with self._studying:
            disabled = set(dataset.disabled)
            self._study(dataset, [example for example in dataset if example.label not in disabled], progress)

    def study(self, dataset: Dataset, examples: Sequence[Example], *, progress: Progress | None = None) -> Self:
        """Know just these examples of a dataset, by way of its cache. Returns when it is done.

        Broken pictures are left out and reported in ``dataset.problems``.
        """
        with self._studying:
            self._study(dataset, examples, progress)
        self.wait()
        return self

    def _study(self, dataset: Dataset, examples: Sequence[Example], progress: Progress | None) -> None:
        known = []
        for done, lesson in enumerate(self._lessons(dataset, examples), 1):
            known.append(lesson)
            if progress:
                progress(done, len(examples))
        vectors = np.array([lesson.vector for lesson in known], np.float32)
        self._replace(vectors, [k.example.label for k in known], [k.example.id for k in known])

    def fresh(self) -> Model:
        """An untaught model with the same settings."""
        model = Model(self.extractor, self.classifier, neighbours=self.neighbours)
        model._cache = self._cache
        return model

    def add(self, label: str, picture: Picture) -> None:
        """Learn from one more picture at once.

        Raises PictureError if it cannot be read, TeachingError if the label is empty.
        """
        if not label.strip():
            raise TeachingError("expected the name of a class, found an empty one; give it a name")
        self._remember(self._look(picture), label, None)

    def learn(self, dataset: Dataset, example: Example) -> None:
        """Learn from one more example of a dataset at once, by way of its cache; a broken one is reported there.

        One of a disabled class is left out.
        """
        if example.label in dataset.disabled:
            return
        with self._studying:
            for lesson in self._lessons(dataset, [example]):
                if example.id not in self._ids:  # it is when `follow` came across it first
                    self._remember(lesson.vector[None], example.label, example.id)

    def _lessons(self, dataset: Dataset, examples: Sequence[Example]) -> Iterator[teaching.Lesson]:
        if self._cache is None or self._cache[0] != dataset.folder:
            self._cache = (dataset.folder, teaching.open_cache(dataset, self.extractor))
        return teaching.lessons(
            examples, self.extractor, self._cache[1], lambda example, why: dataset.report(example.id, why)
        )

    def wait(self) -> None:
        """Until anything still being fitted in the background has taken over; raises what stopped it."""
        self._fitting.wait()

    @property
    def learning(self) -> bool:
        """Whether a classifier is being fitted in the background."""
        return self._fitting.busy

    @property
    def labels(self) -> list[str]:
        """The classes it was taught, sorted; quick however many pictures there are."""
        return [str(label) for label in getattr(self._memory, "classes_", ())]

    @property
    def counts(self) -> dict[str, int]:
        """How many pictures of each class it was taught."""
        return dict(Counter(self._labels))

    def _replace(self, vectors: Vectors, labels: list[str], ids: list[str | None]) -> None:
        with self._lock:
            self._memory = NearestNeighbours(self.neighbours)
            if labels:
                self._memory.fit(vectors, _column(labels))
            self._labels, self._ids = list(labels), list(ids)
            self._taught()

    def _remember(self, vectors: Vectors, label: str, example: str | None) -> None:
        with self._lock:
            self._memory.partial_fit(vectors, _column([label]))
            self._labels.append(label)
            self._ids.append(example)
            self._taught()

    def _restore(self, vectors: Vectors, labels: list[str], ids: list[str | None], head: Any) -> None:
        with self._lock:
            self._memory = NearestNeighbours(self.neighbours).fit(vectors, _column(labels))
            self._labels, self._ids = labels, ids
            self._head = (self._generation if head is not None else -1, head)

    def _taught(self) -> None:
        self._generation += 1
        if self.classifier != "knn" and len(self.labels) > 1:
            self._fitting.put(self._generation)

    def _fit_head(self, generation: int) -> None:
        with self._lock:
            if generation != self._generation:  # a newer one waits, or there is nothing left to tell apart
                return
            vectors, labels = self._memory.vectors.copy(), _column(self._labels)
        head = clone(self.classifier).fit(vectors, labels)
        with self._lock:
            self._head = (generation, head)

    # -- answering --------------------------------------------------------------------------------------

    def predict(self, picture: Picture) -> Prediction:
        """What it sees on one picture: a path, PIL image, (h, w, 3) uint8 RGB array, or encoded bytes.

        Raises TeachingError if nothing was taught yet, PictureError if the picture cannot be read.
        """
        self._check_taught()
        return self._answer(self._look(picture))[0]

    def predict_many(self, pictures: Iterable[Picture]) -> list[Prediction]:
        """What it sees on each of many pictures, in their order; decoding runs ahead in threads.

        Raises TeachingError as ``predict`` does, and PictureError at the first picture that cannot be read.
        """
        answers = []
        for answer in self.answers(pictures):
            if isinstance(answer, PictureError):
                raise answer
            answers.append(answer)
        return answers

    def answers(self, pictures: Iterable[Picture]) -> Iterator[Prediction | PictureError]:
        """As ``predict_many``, one by one as they are ready, and with the error in the place of a broken picture."""
        self._check_taught()
        cut = self.extractor.entry.cut
        yield from self.extractor.each(pictures, cut, then=lambda outputs: self._answer(outputs[0]))

    def judge(self, dataset: Dataset, examples: Sequence[Example]) -> list[Prediction | PictureError]:
        """What it sees on examples of a dataset, in their order, by way of its cache; an error for a broken picture.

        Raises TeachingError as ``predict`` does.
        """
        self._check_taught()
        with self._studying:
            vectors = {lesson.example.id: lesson.vector for lesson in self._lessons(dataset, examples)}
        return [
            self._answer(vectors[example.id][None])[0]
            if example.id in vectors
            else PictureError(f"{example.path}: cannot be read; see the dataset's problems")
            for example in examples
        ]

    def _look(self, picture: Picture) -> Vectors:
        entry = self.extractor.entry
        (vectors,) = backbones.run(entry, [entry.square(picture)], entry.cut)
        return vectors

    def _check_taught(self) -> None:
        if not self._labels:
            raise TeachingError("expected a model that was taught, found an empty one; call fit or add first")

    def _answer(self, vectors: Vectors) -> list[Prediction]:
        vectors = unit(vectors)  # as the classifier was fitted
        with self._lock:
            self._check_taught()  # again: all may have been forgotten since
            distances, nearest = self._memory.nearest(vectors)
            generation, head = self._head
            if generation == self._generation:
                classes, scores = head.classes_, scores_of(head, vectors)
            else:
                classes, scores = self._memory.classes_, self._memory.vote(distances, nearest)
            evidence = [
                tuple(Neighbour(self._labels[j], float(d), self._ids[j]) for d, j in zip(ds, js, strict=True))
                for ds, js in zip(distances, nearest, strict=True)
            ]
        return [
            Prediction(
                label=str(classes[row.argmax()]),
                confidence=float(row.max()),
                familiarity=float(np.clip(1 - near[0].distance, 0, 1)),
                scores={str(label): float(score) for label, score in zip(classes, row, strict=True)},
                evidence=near,
            )
            for row, near in zip(scores, evidence, strict=True)
        ]

    def scores_of_maps(self, maps: NDArray[np.float32]) -> NDArray[np.float32]:
        """What it would say to pictures with these last maps of the network.

        maps: (n, d, rows, columns) float32; gives (n, classes) float32 in the order of ``labels``. Raises TeachingError
        if nothing was taught yet.
        """
        vectors = unit(maps.mean((2, 3)))
        with self._lock:
            self._check_taught()
            generation, head = self._head
            scores = scores_of(head if generation == self._generation else self._memory, vectors)
        return np.asarray(scores, np.float32)

    def mean_of_others(self, label: str) -> NDArray[np.float32]:
        """The mean, (d,) float32, of the unit vectors of all other classes, all weighing the same; 0 for none."""
        with self._lock:
            vectors, labels = self._memory.vectors, np.array(self._labels, object)
            means = [vectors[labels == other].mean(0) for other in self.labels if other != label]
        return np.asarray(np.mean(means or [np.zeros(self.extractor.entry.features)], 0), np.float32)

    # -- keeping ----------------------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the whole model to one file, without pickle. Raises ModelFileError where that fails."""
        self._check_taught()
        self.wait()
        with self._lock:
            header = {
                "backbone": self.extractor.backbone,
                "fingerprint": self.extractor.entry.fingerprint,
                "classifier": self.classifier if isinstance(self.classifier, str) else "scikit-learn",
                "neighbours": self.neighbours,
                "labels": self._labels,
                "examples": self._ids,
            }
            fitted = self._head[1] if self._head[0] == self._generation else None
            objects = {} if self.classifier == "knn" else {"classifier": self.classifier, "fitted": fitted}
            archive.write(path, header, {"vectors": self._memory.vectors}, objects)


def load(path: str | os.PathLike[str]) -> Model:
    """Open a saved model. No code of the file's author runs.

    Raises ModelFileError if it is no saved model, one of another version, or one made with another backbone.
    """
    with archive.Archive(path) as file:
        header = file.header
        entry = backbones.CATALOGUE.get(str(header.get("backbone")))
        if entry is None or entry.fingerprint != header.get("fingerprint"):
            raise ModelFileError(
                f"{os.fspath(path)}: expected a model on one of this showtell's backbones "
                f"({', '.join(backbones.CATALOGUE)}), found one on another build of {header.get('backbone')!r}; "
                "fit it again from its pictures"
            )
        labels, ids, neighbours = header.get("labels"), header.get("examples"), header.get("neighbours")
        if not _well_formed(labels, ids, neighbours):
            raise ModelFileError(f"{os.fspath(path)}: its model.json is damaged; fit the model again from its pictures")
        vectors = file.array("vectors", np.float32, len(labels), entry.features)
        classifier, fitted = "knn", None
        if header.get("classifier") != "knn":
            classifier, fitted = file.object("classifier"), file.object("fitted")
            if not _fits(classifier, fitted, vectors, labels):
                raise ModelFileError(
                    f"{os.fspath(path)}: expected a scikit-learn classifier of its labels and vectors, found another; "
                    "fit the model again from its pictures"
                )
        model = Model(FeatureExtractor(entry.name), classifier, neighbours=neighbours)
        model._restore(vectors, labels, ids, fitted)
    return model


def _column(labels: Sequence[str]) -> NDArray[Any]:
    """Labels as scikit-learn takes them; as objects, since NumPy's own strings drop trailing NULs."""
    column = np.empty(len(labels), object)
    column[:] = labels
    return column


def _check(counts: Mapping[str, int], where: str) -> None:
    if not counts:
        raise TeachingError(f"{where}: expected two classes or more, found none; add a folder of pictures for each")
    if empty := [label for label, count in counts.items() if not count]:
        raise TeachingError(
            f'{where}: expected pictures in every class, found none in "{empty[0]}"; add some, or remove the class'
        )
    if len(counts) == 1:
        raise TeachingError(
            f'{where}: expected two classes or more, found only "{next(iter(counts))}"; '
            "add a second one, to tell them apart"
        )


def _fits(classifier: Any, fitted: Any, vectors: Vectors, labels: list[str]) -> bool:
    """Whether what a file holds can do a classifier's work; ``fitted`` is None where too little was taught."""
    try:
        if not isinstance(classifier, BaseEstimator) or not is_classifier(classifier):
            return False
        if fitted is None:
            return True
        known = set(fitted.classes_)
        return known == set(labels) and scores_of(fitted, unit(vectors[:1])).shape == (1, len(known))
    except Exception:  # scikit-learn raises whatever the damaged part makes it raise
        return False


def _well_formed(labels: Any, ids: Any, neighbours: Any) -> bool:
    return (
        isinstance(labels, list)
        and isinstance(ids, list)
        and 0 < len(labels) == len(ids)
        and all(isinstance(label, str) for label in labels)
        and all(i is None or isinstance(i, str) for i in ids)
        and isinstance(neighbours, int)
        and neighbours > 0
    )
