"""How well would a model do on new pictures? Teach a part of a dataset, test on another, in turn.

One line of work: the examples that can be read, the folds (`showtell.dataset.splits`), the answers of models taught
without what they are asked, the figures (`metrics`), the advice, and the `Report`.

(Not called evaluate: importing that module would put it in the place of ``showtell.evaluate``, the function.)
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from showtell.dataset import splits
from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example
from showtell.dataset.splits import Fold
from showtell.errors import TeachingError
from showtell.evaluation import metrics, own_test
from showtell.evaluation.advice import advice
from showtell.evaluation.metrics import Answer
from showtell.evaluation.report import Report
from showtell.evaluation.scene import shared_scene
from showtell.model.measures import measures, same_among
from showtell.model.model import Model
from showtell.model.prediction import Prediction
from showtell.pictures.frame import Picture
from showtell.sentences import Said

SHARES = (0.25, 0.5, 0.75)  # of the learning curve, beside all


CURVE_FOLDS = 3


LEFT_OUT = 5  # models at most that are taught without some classes


def evaluate(
    dataset: Dataset,
    model: Model | None = None,
    *,
    test: str | os.PathLike[str] | Dataset | Iterable[tuple[str | None, Picture]] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Test a model of these settings on pictures it was not taught; ``model`` itself stays as it is.

    Cross-validation in which the pictures of one recording (a burst, or a single picture) are never on both sides.
    Recordings that share a picture, be it scaled, encoded again or in two classes, count as one. A class with one
    recording is cut in the middle, and the report says that this flatters. Disabled classes take no part; broken
    pictures are left out and reported in ``dataset.problems``. At most 20 models are taught.

    dataset   two classes or more, one of them with two different pictures
    model     gives the settings; the default ones if None
    test      an own test set besides: a folder of class folders, a dataset, or pairs of a label and a picture. A model
              taught the whole dataset is asked about them: ``report.test``. Pictures that stand in the dataset too are
              left out. A label that is not taught, or None, means that "unknown" is right.
    progress  called as ``progress(done, total)``

    Raises TeachingError where the dataset has less, DatasetError for a test folder without pictures.

    >>> import numpy as np
    >>> from showtell.pictures.drawing import draw
    >>> dataset, rng = Dataset("things"), np.random.default_rng(0)
    >>> for label in ["mug", "star"] * 3:
    ...     example = dataset.add(label, draw(label, rng))
    >>> report = evaluate(dataset, Model(classifier="knn"))
    >>> report.tested, report.folds
    (6, 3)
    """
    asked = None if test is None else own_test.read(test)
    disabled = set(dataset.disabled)
    candidates = [example for example in dataset if example.label not in disabled]
    _check(candidates, dataset)
    steps = _Steps(len(candidates), progress)
    untaught = (model or Model()).fresh().study(dataset, candidates, progress=steps.known).fresh()
    broken = {problem.file for problem in dataset.problems}
    examples = [example for example in candidates if example.id not in broken]
    labels = _check(examples, dataset)

    rows = measures(dataset, examples, untaught.extractor, progress=steps.compared)
    same = same_among(examples, rows)
    plan = splits.plan(examples, same)
    if not plan.folds:
        words = "expected two different pictures or more in a class, found one in each; add some, to have any to test"
        raise TeachingError(Said("test-single", f"{dataset.folder}: {words}"))
    curve_folds = plan.folds[:CURVE_FOLDS]
    thinned = {
        share: [replace(fold, train=splits.thinned(examples, fold.train, share)) for fold in curve_folds]
        for share in SHARES
        if len(splits.thinned(examples, curve_folds[0].train, share)) < len(curve_folds[0].train)
    }
    without = [splits.without(examples, plan, group, same) for group in _left_out(labels)]

    trial = _Trial(dataset, examples, plan.recordings, untaught, steps)
    steps.fits = len(plan.folds) + sum(map(len, thinned.values())) + len(without) + (asked is not None)
    rounds = [trial.answers(fold) for fold in plan.folds]
    answers = [answer for answers in rounds for answer in answers]
    if not answers:
        words = "its pictures went away during the test; call refresh() and try again"
        raise TeachingError(Said("test-gone", f"{dataset.folder}: {words}"))
    by_share = {share: [answer for fold in folds for answer in trial.answers(fold)] for share, folds in thinned.items()}
    by_share[1.0] = [answer for answers in rounds[:CURVE_FOLDS] for answer in answers]
    strange = [answer for fold in without for answer in trial.answers(fold)]
    tested = own_test.run(asked, trial.taught(range(len(examples))), labels, rows) if asked else None
    if tested:
        steps.fitted()

    thinned[1.0] = list(curve_folds)
    curve = metrics.curve({share: [len(fold.train) for fold in folds] for share, folds in thinned.items()}, by_share)
    pictures = Counter(example.label for example in examples)
    gains = metrics.gains(by_share[0.5], by_share[1.0], pictures) if 0.5 in by_share else {}
    classes = metrics.class_figures(examples, plan.recordings, answers, gains)
    confusion, calibration = metrics.confusion(labels, answers), metrics.calibration(answers)
    unknown = metrics.unknown(answers, strange) if strange else None
    shared = shared_scene(examples, plan.recordings, rows)
    lost = len(candidates) - len(examples)
    return Report(
        dataset=dataset.folder.name,
        pictures=len(examples),
        tested=len(answers),
        broken=lost,
        recordings=len(set(plan.recordings)),
        folds=len(plan.folds),
        accuracy=metrics.accuracy(answers),
        interval=metrics.interval(answers),
        once=plan.once,
        untested=plan.untested,
        classes=classes,
        confusion=confusion,
        calibration=calibration,
        unknown=unknown,
        curve=curve,
        advice=advice(
            classes, confusion, calibration, unknown, once=plan.once, broken=lost, test=tested, shared=shared
        ),
        test=tested,
        folder=dataset.folder,
    )


