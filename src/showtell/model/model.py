"""Model: joins the feature extractor and a classifier; learns, answers, saves.

It is a facade. What was taught is in memory.py, the classifier and its background in fitting.py, the answers are made
in answering.py, and the file format is saving.py's.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

import numpy as np

from showtell.classifiers import heads
from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example
from showtell.dataset.pins import Pin
from showtell.errors import ModelFileError, TeachingError
from showtell.model import saving
from showtell.model.answering import Answering
from showtell.model.features import ExampleFeatures
from showtell.model.fitting import Fitting
from showtell.model.labels import labels_of
from showtell.model.memory import Memory, Snapshot
from showtell.model.pinned import of_dataset
from showtell.model.saving import KeptLooks, SavedModel
from showtell.model.sources import Source
from showtell.model.teaching import Progress, Teaching
from showtell.networks.extractor import QUALITIES, FeatureExtractor
from showtell.pictures.frame import Picture


class Model(Answering):
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
        self._memory = Memory(neighbours)
        self.pins: list[Pin] = []
        self._set_up(ExampleFeatures(None, self.extractor))

    def _set_up(self, features: ExampleFeatures) -> None:
        self._fitting = Fitting(self._memory, self._classifier, features.views)
        self._teaching = Teaching(features, self._memory, self._fitting)

    @property
    def classifier(self) -> Any:
        """ "best", "knn", or a scikit-learn classifier, never fitted itself. A new one is fitted on what was taught."""
        return self._classifier

    @classifier.setter
    def classifier(self, value: Any) -> None:
        self._classifier = heads.named(value)
        self._fitting.use(self._classifier)

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
        reported in ``dataset.problems``; a broken one among other pictures raises PictureError. A dataset's pins become
        the model's ``pins``, which `check` asks about and ``save`` keeps. Raises TeachingError unless there are two
        classes or more, each with a picture, and for what is no label.

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
            self._teaching.fit_dataset(examples, only, progress)
            self.pins = of_dataset(examples, self.extractor.entry) if only is None else []
        elif only is not None:
            raise TeachingError("expected a dataset to take examples of, found pictures; call fit(dataset, only=…)")
        else:
            self._teaching.fit_pictures(examples, labels_of(labels))
            self.pins = []
        self.wait()
        return self

    def sync(self, dataset: Dataset, *, progress: Progress | None = None) -> None:
        """Know just what the dataset holds now, but for the classes that are disabled there.

        Unlike ``fit`` it takes any number of classes, and does not wait until the classifier is fitted.
        """
        self._teaching.sync(dataset, progress)

    def add(self, label: str | int, picture: Picture | Example) -> None:
        """Learn from one more picture at once. What becomes of its file, array or image afterwards changes nothing.

        Raises PictureError if it cannot be read, TeachingError for what is no label.

        >>> model = Model()
        >>> model.add("dark", np.zeros((480, 640, 3), np.uint8))
        >>> model.counts
        {'dark': 1}
        """
        self._teaching.add(label, picture)

    def learn(self, dataset: Dataset, example: Example) -> None:
        """Learn from one more example of a dataset at once, by way of its cache; a broken one is reported there.

        One of a disabled class is left out.
        """
        self._teaching.learn(dataset, example)

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
        model._set_up(ExampleFeatures(None, extractor, on_disk=False) if extractor else self._teaching.features)
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
        saving.write(path, self._saved(self._taught()))

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
            self.pins,
        )

    # -- names of earlier versions

    follow, fresh = sync, clone

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
    model.pins = saved.pins
    sources = [Source(name=str(place)) for place in range(len(saved.labels))]
    if saved.looks is not None:
        saved.looks.restore(sources, model._fitting.views)
    if saved.labels:
        snapshot = model._memory.replace(saved.vectors, saved.labels, saved.ids, sources)
        model._fitting.restore(snapshot, saved.head, saved.familiar)
    return model
