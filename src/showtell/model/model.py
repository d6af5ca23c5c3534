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
from threadpoolctl import threadpool_limits

from showtell.classifiers import familiarity
from showtell.classifiers.heads import by_name, scores_of
from showtell.classifiers.neighbours import NearestNeighbours
from showtell.classifiers.vectors import Vectors, unit
from showtell.classifiers.whole_and_parts import WholeAndParts
from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example
from showtell.errors import BackboneError, ModelFileError, PictureError, TeachingError
from showtell.model import archive, features
from showtell.model.archive import Archive
from showtell.model.features import Lesson, source_of
from showtell.model.prediction import Neighbour, Prediction
from showtell.model.views import Source, Views
from showtell.networks import catalogue, runtime
from showtell.networks.backbone import Backbone
from showtell.networks.cache import FeatureCache
from showtell.networks.extractor import QUALITIES, FeatureExtractor
from showtell.networks.regions import LOOKS, hellinger, looks
from showtell.pictures.frame import Frame, Picture, square
from showtell.system.workers import LatestOnly

Progress = Callable[[int, int], None]


OWN = ("best", "knn")


SETTLED_S = 0.2  # pictures that follow each other faster are learned together


class Model:
    """A feature extractor and a classifier that learns from a handful of pictures.

    extractor      turns pictures into vectors; the bundled backbone if None
    classifier     "best" (the whole picture and its parts, see ``WholeAndParts``), "knn" (k nearest neighbours),
                   "logistic", "svm", or any scikit-learn classifier
    neighbours     k, and how many examples a prediction shows as its evidence
    unknown_below  the familiarity below which a picture is called unknown, in [0, 1]; 0: never
    quality        "live": one look at a picture; "best": three, averaged, at three times the cost

    The nearest neighbours answer from the moment a picture is added. Another classifier is fitted in the
    background, takes over when it is done, and hands back to them while it is out of date. A classifier
    without ``predict_proba`` is asked for its ``decision_function``, and the scores are that one's softmax.
    """

    def __init__(
        self,
        extractor: FeatureExtractor | None = None,
        classifier: Any = "best",
        *,
        neighbours: int = 5,
        unknown_below: float = 0.5,
        quality: str = "live",
    ) -> None:
        if isinstance(classifier, str) and classifier not in OWN:
            classifier = by_name(classifier)
        if neighbours < 1:
            raise ValueError(f"neighbours: expected at least 1, found {neighbours}")
        if quality not in QUALITIES:
            raise ValueError(f'quality: expected "live" or "best", found {quality!r}')
        self.extractor = (extractor or FeatureExtractor()).fit()
        self.classifier = classifier
        self.neighbours = neighbours
        self.unknown_below = unknown_below
        self.quality = quality
        self._studying = threading.Lock()  # held by what goes by a dataset, one at a time
        self._lock = threading.Lock()  # held while those below change or are read together
        self._memory = NearestNeighbours(neighbours)
        self._labels: list[str] = []
        self._ids: list[str | None] = []
        self._sources: list[Source] = []
        self._generation = 0  # counts what was taught; a head fitted on another generation is out of date
        self._head: tuple[int, Any] = (-1, None)
        self._reach: float | None = None  # how far apart the classes are; may be a little out of date
        entry = self.extractor.entry
        self._cache: tuple[Path, FeatureCache] | None = None
        self._on_disk = True  # whether that is kept in the dataset's folder
        self._views = Views(entry, FeatureCache(None, LOOKS * entry.features, entry.fingerprint))
        self._hurry = threading.Event()  # set while somebody waits for the background
        self._fitting: LatestOnly[int] = LatestOnly(self._fit_head, "showtell-fit")

    @property
    def unknown_below(self) -> float:
        """The familiarity below which a picture is called unknown; ValueError unless it is in [0, 1]."""
        return self._unknown_below

    @unknown_below.setter
    def unknown_below(self, value: float) -> None:
        if not 0 <= value <= 1:
            raise ValueError(f"unknown_below: expected a number in [0, 1], found {value}")
        self._unknown_below = float(value)

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
            sources = [Source(picture, str(place)) for place, picture in enumerate(pictures)]
            self._replace(self.extractor.transform(pictures), names, [None] * len(names), sources)
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
        vectors = np.empty((len(examples), self.extractor.entry.features), np.float32)  # once: they may be many
        known: list[Example] = []
        for done, lesson in enumerate(self._lessons(dataset, examples), 1):
            vectors[len(known)] = lesson.vector
            known.append(lesson.example)
            if progress:
                progress(done, len(examples))
        vectors, examples = vectors[: len(known)], known
        vectors = unit(vectors, out=vectors)
        self._replace(vectors, [e.label for e in examples], [e.id for e in examples], [source_of(e) for e in examples])

    def fresh(self, extractor: FeatureExtractor | None = None) -> Model:
        """An untaught model with the same settings, or with another extractor and else the same.

        What the other one sees is not kept in a dataset's folder: it may be one of many that are tried.
        """
        model = Model(
            extractor or self.extractor,
            self.classifier,
            neighbours=self.neighbours,
            unknown_below=self.unknown_below,
            quality=self.quality,
        )
        if extractor is None:
            model._cache, model._views, model._on_disk = self._cache, self._views, self._on_disk
        else:
            model._on_disk = False
        return model

    def add(self, label: str, picture: Picture) -> None:
        """Learn from one more picture at once.

        Raises PictureError if it cannot be read, TeachingError if the label is empty.
        """
        if not label.strip():
            raise TeachingError("expected the name of a class, found an empty one; give it a name")
        entry = self.extractor.entry
        (vectors,) = runtime.run(entry, [entry.square(picture)], "features")
        self._remember(vectors, label, None, Source(picture, str(len(self._labels))))

    def learn(self, dataset: Dataset, example: Example) -> None:
        """Learn from one more example of a dataset at once, by way of its cache; a broken one is reported there.

        One of a disabled class is left out.
        """
        if example.label in dataset.disabled:
            return
        with self._studying:
            for lesson in self._lessons(dataset, [example]):
                if example.id not in self._ids:  # it is when `follow` came across it first
                    self._remember(lesson.vector[None], example.label, example.id, source_of(example))

    def _lessons(self, dataset: Dataset, examples: Sequence[Example]) -> Iterator[Lesson]:
        if self._cache is None or self._cache[0] != dataset.folder:
            vectors, looked = (
                features.open_cache(dataset, self.extractor, rows, on_disk=self._on_disk) for rows in (1, LOOKS)
            )
            self._cache, self._views = (dataset.folder, vectors), Views(self.extractor.entry, looked)
        return features.lessons(
            examples, self.extractor, self._cache[1], lambda example, why: dataset.report(example.id, why)
        )

    def wait(self) -> None:
        """Until anything still being fitted in the background has taken over; raises what stopped it."""
        self._hurry.set()
        try:
            self._fitting.wait()
        finally:
            self._hurry.clear()

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

    def _replace(self, vectors: Vectors, labels: list[str], ids: list[str | None], sources: list[Source]) -> None:
        with self._lock:
            self._memory = NearestNeighbours(self.neighbours)
            if labels:
                self._memory.fit(vectors, _column(labels))
            self._labels, self._ids, self._sources = list(labels), list(ids), list(sources)
            self._taught()

    def _remember(self, vectors: Vectors, label: str, example: str | None, source: Source) -> None:
        with self._lock:
            self._memory.partial_fit(vectors, _column([label]))
            self._labels.append(label)
            self._ids.append(example)
            self._sources.append(source)
            self._taught()

    def _restore(
        self, vectors: Vectors, labels: list[str], ids: list[str | None], sources: list[Source], head: Any
    ) -> None:
        with self._lock:
            self._memory = NearestNeighbours(self.neighbours).fit(vectors, _column(labels))
            self._labels, self._ids, self._sources = labels, ids, sources
            self._head = (self._generation if head is not None else -1, head)

    def _taught(self) -> None:
        self._generation += 1
        if len(self.labels) > 1:
            self._fitting.put(self._generation)

    def _fit_head(self, generation: int) -> None:
        with self._lock:
            if generation != self._generation:  # a newer one waits, or there is nothing left to tell apart
                return
            labels, sources, views = list(self._labels), list(self._sources), self._views
            vectors = self._memory.vectors  # rows are never written again
        with threadpool_limits(1):  # more threads of BLAS would keep cores busy that the network wants
            reach = familiarity.reach(vectors, _column(labels))
        with self._lock:
            self._reach = reach
        if self.classifier == "knn":
            return
        if self.classifier == "best":
            cores, hurry = os.cpu_count() or 1, self._hurry.is_set()
            # While nobody waits, half of the cores are for live answers, and the others too where they are wanted.
            views.make(sources, labels, cores=cores if hurry else max(1, cores // 2), humble=not hurry)
            if not self._hurry.wait(SETTLED_S) and generation != self._generation:  # another picture came meanwhile
                return
            seen = views.seen(sources, labels)
            if len(set(names := [labels[i] for i in seen.sources])) < len(set(labels)):
                return  # a class whose pictures cannot be read any more: the neighbours know it still
            bursts = [sources[i].burst for i in seen.sources]
            with threadpool_limits(1):
                head = WholeAndParts().fit(seen.looks, names, seen.sources, None if None in bursts else bursts)
        else:
            head = clone(self.classifier).fit(vectors.copy(), _column(labels))  # a classifier may write into them
        with self._lock:
            self._head = (generation, head)

    # -- answering --------------------------------------------------------------------------------------

    def predict(self, picture: Picture) -> Prediction:
        """What it sees on one picture: a path, PIL image, (h, w, 3) uint8 RGB array, or encoded bytes.

        Raises TeachingError if nothing was taught yet, PictureError if the picture cannot be read.
        """
        self._check_taught()
        each = QUALITIES[self.quality]
        found = runtime.run(self.extractor.entry, self._squares(picture, each), *self._outputs)
        return self._answer(*self._read(found), each)[0]

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
        each = QUALITIES[self.quality]
        yield from self.extractor.each(
            pictures,
            *self._outputs,
            squares=lambda picture: self._squares(picture, each),
            then=lambda found: self._answer(*self._read(found), each),
        )

    def judge(self, dataset: Dataset, examples: Sequence[Example]) -> list[Prediction | PictureError]:
        """What it sees on examples of a dataset, in their order, by way of its cache; an error for a broken picture.

        Raises TeachingError as ``predict`` does.
        """
        self._check_taught()
        with self._studying:
            known = {lesson.example.id: lesson.vector for lesson in self._lessons(dataset, examples)}
        rows: dict[str, Vectors] = {}
        if self.classifier == "best":
            readable = [example for example in examples if example.id in known]
            seen = self._views.see([source_of(e) for e in readable], [e.label for e in readable], most=1)
            rows = {readable[place].id: row for place, row in zip(seen.sources, seen.looks, strict=True)}
        answers: list[Prediction | PictureError] = []
        for example in examples:
            if example.id not in known:
                answers.append(PictureError(f"{example.path}: cannot be read; see the dataset's problems"))
            elif rows and example.id not in rows:  # too many for the views that are kept
                answers.append(self.predict(example.path))
            else:
                answers += self._answer(known[example.id][None], rows[example.id][None] if rows else None)
        return answers

    @property
    def _outputs(self) -> tuple[str, ...]:
        return ("features", "map") if self.classifier == "best" else ("features",)

    def _squares(self, picture: Picture, each: int) -> list[Frame]:
        """What the network sees of a picture, ``each`` times; first of all as it is taught."""
        entry = self.extractor.entry
        plain = entry.square(picture)
        if each == 1:
            return [plain]
        mirrored: Frame = plain[:, ::-1]
        return [plain, mirrored, square(picture, entry.size)]

    def _read(self, found: Sequence[Vectors]) -> tuple[Vectors, Vectors | None]:
        return found[0], looks(found[1]) if len(found) > 1 else None

    def _check_taught(self) -> None:
        if not self._labels:
            raise TeachingError("expected a model that was taught, found an empty one; call fit or add first")

    def _answer(self, vectors: Vectors, rows: Vectors | None, each: int = 1) -> list[Prediction]:
        """vectors: (n, d), ``each`` of a picture; rows: their (n, 10, d) looks for "best"; gives n / each answers."""
        vectors = unit(vectors)  # as the classifier was fitted
        with self._lock:
            self._check_taught()  # again: all may have been forgotten since
            distances, nearest = self._memory.nearest(vectors)
            generation, head = self._head
            head = head if generation == self._generation else None
            classes = self._memory.classes_ if head is None else head.classes_
            votes = self._memory.vote(distances, nearest) if head is None else None
            reach = self._reach
            evidence = [
                tuple(Neighbour(self._labels[j], float(d), self._ids[j]) for d, j in zip(ds, js, strict=True))
                for ds, js in zip(distances, nearest, strict=True)
            ]
        if isinstance(head, WholeAndParts) and rows is not None:
            scores, familiar = head.predict_proba(rows), head.familiarity(rows)
        else:
            scores = scores_of(head, vectors) if votes is None else votes
            familiar = np.array([familiarity.familiarity(near[0].distance, reach) for near in evidence])
        scores, familiar = scores.reshape(-1, each, len(classes)).mean(1), familiar.reshape(-1, each).mean(1)
        return [self._prediction(classes, *answer) for answer in zip(scores, familiar, evidence[::each], strict=True)]

    def _prediction(
        self, classes: NDArray[Any], scores: NDArray[np.float64], familiar: float, near: tuple[Neighbour, ...]
    ) -> Prediction:
        return Prediction(
            label=str(classes[scores.argmax()]) if familiar >= self.unknown_below else None,
            confidence=familiarity.certainty(float(scores.max()), float(familiar)),
            familiarity=float(familiar),
            scores={str(label): float(score) for label, score in zip(classes, scores, strict=True)},
            evidence=near,
        )

    def scores_of_maps(self, maps: NDArray[np.float32]) -> NDArray[np.float32]:
        """What it would say to pictures with these last maps of the network.

        maps: (n, d, rows, columns) float32; gives (n, classes) float32 in the order of ``labels``. Raises TeachingError
        if nothing was taught yet.
        """
        head = self._answering()
        if isinstance(head, WholeAndParts):
            return np.asarray(head.predict_proba(looks(maps)), np.float32)
        return self.scores_of_means(maps.mean((2, 3)))

    def scores_of_means(self, means: NDArray[np.float32]) -> NDArray[np.float32]:
        """As ``scores_of_maps``, of the maps' means, (n, d) float32: "best" looks at the wholes, and at no parts."""
        head = self._answering()
        if isinstance(head, WholeAndParts):
            return np.asarray(head.whole_proba(hellinger(means)), np.float32)
        return np.asarray(scores_of(head, unit(means)), np.float32)

    def _answering(self) -> Any:
        """The classifier that answers now."""
        with self._lock:
            self._check_taught()
            generation, head = self._head
            return head if generation == self._generation else self._memory

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
        entry = self.extractor.entry
        with self._lock:
            header = {
                "backbone": entry.name,
                "fingerprint": entry.fingerprint,
                "classifier": self.classifier if isinstance(self.classifier, str) else "scikit-learn",
                "neighbours": self.neighbours,
                "unknown_below": self.unknown_below,
                "quality": self.quality,
                "reach": self._reach,
                "labels": self._labels,
                "examples": self._ids,
            }
            fitted = self._head[1] if self._head[0] == self._generation else None
            arrays = {"vectors": self._memory.vectors}
            objects = {}
            if self.classifier == "best":
                arrays |= {**self._kept_looks(), **(fitted.arrays() if fitted else {})}
                header["fitted"] = fitted is not None
            elif self.classifier != "knn":
                objects = {"classifier": self.classifier, "fitted": fitted}
            if entry.weights is not None:
                header["network"] = entry.to_dict()
            archive.write(path, header, arrays, objects, entry.weights)

    def _kept_looks(self) -> dict[str, NDArray[Any]]:
        """What "best" needs to learn on without the pictures: of each the looks at it as it is, where there are any."""
        found = [(place, source.key, self._views.plain(source)) for place, source in enumerate(self._sources)]
        kept = [(place, key, rows) for place, key, rows in found if key is not None and rows is not None]
        shape = (len(kept), LOOKS, self.extractor.entry.features)
        return {
            "looks": np.array([rows for _, _, rows in kept], np.float16).reshape(shape),
            "looks_of": np.array([place for place, _, _ in kept], np.int64),
            "looks_keys": np.array([list(key) for _, key, _ in kept], np.uint8).reshape(len(kept), 32),
        }


def load(path: str | os.PathLike[str]) -> Model:
    """Open a saved model. No code of the file's author runs.

    Raises ModelFileError if it is no saved model, one of another version, or one made with a backbone that is neither
    in the catalogue nor in the file.
    """
    with Archive(path) as file:
        header = file.header
        entry = _own_network(file) if "network" in header else catalogue.CATALOGUE.get(str(header.get("backbone")))
        if entry is None or entry.fingerprint != header.get("fingerprint"):
            raise ModelFileError(
                f"{os.fspath(path)}: expected a model on one of this showtell's backbones "
                f"({', '.join(catalogue.CATALOGUE)}), found one on another build of {header.get('backbone')!r}; "
                "fit it again from its pictures"
            )
        labels, ids, neighbours = header.get("labels"), header.get("examples"), header.get("neighbours")
        if not _well_formed(labels, ids, neighbours):
            raise ModelFileError(f"{os.fspath(path)}: its model.json is damaged; fit the model again from its pictures")
        vectors = file.array("vectors", np.float32, len(labels), entry.features)
        classifier, fitted = header.get("classifier"), None
        if classifier == "best":
            fitted = _restored(file, entry, labels) if header.get("fitted") else None
        elif classifier != "knn":
            classifier, fitted = file.object("classifier"), file.object("fitted")
            if not _fits(classifier, fitted, vectors, labels):
                raise ModelFileError(
                    f"{os.fspath(path)}: expected a scikit-learn classifier of its labels and vectors, found another; "
                    "fit the model again from its pictures"
                )
        try:
            model = Model(
                FeatureExtractor(entry if "network" in header else entry.name),
                classifier,
                neighbours=neighbours,
                unknown_below=header.get("unknown_below", 0.5),
                quality=header.get("quality", "live"),
            )
        except (ValueError, TypeError) as error:
            raise ModelFileError(f"{os.fspath(path)}: its model.json is damaged ({error})") from error
        reach = header.get("reach")
        model._reach = float(reach) if isinstance(reach, float) and 0 < reach <= 2 else None
        sources = [Source(None, str(place)) for place in range(len(labels))]
        if classifier == "best":
            kept = file.array("looks", np.float16, None, LOOKS, entry.features)
            places = file.array("looks_of", np.int64, len(kept))
            keys = file.array("looks_keys", np.uint8, len(kept), 32)
            for place, key, rows in zip(places, keys, kept, strict=True):
                if 0 <= place < len(sources):
                    sources[place].key = key.tobytes()
                    model._views.keep_plain(key.tobytes(), rows)
        model._restore(vectors, labels, ids, sources, fitted)
    return model


def _own_network(file: Archive) -> Backbone:
    """The backbone outside the catalogue that the file brings with it."""
    try:
        entry = Backbone.from_dict(file.header["network"], file.network())
        runtime.session(entry)
    except BackboneError as error:
        raise ModelFileError(f"{file.path}: {error}; fit it again from its pictures") from error
    return entry


def _restored(file: Archive, entry: Backbone, labels: list[str]) -> WholeAndParts:
    classes, d = sorted(set(labels)), entry.features
    shapes = {"whole_slope": (d, 0), "whole_offset": (0,), "parts_slope": (d, 1), "parts_offset": (1,)}
    arrays = {
        name: file.array(name, np.float32, *shape[:-1], len(classes) + shape[-1]) for name, shape in shapes.items()
    }
    return WholeAndParts.restored(_column(classes), {**arrays, "numbers": file.array("numbers", np.float64, 4)})


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
