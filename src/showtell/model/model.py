"""Model: joins the feature extractor and a classifier; learns, answers, saves.

It is a facade. What was taught is in memory.py, the classifier and its background in fitting.py, the answers are made
in answering.py, and the file format is saving.py's.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from showtell.classifiers import heads
from showtell.classifiers.heads import Head
from showtell.classifiers.vectors import Floats, l2_normalize
from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example
from showtell.errors import ModelFileError, PictureError, TeachingError
from showtell.model import answering, saving
from showtell.model.features import ExampleFeatures, given
from showtell.model.fitting import Fitting
from showtell.model.labels import label_of, labels_of
from showtell.model.memory import Memory, Snapshot
from showtell.model.prediction import Prediction
from showtell.model.saving import KeptLooks, SavedModel
from showtell.model.sources import Source
from showtell.networks import runtime
from showtell.networks.extractor import QUALITIES, FeatureExtractor
from showtell.pictures.frame import Picture
from showtell.system.forks import watch_forks

Progress = Callable[[int, int], None]


class Model:
    """A feature extractor and a classifier that learns from a handful of pictures.

    extractor      turns pictures into vectors; the bundled backbone if None
    classifier     "best" (the whole picture and its parts, see ``WholeAndParts``), "knn" (k nearest neighbours),
                   "logistic", "svm", or any scikit-learn classifier, whose label is what its ``predict`` says
    neighbours     k, and how many examples a prediction shows as its evidence
    unknown_below  the familiarity below which a picture is called unknown, in [0, 1]; 0: never
    quality        "live": one look at a picture; "best": three, averaged, at three times the cost

    The nearest neighbours answer from the moment a picture is added. Another classifier is fitted in the background,
    takes over when it is done, and hands back to them while it is out of date. All methods may be called from several
    threads. A model can be pickled, as joblib does, for one's own use; ``save`` makes a file that is safe to open for
    anybody.

    Raises TeachingError for a classifier that cannot be used, ValueError for a setting out of its range.

    >>> from showtell.pictures.drawing import draw
    >>> model, rng = Model(classifier="knn"), np.random.default_rng(0)
    >>> model.add("mug", draw("mug", rng))
    >>> model.add("star", draw("star", rng))
    >>> model.predict(draw("star", rng)).closest
    'star'
    >>> [answer.closest for answer in model.predict_iter([draw("mug", rng), draw("star", rng)])]
    ['mug', 'star']
    >>> model.wait()
    >>> model.labels, model.counts, model.learning
    (['mug', 'star'], {'mug': 1, 'star': 1}, False)
    >>> model.unknown_below = 0  # from now on it names everything
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
        if neighbours < 1:
            raise ValueError(f"neighbours: expected at least 1, found {neighbours}")
        if quality not in QUALITIES:
            raise ValueError(f'quality: expected "live" or "best", found {quality!r}')
        self._classifier = heads.named(classifier)
        self.extractor = (extractor or FeatureExtractor()).fit()
        self.neighbours = neighbours
        self.unknown_below = unknown_below
        self.quality = quality
        self._features = ExampleFeatures(None, self.extractor)
        self._memory = Memory(neighbours)
        self._fitting = Fitting(self._memory, self._classifier, self._features.views)
        self.renew_after_fork()
        watch_forks(self)

    def renew_after_fork(self) -> None:
        """Let no lock of the parent's threads be held here; for ``watch_forks``."""
        self._syncing = threading.Lock()  # held by what goes by a dataset, one at a time

    @property
    def classifier(self) -> Any:
        """ "best", "knn", or a scikit-learn classifier, never fitted itself. A new one is fitted on what was taught."""
        return self._classifier

    @classifier.setter
    def classifier(self, value: Any) -> None:
        self._classifier = heads.named(value)
        self._fitting.use(self._classifier)

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
        examples: Dataset | Iterable[Picture | Example],
        labels: Iterable[str | int] | None = None,
        *,
        only: Sequence[Example] | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """Learn from a dataset, or from pictures and their labels, and forget all before. Return when that is done.

        examples  a dataset, or any iterable of pictures, each taken as it is when its turn comes
        labels    for each picture its class, as text or a whole number
        only      examples of the dataset, to learn just these, even of one class
        progress  called as ``progress(done, total)`` as a dataset's pictures are looked at

        Disabled classes of a dataset are left out, unless they are in ``only``. So are its broken pictures, which are
        reported in ``dataset.problems``; a broken one among other pictures raises PictureError. Raises TeachingError
        unless there are two classes or more, each with a picture, and for what is no label.

        >>> from showtell.pictures.drawing import draw
        >>> rng = np.random.default_rng(0)
        >>> model = Model(classifier="knn").fit([draw("mug", rng), draw("star", rng)], ["mug", "star"])
        >>> model.counts
        {'mug': 1, 'star': 1}
        """
        if isinstance(examples, str | os.PathLike):
            raise TeachingError(f"expected a dataset, found a path; call fit(Dataset({os.fspath(examples)!r}))")
        if isinstance(examples, Dataset):
            if labels is not None:
                raise TeachingError("expected fit(dataset) or fit(pictures, labels), found a dataset with labels")
            self._fit_dataset(examples, only, progress)
        elif only is not None:
            raise TeachingError("expected a dataset to take examples of, found pictures; call fit(dataset, only=…)")
        else:
            self._fit_pictures(examples, labels_of(labels))
        self.wait()
        return self

    def _fit_dataset(self, dataset: Dataset, only: Sequence[Example] | None, progress: Progress | None) -> None:
        if only is not None:
            with self._syncing:
                self._learn_all(dataset, only, progress)
            return
        enabled = {label: n for label, n in dataset.counts.items() if label not in dataset.disabled}
        _check(enabled, str(dataset.folder))
        self.sync(dataset, progress=progress)
        _check({label: self.counts.get(label, 0) for label in enabled}, str(dataset.folder))

    def _fit_pictures(self, pictures: Iterable[Picture | Example], labels: list[str]) -> None:
        if isinstance(pictures, Sized) and not isinstance(pictures, str | bytes):
            _check_fit(len(pictures), labels)
        _check(Counter(labels), "the pictures")
        vectors, sources = given(self.extractor, answering.pictures_of(pictures), keep=self._fitting.needs_map)
        _check_fit(len(vectors), labels)
        self._fitting.start(self._memory.replace(vectors, labels, [None] * len(labels), sources))

    def sync(self, dataset: Dataset, *, progress: Progress | None = None) -> None:
        """Know just what the dataset holds now, but for the classes that are disabled there.

        Unlike ``fit`` it takes any number of classes, and does not wait until the classifier is fitted.
        """
        with self._syncing:
            disabled = set(dataset.disabled)
            self._learn_all(dataset, [example for example in dataset if example.label not in disabled], progress)

    def _learn_all(self, dataset: Dataset, examples: Sequence[Example], progress: Progress | None) -> None:
        vectors = np.empty((len(examples), self.extractor.entry.features), np.float32)  # once: they may be many
        known: list[Example] = []
        for done, found in enumerate(self._of_dataset(dataset).vectors(examples), 1):
            vectors[len(known)] = found.vector
            known.append(found.example)
            if progress:
                progress(done, len(examples))
        vectors = vectors[: len(known)]
        vectors = l2_normalize(vectors, out=vectors)
        sources = [Source.of_example(example) for example in known]
        labels, ids = [example.label for example in known], [example.id for example in known]
        self._fitting.start(self._memory.replace(vectors, labels, ids, sources))

    def add(self, label: str | int, picture: Picture | Example) -> None:
        """Learn from one more picture at once. What becomes of its file, array or image afterwards changes nothing.

        Raises PictureError if it cannot be read, TeachingError for what is no label.

        >>> model = Model()
        >>> model.add("dark", np.zeros((480, 640, 3), np.uint8))
        >>> model.counts
        {'dark': 1}
        """
        name = label_of(label)
        vectors, (source,) = given(self.extractor, [answering.picture_of(picture)], keep=self._fitting.needs_map)
        self._remember(vectors[0], name, None, source)

    def learn(self, dataset: Dataset, example: Example) -> None:
        """Learn from one more example of a dataset at once, by way of its cache; a broken one is reported there.

        One of a disabled class is left out.
        """
        if example.label in dataset.disabled:
            return
        with self._syncing:
            for found in self._of_dataset(dataset).vectors([example]):
                self._remember(found.vector, example.label, example.id, Source.of_example(example))

    def _remember(self, vector: Floats, label: str, id: str | None, source: Source) -> None:
        snapshot = self._memory.add(vector, label, id, source)
        if snapshot is not None:  # it is where `sync` came across the example first
            self._fitting.start(snapshot)

    def _of_dataset(self, dataset: Dataset) -> ExampleFeatures:
        before, self._features = self._features, self._features.of(dataset)
        if self._features.views is not before.views:
            self._features.views.carry(before.views, self._memory.now.sources)
            self._fitting.views = self._features.views
        return self._features

    def wait(self) -> None:
        """Return when the classifier has learned all that was taught before this call; raise what stopped it."""
        self._fitting.wait()

    @property
    def learning(self) -> bool:
        """Whether a classifier is being fitted in the background."""
        return self._fitting.busy

    @property
    def labels(self) -> list[str]:
        """The classes it was taught, sorted; quick however many pictures there are."""
        return self._memory.now.classes

    @property
    def counts(self) -> dict[str, int]:
        """How many pictures of each class it was taught."""
        return self._memory.now.counts()

    # -- answering --------------------------------------------------------------------------------------

    def predict(self, picture: Picture | Example) -> Prediction:
        """Return what it sees on one picture: a path, PIL image, (h, w, 3) uint8 RGB array, encoded bytes, or example.

        Raises TeachingError if nothing was taught yet, PictureError if the picture cannot be read.

        >>> model = Model(classifier="knn")
        >>> model.add("dark", np.zeros((480, 640, 3), np.uint8))
        >>> print(model.predict(np.zeros((480, 640, 3), np.uint8)))
        I see "dark" and I'm 100 % certain about it
        """
        answering.taught(self._memory.now)
        entry, each = self.extractor.entry, QUALITIES[self.quality]
        shown = answering.squares(entry, answering.picture_of(picture), each)
        return self._answer(runtime.run(entry, shown, *self._outputs), each)[0]

    def predict_many(self, pictures: Dataset | Iterable[Picture | Example]) -> list[Prediction]:
        """Return what it sees on each of many pictures, in their order; decoding runs ahead in threads.

        Raises TeachingError as ``predict`` does, and PictureError at the first picture that cannot be read.

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
        answering.taught(self._memory.now)
        entry, each = self.extractor.entry, QUALITIES[self.quality]
        yield from self.extractor.each(
            answering.pictures_of(pictures),
            *self._outputs,
            squares=lambda picture: answering.squares(entry, picture, each),
            then=lambda found: self._answer(found, each),
        )

    def predict_examples(self, dataset: Dataset, examples: Sequence[Example]) -> list[Prediction | PictureError]:
        """Return what it sees on examples of a dataset, by way of its cache; the error in the place of a broken one.

        Raises TeachingError as ``predict`` does.
        """
        answering.taught(self._memory.now)
        with self._syncing:
            features = self._of_dataset(dataset)
            known = {found.example.id: found.vector for found in features.vectors(examples)}
        looks = features.looks([e for e in examples if e.id in known]) if self._fitting.needs_map else None
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

    @property
    def _outputs(self) -> tuple[str, ...]:
        return ("features", "map") if self._fitting.needs_map else ("features",)

    def _answer(self, found: Sequence[Floats], each: int) -> list[Prediction]:
        return self._answers(*answering.read(found), each)

    def _answers(self, vectors: Floats, rows: Floats | None, each: int) -> list[Prediction]:
        snapshot = answering.taught(self._memory.now)  # again: all may have been forgotten meanwhile
        head = self._fitting.answering(snapshot, looks=rows is not None)
        return answering.answer(snapshot, head, vectors, rows, each=each, unknown_below=self.unknown_below)

    def scores_of_maps(self, maps: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the scores, ``(n, classes)`` float32 in the order of ``labels``, for pictures with these last maps.

        maps: ``(n, d, rows, columns)`` float32. Raises TeachingError if nothing was taught yet.
        """
        return answering.scores_of_maps(self._answering(), maps)

    def scores_of_means(self, means: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the scores, as ``scores_of_maps`` does, for the maps' means, ``(n, d)`` float32.

        "best" asks the wholes then, and no parts.
        """
        return answering.scores_of_means(self._answering(), means)

    def mean_of_others(self, label: str) -> NDArray[np.float32]:
        """Return the mean, ``(d,)`` float32, of all other classes' mean vectors; 0 for none."""
        return answering.mean_of_others(answering.taught(self._memory.now), label)

    def _answering(self) -> Head:
        return self._fitting.answering(answering.taught(self._memory.now))

    # -- keeping ----------------------------------------------------------------------------------------

    def clone(self, extractor: FeatureExtractor | None = None) -> Model:
        """Return an untaught model with the same settings, or with another extractor and else the same.

        The features of another extractor are not kept in a dataset's folder: it may be one of many on trial.

        >>> Model(classifier="knn", neighbours=3).clone().neighbours
        3
        """
        model = Model(
            extractor or self.extractor,
            self.classifier,
            neighbours=self.neighbours,
            unknown_below=self.unknown_below,
            quality=self.quality,
        )
        features = ExampleFeatures(None, extractor, on_disk=False) if extractor else self._features
        model._features, model._fitting.views = features, features.views
        return model

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write what was taught so far, and the classifier fitted on that, to one file, without pickle.

        Meanwhile the model answers, and may be taught. Raises ModelFileError where the file cannot be written or the
        classifier cannot be saved safely, and what stopped the classifier if it could not learn.

        >>> import os, tempfile
        >>> model, path = Model(classifier="knn"), os.path.join(tempfile.mkdtemp(), "dark.showtell")
        >>> model.add("dark", np.zeros((480, 640, 3), np.uint8))
        >>> model.save(path)
        >>> load(path).labels
        ['dark']
        """
        saving.write(path, self._saved(answering.taught(self._memory.now)))

    def __reduce__(self) -> tuple[Callable[[SavedModel], Model], tuple[SavedModel]]:
        return _restored, (self._saved(self._memory.now),)

    def _saved(self, snapshot: Snapshot) -> SavedModel:
        fitted, views = self._fitting.of(snapshot), self._fitting.views
        d = self.extractor.entry.features
        return SavedModel(
            self.extractor.entry,
            self.classifier,
            snapshot.neighbours.vectors if snapshot.size else np.empty((0, d), np.float32),
            snapshot.labels,
            snapshot.ids,
            fitted.head,
            fitted.familiar,
            KeptLooks.of_sources(snapshot.sources, views) if self._fitting.needs_map else None,
            {"neighbours": self.neighbours, "unknown_below": self.unknown_below, "quality": self.quality},
        )

    # -- names of earlier versions

    follow, answers, judge, fresh = sync, predict_iter, predict_examples, clone

    def study(self, dataset: Dataset, examples: Sequence[Example], *, progress: Progress | None = None) -> Self:
        """Call ``fit(dataset, only=examples)``, which replaced this."""
        return self.fit(dataset, only=examples, progress=progress)


def load(path: str | os.PathLike[str]) -> Model:
    """Open a saved model. No code of the file's author runs.

    A classifier that cannot be kept safely, such as a forest, is fitted again, from the vectors in the file.
    Raises ModelFileError if it is no saved model, one of another version, one that is damaged, or one made with a
    backbone that is neither in the catalogue nor in the file.

    >>> load("things.jpg")
    Traceback (most recent call last):
    showtell.errors.ModelFileError: things.jpg: cannot be read (No such file or directory); expected a saved model
    """
    saved = saving.read(path)
    try:
        return _restored(saved)
    except (ValueError, TypeError) as error:
        raise ModelFileError(f"{os.fspath(path)}: its model.json is damaged ({error})") from error


def _restored(saved: SavedModel) -> Model:
    """Return the model that was saved, which goes on answering and learning."""
    own = saved.backbone.weights is not None
    model = Model(FeatureExtractor(saved.backbone if own else saved.backbone.name), saved.classifier, **saved.settings)
    sources = [Source(name=str(place)) for place in range(len(saved.labels))]
    if saved.looks is not None:
        saved.looks.restore(sources, model._features.views)
    if saved.labels:
        snapshot = model._memory.replace(saved.vectors, saved.labels, saved.ids, sources)
        model._fitting.restore(snapshot, saved.head, saved.familiar)
    return model


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


def _check_fit(pictures: int, labels: list[str]) -> None:
    if pictures != len(labels):
        raise TeachingError(f"expected a label for each picture, found {pictures} pictures and {len(labels)} labels")