def _check(examples: Sequence[Example], dataset: Dataset) -> list[str]:
    """Return the labels; raise TeachingError where there are fewer than two."""
    labels = list(dict.fromkeys(example.label for example in examples))
    if len(labels) < 2:
        found = f'only "{labels[0]}"' if labels else "none"
        words = f"expected two classes or more with pictures that can be read, found {found}; "
        words += "add some, to have something to tell apart"
        raise TeachingError(Said("test-few", f"{dataset.folder}: {words}"))
    return labels


def _left_out(labels: Sequence[str]) -> list[set[str]]:
    """Return groups of classes to leave out in turn: each class is in one, and two others stay. None below three."""
    if len(labels) < 3:
        return []
    count = min(LEFT_OUT, len(labels))
    return [set(labels[start::count]) for start in range(count)]


class _Steps:
    """The progress: looking at the pictures twice is one half of the work, teaching and testing the other."""

    def __init__(self, pictures: int, progress: Callable[[int, int], None] | None) -> None:
        self.pictures, self.progress, self.fits, self.done = pictures, progress, 1, 0

    def known(self, done: int, total: int) -> None:
        if self.progress:
            self.progress(done // 2, 2 * self.pictures)

    def compared(self, done: int, total: int) -> None:
        if self.progress:
            self.progress((self.pictures + done) // 2, 2 * self.pictures)

    def fitted(self) -> None:
        self.done += 1
        if self.progress:
            self.progress(self.pictures + self.pictures * self.done // self.fits, 2 * self.pictures)


@dataclass(frozen=True)
class _Trial:
    """Teaches copies of an untaught model, and asks them."""

    dataset: Dataset
    examples: Sequence[Example]
    recordings: Sequence[int]
    untaught: Model
    steps: _Steps

    def taught(self, rows: Iterable[int]) -> Model:
        """Return a model that was taught these of the examples."""
        return self.untaught.fresh().study(self.dataset, [self.examples[row] for row in rows])

    def answers(self, fold: Fold) -> list[Answer]:
        """Return the answers of a model that was taught one side of the fold to the other; none for lost pictures."""
        taught = self.taught(fold.train)
        said = taught.judge(self.dataset, [self.examples[row] for row in fold.test])
        self.steps.fitted()
        return [
            Answer(self.examples[row], self.recordings[row], prediction)
            for row, prediction in zip(fold.test, said, strict=True)
            if isinstance(prediction, Prediction)
        ]
